/**
 * A second kind of interface lives behind the driver's contract: the code of `driver/`, `bmc/` and
 * `device/` carries a toy that has two registers, no sequence numbers and no capabilities.
 */

import { describe, expect, onTestFinished, test } from 'vitest';

import { limitsFor } from '../../src/driver/limits.ts';
import { newStatistics } from '../../src/driver/statistics.ts';
import { DEFAULT_CAPABILITIES } from '../../src/ipmi/bt-capabilities.ts';
import type { ReleasedInterface } from '../../src/kernel/give-back.ts';
import { Rollback } from '../../src/rollback.ts';
import { VirtualClock } from '../../src/sim/virtual-clock.ts';
import { portRollback } from '../support/new-device.ts';
import { judgeAll } from '../support/placements.ts';
import type { StageMaker } from '../support/placements.ts';
import { bringUpOptions, drive, echo, outcomeOf, send } from '../support/rig.ts';
import { TOY_BASE, ToyBmc } from '../support/toy-bmc.ts';
import type { ToyBmcOptions } from '../support/toy-bmc.ts';
import { toyDevice } from '../support/toy-device.ts';
import { toyInterface } from '../support/toy-interface.ts';
import { BentPort, CyclePort } from '../support/wraps.ts';

type ToyOptions = Omit<ToyBmcOptions, 'clock'>;

const DATA_MAX = limitsFor(DEFAULT_CAPABILITIES).requestDataMax;

const UNSENT = 'not-sent';

/** A device that is up, and looked after when the test is over. */
async function bench(options: ToyOptions = {}) {
  const clock = new VirtualClock();
  const bmc = new ToyBmc({ clock, ...options });
  const device = toyDevice(bmc, clock);
  await clock.until(device.bringUp('full', bringUpOptions(clock)));
  onTestFinished(async () => {
    await clock.until(device.close());
    await clock.pass(1);
    bmc.assertQuiet();
    expect(clock.pending).toBe(0);
  });
  const ask = (value: number, more: { timeoutMs?: number; signal?: AbortSignal } = {}) =>
    outcomeOf(device.request(echo(value), more));
  return { clock, bmc, device, ask };
}

/** The data of all echoes that were executed. */
function echoesOf(bmc: ToyBmc): readonly (number | undefined)[] {
  return bmc.executed.filter(({ netFn }) => netFn === 0x30).map(({ data }) => data[0]);
}

/** A driver that asks for nothing itself: a BMC that was silent is trusted at once. */
function bareDriver(clock: VirtualClock, bmc: ToyBmc, driverClock = clock as StageClock) {
  const statistics = newStatistics();
  const onAttention = (): void => undefined;
  const hardware = toyInterface({ port: bmc, base: TOY_BASE }, { onAttention });
  return drive({ ...hardware, base: TOY_BASE }, { clock: driverClock, statistics });
}

type StageClock = Parameters<StageMaker>[1];

describe('a device at a second kind of interface', () => {
  test('is brought up without being asked what it can do', async () => {
    const { bmc, device } = await bench();

    expect(bmc.commands.map(({ netFn, cmd }) => [netFn, cmd])).toEqual([[0x06, 0x01]]);
    expect(device.state).toBe('ready');
    expect(device.deviceId?.deviceId).toBe(0x20);
  });

  test.each([
    ['nothing decodes the ports', 0xff, 'nothing decodes there'],
    ['another device does', 0x30, 'another device decodes there'],
  ])('is absent where %s', async (_, status, text) => {
    const clock = new VirtualClock();
    const bmc = new ToyBmc({ clock });
    const device = toyDevice(new BentPort(bmc, () => status), clock);

    const up = device.bringUp('full', bringUpOptions(clock));

    await expect(clock.until(up)).rejects.toThrow(text);
    expect(bmc.writes).toBe(0);
    await clock.until(device.close());
  });

  test.each([
    ['at once', {}],
    ['each byte after a while', { responseMs: 20, controlMs: 3, byteMs: 0.3 }],
  ])('answers requests in order, each with its own reply: %s', async (_, options) => {
    const { clock, bmc, ask } = await bench(options);

    const replies = await clock.until(Promise.all([1, 2, 3, 4].map((value) => ask(value))));

    expect(replies).toEqual([[1], [2], [3], [4]]);
    expect(echoesOf(bmc)).toEqual([1, 2, 3, 4]);
    bmc.assertQuiet();
  });

  test("hands on the BMC's word on a command that it does not know", async () => {
    const { clock, device } = await bench();

    const reply = outcomeOf(device.request({ netFn: 0x0a, cmd: 0x42 }));

    expect(await clock.until(reply)).toEqual({ completionCode: 0xc1 });
  });

  test('takes as much data as any interface does that says nothing else', async () => {
    const { clock, device } = await bench();
    const most = Array.from({ length: DATA_MAX }, (_, index) => index);

    const whole = outcomeOf(device.request(echo(...most)));
    const tooLong = outcomeOf(device.request(echo(...most, 0)));

    expect(await clock.until(whole)).toEqual(most);
    expect(await clock.until(tooLong)).toEqual({ code: 'REQUEST_TOO_LONG', outcome: UNSENT });
  });

  test('tells when its attention bit rises', async () => {
    const { clock, bmc, device } = await bench();
    let told = 0;
    device.on('attention', () => (told += 1));

    for (const isSet of [true, false, true]) {
      bmc.hasAttention = isSet;
      await clock.pass(1000);
    }

    expect(told).toBe(2);
    expect(device.statistics().attentions).toBe(2);
  });
});

