/** The sequence numbers of answers that are awaited. */

import { describe, expect, test } from 'vitest';

import { BridgedAnswers } from '../../src/bmc/bridged-answers.ts';
import { IpmiError } from '../../src/errors.ts';
import { IPMB_EXPECTED as EXPECTED, ipmbAnswer as answer } from '../support/ipmb-answer.ts';

/** With the time in the test's hand, and the last number as the first one. */
function newAnswers() {
  const changes: boolean[] = [];
  const clock = { ms: 0, now: () => clock.ms };
  const onChange = (isAwaited: boolean) => changes.push(isAwaited);
  return { changes, clock, answers: new BridgedAnswers({ clock, onChange, random: () => 0.99 }) };
}

test('each answer goes to the one who has its number, once', async () => {
  const { changes, answers } = newAnswers();
  const [first, second] = [answers.expect(EXPECTED), answers.expect(EXPECTED)];
  expect([first.seq, second.seq]).toEqual([0, 1]);

  expect(answers.offer(0, answer(second.seq))).toBe(true);
  expect(answers.offer(0, answer(second.seq))).toBe(false);
  expect(answers.offer(1, answer(first.seq))).toBe(false);
  expect(answers.offer(0, answer(first.seq))).toBe(true);

  expect(await first.answer).toMatchObject({ seq: first.seq, cmd: 1 });
  expect(changes).toEqual([true, false]);
});

test('an answer to another command or of another controller is none', () => {
  const { answers } = newAnswers();
  const { seq } = answers.expect({ ...EXPECTED, cmd: 2 });
  expect(answers.offer(0, answer(seq))).toBe(false);
  const other = answers.expect({ ...EXPECTED, address: 0x2e });
  expect(answers.offer(0, answer(other.seq))).toBe(false);
  const third = answers.expect({ ...EXPECTED, netFn: 0x04 });
  expect(answers.offer(0, answer(third.seq))).toBe(false);
});

test('to end the waiting for one that has come changes nothing', () => {
  const { answers } = newAnswers();
  const all = Array.from({ length: 64 }, () => answers.expect(EXPECTED));
  const [first] = all;
  if (first === undefined) throw new Error('bug: there are 64');
  answers.offer(0, answer(first.seq));
  const next = answers.expect(EXPECTED);
  expect(next.seq).toBe(first.seq);
  first.cancel();

  // It is that of the next one, which still waits.
  expect(() => answers.expect(EXPECTED)).toThrow('QUEUE_FULL');
  expect(answers.offer(0, answer(next.seq))).toBe(true);
  next.cancel();
  expect(answers.offer(0, answer(next.seq))).toBe(false);
});

test('64 are awaited at once, and no more; one that was not sent makes room', () => {
  const { answers } = newAnswers();
  const all = Array.from({ length: 64 }, () => answers.expect(EXPECTED));

  expect(new Set(all.map(({ seq }) => seq)).size).toBe(64);
  expect(() => answers.expect(EXPECTED)).toThrow(
    'QUEUE_FULL: 64 requests to satellite controllers wait for their answers; wait for some of them',
  );
  all[3]?.cancel(false);
  expect(answers.expect(EXPECTED).seq).toBe(all[3]?.seq);
});

test('all fail when it is closed', async () => {
  const { answers, changes } = newAnswers();
  const awaited = answers.expect(EXPECTED);

  answers.close();

  const message = expect.stringMatching(
    /: the program closed the device meanwhile; the controller may have executed it$/,
  ) as string;
  const closed = { code: 'DEVICE_CLOSED', outcome: 'unknown', message };
  await expect(awaited.answer).rejects.toMatchObject(closed);
  expect(changes).toEqual([true, false]);
});

describe('an answer that was given up', () => {
  /** Gives one up, and returns the numbers that the next 63 have. */
  function giveUp({ answers }: ReturnType<typeof newAnswers>) {
    const late = answers.expect(EXPECTED);
    late.cancel();
    const others = Array.from({ length: 63 }, () => answers.expect(EXPECTED));
    return { late, others };
  }

  test('is not taken for that of a later request, and its number is free once it has come', () => {
    const rig = newAnswers();
    const { late, others } = giveUp(rig);

    expect(others.map(({ seq }) => seq)).not.toContain(late.seq);
    expect(() => rig.answers.expect(EXPECTED)).toThrow('or were given up within 10 s');
    expect(rig.answers.offer(0, answer(late.seq))).toBe(true);
    expect(rig.answers.expect(EXPECTED).seq).toBe(late.seq);
  });

  test('may lie in the queue after its time, until that is found empty', () => {
    const rig = newAnswers();
    const { late } = giveUp(rig);

    rig.answers.emptied();
    rig.clock.ms = 10_000;
    expect(() => rig.answers.expect(EXPECTED)).toThrow('QUEUE_FULL');
    rig.answers.emptied();
    expect(rig.answers.expect(EXPECTED).seq).toBe(late.seq);
  });

  test('does not take its number out of use for ever when nothing is read', () => {
    const { answers, clock } = newAnswers();
    const all = Array.from({ length: 64 }, () => answers.expect(EXPECTED));
    for (const { cancel } of all) cancel();

    clock.ms = 9999;
    expect(() => answers.expect(EXPECTED)).toThrow('QUEUE_FULL');
    clock.ms = 10_000;
    expect(answers.expect(EXPECTED).seq).toBe(all[0]?.seq);
  });
});

test('those whose answers cannot be read fail at once', async () => {
  const { answers } = newAnswers();
  const awaited = answers.expect(EXPECTED);

  answers.fail(new IpmiError('COMMAND_FAILED', 'the BMC refuses', { outcome: 'unknown' }));

  await expect(awaited.answer).rejects.toThrow('the BMC refuses');
  // It may come nevertheless.
  expect(answers.offer(0, answer(awaited.seq))).toBe(true);
});
