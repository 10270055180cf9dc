/** An interrupt makes the driver look sooner. Nothing depends on it. */

import { describe, expect, onTestFinished, test } from 'vitest';

import { MISSES_MAX, STORM_MIN } from '../../src/driver/interrupt.ts';
import { PUT_BACK_MS } from '../../src/device/system-interface.ts';
import { openFrom } from '../../src/registry/open.ts';
import type { OpenOptions } from '../../src/index.ts';
import { SimBmc } from '../../src/sim/bmc.ts';
import type { SimOptions } from '../../src/sim/bmc.ts';
import { SimIrqLine } from '../../src/sim/irq-line.ts';
import type { LineFault } from '../../src/sim/irq-line.ts';
import { VirtualClock } from '../../src/sim/virtual-clock.ts';
import { greatest } from '../support/lists.ts';

const DEVICE_ID = { netFn: 0x06, cmd: 0x01 };

const BESIDE_MS = 200;

/** A few turns of the event loop. */
const AT_ONCE_MS = 1;

/** BMC Global Enables: interrupts for messages and events. */
const INTERRUPTS = 0x03;

interface Given extends Omit<SimOptions, 'responseMs'> {
  readonly responseMs?: number;
  readonly ownsMask?: boolean;
  readonly faults?: readonly LineFault[];
  readonly open?: Partial<OpenOptions>;
}

/** A device with an interrupt line, on a virtual clock. */
async function assisted(given: Given = {}) {
  const { ownsMask = false, faults = [], open = {}, responseMs = 500, ...options } = given;
  const clock = new VirtualClock();
  const bmc = new SimBmc({ clock, responseMs, ...options });
  const line = new SimIrqLine({ bmc, clock, ownsMask, faults });
  const warnings: string[] = [];
  const logger = {
    trace: () => undefined,
    debug: () => undefined,
    info: () => undefined,
    warn: (_: object, text: string) => warnings.push(text),
    error: () => undefined,
    child: () => logger,
  };
  const device = await clock.until(
    openFrom(0, { base: 0xce4, port: bmc, irq: line, clock, logger, ...open }),
  );
  await clock.pass(5000);
  onTestFinished(async () => {
    await clock.until(device.close());
    bmc.assertQuiet();
    expect(clock.pending).toBe(0);
  });
  /** Asks, and tells how much later than the BMC answered the answer was there. */
  const ask = async (): Promise<number> => {
    const reply = await clock.until(device.request(DEVICE_ID));
    expect(reply.completionCode).toBe(0);
    const { atMs = 0 } = bmc.executed.findLast(({ cmd }) => cmd === DEVICE_ID.cmd) ?? {};
    return clock.now() - atMs - responseMs;
  };
  return { clock, bmc, line, device, ask, warnings };
}

