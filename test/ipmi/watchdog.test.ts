/** Whether the BMC's watchdog counts down, from an answer to Get Watchdog Timer. */

import { describe, expect, test } from 'vitest';

import { watchdogState } from '../../src/ipmi/watchdog.ts';

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
