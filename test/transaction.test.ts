/** A transaction: one request, one promise, settled once and told once. */

import { expect, test } from 'vitest';

import type { Reply } from '../src/bt/frame.ts';
import { Transaction } from '../src/bt/transaction.ts';
import { IpmiError } from '../src/errors.ts';
import { request } from './rig.ts';

const REPLY: Reply = { completionCode: 0, data: Uint8Array.of(1) };
const FAILURE = { code: 'REQUEST_TIMEOUT', text: 'too late' } as const;

function transaction(signal?: AbortSignal): Transaction {
  const plain = { retries: 0, timeoutMs: 300, nowMs: 50, internal: false };
  const options = { ...plain, signal, acknowledges: false };
  return new Transaction({ ...request(0x2e, 0xab), lun: 2 }, options);
}

test('its deadline counts from when it was handed in', () => {
  expect(transaction()).toMatchObject({ sinceMs: 50, timeoutMs: 300, deadlineMs: 350 });
});

test('a reply reaches who waits already, who waits later, and who just looks', async () => {
  const one = transaction();
  const early = one.result();
  expect(one.settling()).toBe(one.settling());
  expect(one.settled).toBe(false);

  one.resolve(REPLY);

  expect(one.settled).toBe(true);
  expect(await Promise.all([early, one.result()])).toEqual([REPLY, REPLY]);
  expect(one.reply()).toBe(REPLY);
});

test('a failure reaches who waits already, who waits later, and who just looks', async () => {
  const one = transaction();
  const early = one.result();

  one.fail({ ...FAILURE, cause: 'because' });

  const error = {
    code: 'REQUEST_TIMEOUT',
    outcome: 'not-sent',
    message: 'REQUEST_TIMEOUT: netFn 0x2e cmd 0xab lun 2: too late',
    cause: 'because',
  };
  await expect(early).rejects.toMatchObject(error);
  await expect(one.result()).rejects.toMatchObject(error);
  expect(() => one.reply()).toThrow(IpmiError);
});

test('the outcome is unknown once H2B_ATN was rung, unless the failure knows better', () => {
  const [silent, rung, answered] = [transaction(), transaction(), transaction()];
  rung.rung = true;
  answered.rung = true;
  expect([silent.outcome, rung.outcome]).toEqual(['not-sent', 'unknown']);

  silent.fail(FAILURE);
  rung.fail(FAILURE);
  answered.fail({ ...FAILURE, outcome: 'answered' });

  const outcomes = [silent, rung, answered].map((one) => outcomeOf(one));
  expect(outcomes).toEqual(['not-sent', 'unknown', 'answered']);
});

test('an abort is told while it waits, and not after', () => {
  const controllers = [new AbortController(), new AbortController(), new AbortController()];
  const [waiting, resolved, failed] = controllers.map(({ signal }) => transaction(signal));
  const told: string[] = [];
  waiting?.onAbort(() => told.push('waiting'));
  resolved?.onAbort(() => told.push('resolved'));
  failed?.onAbort(() => told.push('failed'));
  resolved?.resolve(REPLY);
  failed?.fail(FAILURE);

  for (const controller of controllers) controller.abort();

  expect(told).toEqual(['waiting']);
});

test('without a signal nobody can abort, and it settles all the same', () => {
  const one = transaction();

  one.onAbort(() => undefined);
  one.resolve(REPLY);

  expect(one.reply()).toBe(REPLY);
});

test('to settle twice, or to look too early, is our bug', () => {
  const one = transaction();
  expect(() => one.reply()).toThrow('bug: settled with nothing');

  one.resolve(REPLY);

  expect(() => {
    one.resolve(REPLY);
  }).toThrow('bug: transaction settled twice');
  expect(() => {
    one.fail(FAILURE);
  }).toThrow('bug: transaction settled twice');
  expect(one.reply()).toBe(REPLY);
});

function outcomeOf(one: Transaction): unknown {
  try {
    return one.reply();
  } catch (error) {
    return (error as IpmiError).outcome;
  }
}