describe('a request that ends early', () => {
  test('at its deadline is an orphan, whose answer reaches no other', async () => {
    const { clock, device, ask } = await bench({ responseMs: 1000 });

    const [late, next] = [ask(1, { timeoutMs: 100 }), ask(2)];

    expect(await clock.until(late)).toEqual({ code: 'REQUEST_TIMEOUT', outcome: 'unknown' });
    expect(await clock.until(next)).toEqual([2]);
    expect(device.statistics().orphans).toBe(1);
  });

  test.each([
    ['in the queue', 2, 100],
    ['half written', 1, 1],
  ])('by abort %s was not sent, and is not executed', async (_, value, afterMs) => {
    const { clock, bmc, ask } = await bench({ controlMs: 5, responseMs: 1000 });
    const controller = new AbortController();
    const { signal } = controller;
    const sent = [1, 2].map((one) => ask(one, one === value ? { signal } : {}));
    await clock.pass(afterMs);

    controller.abort();

    const aborted = { code: 'REQUEST_ABORTED', outcome: UNSENT };
    const outcomes = await clock.until(Promise.all(sent));
    expect(outcomes).toEqual([1, 2].map((one) => (one === value ? aborted : [one])));
    expect(echoesOf(bmc)).toEqual([1, 2].filter((one) => one !== value));
  });

  test('by abort half written is taken back at once', async () => {
    const { clock, bmc, ask } = await bench({ controlMs: 5 });
    const controller = new AbortController();
    const sent = ask(1, { signal: controller.signal });
    await clock.pass(1);

    controller.abort();

    expect(await clock.until(sent)).toHaveProperty('outcome', UNSENT);
    await clock.pass(20);
    bmc.settle();
    bmc.assertQuiet();
  });

  test('because the BMC takes no byte was not sent', async () => {
    const busy = { kind: 'busy', fromMs: 100, forMs: 30_000 } as const;
    const { clock, bmc, ask } = await bench({ faults: [busy] });
    await clock.pass(200);

    const sent = ask(1, { timeoutMs: 20_000 });

    expect(await clock.until(sent)).toEqual({ code: 'REQUEST_TIMEOUT', outcome: UNSENT });
    expect(clock.now()).toBeLessThanOrEqual(20_201);
    await clock.pass(20_000);
    expect(echoesOf(bmc)).toEqual([]);
  });

  test.each([
    ['reaches no other request', false, [2]],
    ['would, if a new transfer did not end the one before', true, [1]],
  ])('an answer that is an attempt late %s', async (_, keepsAnswers, second) => {
    const clock = new VirtualClock();
    const faults = [{ kind: 'late', at: 0, byMs: 6500 }] as const;
    const bmc = new ToyBmc({ clock, faults, keepsAnswers });
    const { driver } = bareDriver(clock, bmc);

    const sent = [1, 2].map((value) => outcomeOf(send(driver, echo(value))));

    const unanswered = { code: 'BMC_UNRESPONSIVE', outcome: 'unknown' };
    expect(await clock.until(Promise.all(sent))).toEqual([unanswered, second]);
    driver.close();
    bmc.assertQuiet();
  });
});

