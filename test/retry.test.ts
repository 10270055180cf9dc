/** When a command is sent again: the whole table of what the policy looks at. */

import { describe, expect, test } from 'vitest';

import { delayAfterReply, repeatsAfterSilence } from '../src/bt/retry.ts';
import type { History } from '../src/bt/retry.ts';
import { GET_DEVICE_ID, echo } from './rig.ts';

const READS: History = { request: GET_DEVICE_ID, retries: 'safe', repeats: 0, busyRepeats: 0 };
const CHANGES: History = { ...READS, request: echo() };

describe('after silence', () => {
  test('safe: twice, or as often as the BMC recommends if that is more', () => {
    const repeats = (bmc: number): boolean[] =>
      [0, 1, 2, 3, 4].map((done) => repeatsAfterSilence({ ...READS, repeats: done }, bmc));

    expect(repeats(0)).toEqual([true, true, false, false, false]);
    expect(repeats(4)).toEqual([true, true, true, true, false]);
  });

  test('safe: never a command that is not known to be harmless', () => {
    expect(repeatsAfterSilence(CHANGES, 9)).toBe(false);
  });

  test('a number holds for any command', () => {
    expect(repeatsAfterSilence({ ...CHANGES, retries: 1 }, 0)).toBe(true);
    expect(repeatsAfterSilence({ ...CHANGES, retries: 1, repeats: 1 }, 9)).toBe(false);
    expect(repeatsAfterSilence({ ...READS, retries: 0 }, 9)).toBe(false);
  });
});

describe('after an answer', () => {
  test('0xC0 is asked again for any command, ever later, up to 1 s', () => {
    const delays = [0, 1, 2, 3, 4, 63, 64].map((busyRepeats) =>
      delayAfterReply(0xc0, { ...CHANGES, busyRepeats }, 0),
    );

    expect(delays).toEqual([100, 200, 400, 800, 1000, 1000, undefined]);
  });

  test.each([0xc3, 0xce, 0xd0, 0xd1, 0xd2])('%i says the answer is missing', (code) => {
    expect(delayAfterReply(code, READS, 0)).toBe(100);
    expect(delayAfterReply(code, { ...READS, repeats: 1 }, 0)).toBe(200);
    expect(delayAfterReply(code, { ...READS, repeats: 2 }, 0)).toBeUndefined();
    expect(delayAfterReply(code, CHANGES, 9)).toBeUndefined();
    expect(delayAfterReply(code, { ...CHANGES, retries: 1 }, 0)).toBe(100);
  });

  test('every other completion code is the answer', () => {
    const repeated = [0xc0, 0xc3, 0xce, 0xd0, 0xd1, 0xd2];
    const codes = Array.from({ length: 256 }, (_, code) => code);

    expect(codes.filter((code) => delayAfterReply(code, READS, 9) !== undefined)).toEqual(repeated);
  });
});
