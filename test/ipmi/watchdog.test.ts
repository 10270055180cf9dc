/** Layouts of the watchdog, and whether it counts down. */

import { describe, expect, test } from 'vitest';

import { decode, encode } from '../../src/ipmi/codec.ts';
import { requestOf } from '../../src/ipmi/command.ts';
import { GET_WATCHDOG_TIMER, SET_WATCHDOG_TIMER } from '../../src/ipmi/watchdog.ts';
import { COUNTDOWN_MAX_MS, RESET_WATCHDOG_TIMER, watchdogState } from '../../src/ipmi/watchdog.ts';
import { expectRoundTrips } from '../support/round-trip.ts';

const RUNNING = [0x44, 0x01, 0x00, 0x00, 0x64, 0x00, 0x32, 0x00];

describe('the watchdog', () => {
  test.each<[string, readonly [number, ...number[]], string]>([
    ['runs', [0x00, ...RUNNING], 'running'],
    ['runs, whatever it is used for', [0x00, 0x40], 'running'],
    ['is stopped, whatever it is used for', [0x00, 0xbf, ...RUNNING.slice(1)], 'stopped'],
    ['is none where the command is not known', [0xc1], 'stopped'],
    [
      'is none where the command is not known, whatever comes with it',
      [0xc1, ...RUNNING],
      'stopped',
    ],
    ['may run where the answer has no data', [0x00], 'unknown'],
    ['may run where the answer is refused', [0xd5], 'unknown'],
    ['may run where the answer is refused, whatever comes with it', [0xd5, 0x00], 'unknown'],
  ])('%s', (_, [completionCode, ...data], state) => {
    expect(watchdogState(completionCode, Uint8Array.from(data))).toBe(state);
  });
});

test('the timer is read and written', () => {
  expectRoundTrips(SET_WATCHDOG_TIMER.request, [6]);
  expectRoundTrips(GET_WATCHDOG_TIMER.response, [8]);
  expect.hasAssertions();
});

test('each field stands where §27.7 has it', () => {
  const sent = Uint8Array.of(0xc4, 0x31, 0x05, 0x10, 0x64, 0x00, 0x32, 0x01);

  expect(decode(GET_WATCHDOG_TIMER.response, sent)).toEqual({
    use: { use: 'sms-os', isRunning: true, isLogged: false, reserved: 0 },
    actions: { action: 'hard-reset', interrupt: 'message', reserved: 0 },
    preTimeoutSeconds: 5,
    expired: {
      biosFrb2: false,
      biosPost: false,
      osLoad: false,
      smsOs: true,
      oem: false,
      reserved: 0,
    },
    countdownMs: 10_000,
    presentMs: 30_600,
  });
});

test.each([
  [0x00, { use: 0 }],
  [0x01, { use: 'bios-frb2' }],
  [0x02, { use: 'bios-post' }],
  [0x03, { use: 'os-load' }],
  [0x04, { use: 'sms-os' }],
  [0x05, { use: 'oem' }],
  [0x06, { use: 6 }],
  [0x41, { use: 'bios-frb2', isRunning: true }],
  [0x81, { use: 'bios-frb2', isLogged: false }],
  [0x39, { use: 'bios-frb2', reserved: 0x38 }],
])('the timer is used as byte 1 says: %i', (byte, use) => {
  const timer = decode(SET_WATCHDOG_TIMER.request, Uint8Array.of(byte, 0, 0, 0, 0, 0));

  expect(timer.use).toEqual({ isRunning: false, isLogged: true, reserved: 0, ...use });
});

test.each([
  [0x00, 'none', 'none'],
  [0x11, 'hard-reset', 'smi'],
  [0x22, 'power-down', 'nmi'],
  [0x33, 'power-cycle', 'message'],
  [0x44, 4, 4],
])('the actions of %i are %s, and before it %s', (byte, action, interrupt) => {
  const timer = decode(SET_WATCHDOG_TIMER.request, Uint8Array.of(0, byte, 0, 0, 0, 0));

  expect(timer.actions).toEqual({ action, interrupt, reserved: 0 });
});

test.each([
  [0x01, { reserved: 1 }],
  [0x02, { biosFrb2: true }],
  [0x04, { biosPost: true }],
  [0x08, { osLoad: true }],
  [0x10, { smsOs: true }],
  [0x20, { oem: true }],
])('a use has its bit where its countdown has ended: %i', (byte, expired) => {
  const none = { biosFrb2: false, biosPost: false, osLoad: false, smsOs: false, oem: false };
  const timer = decode(SET_WATCHDOG_TIMER.request, Uint8Array.of(0, 0, 0, byte, 0, 0));

  expect(timer.expired).toEqual({ ...none, reserved: 0, ...expired });
});

test('the longest countdown is 65,535 tenths of a second', () => {
  const sent = Uint8Array.of(0x04, 0, 0, 0, 0xff, 0xff);
  const timer = decode(SET_WATCHDOG_TIMER.request, sent);

  expect(COUNTDOWN_MAX_MS).toBe(6_553_500);
  expect(timer.countdownMs).toBe(6_553_500);
  expect(encode(SET_WATCHDOG_TIMER.request, timer)).toEqual(sent);
});

test('it is reset by a command without data', () => {
  const reset = { netFn: 0x06, cmd: 0x22, lun: 0, data: new Uint8Array() };

  expect(requestOf(RESET_WATCHDOG_TIMER, undefined)).toEqual(reset);
  expect(encode(RESET_WATCHDOG_TIMER.response, undefined)).toEqual(new Uint8Array());
});
