/** Two drivers on one BMC take turns: never at once, none starved, nothing left behind. */

import { describe, expect, test, vi } from 'vitest';

import { checkPresence } from '../../src/bmc/bring-up.ts';
import {
  LOCK_BURST_MS,
  LOCK_IDLE_MS,
  LOCK_PATIENCE_MS,
  LOCK_RETRY_MAX_MS,
} from '../../src/share/arbiter.ts';
import { TURN_MS } from '../../src/sim/virtual-clock.ts';
import type { VirtualClock } from '../../src/sim/virtual-clock.ts';
import { greatest, offenders } from '../support/lists.ts';
import { bringUpOptions, echo, outcomeOf, send } from '../support/rig.ts';
import type { wire } from '../support/rig.ts';
import { expectNoTimer, hold, pair } from '../support/turns.ts';

const LOCKED = { code: 'DEVICE_LOCKED', outcome: 'not-sent' };
const RETRY_SLACK_MS = LOCK_RETRY_MAX_MS + 2;

/** Sends one request after the other until `endMs`; returns how long each took. */
async function work(
  clock: VirtualClock,
  { driver }: ReturnType<typeof wire>,
  options: { readonly byte: number; readonly endMs: number; readonly pauseMs?: number },
): Promise<number[]> {
  const { byte, endMs, pauseMs = 0 } = options;
  const tookMs: number[] = [];
  while (clock.now() < endMs) {
    const sinceMs = clock.now();
    expect(await outcomeOf(send(driver, echo(byte)))).toEqual([byte]);
    tookMs.push(clock.now() - sinceMs);
    if (pauseMs > 0) await new Promise<void>((resolve) => clock.timer(pauseMs, resolve));
  }
  return tookMs;
}

describe('two drivers', () => {
  test.each([
    ['both without a pause', 0, 0],
    ['both at 100 requests a second', 10, 10],
    ['one without a pause', 0, 10],
  ])('%s make progress, and never meet', async (_, pauseA, pauseB) => {
    const { clock, bmc, lock, a, b } = pair({ responseMs: 2 });
    const endMs = 5000;

    const both = [
      work(clock, a, { byte: 1, endMs, pauseMs: pauseA }),
      work(clock, b, { byte: 2, endMs, pauseMs: pauseB }),
    ];
    const [tookA = [], tookB = []] = await clock.until(Promise.all(both));

    // A turn of the other's, its rest, and our look.
    const most = LOCK_BURST_MS + LOCK_IDLE_MS + RETRY_SLACK_MS;
    expect(greatest([...tookA, ...tookB])).toBeLessThan(most);
    const turns = endMs / (LOCK_BURST_MS + RETRY_SLACK_MS) / 2;
    for (const took of [tookA, tookB]) expect(took.length).toBeGreaterThan(turns);
    expect(bmc.executed).toHaveLength(tookA.length + tookB.length);
    // They alternate, however busy they are.
    expect(offenders(lock.holders, (name, at) => name === lock.holders[at + 1])).toEqual([]);
    expect(lock.holders.length).toBeGreaterThan(turns);
  });

  test('an orphan keeps the other process out until it is answered', async () => {
    const { clock, bmc, a, b } = pair({ responseMs: ({ data }) => (data[0] === 1 ? 1000 : 0) });
    const first = outcomeOf(send(a.driver, echo(1), { timeoutMs: 100 }));
    expect(await clock.until(first)).toEqual({ code: 'REQUEST_TIMEOUT', outcome: 'unknown' });

    const second = outcomeOf(send(b.driver, echo(2)));

    expect(await clock.until(second)).toEqual([2]);
    expect(bmc.executed[1]?.atMs).toBeGreaterThan(1000);
    // A process that has waited for 1 s looks every 100 ms. With a process in line there is no
    // rest.
    expect(bmc.executed[1]?.atMs).toBeLessThan(1000 + 101 + RETRY_SLACK_MS);
  });

  test('the other has the interface between an answer of 0xC0 and its repeat', async () => {
    let busy = 3;
    const answer = ({ data }: { data: Uint8Array }) =>
      data[0] === 0 && (busy -= 1) >= 0 ? [0xc0] : undefined;
    const { clock, bmc, a, b } = pair({ answer });

    const sent = [a, b].map(({ driver }, byte) => outcomeOf(send(driver, echo(byte))));

    expect(await clock.until(Promise.all(sent))).toEqual([[0], [1]]);
    expect(bmc.executed.map(({ data }) => data[0])).toEqual([0, 1, 0, 0, 0]);
  });

  test('bring-up waits until the other lets go of the lock', async () => {
    const { clock, a, b } = pair({ responseMs: 200 });
    const sent = outcomeOf(send(a.driver, echo(1)));

    await clock.until(checkPresence(b.access, bringUpOptions(clock)));

    expect(clock.now()).toBeGreaterThan(200);
    expect(await sent).toEqual([1]);
  });
});

