/** Operations on the controller, on a simulated BMC. */

import { expect, test } from 'vitest';

import { SimBmc } from '../../src/sim/bmc.ts';
import { commandsRig } from '../support/commands-rig.ts';

const GUID = '00112233-4455-6677-8899-aabbccddeeff';

test('identity, GUIDs, self test and power state take 1, 2, 1 and 1 transactions', async () => {
  const { bmc, count } = await commandsRig(new SimBmc({ guid: GUID }));

  expect(await bmc.mc.deviceId()).toMatchObject({ deviceId: 0x20, firmwareRevision: '2.35' });
  expect(count()).toBe(1);
  expect(await bmc.mc.guids()).toEqual({ system: GUID, device: GUID });
  expect(count()).toBe(2);
  expect(await bmc.mc.selfTest()).toEqual({ result: 'passed', code: 0x55, detail: 0 });
  expect(await bmc.mc.acpiPowerState()).toMatchObject({ system: { state: 0 } });
  expect(count()).toBe(2);
});

test('a GUID that the BMC refuses, or was not given, is undefined', async () => {
  const answer = ({ cmd }: { cmd: number }) => {
    if (cmd === 0x37) return [0xc1];
    return cmd === 0x08 ? [0x00, ...new Uint8Array(16)] : undefined;
  };
  const { bmc } = await commandsRig(new SimBmc({ answer }));

  expect(await bmc.mc.guids()).toEqual({ system: undefined, device: undefined });
});

test('only enables that differ are written, and the others are kept', async () => {
  const { bmc, count, sim } = await commandsRig();

  const { changed, after } = await bmc.mc.setEnables({ oem1: true, systemEventLog: true });

  expect([changed, count()]).toEqual([['oem1'], 2]);
  expect(sim.globalEnables).toBe(0x48);
  expect(after).toMatchObject({ oem1: true, systemEventLog: true });
  expect((await bmc.mc.setEnables({ oem1: true })).changed).toHaveLength(0);
  expect(count()).toBe(1);
});

test.each([
  ['cold', 0x02],
  ['warm', 0x03],
] as const)('a %s reset is one transaction', async (kind, cmd) => {
  const { bmc, sim } = await commandsRig();

  await bmc.mc.reset(kind);

  expect(sim.executed.filter((one) => one.cmd === cmd)).toHaveLength(1);
});
