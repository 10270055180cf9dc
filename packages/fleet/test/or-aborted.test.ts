/** Work that a signal ends the wait for. */

import { expect, test, vi } from 'vitest';

import { aborted, orAborted } from '../src/or-aborted.ts';

const reason = 'ended by a signal';

test('what comes before the signal is the result, and so is its error', async () => {
  const { signal } = new AbortController();

  expect(await orAborted(Promise.resolve(1), signal, { reason })).toBe(1);
  await expect(orAborted(Promise.reject(new Error('its own')), signal, { reason })).rejects.toThrow(
    'its own',
  );
});

test.each([true, false])('what comes too late is ended; aborted at once: %s', async (isAborted) => {
  const ending = new AbortController();
  const late: number[] = [];
  let come: (value: number) => void = () => undefined;
  const work = new Promise<number>((resolve) => {
    come = resolve;
  });
  if (isAborted) ending.abort();
  const onLate = (value: number): void => void late.push(value);
  const waiting = orAborted(work, ending.signal, { reason, onLate });
  ending.abort();

  await expect(waiting).rejects.toThrow(reason);
  come(7);
  await vi.waitFor(() => {
    expect(late).toEqual([7]);
  });
});

test('an error that comes too late is nothing', async () => {
  const ending = new AbortController();
  ending.abort();
  const failed = Promise.reject(new Error('too late'));

  await expect(orAborted(failed, ending.signal, { reason })).rejects.toThrow(reason);
});

test('an abort is waited for, and one that has come is none to wait for', async () => {
  const ending = new AbortController();
  const waiting = aborted(ending.signal);
  expect(await Promise.race([waiting.then(() => 'aborted'), Promise.resolve('not yet')])).toBe(
    'not yet',
  );
  ending.abort();

  await waiting;
  await aborted(ending.signal);
});
