/** The result, the exit code and the sentence that a run ends with. */

import { expect, test } from 'vitest';

import type { CheckEnd } from '../../src/smoke/events.ts';
import { verdictOf } from '../../src/smoke/verdict.ts';
import { EndedBySignal } from '../../src/signals.ts';

function end(fields: Partial<CheckEnd>): CheckEnd {
  return {
    ...{ kind: 'check-end', id: 'latency', result: 'pass', reason: '', slugs: [] },
    ...{ exit: undefined, code: undefined, isAllowed: false, retested: undefined, durationMs: 1 },
    ...fields,
  };
}

const [RUNNING, CUT_SHORT] = [new AbortController().signal, AbortSignal.abort()];

const PASS = end({});
const FAIL = end({ id: 'registers', result: 'fail', slugs: ['bt-registers', 'bt-busy-stuck'] });
const SKIP = end({ id: 'frames', result: 'skip', reason: 'no FRU' });
const ALLOWED = end({ id: 'interrupt', result: 'skip', isAllowed: true });
const COMPARED = end({ id: 'baseline' });
const ABSENT = end({ id: 'owner', result: 'error', reason: 'no BT', exit: 69 });
const CUT = end({ result: 'interrupted' });
const REFUSED = end({ id: 'owner', result: 'error', reason: 'PORT_DENIED: root', exit: 77 });

test.each([
  { name: 'all passed', ends: [PASS, PASS], is: 'pass', exit: 0 },
  { name: 'an allowed skip', ends: [PASS, ALLOWED], is: 'pass', exit: 0 },
  { name: 'nothing but allowed skips', ends: [ALLOWED], is: 'skip', exit: 69 },
  { name: 'no check at all', ends: [], is: 'skip', exit: 69 },
  { name: 'a comparison of nothing', ends: [ALLOWED, COMPARED], is: 'skip', exit: 69 },
  { name: 'a skip', ends: [PASS, SKIP], is: 'fail', exit: 1 },
  { name: 'a failure', ends: [PASS, FAIL], is: 'fail', exit: 1 },
  { name: 'a failure and a refusal', ends: [REFUSED, FAIL], is: 'fail', exit: 1 },
  { name: 'a refusal and what it skips', ends: [PASS, REFUSED, SKIP], is: 'error', exit: 77 },
  { name: 'no BT', ends: [PASS, ABSENT, SKIP], is: 'skip', exit: 69 },
  { name: 'an interruption', ends: [PASS, CUT], is: 'interrupted', exit: 130 },
  { name: 'an interruption after a failure', ends: [FAIL, CUT], is: 'fail', exit: 130 },
])('the verdict: $name', ({ ends, is, exit }) => {
  expect(verdictOf(ends, ends.includes(CUT) ? CUT_SHORT : RUNNING)).toMatchObject({
    result: is,
    exit,
  });
});

test('the sentence names what failed, once each', () => {
  const { text } = verdictOf([PASS, FAIL, FAIL], RUNNING);

  expect(text).toBe('1 of 3 checks passed; failed: registers (bt-registers, bt-busy-stuck)');
});

test('the sentence names what may be skipped', () => {
  const { text } = verdictOf([PASS, ALLOWED, ALLOWED], RUNNING);

  expect(text).toBe('1 of 3 checks passed, interrupt may be skipped');
});

test('the sentence names the signal that ended the run, and what had failed before', () => {
  const signal = AbortSignal.abort(new EndedBySignal('SIGTERM'));

  expect(verdictOf([PASS, CUT, CUT], signal).text).toBe(
    'interrupted by SIGTERM after 1 of 3 checks; 1 of 3 checks passed',
  );
  expect(verdictOf([PASS, FAIL, CUT], signal)).toEqual({
    ...{ result: 'fail', exit: 130 },
    text:
      'interrupted by SIGTERM after 2 of 3 checks; 1 of 3 checks passed; ' +
      'failed: registers (bt-registers, bt-busy-stuck)',
  });
  expect(verdictOf([CUT], CUT_SHORT).text).toMatch(/^interrupted after 0 of 1 checks; /);
});

test('the sentence says that nothing is proved when no check ran', () => {
  expect(verdictOf([ALLOWED, ALLOWED], RUNNING).text).toBe(
    'nothing is proved: no check ran: interrupt may be skipped',
  );
  expect(verdictOf([], RUNNING).text).toBe('nothing is proved: no check ran');
});
