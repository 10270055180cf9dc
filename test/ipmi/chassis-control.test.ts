/** Layouts of the commands that control the chassis. */

import { describe, expect, test } from 'vitest';

import { CHASSIS_CONTROL, CHASSIS_IDENTIFY } from '../../src/ipmi/chassis-control.ts';
import { GET_CHASSIS_CAPABILITIES, GET_POH_COUNTER } from '../../src/ipmi/chassis-control.ts';
import { GET_RESTART_CAUSE, SET_POWER_RESTORE_POLICY } from '../../src/ipmi/chassis-control.ts';
import type { PowerAction } from '../../src/ipmi/chassis-control.ts';
import { decode, encode } from '../../src/ipmi/codec.ts';
import { expectRoundTrips } from '../support/round-trip.ts';

test('all are read and written', () => {
  expectRoundTrips(GET_CHASSIS_CAPABILITIES.response, [5, 6]);
  expectRoundTrips(CHASSIS_CONTROL.request, [1]);
  expectRoundTrips(CHASSIS_IDENTIFY.request, [0, 1, 2]);
  expectRoundTrips(SET_POWER_RESTORE_POLICY.request, [1]);
  expectRoundTrips(SET_POWER_RESTORE_POLICY.response, [1]);
  expectRoundTrips(GET_RESTART_CAUSE.response, [2]);
  expectRoundTrips(GET_POH_COUNTER.response, [5]);
  expect.hasAssertions();
});

describe('Chassis Control, §28.3:', () => {
  test.each<[PowerAction, number]>([
    ['off', 0],
    ['on', 1],
    ['cycle', 2],
    ['reset', 3],
    ['diag', 4],
    ['soft', 5],
  ])('%s is %i', (action, value) => {
    expect(encode(CHASSIS_CONTROL.request, { action, reserved: 0 })).toEqual(Uint8Array.of(value));
  });
});

test('capabilities, policies, cause and counter stand where chapter 28 has them', () => {
  expect(decode(GET_CHASSIS_CAPABILITIES.response, Uint8Array.of(0x05, 1, 2, 3, 4))).toEqual({
    functions: {
      hasIntrusionSensor: true,
      canLockFrontPanel: false,
      hasDiagnosticInterrupt: true,
      hasPowerInterlock: false,
      reserved: 0,
    },
    fruAddress: 1,
    sdrAddress: 2,
    selAddress: 3,
    managementAddress: 4,
    bridgeAddress: undefined,
  });
  expect(decode(SET_POWER_RESTORE_POLICY.response, Uint8Array.of(0x05))).toEqual({
    alwaysOff: true,
    previous: false,
    alwaysOn: true,
    reserved: 0,
  });
  expect(decode(GET_RESTART_CAUSE.response, Uint8Array.of(0x04, 0x0f))).toEqual({
    cause: { name: 'watchdog', reserved: 0 },
    channel: 15,
  });
  expect(decode(GET_POH_COUNTER.response, Uint8Array.of(60, 0, 1, 0, 0))).toEqual({
    minutesPerCount: 60,
    count: 256,
  });
});

test('the addresses of the chassis may end with that of the bridge', () => {
  expect(decode(GET_CHASSIS_CAPABILITIES.response, Uint8Array.of(0x0a, 1, 2, 3, 4, 5))).toEqual({
    functions: {
      hasIntrusionSensor: false,
      canLockFrontPanel: true,
      hasDiagnosticInterrupt: false,
      hasPowerInterlock: true,
      reserved: 0,
    },
    ...{ fruAddress: 1, sdrAddress: 2, selAddress: 3, managementAddress: 4, bridgeAddress: 5 },
  });
});

test.each([
  [[], { seconds: undefined, force: undefined }],
  [[20], { seconds: 20, force: undefined }],
  [[0, 0x01], { seconds: 0, force: { isForced: true, reserved: 0 } }],
  [[0, 0xfe], { seconds: 0, force: { isForced: false, reserved: 0xfe } }],
])('Chassis Identify %j', (sent, request) => {
  expect(decode(CHASSIS_IDENTIFY.request, Uint8Array.from(sent))).toEqual(request);
});

test.each([
  [0, 'always-off'],
  [1, 'previous'],
  [2, 'always-on'],
  [3, 'no-change'],
  [4, 4],
])('restore policy %i is %s', (value, policy) => {
  expect(decode(SET_POWER_RESTORE_POLICY.request, Uint8Array.of(0xf8 | value))).toEqual({
    policy,
    reserved: 0xf8,
  });
});

test.each([
  [0, 'unknown'],
  [1, 'chassis-control'],
  [2, 'reset-button'],
  [3, 'power-button'],
  [4, 'watchdog'],
  [5, 'oem'],
  [6, 'always-on-policy'],
  [7, 'previous-policy'],
  [8, 'pef-reset'],
  [9, 'pef-power-cycle'],
  [10, 'soft-reset'],
  [11, 'rtc-wakeup'],
  [12, 12],
])('restart cause %i is %s', (value, name) => {
  expect(decode(GET_RESTART_CAUSE.response, Uint8Array.of(0xf0 | value, 1))).toEqual({
    cause: { name, reserved: 0xf0 },
    channel: 1,
  });
});
