/** A transaction: one request, one promise, settled once and told once. */

import { expect, test } from 'vitest';

import type { Reply } from '../../src/ipmi/message.ts';
import { PendingRequest } from '../../src/driver/pending-request.ts';
import { IpmiError } from '../../src/errors.ts';
import { nonEmpty, offenders } from '../support/lists.ts';
import { request } from '../support/rig.ts';

const REPLY: Reply = { completionCode: 0, data: Uint8Array.of(1) };
const FAILURE = { code: 'REQUEST_TIMEOUT', text: 'too late' } as const;

function pending(signal?: AbortSignal): PendingRequest {
  const options = { retries: 0, internal: false, signal };
  const lifetime = { nowMs: 50, timeoutMs: 300 };
  return new PendingRequest({ ...request(0x2e, 0xab), lun: 2 }, options, lifetime);
}

test('its deadline counts from when it was handed in', () => {
  expect(pending()).toMatchObject({ sinceMs: 50, timeoutMs: 300, deadlineMs: 350 });
});

test('it was not handed over, and is repeated when the BMC is busy, unless that is unwanted', () => {
  const message = request(0x2e, 0xab);
  const options = { retries: 0, internal: false } as const;
  const lifetime = { nowMs: 50, timeoutMs: 300 };

  expect(pending()).toMatchObject({ rung: false, isSeqRung: false, repeatBusy: true });
  const once = new PendingRequest(message, { ...options, repeatBusy: false }, lifetime);
  expect(once.repeatBusy).toBe(false);
});

test('a reply reaches who waits already, and who waits later', async () => {
  const [one, other] = [pending(), pending()];
  const early = one.result();
  expect(one.settled).toBe(false);

  one.resolve(REPLY);
  other.resolve(REPLY);

  expect(one.settled).toBe(true);
  const results = await Promise.all([early, one.result(), other.result()]);
  for (const result of nonEmpty(results)) expect(result).toBe(REPLY);
});

test('a failure reaches who waits already, and who waits later', async () => {
  const [one, other] = [pending(), pending()];
  const early = one.result();

  one.fail({ ...FAILURE, cause: 'because' });
  other.fail({ ...FAILURE, cause: 'because' });

  const error = {
    code: 'REQUEST_TIMEOUT',
    outcome: 'not-sent',
    message: 'REQUEST_TIMEOUT: netFn 0x2e cmd 0xab lun 2: too late',
    cause: 'because',
  };
  await expect(early).rejects.toMatchObject(error);
  await expect(one.result()).rejects.toMatchObject(error);
  await expect(other.result()).rejects.toMatchObject(error);
});

test('the outcome is unknown once H2B_ATN was rung, unless the failure knows better', async () => {
  const [silent, rung, answered] = [pending(), pending(), pending()];
  rung.rung = true;
  answered.rung = true;

  silent.fail(FAILURE);
  rung.fail(FAILURE);
  answered.fail({ ...FAILURE, outcome: 'answered' });

  const results = [silent, rung, answered].map((one) => one.result());
  const errors = (await Promise.allSettled(results)).map((settled) => reasonOf(settled));
  expect(offenders(errors, (error) => !(error instanceof IpmiError))).toEqual([]);
  expect(errors.map((error) => (error as IpmiError).outcome)).toEqual([
    'not-sent',
    'unknown',
    'answered',
  ]);
});

test('an abort is told while it waits, and not after', async () => {
  const controllers = [new AbortController(), new AbortController(), new AbortController()];
  const [waiting, resolved, failed] = controllers.map(({ signal }) => pending(signal));
  const told: string[] = [];
  waiting?.onAbort(() => told.push('waiting'));
  resolved?.onAbort(() => told.push('resolved'));
  failed?.onAbort(() => told.push('failed'));
  resolved?.resolve(REPLY);
  failed?.fail(FAILURE);

  for (const controller of controllers) controller.abort();

  expect(told).toEqual(['waiting']);
  await expect(failed?.result()).rejects.toMatchObject({ code: FAILURE.code });
});

test('without a signal nobody can abort, and it settles all the same', async () => {
  const one = pending();

  one.onAbort(() => undefined);
  one.resolve(REPLY);

  expect(await one.result()).toBe(REPLY);
});

test('to settle twice is our bug, and changes nothing', async () => {
  const one = pending();
  one.resolve(REPLY);

  expect(() => {
    one.resolve(REPLY);
  }).toThrow('bug: pending settled twice');
  expect(() => {
    one.fail(FAILURE);
  }).toThrow('bug: pending settled twice');
  expect(await one.result()).toBe(REPLY);
});

function reasonOf(settled: PromiseSettledResult<unknown>): unknown {
  return settled.status === 'rejected' ? settled.reason : undefined;
}
