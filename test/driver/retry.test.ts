/** When a command is sent again: the whole table of what the policy looks at. */

import { describe, expect, test } from 'vitest';

import { pauseOfBusy, repeatAfterReply, repeatsAfterSilence } from '../../src/driver/retry.ts';
import type { History } from '../../src/driver/retry.ts';
import { GET_DEVICE_ID, echo } from '../support/rig.ts';

const READS: History = {
  request: GET_DEVICE_ID,
  retries: 'safe',
  repeatBusy: true,
  repeats: 0,
  laterRepeats: 0,
};
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

/** The delays after so many repeats already. */
function delaysOf(code: number, history: History): (number | undefined)[] {
  return [0, 1, 2, 3, 4, 63, 64].map((laterRepeats) => {
    const repeat = repeatAfterReply(code, { ...history, laterRepeats }, 0);
    return repeat?.delayMs;
  });
}

describe('after an answer', () => {
  test('0xC0 is asked again for any command, ever later, up to 1 s', () => {
    expect(delaysOf(0xc0, CHANGES)).toEqual([100, 200, 400, 800, 1000, 1000, undefined]);
  });

  test('neither is asked again for a caller that asks again itself', () => {
    const told = { ...READS, repeatBusy: false };

    expect([0xc0, 0xd2].map((code) => pauseOfBusy(code, told))).toEqual([undefined, undefined]);
    expect(repeatAfterReply(0xc0, told, 9)).toBeUndefined();
    expect(repeatAfterReply(0xd2, told, 9)).toBeUndefined();
    expect(repeatAfterReply(0xc3, told, 9)).toMatchObject({ counter: 'repeats' });
    expect([0xc0, 0xc3].map((code) => pauseOfBusy(code, CHANGES))).toEqual([100, undefined]);
  });

  test('0xD2 is asked again as often, but only what may be repeated', () => {
    expect(delaysOf(0xd2, READS)).toEqual([100, 200, 400, 800, 1000, 1000, undefined]);
    expect(repeatAfterReply(0xd2, CHANGES, 9)).toBeUndefined();
  });

  test('a number of retries counts for 0xC0 and for all else that is repeated', () => {
    const once = { ...CHANGES, retries: 1 };

    expect(repeatAfterReply(0xc0, once, 0)).toEqual({ delayMs: 100, counter: 'laterRepeats' });
    expect(repeatAfterReply(0xc0, { ...once, laterRepeats: 1 }, 0)).toBeUndefined();
    expect(repeatAfterReply(0xd2, once, 0)).toEqual({ delayMs: 100, counter: 'repeats' });
    expect(repeatAfterReply(0xd2, { ...once, repeats: 1 }, 0)).toBeUndefined();
  });

  test.each([0xc3, 0xce, 0xd0, 0xd1])('%i says the answer is missing', (code) => {
    const counter = 'repeats';
    expect(repeatAfterReply(code, READS, 0)).toEqual({ delayMs: 100, counter });
    expect(repeatAfterReply(code, { ...READS, repeats: 1 }, 0)).toEqual({ delayMs: 200, counter });
    expect(repeatAfterReply(code, { ...READS, repeats: 2 }, 0)).toBeUndefined();
    expect(repeatAfterReply(code, CHANGES, 9)).toBeUndefined();
    expect(repeatAfterReply(code, { ...CHANGES, retries: 1 }, 0)).toEqual({
      delayMs: 100,
      counter,
    });
  });

  test('every other completion code is the answer', () => {
    const repeated = [0xc0, 0xc3, 0xce, 0xd0, 0xd1, 0xd2];
    const codes = Array.from({ length: 256 }, (_, code) => code);

    expect(codes.filter((code) => repeatAfterReply(code, READS, 9) !== undefined)).toEqual(
      repeated,
    );
  });
});
