/**
 * When the driver looks for a reply: wake-ups and lateness over the BMC's own time, through the
 * whole driver and exact on the virtual clock; and the knob for a BMC that wants to be left alone.
 *
 * A wake is a callback of a timer, of an event-loop turn or of the interrupt line that the driver
 * had asked for. Turns within the first millisecond, the spin, cost CPU and no sleep: they are
 * counted by themselves, and are there only while the BMC answers as quickly.
 */

import { describe, expect, onTestFinished, test } from 'vitest';

import { limitsFor } from '../../src/driver/limits.ts';
import { PollPolicy, nextLookMs } from '../../src/driver/poll-policy.ts';
import type { Cancel, Clock } from '../../src/clock.ts';
import { DEFAULT_CAPABILITIES } from '../../src/ipmi/bt-capabilities.ts';
import { openFrom } from '../../src/registry/open.ts';
import { SimBmc } from '../../src/sim/bmc.ts';
import { SimIrqLine } from '../../src/sim/irq-line.ts';
import { TURN_MS, VirtualClock } from '../../src/sim/virtual-clock.ts';
import { GET_DEVICE_ID, rig, send } from '../support/rig.ts';
import type { RigOptions } from '../support/rig.ts';
import { nonEmpty } from '../support/lists.ts';

const CTRL = 0xce4;
const LONGEST_MS = 30_000;

/** BMC times of a window lie within this factor: a few gaps, so that none is hit by chance. */
const WINDOW = 1.25;
const SAMPLES = 32;

/** What the driver may add on average. */
function allowedMs(bmcMs: number): number {
  return Math.max(2, 0.05 * bmcMs);
}

/** Windows of BMC times from `leastMs` to 30 s, evenly spread over the logarithm. */
function windows(leastMs: number): readonly (readonly number[])[] {
  const count = Math.ceil(Math.log(LONGEST_MS / leastMs) / Math.log(WINDOW));
  return Array.from({ length: count }, (_, window) =>
    Array.from({ length: SAMPLES }, (__, sample) =>
      Math.min(leastMs * WINDOW ** (window + sample / SAMPLES), LONGEST_MS),
    ),
  );
}

function mean(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}

/** Asks a BMC that takes as long as it is told to; gives how much later its answer was there. */
function asking(options: RigOptions = {}) {
  let bmcMs = 0;
  const wired = rig({ ...options, responseMs: () => bmcMs });
  const { clock, bmc, driver } = wired;
  driver.adopt(limitsFor(DEFAULT_CAPABILITIES, LONGEST_MS + 5000));
  const lateMs = async (ms: number): Promise<number> => {
    bmcMs = ms;
    await clock.until(send(driver, GET_DEVICE_ID, { timeoutMs: 2 * LONGEST_MS }));
    return clock.now() - (bmc.executed.at(-1)?.atMs ?? NaN) - ms;
  };
  return { ...wired, lateMs };
}

/** Counts the callbacks that the driver gets, and at which times. */
class CountingClock implements Clock {
  readonly timers: number[] = [];
  readonly turns: number[] = [];
  readonly #inner: Clock;

  constructor(inner: Clock) {
    this.#inner = inner;
  }

  now(): number {
    return this.#inner.now();
  }

  turn(callback: () => void): Cancel {
    return this.#inner.turn(() => {
      this.turns.push(this.now());
      callback();
    });
  }

  timer(delayMs: number, callback: () => void, keepAlive: boolean): Cancel {
    const fire = (): void => {
      this.timers.push(this.now());
      callback();
    };
    return this.#inner.timer(delayMs, fire, keepAlive);
  }

  forget(): void {
    this.timers.length = 0;
    this.turns.length = 0;
  }
}

/**
 * A device as a program has it, on a BMC that takes 1.1 s, and what its second request costs when
 * the first one took `firstMs`.
 */
async function wakesOf({ hasLine, firstMs = 1100 }: { hasLine: boolean; firstMs?: number }) {
  const clock = new VirtualClock();
  const counting = new CountingClock(clock);
  let responseMs = firstMs;
  const bmc = new SimBmc({ clock, responseMs: () => responseMs });
  const line = new SimIrqLine({ bmc, clock, ownsMask: true });
  const irq = hasLine ? { irq: line } : {};
  const opening = openFrom(0, { base: CTRL, port: bmc, clock: counting, ...irq });
  const device = await clock.until(opening);
  onTestFinished(() => clock.until(device.close()));
  await clock.pass(5000);
  await clock.until(device.request(GET_DEVICE_ID));
  await clock.pass(5000);

  responseMs = 1100;
  counting.forget();
  const fired = line.count;
  const startMs = clock.now();
  await clock.until(device.request(GET_DEVICE_ID));
  const spins = counting.turns.filter((atMs) => atMs <= startMs + 1 + TURN_MS);
  const turns = counting.turns.length - spins.length;
  const interrupts = line.count - fired;
  return { spins: spins.length, wakes: counting.timers.length + turns + interrupts, interrupts };
}

