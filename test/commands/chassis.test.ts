/** Operations on the chassis, on a simulated BMC. */

import { expect, test } from 'vitest';

import { commandsRig } from '../support/commands-rig.ts';

test('the status takes one transaction', async () => {
  const { bmc, count } = await commandsRig();

  const { power, state, frontPanel } = await bmc.chassis.status();

  expect(count()).toBe(1);
  expect(power).toMatchObject({ isOn: true, restorePolicy: 'previous' });
  expect(state).toMatchObject({ tellsIdentify: true, identify: 'off' });
  expect(frontPanel).toBeUndefined();
});