describe('a BMC that goes away', () => {
  test('is lost and found, and a request waits for it', async () => {
    const faults = [{ kind: 'restarts', fromMs: 1000, forMs: 30_000 }] as const;
    const { clock, bmc, device, ask } = await bench({ faults });
    const told: string[] = [];
    device.on('lost', (reason) => told.push(`lost: ${reason}`));
    device.on('ready', () => told.push('ready'));
    await clock.pass(2000);

    const [first, second] = [ask(1), ask(2, { timeoutMs: 60_000 })];

    expect(await clock.until(first)).toMatchObject({ code: 'REQUEST_TIMEOUT', outcome: UNSENT });
    expect(await clock.until(second)).toEqual([2]);
    expect(told).toEqual(['lost: absent', 'ready']);
    expect(echoesOf(bmc)).toEqual([2]);
  });

  test('while a request is half written gets it anew, and executes it once', async () => {
    const faults = [{ kind: 'restarts', fromMs: 1002, forMs: 1 }] as const;
    const { clock, bmc, ask } = await bench({ controlMs: 5, faults });
    await clock.pass(1000 - clock.now());

    expect(await clock.until(ask(1))).toEqual([1]);

    expect(echoesOf(bmc)).toEqual([1]);
    expect(bmc.violations).toEqual([]);
  });

  test('because its interface is reset fails what it has, and is found again', async () => {
    const { clock, device, ask } = await bench({ responseMs: 1000 });
    const sent = [1, 2].map((value) => ask(value));
    await clock.pass(100);

    expect(await clock.until(device.reset('interface'))).toBe(0);

    const lost = { code: 'BMC_UNRESPONSIVE', outcome: 'unknown' };
    expect(await clock.until(Promise.all(sent))).toEqual([lost, [2]]);
    expect(device.state).toBe('ready');
  });

  test('with its ports closes the device', async () => {
    const clock = new VirtualClock();
    const bmc = new ToyBmc({ clock, responseMs: 5 });
    const port = new CyclePort(bmc, () => {
      if (bmc.commands.length === 2) throw new Error('EIO');
    });
    const device = toyDevice(port, clock);
    await clock.until(device.bringUp('full', bringUpOptions(clock)));

    const sent = [1, 2].map((value) => outcomeOf(device.request(echo(value))));

    expect(await clock.until(Promise.all(sent))).toEqual([
      { code: 'DEVICE_CLOSED', outcome: 'unknown' },
      { code: 'DEVICE_CLOSED', outcome: UNSENT },
    ]);
    await clock.until(device.close());
    expect(clock.pending).toBe(0);
  });
});

describe('close()', () => {
  test.each<[string, ToyOptions]>([
    ['a BMC that answers at once', {}],
    ['a BMC that takes 3 ms', { responseMs: 3 }],
    ['a BMC that takes a while for each byte', { responseMs: 3, controlMs: 3, byteMs: 0.2 }],
  ])('at every register cycle leaves the interface quiet: %s', async (_, options) => {
    const all = await closeAt(options, Infinity);
    expect(all).toBeGreaterThan(80);

    for (let cycle = 0; cycle < all; cycle += 1) await closeAt(options, cycle);
  });

  test.each<[string, ToyOptions, number]>([
    ['executes a command', { responseMs: 1000 }, 100],
    ['has half a request', { controlMs: 10 }, 1],
  ])('lets another driver in when the BMC no longer %s', async (_, options, afterMs) => {
    const clock = new VirtualClock();
    const bmc = new ToyBmc({ clock, ...options });
    const left: ReleasedInterface[] = [];
    const onQuiet = (released: ReleasedInterface): void => void left.push(released);
    const device = toyDevice(bmc, clock, { rollback: new Rollback(), onQuiet });
    await clock.until(device.bringUp('full', bringUpOptions(clock)));
    const sent = outcomeOf(device.request(echo(1)));
    await clock.pass(afterMs);
    device.closeNow();
    expect(await clock.until(sent)).toHaveProperty('code', 'DEVICE_CLOSED');

    const looks: boolean[] = [];
    for (let look = 0; look < 3; look += 1) {
      looks.push(left[0]?.look(false) ?? false);
      clock.skip(1000);
    }

    expect(looks).toEqual([false, expect.any(Boolean), true]);
    bmc.assertQuiet();
  });
});

/** Closes from within register cycle `at`; returns how many cycles a whole run has. */
async function closeAt(options: ToyOptions, at: number): Promise<number> {
  const clock = new VirtualClock();
  const bmc = new ToyBmc({ clock, ...options });
  const port = new CyclePort(bmc, (cycle) => {
    if (cycle === at) device.closeNow();
  });
  const device = toyDevice(port, clock, { rollback: portRollback(port) });

  const up = device.bringUp('full', bringUpOptions(clock)).catch((error: unknown) => error);
  const reply = outcomeOf(device.request(echo(7)));
  await clock.until(up);
  const outcome = await clock.until(reply);
  const { cycles } = port;

  device.closeNow();
  bmc.assertQuiet();
  await clock.pass(100);
  expect(clock.pending).toBe(0);
  // A last byte that was on its way arrives, and is the BMC's.
  bmc.settle();
  const closed = { code: 'DEVICE_CLOSED', outcome: echoesOf(bmc).length > 0 ? 'unknown' : UNSENT };
  expect(at === Infinity ? [[7]] : [[7], closed]).toContainEqual(outcome);
  return cycles;
}

test('every placement of up to four events ends as it may, and leaves the interface quiet', async () => {
  const toy: StageMaker = (clock, stepped) => {
    const bmc = new ToyBmc({ clock, responseMs: 0.3, controlMs: 0.1 });
    return { bmc, ...bareDriver(clock, bmc, stepped) };
  };

  process.stdout.write(`${await judgeAll(toy, 'second')}, at a second kind of interface\n`);
}, 600_000);
