/** Events of the SEL in the words of their sensors. */

import { expect, test } from 'vitest';

import { sensorLookup } from '../../src/commands/index.ts';
import { commandsRig } from '../support/commands-rig.ts';

test('an event names its sensor, and its values have their unit', async () => {
  const { bmc } = await commandsRig();

  const lookup = await sensorLookup(bmc.sdr.records());
  const words = [];
  for await (const item of bmc.sel.entries({ sensors: lookup })) {
    if (item.kind === 'entry') words.push(item.words);
  }

  expect(words[1]).toMatchObject({
    subject: 'Temperature "CPU 0 Temp" (0x30)',
    sensorName: 'CPU 0 Temp',
    reading: { raw: 86, value: 86, unit: 'degrees C' },
    threshold: { raw: 85, value: 85, unit: 'degrees C' },
  });
});

test('a sensor without values has a name, and one that is not known has none', async () => {
  const { bmc } = await commandsRig();

  const lookup = await sensorLookup(bmc.sdr.records());

  expect(lookup({ owner: 0x20, lun: 0, number: 0x40 })).toEqual({ name: 'PSU 0 Status' });
  expect(lookup({ owner: 0x20, lun: 1, number: 0x40 })).toBeUndefined();
});
