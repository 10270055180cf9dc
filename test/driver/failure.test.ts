/** What a caller reads when a request fails, word for word: people go by it, and search for it. */

import { describe, expect, test } from 'vitest';

import type { SubmitOptions } from '../../src/driver/driver.ts';
import { attemptFailure, lateOnWire, portFailed } from '../../src/driver/failure.ts';
import { IpmiError } from '../../src/errors.ts';
import type { PortIo } from '../../src/port/port.ts';
import { echo, rig, send } from '../support/rig.ts';
import type { RigOptions } from '../support/rig.ts';
import { SharedLock } from '../support/shared-lock.ts';
import { BentPort, CyclePort } from '../support/wraps.ts';

const CTRL = 0xce4;

/** Later than everything the driver gives up by itself. */
const ENDLESS_MS = 60_000;

interface Trouble extends RigOptions {
  readonly timeoutMs?: number;
  /** Data bytes of the request. */
  readonly bytes?: number;
  /** Happens while the request waits. */
  readonly meanwhile?: (rigged: ReturnType<typeof rig>) => unknown;
}

/** A BMC whose BT_CTRL reads these bits as 1, whatever else it reads. */
function stuck(bits: number): (port: PortIo) => PortIo {
  return (port) => new BentPort(port, (at, value) => (at === CTRL ? value | bits : value));
}

function broken(port: PortIo): PortIo {
  return new CyclePort(port, () => {
    throw new Error('EIO');
  });
}

function held(): SharedLock {
  const lock = new SharedLock();
  lock.holder = 'other';
  return lock;
}

/** What one request fails with. */
async function failureOf({ meanwhile, timeoutMs = ENDLESS_MS, bytes = 1, ...options }: Trouble) {
  const rigged = rig(options);
  const { clock, driver } = rigged;
  const request = echo(...Array<number>(bytes).fill(1));
  const sent = send(driver, request, { retries: 0, timeoutMs });
  const failed = sent.catch((error: unknown) => error);
  await clock.pass(5);
  meanwhile?.(rigged);
  return (await clock.until(failed)) as IpmiError;
}

function words({ message, outcome }: IpmiError): string {
  return `${message.replace('netFn 0x30 cmd 0x1 lun 0:', '…')} [${outcome}]`;
}

const SILENCE =
  'the BMC took the request and did not answer within 6000 ms; it may have executed it';
const ADVICE = 'wait for that process, or end it';

test.each<[text: string, trouble: Trouble]>([
  [
    `BMC_UNRESPONSIVE: … ${SILENCE} (BT_CTRL reads 0x80 B_BUSY) [unknown]`,
    { responseMs: ENDLESS_MS },
  ],
  [
    `BMC_UNRESPONSIVE: … ${SILENCE} (BT_CTRL reads 0x0) [unknown]`,
    { answer: () => 'drop', showsBusy: false },
  ],
  [
    'RESPONSE_MALFORMED: … the BMC answered with a frame too short to be a reply ' +
      '(BT_CTRL reads 0x0) [answered]',
    { respond: () => [{ afterMs: 0, frame: Uint8Array.of(2, 0xc4, 0) }] },
  ],
  [
    'REQUEST_TIMEOUT: … the BMC stayed busy until the timeout ' +
      '(BT_CTRL reads 0x84 H2B_ATN B_BUSY) [not-sent]',
    { wrap: stuck(0x84), timeoutMs: 300 },
  ],
  [
    'REQUEST_TIMEOUT: … no reply within 301 ms; the BMC may have executed it [unknown]',
    { responseMs: ENDLESS_MS, timeoutMs: 300.6 },
  ],
  [
    'REQUEST_TIMEOUT: … pid 111 (other) had the interface until the timeout [not-sent]',
    { lock: held().as('us'), timeoutMs: 300 },
  ],
  [
    `DEVICE_LOCKED: … pid 111 (other) has had the interface for 3001 ms; ${ADVICE} [not-sent]`,
    { lock: held().as('us'), lockTimeoutMs: 3000.6 },
  ],
  ['REQUEST_TOO_LONG: … 62 data bytes; this BMC takes at most 60 [not-sent]', { bytes: 62 }],
  ['DEVICE_CLOSED: … the ports failed: Error: EIO [not-sent]', { wrap: broken }],
  [
    'DEVICE_CLOSED: … the program closed the device meanwhile [unknown]',
    {
      responseMs: ENDLESS_MS,
      meanwhile: ({ driver }) => {
        driver.close();
      },
    },
  ],
])('%s', async (text, trouble) => {
  expect(words(await failureOf(trouble))).toBe(text);
});

