/** The sequence numbers of answers that are awaited. */

import { expect, test } from 'vitest';

import { BridgedAnswers } from '../../src/bmc/bridged-answers.ts';
import { closedError } from '../../src/errors.ts';

const EXPECTED = { channel: 0, address: 0x2c, netFn: 0x06, cmd: 0x01 };

/** The answer to {@link EXPECTED} under a number, as Get Message has it. */
function answer(seq: number): Uint8Array {
  const head = [0x1e];
  const body = [0x2c, seq << 2, 0x01, 0x00];
  const sum = (bytes: readonly number[]): number => bytes.reduce((total, byte) => total + byte, 0);
  return Uint8Array.from([...head, -sum([0x20, ...head]), ...body, -sum(body)]);
}

test('each answer goes to the one who has its number, once', async () => {
  const changes: boolean[] = [];
  const answers = new BridgedAnswers((isAwaited) => changes.push(isAwaited));
  const [first, second] = [answers.expect(EXPECTED), answers.expect(EXPECTED)];

  expect(answers.offer(0, answer(second.seq))).toBe(true);
  expect(answers.offer(0, answer(second.seq))).toBe(false);
  expect(answers.offer(1, answer(first.seq))).toBe(false);
  expect(answers.offer(0, answer(first.seq))).toBe(true);

  expect(await first.answer).toMatchObject({ seq: first.seq, cmd: 1 });
  expect(changes).toEqual([true, false]);
});

test('an answer to another command or of another controller is none', () => {
  const answers = new BridgedAnswers(() => undefined);
  const { seq } = answers.expect({ ...EXPECTED, cmd: 2 });
  expect(answers.offer(0, answer(seq))).toBe(false);
  const other = answers.expect({ ...EXPECTED, address: 0x2e });
  expect(answers.offer(0, answer(other.seq))).toBe(false);
});

test('64 are awaited at once, and no more; one that is given up makes room', () => {
  const answers = new BridgedAnswers(
    () => undefined,
    () => 0.99,
  );
  const all = Array.from({ length: 64 }, () => answers.expect(EXPECTED));

  expect(new Set(all.map(({ seq }) => seq)).size).toBe(64);
  expect(() => answers.expect(EXPECTED)).toThrow('QUEUE_FULL: 64 requests');
  all[3]?.cancel();
  expect(answers.expect(EXPECTED).seq).toBe(all[3]?.seq);
});

test('all fail when it is closed', async () => {
  const answers = new BridgedAnswers(() => undefined);
  const awaited = answers.expect(EXPECTED);

  answers.close(closedError());

  await expect(awaited.answer).rejects.toMatchObject({ code: 'DEVICE_CLOSED' });
  expect(answers.offer(0, answer(awaited.seq))).toBe(false);
});
