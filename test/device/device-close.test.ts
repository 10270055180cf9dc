/** close(): in every state, and at every register cycle. */

import { describe, expect, test } from 'vitest';

import { bringUp } from '../../src/bmc/bring-up.ts';
import { open } from '../../src/index.ts';
import { SimBmc } from '../../src/sim/bmc.ts';
import { VirtualClock } from '../../src/sim/virtual-clock.ts';
import { bringUpOptions, echo, outcomeOf, rig, send, wire } from '../support/rig.ts';
import { CyclePort } from '../support/wraps.ts';

const CLOSED_UNKNOWN = { code: 'DEVICE_CLOSED', outcome: 'unknown' };
const CLOSED_UNSENT = { code: 'DEVICE_CLOSED', outcome: 'not-sent' };

describe('close()', () => {
  test('settles the request on the wire and all queued ones, and leaves no timer', async () => {
    const { clock, driver } = rig({ responseMs: 1000 });
    const sent = [1, 2, 3].map((value) => outcomeOf(send(driver, echo(value))));
    await clock.pass(100);

    driver.close();

    const outcomes = await clock.until(Promise.all(sent));
    expect(outcomes).toEqual([CLOSED_UNKNOWN, CLOSED_UNSENT, CLOSED_UNSENT]);
    expect(clock.now()).toBe(100);
    expect(clock.pending).toBe(0);
  });

  test('is idempotent, and refuses what comes after it', async () => {
    const { clock, driver, bmc } = rig();
    driver.close();
    driver.close();

    expect(await clock.until(outcomeOf(send(driver, echo(1))))).toEqual(CLOSED_UNSENT);
    expect(bmc.executed).toEqual([]);
  });

  test('is the end of all register accesses', async () => {
    let port: CyclePort | undefined;
    const { clock, driver } = rig({
      mayReset: true,
      wrap: (inner) => (port = new CyclePort(inner, () => undefined)),
    });
    await clock.until(outcomeOf(send(driver, echo(1))));
    driver.close();
    const cycles = port?.cycles;

    expect(driver.glance()).toBe('closed');
    driver.resetInterface();

    await clock.pass(10_000);
    expect(port?.cycles).toBe(cycles);
    expect(cycles).toBeGreaterThan(0);
  });

  test('has come when the ports fail at a glance', () => {
    const { driver } = rig({
      wrap: (inner) =>
        new CyclePort(inner, () => {
          throw new Error('EIO');
        }),
    });

    expect(driver.glance()).toBe('closed');
  });

  test('gives an orphan up; its late answer is left to the next owner, who drops it', async () => {
    const { clock, bmc, driver } = rig({ responseMs: 1000 });
    const sent = outcomeOf(send(driver, echo(1), { timeoutMs: 100 }));
    expect(await clock.until(sent)).toEqual({ code: 'REQUEST_TIMEOUT', outcome: 'unknown' });
    driver.close();
    bmc.assertQuiet();
    clock.skip(2000);

    const next = wire(bmc, clock);
    const reply = outcomeOf(send(next.driver, echo(2)));

    expect(await clock.until(reply)).toEqual([2]);
    expect(next.statistics.staleReplies).toBe(1);
    next.driver.close();
  });

  test('takes a response out that came just before it', async () => {
    const { clock, bmc, driver } = rig({ responseMs: 50 });
    const sent = outcomeOf(send(driver, echo(1)));
    await clock.pass(1);
    clock.skip(100);

    driver.close();

    expect(await clock.until(sent)).toEqual(CLOSED_UNKNOWN);
    bmc.assertQuiet();
  });

  test('touches nothing when nothing was ever written', () => {
    const { bmc, driver } = rig();
    bmc.leaveResponse([0x1c, 0, 1, 0]);

    driver.close();

    expect(bmc.writes).toBe(0);
    // What was found stays as it was found; the rig wants it gone.
    bmc.outb(bmc.base, 0x08);
  });
});

describe('ports that fail', () => {
  test.each([
    ['before H2B_ATN', 'not-sent', 0],
    ['after H2B_ATN', 'unknown', 1],
  ])('%s settle all requests, and the device is closed', async (_, outcome, atRing) => {
    const clock = new VirtualClock();
    const bmc = new SimBmc({ clock, responseMs: 5 });
    const port = new CyclePort(bmc, () => {
      if (bmc.executed.length === atRing && bmc.writes > 0) throw new Error('EIO');
    });
    const { driver } = wire(port, clock);

    const sent = [echo(1), echo(2)].map((message) => outcomeOf(send(driver, message)));

    expect(await clock.until(Promise.all(sent))).toEqual([
      { code: 'DEVICE_CLOSED', outcome },
      CLOSED_UNSENT,
    ]);
    expect(clock.pending).toBe(0);
    driver.close();
  });
});

describe('close() at every register cycle', () => {
  test.each([
    ['a BMC that answers at once', 0],
    ['a BMC that takes 3 ms', 3],
  ])('of bring-up and a request leaves the interface quiet: %s', async (_, responseMs) => {
    const all = await closeAt(responseMs, Infinity);
    expect(all).toBeGreaterThan(40);

    for (let cycle = 0; cycle < all; cycle += 1) await closeAt(responseMs, cycle);
  });
});

/** Closes from within register cycle `at`; returns how many cycles a whole run has. */
async function closeAt(responseMs: number, at: number): Promise<number> {
  const clock = new VirtualClock();
  const bmc = new SimBmc({ clock, responseMs });
  const port = new CyclePort(bmc, (cycle) => {
    if (cycle !== at) return;
    driver.close();
    // As the device does: what the loop still wanted to do up the stack fails, and is caught.
    bmc.close();
  });
  const { driver, access } = wire(port, clock);

  const identity = bringUp(access, bringUpOptions(clock)).catch((error: unknown) => error);
  const reply = outcomeOf(send(driver, echo(7)));
  await clock.until(identity);
  const outcome = await clock.until(reply);
  if (at === Infinity) expect(outcome).toEqual([7]);
  const { cycles } = port;

  driver.close();
  expect([[7], CLOSED_UNKNOWN, CLOSED_UNSENT]).toContainEqual(outcome);
  bmc.assertQuiet();
  expect(clock.pending).toBe(0);
  return cycles;
}

describe('the library', () => {
  test('close() with nothing to put back has ended when it returns', async () => {
    const clock = new VirtualClock();
    const bmc = new SimBmc({ clock });
    const device = await open({ base: bmc.base, port: bmc, clock });

    const closing = device.close();

    expect(() => bmc.inb(bmc.base)).toThrow('after close()');
    await closing;
  });

  test('close() resolves, twice, and `await using` closes', async () => {
    const bmc = new SimBmc();
    const device = await open({ base: bmc.base, port: bmc });
    await device.close();
    await device.close();
    await device[Symbol.asyncDispose]();

    bmc.assertQuiet();
    await expect(device.request({ netFn: 6, cmd: 1 })).rejects.toMatchObject(CLOSED_UNSENT);
  });

  test('ports that fail while they are left quiet are given back all the same', async () => {
    const bmc = new SimBmc();
    let isBroken = false;
    const port = new CyclePort(bmc, () => {
      if (isBroken) throw new Error('EIO');
    });
    const device = await open({ base: bmc.base, port });
    isBroken = true;

    await device.close();

    expect(() => bmc.inb(bmc.base)).toThrow('after close()');
  });
});
