/** The layout of the chassis status. */

import { expect, test } from 'vitest';

import { GET_CHASSIS_STATUS } from '../../src/ipmi/chassis.ts';
import { decode } from '../../src/ipmi/codec.ts';
import { expectRoundTrips } from '../support/round-trip.ts';
import { setFlags } from '../support/set-flags.ts';

test('the status is read and written, with the front panel or without', () => {
  expectRoundTrips(GET_CHASSIS_STATUS.response, [3, 4]);
  expect.hasAssertions();
});

test('each bit stands where §28.2 has it', () => {
  const status = decode(GET_CHASSIS_STATUS.response, Uint8Array.of(0x41, 0x10, 0x61, 0x82));

  expect(status).toEqual({
    power: {
      isOn: true,
      hasOverload: false,
      isInterlocked: false,
      hasFault: false,
      hasControlFault: false,
      restorePolicy: 'always-on',
      reserved: 0,
    },
    lastEvent: {
      acFailed: false,
      overload: false,
      interlock: false,
      fault: false,
      command: true,
      reserved: 0,
    },
    state: {
      isOpen: true,
      isFrontPanelLocked: false,
      hasDriveFault: false,
      hasCoolingFault: false,
      identify: 'on',
      tellsIdentify: true,
      reserved: 0,
    },
    frontPanel: {
      isPowerOffDisabled: false,
      isResetDisabled: true,
      isDiagnosticDisabled: false,
      isStandbyDisabled: false,
      canDisablePowerOff: false,
      canDisableReset: false,
      canDisableDiagnostic: false,
      canDisableStandby: true,
      reserved: 0,
    },
  });
});

test.each([
  [0, ['isOn'], ['acFailed'], ['isOpen'], ['isPowerOffDisabled']],
  [1, ['hasOverload'], ['overload'], ['isFrontPanelLocked'], ['isResetDisabled']],
  [2, ['isInterlocked'], ['interlock'], ['hasDriveFault'], ['isDiagnosticDisabled']],
  [3, ['hasFault'], ['fault'], ['hasCoolingFault'], ['isStandbyDisabled']],
  [4, ['hasControlFault'], ['command'], [], ['canDisablePowerOff']],
  [5, [], [], [], ['canDisableReset']],
  [6, [], [], ['tellsIdentify'], ['canDisableDiagnostic']],
  [7, [], [], [], ['canDisableStandby']],
])('bit %i of the four bytes', (bit, ...names) => {
  const status = decode(GET_CHASSIS_STATUS.response, new Uint8Array(4).fill(1 << bit));

  expect(Object.values(status as object).map(setFlags)).toEqual(names);
});

test.each([
  [0, 'always-off', 'off'],
  [1, 'previous', 'temporary'],
  [2, 'always-on', 'on'],
  [3, 'unknown', 3],
])('%i is the policy %s and the light %s', (value, restorePolicy, identify) => {
  const data = Uint8Array.of(value << 5, 0, value << 4);
  const status = decode(GET_CHASSIS_STATUS.response, data);

  expect(status).toMatchObject({ power: { restorePolicy }, state: { identify } });
  expect(status.frontPanel).toBeUndefined();
});
