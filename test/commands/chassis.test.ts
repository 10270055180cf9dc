/** Operations on the chassis, on a simulated BMC. */

import { expect, test } from 'vitest';

import { SimBmc } from '../../src/sim/bmc.ts';
import { commandsRig } from '../support/commands-rig.ts';

test('the status takes one transaction', async () => {
  const { bmc, count } = await commandsRig();

  const { power, state, frontPanel } = await bmc.chassis.status();

  expect(count()).toBe(1);
  expect(power).toMatchObject({ isOn: true, restorePolicy: 'previous' });
  expect(state).toMatchObject({ tellsIdentify: true, identify: 'off' });
  expect(frontPanel).toBeUndefined();
});

test('capabilities, restart cause and counter take one transaction each', async () => {
  const { bmc, count } = await commandsRig();

  expect(await bmc.chassis.capabilities()).toMatchObject({
    functions: { hasIntrusionSensor: true, hasDiagnosticInterrupt: true },
    selAddress: 0x20,
  });
  expect(await bmc.chassis.restartCause()).toMatchObject({ cause: { name: 'unknown' } });
  expect(await bmc.chassis.poh()).toEqual({ minutesPerCount: 60, count: 1000 });
  expect(count()).toBe(3);
});

test('each power action is one transaction, and the chassis does it', async () => {
  const { bmc, count, sim } = await commandsRig();

  await bmc.chassis.power('off');
  expect([sim.chassis.isOn, count()]).toEqual([false, 1]);
  await expect(bmc.chassis.power('reset')).rejects.toMatchObject({ completionCode: 0xd5 });
  await bmc.chassis.power('on');
  expect(sim.chassis.isOn).toBe(true);
  await bmc.chassis.power('cycle');
  await bmc.chassis.power('diag');
  expect(sim.chassis.diagnostics).toBe(1);
  await bmc.chassis.power('soft');
  expect(sim.chassis.isOn).toBe(false);
  expect(count()).toBe(5);
  expect(await bmc.chassis.restartCause()).toMatchObject({ cause: { name: 'chassis-control' } });
});

test('an action that there is not is refused, and nothing is sent', async () => {
  const { bmc, count } = await commandsRig();

  await expect(bmc.chassis.power('off!' as never)).rejects.toThrow(
    'the action of power() must be one of off, on, cycle, reset, diag, soft, not "off!"',
  );
  await expect(bmc.chassis.identify(256)).rejects.toThrow(RangeError);
  expect(count()).toBe(0);
});

test('the identification is shown by the status, until it ends', async () => {
  const clock = { ms: 0, now: () => clock.ms };
  const { bmc, count } = await commandsRig(new SimBmc({ clock }));
  const shown = async () => (await bmc.chassis.status()).state.identify;

  await bmc.chassis.identify(60);
  expect([await shown(), count()]).toEqual(['temporary', 2]);
  clock.ms = 60_000;
  expect(await shown()).toBe('off');
  await bmc.chassis.identify('force');
  expect(await shown()).toBe('on');
  await bmc.chassis.identify('off');
  expect(await shown()).toBe('off');
});

test('the restore policy is set in one transaction, and can be asked for', async () => {
  const { bmc, count } = await commandsRig();

  const supported = await bmc.chassis.setRestorePolicy('no-change');
  expect(supported).toMatchObject({ alwaysOff: true, previous: true, alwaysOn: true });
  expect((await bmc.chassis.status()).power.restorePolicy).toBe('previous');
  count();
  await bmc.chassis.setRestorePolicy('always-on');
  expect(count()).toBe(1);
  expect((await bmc.chassis.status()).power.restorePolicy).toBe('always-on');
});
