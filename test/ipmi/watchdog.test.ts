/** Layouts of the watchdog, and whether it counts down. */

import { describe, expect, test } from 'vitest';

import { decode } from '../../src/ipmi/codec.ts';
import { GET_WATCHDOG_TIMER, SET_WATCHDOG_TIMER } from '../../src/ipmi/watchdog.ts';
import { watchdogState } from '../../src/ipmi/watchdog.ts';
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
