import { open } from 'ipmi-bt';
import { SimBmc } from 'ipmi-bt/sim';
import { expect, test } from 'vitest';

import { firmwareOf } from './program.js';

test('reads the version of the firmware', async () => {
  const sim = new SimBmc();
  const device = await open({ base: sim.base, port: sim });

  expect(await firmwareOf(device)).toBe('2.35');

  await device.close();
});

test('fails when the BMC refuses to tell it', async () => {
  const sim = new SimBmc();
  const device = await open({ base: sim.base, port: sim });
  sim.fail('code', { code: 0xd5 });

  await expect(firmwareOf(device)).rejects.toThrow('the BMC refused it: 213');

  await device.close();
});
