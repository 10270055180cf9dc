/** The deadline of the wait for a reply, and its overtime. */

import { expect, test } from 'vitest';

import { deadlineOf, takeByMs, waitReply } from '../../src/bt/states.ts';
import { echo } from '../support/rig.ts';

function waiting() {
  const attempt = { request: echo(1), seq: 9, startByMs: 1000, replyWithinMs: 500 };
  return { ...waitReply(attempt), sinceMs: 200 };
}

test('the wait ends 500 ms after its first poll', () => {
  expect(deadlineOf(waiting(), 650)).toBe(700);
  expect(deadlineOf({ ...waiting(), sinceMs: undefined }, 650)).toBe(1150);
});

test.each([
  [600, 700],
  [601, 701],
  [700, 800],
  [90_000, 90_100],
])('a response found at %i ms is taken by %i ms, and so is the next', (nowMs, untilMs) => {
  const state = waiting();

  expect([takeByMs(state, nowMs), deadlineOf(state, nowMs)]).toEqual([untilMs, untilMs]);
});

test('a response that leaves the time of a whole overtime begins none', () => {
  const state = waiting();

  expect([takeByMs(state, 600), state.overtimeEndsMs]).toEqual([700, undefined]);
});

test('there is one overtime, however many responses come', () => {
  const state = waiting();
  takeByMs(state, 650);

  expect([takeByMs(state, 700), takeByMs(state, 749), deadlineOf(state, 750)]).toEqual([
    750, 750, 750,
  ]);
});