describe('the lock', () => {
  test('is let go after 50 ms without a request, and no timer is left', async () => {
    const { clock, lock, a } = pair();
    expect(lock.holder).toBeUndefined();
    await clock.until(send(a.driver, echo(1)));
    await clock.pass(LOCK_IDLE_MS / 2);
    await clock.until(send(a.driver, echo(2)));
    const idleMs = clock.now();

    await clock.pass(LOCK_IDLE_MS - 2 * TURN_MS);
    expect([lock.holder, clock.now() < idleMs + LOCK_IDLE_MS]).toEqual(['a', true]);
    await clock.pass(2 * TURN_MS);

    expect(lock.holder).toBeUndefined();
    await expectNoTimer(clock);
  });

  test('does not keep the process alive while nobody asks for anything', async () => {
    const { clock, a } = pair({ responseMs: 5 });
    const timer = vi.spyOn(clock, 'timer');
    const keepAlives = (): unknown[] => timer.mock.calls.map((call: unknown[]) => call[2]);

    await clock.until(send(a.driver, echo(1)));
    expect(keepAlives()).toContain(true);
    timer.mockClear();
    await clock.until(send(a.driver, echo(2)));
    await clock.pass(LOCK_IDLE_MS / 2);

    expect([keepAlives().at(-1), clock.pending]).toEqual([false, 1]);
  });

  test('is kept, and asked for once, by who is alone, however long it works', async () => {
    const { clock, lock, a } = pair({ responseMs: 2 });

    await clock.until(work(clock, a, { byte: 1, endMs: 2000, pauseMs: 10 }));

    expect(lock.holders).toEqual(['a']);
  });

  test('is let go at once by close(), with a request on the wire', async () => {
    const { clock, lock, a } = pair({ responseMs: 1000 });
    const sent = outcomeOf(send(a.driver, echo(1)));
    await clock.pass(10);

    a.driver.close();

    expect(lock.holder).toBeUndefined();
    expect(await sent).toEqual({ code: 'DEVICE_CLOSED', outcome: 'unknown' });
  });

  test('close() of who does not hold it touches no register', async () => {
    const { clock, bmc, lock, a, b } = pair({ responseMs: 20 });
    await clock.until(send(a.driver, echo(1)));
    await clock.pass(2 * LOCK_IDLE_MS);
    const sent = outcomeOf(send(b.driver, echo(2)));
    await clock.pass(10);
    // The answer of b is there, and b has not looked yet.
    clock.skip(100);
    const { writes } = bmc;

    a.driver.close();

    expect([bmc.writes, lock.holder]).toEqual([writes, 'b']);
    expect(await clock.until(sent)).toEqual([2]);
  });

  test('of a process that waits for the caller no more is wanted no more', async () => {
    const { clock, lock, b } = pair();
    hold(lock);
    const controller = new AbortController();
    const sent = outcomeOf(send(b.driver, echo(1), { signal: controller.signal }));
    await clock.pass(5);
    expect(lock.next).toBe('b');

    controller.abort();

    expect(await clock.until(sent)).toEqual({ code: 'REQUEST_ABORTED', outcome: 'not-sent' });
    expect(lock.next).toBeUndefined();
    await expectNoTimer(clock);
  });

  test('is had out of turn when who is next does not take it', async () => {
    const { clock, lock, b } = pair();
    // Stopped by a debugger, say.
    lock.next = 'stopped';

    expect(await clock.until(outcomeOf(send(b.driver, echo(1))))).toEqual([1]);

    expect(clock.now()).toBeGreaterThanOrEqual(LOCK_PATIENCE_MS);
    // A process that is behind looks every 100 ms.
    expect(clock.now()).toBeLessThan(LOCK_PATIENCE_MS + 101);
    lock.next = undefined;
  });

  test('is asked for ever less often, down to every 20 ms', async () => {
    const { clock, lock, b } = pair();
    hold(lock);
    const sent = outcomeOf(send(b.driver, echo(1), { timeoutMs: 1000 }));

    const refusals: number[] = [];
    for (const ms of [0.5, 30.5, 969]) {
      await clock.pass(ms);
      refusals.push(lock.refusals);
    }

    // At 0; at 1, 3, 7, 15 and 31; then every 20 ms, and not any more at the deadline.
    expect(refusals).toEqual([1, 6, 54]);
    expect(await clock.until(sent)).toEqual({ code: 'REQUEST_TIMEOUT', outcome: 'not-sent' });
  });
});

