/**
 * The knob `pollMs`, for a BMC that is slow because it is looked at: reads of BT_CTRL, counted with
 * their times at the port, come no closer than it says. Reads of one visit (it ends when time goes
 * on) are one look: they ring, or take an answer out.
 */

import { describe, expect, onTestFinished, test } from 'vitest';

import type { Cancel, Clock } from '../../src/clock.ts';
import type { OpenOptions } from '../../src/index.ts';
import type { PortIo } from '../../src/port/port.ts';
import { openFrom } from '../../src/registry/open.ts';
import { SimBmc } from '../../src/sim/bmc.ts';
import { SimIrqLine } from '../../src/sim/irq-line.ts';
import { TURN_MS, VirtualClock } from '../../src/sim/virtual-clock.ts';
import { least } from '../support/lists.ts';
import { GET_DEVICE_ID, echo, outcomeOf } from '../support/rig.ts';
import { BentPort } from '../support/wraps.ts';

const CTRL = 0xce4;
const H2B_ATN = 0x04;
const B2H_ATN = 0x08;
const B_BUSY = 0x80;

/** Fires timers earlier than asked, as Node does by up to a millisecond. */
class HastyClock implements Clock {
  readonly #inner: Clock;

  constructor(inner: Clock) {
    this.#inner = inner;
  }

  now(): number {
    return this.#inner.now();
  }

  turn(callback: () => void): Cancel {
    return this.#inner.turn(callback);
  }

  timer(delayMs: number, callback: () => void, keepAlive: boolean): Cancel {
    return this.#inner.timer(delayMs - 0.75, callback, keepAlive);
  }
}

/** Notes when BT_CTRL is read, and how often between ringing H2B_ATN and the next visit. */
class Watch implements PortIo {
  /** Times of visits at which BT_CTRL was read. */
  readonly visits: number[] = [];
  /** Reads behind each ring within its visit. */
  readonly afterRing: number[] = [];
  readonly #inner: PortIo;
  readonly #now: () => number;
  #rungAtMs: number | undefined;

  constructor(inner: PortIo, now: () => number) {
    this.#inner = inner;
    this.#now = now;
  }

  inb(port: number): number {
    if (port === CTRL) this.#read(this.#now());
    return this.#inner.inb(port);
  }

  outb(port: number, value: number): void {
    if (port === CTRL && (value & H2B_ATN) !== 0) {
      this.#rungAtMs = this.#now();
      this.afterRing.push(0);
    }
    this.#inner.outb(port, value);
  }

  readBytes(port: number, target: Uint8Array, count: number): void {
    this.#inner.readBytes(port, target, count);
  }

  writeBytes(port: number, source: Uint8Array, count: number): void {
    this.#inner.writeBytes(port, source, count);
  }

  close(): void {
    this.#inner.close();
  }

  /** The shortest time from one look to the next, from `fromMs` until before `toMs`. */
  closestMs(fromMs: number, toMs = Infinity): number {
    const visits = this.visits.filter((atMs) => atMs >= fromMs && atMs < toMs);
    return least(visits.slice(1).map((atMs, index) => atMs - (visits[index] ?? NaN)));
  }

  #read(nowMs: number): void {
    if (this.visits.at(-1) !== nowMs) this.visits.push(nowMs);
    if (this.#rungAtMs === nowMs) {
      this.afterRing.push((this.afterRing.pop() ?? 0) + 1);
    }
  }
}

interface Given {
  readonly pollMs: number;
  readonly responseMs: number;
  readonly isHasty?: boolean;
  readonly hasLine?: boolean;
}

/** A device that nothing was asked of yet, and the port that counts its reads. */
async function calm({ pollMs, responseMs, isHasty = false, hasLine = false }: Given) {
  const clock = new VirtualClock();
  const bmc = new SimBmc({ clock, responseMs });
  const bits = { stuck: 0 };
  const bent = new BentPort(bmc, (port, value) => (port === CTRL ? value | bits.stuck : value));
  const watch = new Watch(bent, () => clock.now());
  const open: OpenOptions = {
    ...{ base: CTRL, port: watch, bringUp: 'lazy', pollMs },
    clock: isHasty ? new HastyClock(clock) : clock,
    ...(hasLine ? { irq: new SimIrqLine({ bmc, clock, ownsMask: true }) } : {}),
  };
  const device = await clock.until(openFrom(0, open));
  onTestFinished(async () => {
    bits.stuck = 0;
    await clock.until(device.close());
    bmc.assertQuiet();
    expect(clock.pending).toBe(0);
  });
  await clock.pass(5000);
  /** Asks, and tells how much later than the BMC answered the answer was there. */
  const lateMs = async (): Promise<number> => {
    await clock.until(device.request(GET_DEVICE_ID));
    return clock.now() - (bmc.executed.at(-1)?.atMs ?? NaN) - responseMs;
  };
  return { clock, bmc, bits, watch, device, lateMs };
}

