/** The driver's limits, from capabilities that a BMC may report. */

import { expect, test } from 'vitest';

import { assumedLimits, limitsFor } from '../../src/driver/limits.ts';
import type { Limits } from '../../src/driver/limits.ts';
import type { BtCapabilities } from '../../src/ipmi/bt-capabilities.ts';

/** What a BMC reports that has 63-byte buffers and answers within 5 s. */
const REPORTED: BtCapabilities = {
  outstandingRequests: 1,
  inputBytes: 63,
  outputBytes: 63,
  responseTimeSeconds: 5,
  retries: 2,
};

const USUAL: Limits = {
  ...{ attemptMs: 6000, isAssumed: false, requestMs: 18_000, retries: 2, requestDataMax: 60 },
};

test.each<[string, Partial<BtCapabilities>, Partial<Limits>]>([
  ['usual ones', {}, {}],
  ['4 s: a request has 15 s', { responseTimeSeconds: 4 }, { attemptMs: 5000, requestMs: 15_000 }],
  ['1 s: it still has 15 s', { responseTimeSeconds: 1 }, { attemptMs: 2000, requestMs: 15_000 }],
  ['30 s', { responseTimeSeconds: 30 }, { attemptMs: 31_000, requestMs: 93_000 }],
  ['255 s are 60', { responseTimeSeconds: 255 }, { attemptMs: 61_000, requestMs: 183_000 }],
  ['0 s are the usual 5', { responseTimeSeconds: 0 }, {}],
  ['no retries', { retries: 0 }, { retries: 0 }],
  ['255 retries', { retries: 255 }, { retries: 255 }],
  ['a buffer of 255', { inputBytes: 255 }, { requestDataMax: 252 }],
  ['a buffer of 64 is one of 63', { inputBytes: 64 }, { requestDataMax: 60 }],
  ['the smallest buffer', { inputBytes: 8 }, { requestDataMax: 5 }],
  ['a buffer too small to be one is the usual one', { inputBytes: 7 }, { requestDataMax: 60 }],
  ['the output buffer and the queue limit nothing', { outputBytes: 8, outstandingRequests: 9 }, {}],
])('%s', (_, reported, expected) => {
  expect(limitsFor({ ...REPORTED, ...reported })).toEqual({ ...USUAL, ...expected });
});

test.each([
  [200, 15_000],
  [5001, 15_003],
  [20_000, 60_000],
])('an attempt of %i ms replaces the time that the BMC reports', (attemptMs, requestMs) => {
  const limits = limitsFor({ ...REPORTED, responseTimeSeconds: 30 }, attemptMs);

  expect(limits).toEqual({ ...USUAL, attemptMs, requestMs });
});

test('without a word from the BMC, the time of an attempt is assumed, unless the caller says it', () => {
  expect(assumedLimits()).toEqual({
    ...{ attemptMs: 6000, isAssumed: true, requestMs: 18_000, retries: 2, requestDataMax: 60 },
  });
  expect(assumedLimits(200)).toMatchObject({ attemptMs: 200, isAssumed: false });
});
