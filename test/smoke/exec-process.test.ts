/** A further process, which is this package's own program, on a simulated BMC of its own. */

import { expect, onTestFinished, test } from 'vitest';

import { systemClock } from '../../src/clock.ts';
import { IpmiError } from '../../src/errors.ts';
import { startExec } from '../../src/smoke/exec-process.ts';
import type { ExecProcess } from '../../src/smoke/exec-process.ts';

const ECHO = { netFn: 0x30, cmd: 0x01 };
const LONG_MS = 300_000;

function start(args: readonly string[], signal = new AbortController().signal): ExecProcess {
  const child = startExec({ args, clock: systemClock, signal });
  onTestFinished(() => child.close());
  return child;
}

test('each request gets its own reply, and a code is an answer', { timeout: LONG_MS }, async () => {
  const child = start(['--sim']);

  const replies = await Promise.all([
    child.request({ ...ECHO, data: Uint8Array.of(7, 8) }),
    child.request({ netFn: 0x06, cmd: 0x7f }),
    child.request({ ...ECHO, data: Uint8Array.of(9) }, { retries: 1, timeoutMs: LONG_MS }),
  ]);

  expect(replies).toEqual([
    { completionCode: 0, data: Uint8Array.of(7, 8) },
    { completionCode: 0xc1, data: Uint8Array.of() },
    { completionCode: 0, data: Uint8Array.of(9) },
  ]);
  await child.close();
  await expect(child.request(ECHO)).rejects.toThrow(/DEVICE_CLOSED: the process \d+ has ended/);
});

test('an interface that it cannot open is its error', { timeout: LONG_MS }, async () => {
  const child = start(['--base', '0xfffd', '--port', 'dev-port']);

  const failure = await child.request(ECHO).then(
    () => undefined,
    (error: unknown) => error,
  );

  expect(failure).toBeInstanceOf(IpmiError);
  expect(String(failure)).not.toMatch(/DEVICE_CLOSED/);
});

test('a request that is late or aborted fails alone', { timeout: LONG_MS }, async () => {
  const child = start(['--sim', '--sim-delay', '3600000']);
  const abort = new AbortController();

  const late = expect(child.request(ECHO, { timeoutMs: 1 })).rejects.toMatchObject({
    ...{ code: 'REQUEST_TIMEOUT', outcome: 'unknown' },
  });
  const aborted = expect(child.request(ECHO, { signal: abort.signal })).rejects.toMatchObject({
    ...{ code: 'REQUEST_ABORTED', outcome: 'unknown' },
  });
  abort.abort();

  await Promise.all([late, aborted]);
  await expect(child.request(ECHO, { signal: abort.signal })).rejects.toMatchObject({
    ...{ code: 'REQUEST_ABORTED', outcome: 'not-sent' },
  });
  await endNow(child);
});

test('the signal of the run ends the process', { timeout: LONG_MS }, async () => {
  const abort = new AbortController();
  const child = start(['--sim', '--sim-delay', '3600000'], abort.signal);
  const waiting = child.request(ECHO);

  abort.abort();

  await expect(waiting).rejects.toBeInstanceOf(IpmiError);
  expect(() => start(['--sim'], abort.signal)).toThrow('REQUEST_ABORTED');
});

/** Its request would keep it from ending by itself. */
async function endNow({ pid }: ExecProcess): Promise<void> {
  expect(pid).toBeGreaterThan(0);
  process.kill(pid ?? 0);
  await Promise.resolve();
}
