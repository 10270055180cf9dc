/**
 * The search for a BMC alone, without a device: what it asks, when, and which callbacks it calls.
 */

import { expect, onTestFinished, test, vi } from 'vitest';

import type { Findings } from '../../src/bmc/identity.ts';
import { RESTART_PAUSE_MS, Recovery } from '../../src/bmc/recovery.ts';
import { silentLog } from '../../src/log.ts';
import type { PortIo } from '../../src/port/port.ts';
import { echo, outcomeOf, rig, send } from '../support/rig.ts';
import type { RigOptions } from '../support/rig.ts';
import { SharedLock } from '../support/shared-lock.ts';
import { BentPort, CyclePort } from '../support/wraps.ts';

/** netFn and cmd of what may be asked. */
const [DEVICE_ID, CAPABILITIES, ECHO] = [0x0601, 0x0636, 0x3001];

interface Bench extends RigOptions {
  readonly wantsCapabilities?: boolean;
  readonly mustSayWho?: boolean;
  /** The bus floats for so long. */
  readonly absentMs?: number;
}

/** A search, what it tells and asks, with the time, and what it logs. */
function bench({ wantsCapabilities = false, absentMs = 0, ...rest }: Bench = {}) {
  const { mustSayWho = true, ...options } = rest;
  const bus = { floats: absentMs > 0 };
  const wrap = (port: PortIo): PortIo =>
    new BentPort(port, (_, value) => (bus.floats ? 0xff : value));
  const rigged = rig({
    wrap,
    onDoubt: (doubt) => {
      // What the driver itself finds silent is none of this search's.
      if (!recovery.isRunning) driver.trust(doubt);
    },
    ...options,
  });
  const { clock, access, statistics, bmc, driver } = rigged;
  if (bus.floats && absentMs < Infinity) {
    clock.timer(absentMs, () => {
      bus.floats = false;
    });
  }
  const told: unknown[] = [];
  const findings: Findings[] = [];
  const logged: unknown[] = [];
  const closing = new AbortController();
  const recovery: Recovery = new Recovery({
    ...{ access, clock, statistics, attemptMs: undefined, closing: closing.signal },
    identity: { wantsCapabilities, mustSayWho },
    log: { ...silentLog, warn: (...words: unknown[]) => logged.push(words) },
    lost: (reason) => told.push([Math.round(clock.now()), 'lost', reason]),
    found(found, wasLost) {
      told.push([Math.round(clock.now()), 'found', wasLost]);
      findings.push(found);
    },
  });
  const close = (): void => {
    closing.abort();
  };
  onTestFinished(close);
  const asked = (): readonly (readonly number[])[] =>
    bmc.executed.map(({ netFn, cmd, atMs }) => [Math.round(atMs), (netFn << 8) | cmd]);
  return { ...rigged, recovery, close, told, findings, logged, asked };
}

test('a BMC that is there is asked who it is, once, and was never lost', async () => {
  const { clock, recovery, told, findings, logged, asked, statistics } = bench();
  recovery.check();
  recovery.check();
  expect(recovery.isRunning).toBe(true);

  await clock.pass(1000);

  // No request waits: a device that is about to be closed is not asked.
  expect(asked()).toEqual([[50, DEVICE_ID]]);
  expect(told).toEqual([[50, 'found', false]]);
  expect(findings).toMatchObject([{ deviceId: { deviceId: 0x20 }, capabilities: undefined }]);
  expect([recovery.isRunning, recovery.isLost, statistics.recoveries]).toEqual([false, false, 0]);
  expect(logged).toEqual([]);
});

test('a BMC that need not say who it is is believed when it does', async () => {
  const { clock, recovery, findings } = bench({ mustSayWho: false });

  recovery.check();
  await clock.pass(1000);

  expect(findings).toMatchObject([{ deviceId: { deviceId: 0x20 } }]);
});

test('while somebody waits, it is asked at once, and again at the next silence', async () => {
  const { clock, driver, recovery, asked } = bench();
  for (const byte of [1, 2]) {
    driver.doubt('opening');
    const sent = outcomeOf(send(driver, echo(byte)));
    recovery.check();
    driver.trust('opening');
    expect(await clock.until(sent)).toEqual([byte]);
  }

  const [who, what] = [
    [0, DEVICE_ID],
    [0, ECHO],
  ];
  expect(asked()).toEqual([who, what, who, what]);
});

test('what was lost is told, logged and counted, and so is its return', async () => {
  const { clock, recovery, told, logged, statistics } = bench({ absentMs: 1000 });
  recovery.check();

  await clock.pass(3000);

  // Looks after 50 ms, and then 50, 100, 200, 400, 800 ms apart.
  expect(told).toEqual([
    [50, 'lost', 'absent'],
    [1600, 'found', true],
  ]);
  expect(logged).toEqual([
    [{ reason: 'absent' }, 'lost'],
    [{ ms: 1550 }, 'ready'],
  ]);
  expect([recovery.isLost, statistics.recoveries]).toEqual([false, 1]);
});

