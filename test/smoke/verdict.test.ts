/** The result, the exit code and the sentence that a run ends with. */

import { expect, test } from 'vitest';

import type { CheckEnd } from '../../src/smoke/events.ts';
import { verdictOf } from '../../src/smoke/verdict.ts';

function end(fields: Partial<CheckEnd>): CheckEnd {
  return {
    ...{ kind: 'check-end', id: 'latency', result: 'pass', reason: '', slugs: [] },
    ...{ exit: undefined, isAllowed: false, retested: undefined, durationMs: 1 },
    ...fields,
  };
}

const PASS = end({});
const FAIL = end({ id: 'registers', result: 'fail', slugs: ['bt-registers', 'bt-busy-stuck'] });
const SKIP = end({ id: 'frames', result: 'skip', reason: 'no FRU' });
const ALLOWED = end({ id: 'interrupt', result: 'skip', isAllowed: true });
const ABSENT = end({ id: 'owner', result: 'error', reason: 'no BT', exit: 69 });
const CUT = end({ result: 'interrupted' });
const REFUSED = end({ id: 'owner', result: 'error', reason: 'PORT_DENIED: root', exit: 77 });

test.each([
  { name: 'all passed', ends: [PASS, PASS], is: 'pass', exit: 0 },
  { name: 'an allowed skip', ends: [PASS, ALLOWED], is: 'pass', exit: 0 },
  { name: 'a skip', ends: [PASS, SKIP], is: 'fail', exit: 1 },
  { name: 'a failure', ends: [PASS, FAIL], is: 'fail', exit: 1 },
  { name: 'a failure and a refusal', ends: [REFUSED, FAIL], is: 'fail', exit: 1 },
  { name: 'a refusal and what it skips', ends: [PASS, REFUSED, SKIP], is: 'error', exit: 77 },
  { name: 'no BT', ends: [PASS, ABSENT, SKIP], is: 'skip', exit: 69 },
  { name: 'an interruption', ends: [PASS, CUT], is: 'interrupted', exit: 130 },
  { name: 'an interruption after a failure', ends: [FAIL, CUT], is: 'fail', exit: 130 },
])('$name', ({ ends, is, exit }) => {
  expect(verdictOf(ends, ends.includes(CUT))).toMatchObject({ result: is, exit });
});

test('the sentence names what failed, once each', () => {
  const { text } = verdictOf([PASS, FAIL, FAIL], false);

  expect(text).toBe('1 of 3 checks passed; failed: registers (bt-registers, bt-busy-stuck)');
});

test('the sentence names what may be skipped', () => {
  const { text } = verdictOf([PASS, ALLOWED, ALLOWED], false);

  expect(text).toBe('1 of 3 checks passed, interrupt may be skipped');
});
