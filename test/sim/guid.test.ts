/** GUIDs of simulated BMCs: the caller's own, and one for each BMC otherwise. */

import { expect, test } from 'vitest';

import { bmcs, open } from '../../src/index.ts';
import { decodeGuid } from '../../src/ipmi/guid.ts';
import { SimBmc } from '../../src/sim/bmc.ts';
import { guidBytes, nextGuid } from '../../src/sim/guid.ts';

const GUID = '00112233-4455-6677-8899-aabbccddeeff';

test('a GUID is sent so that a host reads the same text', () => {
  expect(decodeGuid(Uint8Array.from(guidBytes(GUID)))).toBe(GUID);
  expect(guidBytes(GUID.toUpperCase())).toEqual(guidBytes(GUID));
});

test.each(['', '0011', `${GUID}0`, GUID.replace('a', 'g'), GUID.replaceAll('-', '')])(
  '%j is refused',
  (text) => {
    expect(() => new SimBmc({ guid: text })).toThrow(TypeError);
  },
);

test('no two are alike by default', () => {
  const texts = Array.from({ length: 300 }, () => nextGuid().join(' '));

  expect(new Set(texts).size).toBe(300);
});

test('bmcs() tells fifty BMCs apart, and knows two interfaces to one', async () => {
  const sims = Array.from({ length: 50 }, () => new SimBmc());
  const twins = [new SimBmc({ guid: GUID }), new SimBmc({ guid: GUID })];
  const devices = await Promise.all(
    [...sims, ...twins].map((port) => open({ base: port.base, port })),
  );

  const found = await bmcs();

  expect(found.map(({ interfaces }) => interfaces.length).sort()).toEqual([
    ...Array.from({ length: 50 }, () => 1),
    2,
  ]);
  expect(found.at(-1)?.identity).toMatchObject({ deviceGuid: GUID, systemGuid: GUID });
  await Promise.all(devices.map((device) => device.close()));
});