test('a slow BMC gets its time, to say who it is and what it can do', async () => {
  const { clock, recovery, told, findings, asked } = bench({
    ...{ responseMs: 3000, wantsCapabilities: true, capabilities: [1, 80, 80, 7, 1] },
  });
  recovery.check();
  await clock.pass(1000);
  // It cannot be hurried.
  recovery.hurry();

  await clock.pass(10_000);

  expect(asked().map(([, cmd]) => cmd)).toEqual([DEVICE_ID, CAPABILITIES]);
  expect(told).toMatchObject([[expect.anything(), 'found', false]]);
  expect(findings[0]?.capabilities).toMatchObject({ inputBytes: 80, responseTimeSeconds: 7 });
});

test('close() in the middle of the questions ends them, and nothing is told any more', async () => {
  const { clock, recovery, close, told, asked, driver } = bench({
    ...{ responseMs: 3000, wantsCapabilities: true },
  });
  recovery.check();
  await clock.pass(4000);
  expect(asked()).toHaveLength(2);

  close();
  recovery.check();
  recovery.expectRestart();
  await clock.pass(5000);

  expect([told, recovery.isLost, recovery.isRunning]).toEqual([[], false, false]);
  expect(asked()).toHaveLength(2);
  // It was not the ports that failed.
  expect(await clock.until(outcomeOf(send(driver, echo(1))))).toEqual([1]);
});

test('while another process has the interface, the BMC is not lost, and is found after it', async () => {
  const lock = new SharedLock();
  const { clock, recovery, told } = bench({ lock: lock.as('us') });
  lock.as('other').tryAcquire(false);
  clock.timer(5000, () => {
    lock.as('other').release();
  });
  recovery.check();

  await clock.pass(10_000);

  expect(told).toMatchObject([[expect.anything(), 'found', false]]);
  const [[foundMs]] = told as [[number]];
  // The longest pause between two looks, and what the interface is waited for.
  expect(foundMs).toBeLessThan(5000 + 1600 + 21);
});

test('while another process has the interface for a moment only, the BMC is found right after it', async () => {
  const lock = new SharedLock();
  const { clock, driver, recovery, told } = bench({ lock: lock.as('us') });
  lock.as('other').tryAcquire(false);
  clock.timer(10, () => {
    lock.as('other').release();
  });
  void outcomeOf(send(driver, echo(1)));
  recovery.check();

  await clock.pass(20);

  expect(told).toMatchObject([[expect.anything(), 'found', false]]);
});

test('a search that nobody waits for does not keep the process alive', async () => {
  const { clock, recovery } = bench({ absentMs: Infinity });
  const timer = vi.spyOn(clock, 'timer');
  recovery.check();

  await clock.pass(1000);

  expect(timer.mock.calls.map((call: unknown[]) => call[2])).not.toContain(true);
  expect(timer).toHaveBeenCalled();
});

test('ports that fail during the search settle who waits', async () => {
  let isBroken = false;
  const { clock, driver, recovery } = bench({
    wrap: (port) =>
      new CyclePort(port, () => {
        if (isBroken) throw new Error('EIO');
      }),
  });
  recovery.check();
  const sent = send(driver, echo(1), { timeoutMs: 10_000 });
  isBroken = true;

  await expect(clock.until(sent)).rejects.toThrow('the ports failed: Error: EIO');
  expect(recovery.isRunning).toBe(false);
});

test('ports that have failed during the search are not touched again', async () => {
  const state = { isBroken: false, touched: 0 };
  const { clock, driver, recovery } = bench({
    wrap: (port) =>
      new CyclePort(port, () => {
        if (!state.isBroken) return;
        state.touched += 1;
        throw new Error('EIO');
      }),
  });
  // The driver itself does not meet them.
  driver.doubt('opening');
  const sent = send(driver, echo(1), { timeoutMs: 10_000 });
  state.isBroken = true;

  recovery.check();

  await expect(clock.until(sent)).rejects.toThrow('the ports failed: Error: EIO');
  driver.trust('opening');
  expect(state.touched).toBe(1);
});

test('a BMC reset on purpose is lost at once, and left alone for its pause, whoever waits', async () => {
  const { clock, driver, recovery, told, asked } = bench();

  recovery.expectRestart();
  recovery.expectRestart();
  const sent = outcomeOf(send(driver, echo(1)));
  await clock.pass(1000);
  recovery.hurry();

  expect([recovery.isLost, recovery.isRunning, asked()]).toEqual([true, true, []]);
  expect(await clock.until(sent)).toEqual([1]);
  expect(asked()[0]).toEqual([RESTART_PAUSE_MS, DEVICE_ID]);
  expect(told).toEqual([
    [0, 'lost', 'reset'],
    [RESTART_PAUSE_MS, 'found', true],
  ]);
});

test('once the pause after a reset is over, who waits makes it look at once', async () => {
  const { clock, recovery, told } = bench({ absentMs: 20_000 });
  recovery.expectRestart();
  await clock.pass(20_010);

  recovery.hurry();
  await clock.pass(1);

  expect(told).toEqual([
    [0, 'lost', 'reset'],
    [20_010, 'found', true],
  ]);
});

test('a reset while the BMC is looked for anyway starts no second search', async () => {
  const { clock, recovery, told, asked } = bench({ absentMs: 20_000 });
  recovery.check();
  await clock.pass(10);

  recovery.expectRestart();
  await clock.pass(50_000);

  expect(told[0]).toEqual([10, 'lost', 'reset']);
  expect(told).toHaveLength(2);
  expect(asked()).toHaveLength(1);
});