describe.each([1, 20, 300, 1000])('with pollMs %d', (pollMs) => {
  test.each([0.3, 5, 47, 290, 1100, 4000])(
    'an answer after %d ms is looked for no more often, and is no later than that',
    async (responseMs) => {
      const { clock, watch, lateMs } = await calm({ pollMs, responseMs });
      const startMs = clock.now();
      for (let count = 0; count < 3; count += 1) {
        const allowedMs = Math.max(pollMs, Math.min(0.09 * responseMs, 200));
        expect(await lateMs()).toBeLessThanOrEqual(allowedMs);
      }

      expect(watch.closestMs(startMs)).toBeGreaterThanOrEqual(pollMs);
      expect(watch.afterRing).toEqual([1, 1, 1]);
    },
  );

  test.each([47, 1100])(
    'timers that fire early do not make it look early at a BMC that takes %d ms',
    async (responseMs) => {
      const { clock, watch, lateMs } = await calm({ pollMs, responseMs, isHasty: true });
      const startMs = clock.now();
      await lateMs();

      expect(watch.closestMs(startMs)).toBeGreaterThanOrEqual(pollMs);
    },
  );

  test.each([
    ['B_BUSY', 5500, B_BUSY],
    ['B_BUSY', 15_500, B_BUSY],
    ['B2H_ATN', 5500, B2H_ATN],
    ['B2H_ATN', 15_500, B2H_ATN],
  ])('%s that is stuck for %d ms is looked at no more often', async (_, timeoutMs, bit) => {
    const { clock, bits, watch, device } = await calm({ pollMs, responseMs: 0 });
    bits.stuck = bit;
    const startMs = clock.now();
    const request = outcomeOf(device.request(GET_DEVICE_ID, { timeoutMs }));
    await clock.until(request);

    expect(await request).toMatchObject({ outcome: 'not-sent' });
    expect(clock.now() - startMs).toBe(timeoutMs);
    expect(watch.closestMs(startMs)).toBeGreaterThanOrEqual(pollMs);
    // It was looked at to the end, all the same.
    expect(watch.visits.filter((atMs) => atMs > startMs).length).toBeGreaterThan(3);
  });

  test('what callers do meanwhile makes it look no more often', async () => {
    const { clock, watch, device } = await calm({ pollMs, responseMs: 3000 });
    const startMs = clock.now();
    const first = device.request(GET_DEVICE_ID);
    const others: Promise<unknown>[] = [];
    for (let count = 1; count <= 20; count += 1) {
      const timeoutMs = 17 * count;
      others.push(outcomeOf(device.request(echo(count), { timeoutMs })));
      const controller = new AbortController();
      const { signal } = controller;
      others.push(outcomeOf(device.request(echo(count), { signal })));
      await clock.pass(13);
      controller.abort();
    }
    await clock.until(first);

    expect(watch.closestMs(startMs)).toBeGreaterThanOrEqual(pollMs);
    await clock.until(Promise.all(others));
  });
});

test('without pollMs a BMC is looked at as often as is useful', async () => {
  const { clock, watch, lateMs } = await calm({ pollMs: 0, responseMs: 47 });
  const startMs = clock.now();
  await lateMs();

  expect(watch.closestMs(startMs)).toBe(TURN_MS);
  expect(watch.afterRing).toEqual([8]);
});

test('the last look for a caller comes at the end of its time, whatever pollMs says', async () => {
  const { clock, device } = await calm({ pollMs: 1000, responseMs: 300 });
  const startMs = clock.now();
  const request = device.request(GET_DEVICE_ID, { timeoutMs: 500 });

  expect(await clock.until(request)).toMatchObject({ completionCode: 0 });
  expect(clock.now() - startMs).toBe(500);
});

test('an interrupt is followed at once, because it is the BMC that asks for it', async () => {
  const { lateMs } = await calm({ pollMs: 500, responseMs: 100, hasLine: true });

  expect(await lateMs()).toBeLessThan(1);
  expect(await lateMs()).toBeLessThan(1);
});

test('what is asked next after an interrupt goes at once', async () => {
  const { bmc, clock, lateMs } = await calm({ pollMs: 500, responseMs: 100, hasLine: true });
  await lateMs();
  const startMs = clock.now();
  await lateMs();

  expect(bmc.executed.at(-1)?.atMs).toBe(startMs);
});

test('an interrupt that came is no leave to look early at the next request', async () => {
  const given = { pollMs: 500, responseMs: 1900, hasLine: true, isHasty: true };
  const { clock, watch, lateMs } = await calm(given);
  await lateMs();
  const startMs = clock.now();
  await lateMs();

  // The last look is the interrupt's own.
  expect(watch.closestMs(startMs, clock.now() - 1)).toBeGreaterThanOrEqual(500);
});

test('a stale reply in between makes it look no more often', async () => {
  const { clock, bmc, watch, device } = await calm({ pollMs: 300, responseMs: 2000 });
  const startMs = clock.now();
  const request = device.request(GET_DEVICE_ID);
  await clock.pass(400);
  bmc.leaveResponse([0x1c, 0xee, 0x01, 0x00]);

  expect(await clock.until(request)).toMatchObject({ completionCode: 0 });
  expect(device.statistics().staleReplies).toBe(1);
  expect(watch.closestMs(startMs)).toBeGreaterThanOrEqual(300);
});

describe('pollMs is refused', () => {
  test.each([-1, 0.5, 1001, NaN, Infinity])('when it is %d', async (pollMs) => {
    const opening = openFrom(0, { base: CTRL, port: new SimBmc(), pollMs });

    await expect(opening).rejects.toThrow(
      new RangeError(`pollMs must be an integer from 0 to 1000, not ${pollMs}`),
    );
  });

  test.each(['20', null, {}])('when it is %j', async (pollMs) => {
    const options = { base: CTRL, port: new SimBmc(), pollMs } as unknown as OpenOptions;

    await expect(openFrom(0, options)).rejects.toThrow(TypeError);
  });
});