describe('while another process holds the lock', () => {
  test('requests fail with DEVICE_LOCKED, each lockTimeoutMs after it wanted it', async () => {
    const { clock, lock, bmc, b } = pair({ lockTimeoutMs: 3000 });
    hold(lock);
    const failedAtMs: number[] = [];
    async function fail(byte: number): Promise<unknown> {
      const outcome = await outcomeOf(send(b.driver, echo(byte)));
      failedAtMs.push(clock.now());
      return outcome;
    }

    const sent = [fail(1), fail(2)];
    await clock.pass(1234.5);
    sent.push(fail(3));

    expect(await clock.until(Promise.all(sent))).toEqual([LOCKED, LOCKED, LOCKED]);
    expect(failedAtMs).toEqual([3000, 3000, 4234.5]);
    expect(bmc.executed).toEqual([]);
    expect(lock.next).toBeUndefined();
    await expectNoTimer(clock);
  });

  test('the error names pid and command', async () => {
    const { clock, lock, b } = pair({ lockTimeoutMs: 3000 });
    hold(lock);
    const [sent, looked] = [
      send(b.driver, echo(1)),
      checkPresence(b.access, bringUpOptions(clock)),
    ];
    const [who, advice] = ['pid 111 (other)', 'wait for that process, or end it'];
    const text = `${who} has had the interface for 3000 ms; ${advice}`;

    const outcomes = await clock.until(Promise.allSettled([sent, looked]));

    expect(outcomes).toMatchObject([
      { reason: { ...LOCKED, message: `DEVICE_LOCKED: netFn 0x30 cmd 0x1 lun 0: ${text}` } },
      { reason: { ...LOCKED, message: `DEVICE_LOCKED: ${text}` } },
    ]);
    expect(clock.now()).toBe(3000);
  });

  test('a request is given up at its own deadline, when that is earlier', async () => {
    const { clock, lock, b } = pair({ lockTimeoutMs: 3000 });
    hold(lock);

    const sent = send(b.driver, echo(1), { timeoutMs: 700 });

    await expect(clock.until(sent)).rejects.toMatchObject({
      code: 'REQUEST_TIMEOUT',
      outcome: 'not-sent',
      message: expect.stringMatching(
        /: pid 111 \(other\) had the interface until the timeout$/,
      ) as unknown,
    });
    expect(clock.now()).toBe(700);
  });

  test('open() gives up at its deadline with DEVICE_LOCKED, and reads nothing', async () => {
    const { clock, lock, b } = pair({ lockTimeoutMs: 3000 });
    hold(lock);
    const options = { ...bringUpOptions(clock), deadlineMs: 1000 };

    const looked = checkPresence(b.access, options);

    await expect(clock.until(looked)).rejects.toMatchObject(LOCKED);
    expect(clock.now()).toBe(1000);
  });
});