test('which way of giving no reply it was can be told from the error', async () => {
  const ways = [
    await failureOf({ wrap: stuck(0x84), timeoutMs: 300 }),
    await failureOf({ responseMs: ENDLESS_MS }),
    await failureOf({ responseMs: ENDLESS_MS, timeoutMs: 300 }),
  ].map(({ silence }) => silence);

  const poll = { kind: 'failed', rung: true, stale: false, reason: 'misfit', seen: 'x' } as const;
  ways.push(attemptFailure(poll, 6000).silence, lateOnWire(300, 'netFn 0x8').silence);

  expect(ways).toEqual(['busy', undefined, undefined, 'misfit', 'misfit']);
});

test('a frame that is no reply is told in words, by the caller whose time it took as well', () => {
  const poll = { kind: 'failed', rung: true, stale: false, reason: 'misfit', seen: 'x' } as const;

  expect(attemptFailure(poll, 6000).text).toBe(
    'the BMC took the request, and answered with a frame that has its seq and cmd but is no reply ' +
      'to it; it may have executed the request, and its firmware should be reported (x)',
  );
  expect(lateOnWire(300, 'netFn 0x8').text).toBe(
    'only a frame with its seq and cmd that is no reply to it (netFn 0x8) came within 300 ms; ' +
      'the BMC may have executed it',
  );
});

test('a lock that fails keeps its own code and words', () => {
  const cause = new IpmiError('DEVICE_LOCKED', 'the lock file is gone');

  expect(portFailed(cause)).toEqual({
    ...{ code: 'DEVICE_LOCKED', text: 'the lock file is gone', cause },
  });
});

test('the error of ports that failed has the cause', async () => {
  expect((await failureOf({ wrap: broken })).cause).toEqual(new Error('EIO'));
});

describe('behind a request that takes its time:', () => {
  type Late = Partial<SubmitOptions> & { readonly isClosed?: boolean };

  test.each<[text: string, late: Late]>([
    ['QUEUE_FULL: … 1 requests are waiting; wait for some, or raise queueMax [not-sent]', {}],
    [
      'REQUEST_TIMEOUT: … the timeout passed while earlier requests were in flight [not-sent]',
      { internal: true, timeoutMs: 300 },
    ],
    ['REQUEST_ABORTED: … aborted by the caller [not-sent]', { signal: AbortSignal.abort() }],
    [
      "REQUEST_ABORTED: … the time limit of the caller's signal passed [not-sent]",
      { signal: AbortSignal.abort(new DOMException('late', 'TimeoutError')) },
    ],
    ['DEVICE_CLOSED: … the device is closed; open it again [not-sent]', { isClosed: true }],
  ])('%s', async (text, { isClosed = false, ...options }) => {
    const { clock, driver } = rig({ responseMs: 1000, queueMax: 1 });
    const first = [1, 2].map((byte) => send(driver, echo(byte)).catch(() => undefined));
    if (isClosed) driver.close();

    const failed = send(driver, echo(3), options).catch((error: unknown) => error);

    expect(words((await clock.until(failed)) as IpmiError)).toBe(text);
    await clock.until(Promise.all(first));
  });
});
