/** What becomes of a request after an attempt: the whole table. */

import { expect, test } from 'vitest';

import { afterReply, afterSilence } from '../../src/driver/retry.ts';
import type { Case, Verdict } from '../../src/driver/retry.ts';
import { GET_DEVICE_ID, echo } from '../support/rig.ts';

const OVER: Verdict = { kind: 'over' };
const NOW = { nowMs: 500, bmcRetries: 0 };

/** A command that only reads, in time, for a caller, never repeated so far. */
const READS: Case = {
  ...{ request: GET_DEVICE_ID, retries: 'safe', repeats: 0, laterRepeats: 0 },
  ...{ repeatBusy: true, settled: false, internal: false, deadlineMs: 1000 },
};
const CHANGES: Case = { ...READS, request: echo() };

test.each<[name: string, asked: Case, code: number, verdict: Verdict]>([
  ['an answer is an answer', READS, 0x00, OVER],
  ['so is an error', READS, 0xc1, OVER],
  ['busy: again, later', CHANGES, 0xc0, { kind: 'later', atMs: 600, counter: 'laterRepeats' }],
  ['no answer: again, later', READS, 0xc3, { kind: 'later', atMs: 600, counter: 'repeats' }],
  ['later would be too late', { ...READS, deadlineMs: 600 }, 0xc0, OVER],
  [
    'just not too late',
    { ...READS, deadlineMs: 600.1 },
    0xc0,
    { kind: 'later', atMs: 600, counter: 'laterRepeats' },
  ],
  ['nobody waits any more', { ...READS, settled: true }, 0xc0, OVER],
])('after a reply: %s', (...[, asked, code, verdict]) => {
  expect(afterReply(asked, code, NOW)).toEqual(verdict);
});

test.each<[name: string, asked: Case, reason: 'notReady' | 'timeout' | 'garbled', Verdict]>([
  [
    'it was not sent: begins anew where it was',
    CHANGES,
    'notReady',
    { kind: 'anew', position: 'first' },
  ],
  [
    "the driver's own was not sent: again",
    { ...READS, internal: true },
    'notReady',
    { kind: 'again', isRepeat: false },
  ],
  ['it only reads: again', READS, 'timeout', { kind: 'again', isRepeat: true }],
  ['it only reads: again', READS, 'garbled', { kind: 'again', isRepeat: true }],
  [
    'it only reads, and was repeated: begins anew behind the others',
    { ...READS, repeats: 2 },
    'timeout',
    { kind: 'anew', position: 'last' },
  ],
  ["the driver's own, repeated", { ...READS, repeats: 2, internal: true }, 'timeout', OVER],
  ['it may change something', CHANGES, 'timeout', OVER],
  ['the caller named a number, and it is used up', { ...READS, retries: 0 }, 'timeout', OVER],
  ['its time is over', { ...READS, deadlineMs: 500 }, 'notReady', OVER],
  ['its time is over', { ...READS, deadlineMs: 500 }, 'timeout', OVER],
  ['nobody waits any more', { ...READS, settled: true }, 'timeout', OVER],
])('after silence: %s', (...[, asked, reason, verdict]) => {
  expect(afterSilence(asked, reason, NOW)).toEqual(verdict);
});