describe.each([
  ['that a handler in the kernel acknowledges', true],
  ['that is masked when it fires', false],
])('a line %s', (_, ownsMask) => {
  test('tells of a reply at once, and of the next one too', async () => {
    const { ask, line, device } = await assisted({ ownsMask });

    expect(await ask()).toBeLessThan(AT_ONCE_MS);
    expect(await ask()).toBeLessThan(AT_ONCE_MS);
    expect(await ask()).toBeLessThan(AT_ONCE_MS);
    expect(device.statistics().interrupts).toBe(line.count);
    expect(line.count).toBe(3);
  });

  test('that a reset of the BMC has silenced is heard again, and nothing fails meanwhile', async () => {
    const { ask, bmc, clock, line, warnings } = await assisted({ ownsMask });
    await ask();
    bmc.reset();
    const late: number[] = [];
    for (let index = 0; index < 10; index += 1) late.push(await ask());

    expect(greatest(late)).toBeLessThanOrEqual(BESIDE_MS);
    await clock.pass(20_000);
    expect(await ask()).toBeLessThan(AT_ONCE_MS);
    expect(line.count).toBeGreaterThan(0);
    expect(warnings.filter((text) => text === 'interrupts do not come')).toHaveLength(1);
  });

  test('costs at most 8 wakes for an answer after 1.1 s', async () => {
    const { clock, ask, device } = await assisted({ ownsMask, responseMs: 1100 });
    await ask();
    const before = device.statistics();
    const wakes = clock.fired;
    await ask();
    const after = device.statistics();

    // Those of the lock and the loop's turns are among them; the line has timers of its own.
    expect(clock.fired - wakes - 2).toBeLessThanOrEqual(8);
    expect(after.shortTimeouts - before.shortTimeouts).toBeLessThanOrEqual(8);
  });

  test('that loses every interrupt costs latency, no answer, and is reported once', async () => {
    const faults = [{ kind: 'lost', fromMs: 8000, forMs: Infinity } as const];
    const { ask, warnings, clock } = await assisted({ ownsMask, faults });
    await ask();
    await clock.pass(5000);
    const late: number[] = [];
    for (let index = 0; index < 20; index += 1) late.push(await ask());

    expect(greatest(late)).toBeLessThanOrEqual(BESIDE_MS);
    // Then it is polled for as without a line.
    expect(greatest(late.slice(MISSES_MAX))).toBeLessThanOrEqual(0.11 * 500);
    expect(warnings).toEqual(['interrupts do not come']);
  });

  test.each([0, 2])('is not missed where replies take only %d ms', async (responseMs) => {
    const faults = [{ kind: 'lost', fromMs: 0, forMs: Infinity } as const];
    const { ask, warnings } = await assisted({ ownsMask, faults, responseMs });
    for (let index = 0; index < 20; index += 1) await ask();

    expect(warnings).toEqual([]);
  });

  test('whose interrupts come late is no worse than none', async () => {
    const faults = [{ kind: 'late', fromMs: 0, forMs: Infinity, byMs: 700 } as const];
    const { ask } = await assisted({ ownsMask, faults });
    for (let index = 0; index < 10; index += 1) {
      expect(await ask()).toBeLessThanOrEqual(BESIDE_MS);
    }
  });

  test('that fires for nothing now and then is not let go of', async () => {
    const faults = [{ kind: 'spurious', fromMs: 0, forMs: 60_000, everyMs: 10 } as const];
    const { ask, clock, warnings } = await assisted({ ownsMask, faults });
    for (let index = 0; index < 20; index += 1) expect(await ask()).toBeLessThan(AT_ONCE_MS);
    await clock.pass(60_000);

    expect(await ask()).toBeLessThan(AT_ONCE_MS);
    expect(warnings).toEqual([]);
  });

  test('is kept where a quick BMC has its replies taken before their interrupts come', async () => {
    const { bmc, device, clock, line, ask, warnings } = await assisted({ ownsMask, responseMs: 0 });
    const before = line.count;
    for (let index = 0; index < 2 * STORM_MIN; index += 1) {
      await ask();
      // Virtual time stands still while replies come at once.
      if (index % 10 === 9) await clock.pass(AT_ONCE_MS);
    }

    expect(warnings).toEqual([]);
    expect(device.statistics().interrupts).toBe(line.count);
    expect(line.count - before).toBeGreaterThan(STORM_MIN);
    expect(bmc.interrupts.value).not.toBe(0);
  });

  test('is not trusted before one has come for a request of ours', async () => {
    const faults = [
      { kind: 'lost', fromMs: 0, forMs: Infinity } as const,
      { kind: 'spurious', fromMs: 0, forMs: 60_000, everyMs: 333 } as const,
    ];
    const { ask } = await assisted({ ownsMask, faults, responseMs: 20 });
    for (let index = 0; index < 20; index += 1) expect(await ask()).toBeLessThan(3);
  });

  test('close() in mid-request leaves nothing enabled, no timer, and the line closed', async () => {
    const { clock, bmc, device } = await assisted({ ownsMask });
    const request = device.request(DEVICE_ID).catch((error: unknown) => error);
    await clock.pass(100);
    await clock.until(device.close());

    expect(await request).toMatchObject({ code: 'DEVICE_CLOSED' });
    expect(bmc.interrupts.value).toBe(0);
    expect(bmc.globalEnables & INTERRUPTS).toBe(0);
  });

  test('is heard again after a reset of the interface', async () => {
    const given = { ownsMask, mayReset: true, restartMs: 3000, responseMs: 50 };
    const { clock, device, ask } = await assisted(given);
    await ask();
    await clock.until(device.reset('interface'));
    await clock.until(device.request(DEVICE_ID, { timeoutMs: 60_000 }));
    await clock.pass(5000);
    await ask();

    expect(await ask()).toBeLessThan(AT_ONCE_MS);
  });

  test('that fails is done without, and reported', async () => {
    const { ask, line, warnings } = await assisted({ ownsMask });
    await ask();
    line.fail();

    expect(await ask()).toBeLessThanOrEqual(0.11 * 500);
    expect(warnings).toEqual(['interrupt line failed']);
  });
});

test('a line that fires without end is let go of, and reported', async () => {
  const faults = [{ kind: 'endless', fromMs: 8000, forMs: Infinity } as const];
  const { ask, clock, line, bmc, warnings } = await assisted({ ownsMask: true, faults });
  await ask();
  await clock.pass(10_000);

  expect(warnings).toEqual(['interrupt line fires without end']);
  expect(line.count).toBeGreaterThanOrEqual(STORM_MIN);
  expect(line.count).toBeLessThan(2 * STORM_MIN);
  expect(bmc.interrupts.value).toBe(0);
  expect(await ask()).toBeLessThanOrEqual(0.11 * 500);
});

test('interrupt enables of the BMC are put back as they were found', async () => {
  const { clock, bmc, device } = await assisted();
  expect(bmc.globalEnables & INTERRUPTS).toBe(INTERRUPTS);
  const sinceMs = clock.now();
  await clock.until(device.close());

  expect(bmc.globalEnables & INTERRUPTS).toBe(0);
  expect(clock.now() - sinceMs).toBeLessThan(PUT_BACK_MS);
});

test('events and interrupts want different enables, and neither undoes the other', async () => {
  const { clock, bmc, device } = await assisted({ responseMs: 20 });
  const listener = (): undefined => undefined;
  device.on('event', listener);
  await clock.pass(2000);
  expect(bmc.globalEnables & 0x07).toBe(0x07);
  device.off('event', listener);
  await clock.pass(2000);

  expect(bmc.globalEnables & 0x07).toBe(INTERRUPTS);
});

test('an event is told when the line fires, not at the next look', async () => {
  const { clock, bmc, device } = await assisted({ responseMs: 1 });
  const told: number[] = [];
  device.on('event', () => told.push(clock.now()));
  await clock.pass(2077);
  const sinceMs = clock.now();
  expect(bmc.addEvent([0, 0, 2, 0, 0, 0, 0, 0x20, 0, 4, 1, 0x30, 1, 0x57, 0, 0])).toBe(true);
  await clock.pass(1000);

  expect(told).toHaveLength(1);
  expect((told[0] ?? Infinity) - sinceMs).toBeLessThan(20);
});