describe('lateness', () => {
  test('is at most 2 ms, or 5 % of the BMC time, on average, from 0 to 30 s', async () => {
    const { lateMs } = asking();
    const tooLate: unknown[] = [];
    for (const window of nonEmpty(windows(0.1))) {
      const late: number[] = [];
      for (const bmcMs of window) late.push(await lateMs(bmcMs));
      const [average, allowed] = [mean(nonEmpty(late)), mean(window.map(allowedMs))];
      if (average > allowed) tooLate.push({ fromMs: window[0], average, allowed });
    }

    expect(tooLate).toEqual([]);
  });

  test('is none where the BMC has answered at once', async () => {
    expect(await asking().lateMs(0)).toBe(0);
  });

  test('is a turn of the event loop where the BMC answers within 1 ms', async () => {
    const { lateMs } = asking();
    for (let bmcMs = 0.05; bmcMs <= 1; bmcMs += 0.05) {
      expect(await lateMs(bmcMs)).toBeLessThanOrEqual(TURN_MS);
    }
  });

  test.each([
    [5, 1],
    [100, 9],
    [1000, 90],
    [LONGEST_MS, 200],
  ])('of an answer that took up to %d ms is never above %d ms', async (mostMs, worstMs) => {
    const { lateMs } = asking();
    for (let sample = 0; sample < 50; sample += 1) {
      expect(await lateMs(mostMs * (0.8 + sample / 250))).toBeLessThanOrEqual(worstMs);
    }
  });
});

describe('an answer after 1.1 s', () => {
  test('costs at most 70 wakes without interrupt, and no spin where the one before took as long', async () => {
    const { wakes, spins } = await wakesOf({ hasLine: false });

    expect(wakes).toBeLessThanOrEqual(70);
    // Each of them is counted: with fewer, the answer would be later than it may.
    expect(wakes).toBeGreaterThan(50);
    expect(spins).toBe(0);
  });

  test('costs a spin of 1 ms besides where the one before was quick', async () => {
    const { wakes, spins } = await wakesOf({ hasLine: false, firstMs: 0.5 });

    expect(wakes).toBeLessThanOrEqual(70);
    expect(spins).toBeLessThanOrEqual(1 / TURN_MS + 1);
    expect(spins).toBeGreaterThan(4);
  });

  test('costs at most 8 wakes with interrupt, the spin among them', async () => {
    const { wakes, spins, interrupts } = await wakesOf({ hasLine: true });

    expect(interrupts).toBe(1);
    expect(wakes + spins).toBeLessThanOrEqual(8);
  });
});

describe('an answer within 1 ms', () => {
  test('is looked for on a timer of 1 ms behind a slow one, and on turns from then on', async () => {
    const { lateMs } = asking();
    await lateMs(20);

    expect(await lateMs(0.3)).toBe(0.7);
    expect(await lateMs(0.3)).toBeLessThanOrEqual(TURN_MS);
  });

  test('is looked for on turns also behind one that came at once', async () => {
    const { lateMs } = asking();
    await lateMs(20);
    await lateMs(0);

    expect(await lateMs(0.3)).toBeLessThanOrEqual(TURN_MS);
  });

  test('is what turns are for: behind one that took a little longer there are none', async () => {
    const { lateMs } = asking();
    await lateMs(1.1);

    expect(await lateMs(0.3)).toBe(0.7);
  });
});

test('the curve spins on turns for 1 ms, then waits at least 1 ms and at most 200 ms', () => {
  expect(nextLookMs(10, 10)).toBe(10);
  expect(nextLookMs(10, 10.9)).toBe(10.9);
  expect(nextLookMs(10, 11)).toBe(12);
  expect(nextLookMs(10, 110)).toBe(119);
  expect(nextLookMs(10, 60_000)).toBe(60_200);
});

describe('a BMC that wants 10 ms of calm', () => {
  /** Plans the look after one at 1000 ms, in a wait that began then, for a curve of 50 ms. */
  function plan(deadlineMs: number) {
    const policy = new PollPolicy(10, (_, nowMs) => nowMs + 50);
    const untilMs = policy.next({ sinceMs: 1000, nowMs: 1000, deadlineMs }, false);
    return { untilMs, notBeforeMs: policy.notBeforeMs };
  }

  test('is left alone for those, and not until the look that is planned', () => {
    expect(plan(9000)).toEqual({ untilMs: 1050, notBeforeMs: 1010 });
  });

  test('is looked at before the last look where that leaves both of them their calm', () => {
    expect(plan(1060).untilMs).toBe(1050);
    expect(plan(1059.5).untilMs).toBe(1059.5);
  });

  test('is looked at for the last time when the wait is over, however soon that is', () => {
    expect(plan(1005)).toEqual({ untilMs: 1005, notBeforeMs: 1005 });
  });
});
