/** The layout of the chassis status. */

import { expect, test } from 'vitest';

import { GET_CHASSIS_STATUS } from '../../src/ipmi/chassis.ts';
import { decode } from '../../src/ipmi/codec.ts';
import { expectRoundTrips } from '../support/round-trip.ts';

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
