/** Listeners that leave and come back, and what is left behind at each end there is. */

import { describe, expect, test } from 'vitest';

import { LOOK_MS } from '../../src/bmc/attention.ts';
import { PUT_BACK_MS } from '../../src/device/system-interface.ts';
import { RESTART_PAUSE_MS } from '../../src/bmc/recovery.ts';
import { silentLog } from '../../src/log.ts';
import type { Log } from '../../src/log.ts';
import { A_WHILE_MS, ENABLED, ENABLES, event, listening } from '../support/listening.ts';

const [SET_ENABLES, GET_ENABLES, GET_FLAGS] = [0x2e, 0x2f, 0x31];

/** A log that keeps its warnings. */
function warnings(): { readonly logger: Log; readonly warned: unknown[] } {
  const warned: unknown[] = [];
  const logger: Log = {
    ...silentLog,
    warn: (...words: unknown[]) => void warned.push(words),
    child: () => logger,
  };
  return { logger, warned };
}

describe('who comes back', () => {
  test('after a while has events kept anew, at once', async () => {
    const { clock, bmc, device, told, listener } = await listening();
    device.on('event', listener);
    await clock.pass(A_WHILE_MS);
    device.off('event', listener);
    await clock.pass(A_WHILE_MS);
    expect(bmc.globalEnables).toBe(ENABLES);

    device.on('event', listener);
    await clock.pass(50);

    expect(bmc.addEvent(event(1))).toBe(true);
    await clock.pass(A_WHILE_MS);
    expect(told).toHaveLength(1);
  });

  test('at once finds events kept as they were', async () => {
    const { clock, bmc, device, listener } = await listening();
    device.on('event', listener);
    await clock.pass(A_WHILE_MS);

    device.off('event', listener).on('event', listener);
    await clock.pass(A_WHILE_MS);

    expect(bmc.executed.filter(({ cmd }) => cmd === SET_ENABLES)).toHaveLength(1);
    expect(bmc.globalEnables).toBe(ENABLED);
  });

  test('while it is being put back has events kept after all', async () => {
    const { clock, bmc, device, told, listener } = await listening({ responseMs: 20 });
    device.on('event', listener);
    await clock.pass(A_WHILE_MS);
    device.off('event', listener);
    await clock.pass(10);

    device.on('event', listener);
    await clock.pass(A_WHILE_MS);

    expect(bmc.addEvent(event(1))).toBe(true);
    await clock.pass(A_WHILE_MS);
    expect(told).toHaveLength(1);
  });
});

describe('a BMC that is lost', () => {
  test('is told to keep events as soon as it is back', async () => {
    const { clock, bmc, device, listener } = await listening({
      faults: [{ kind: 'floats', value: 0xff, fromMs: 1000, forMs: 5000 }],
    });
    const ready: number[] = [];
    device.on('ready', () => void ready.push(clock.now()));
    device.on('event', listener);
    await clock.pass(5500);
    bmc.reset();
    while (ready.length === 0) await clock.pass(1);

    await clock.pass(50);

    expect(bmc.globalEnables).toBe(ENABLED);
  });

  test('is told to keep them no more when it is back, where the listener has left', async () => {
    const { clock, bmc, device, listener } = await listening({
      // For longer than a request would wait.
      faults: [{ kind: 'floats', value: 0xff, fromMs: 1000, forMs: 60_000 }],
    });
    device.on('event', listener);
    await clock.pass(5000);
    expect(device.state).toBe('lost');

    device.off('event', listener);
    await clock.pass(120_000);

    expect(bmc.globalEnables).toBe(ENABLES);
  });

  test('is written nothing while it is away', async () => {
    const { clock, port, device, listener } = await listening({
      faults: [{ kind: 'floats', value: 0xff, fromMs: 1000, forMs: 20_000 }],
    });
    const writes: number[] = [];
    const outb = port.outb.bind(port);
    port.outb = (at, value) => {
      if (clock.now() >= 1000) writes.push(value);
      outb(at, value);
    };
    device.on('event', listener);

    await clock.pass(20_000);

    expect(writes).toEqual([]);
  });

  test('because it hears nothing is found out, and asked only who it is', async () => {
    const { clock, bmc, device, listener } = await listening({
      faults: [{ kind: 'deaf', fromMs: 1000, forMs: 60_000 }],
    });
    device.on('event', listener);
    await clock.pass(40_000);

    expect(device.state).toBe('lost');
    const asked = bmc.executed.filter(({ atMs }) => atMs > 1000).map(({ cmd }) => cmd);
    expect(asked.filter((cmd) => cmd === GET_ENABLES || cmd === GET_FLAGS)).toHaveLength(1);
    await clock.pass(60_000);
    expect(device.state).toBe('ready');
  });
});

test('a bus that floats for one look does not put off the next ones', async () => {
  const { clock, port, bmc, device, told, listener } = await listening();
  const inb = port.inb.bind(port);
  device.on('event', listener);
  await clock.pass(A_WHILE_MS);
  const state = { floats: true };
  port.inb = (at) => {
    const value = state.floats ? 0xff : inb(at);
    state.floats = false;
    return value;
  };
  while (state.floats) await clock.pass(1);
  // The BMC has been looked for, and found.
  await clock.pass(LOOK_MS / 2);
  bmc.addEvent(event(1));

  await clock.pass(LOOK_MS / 2 + 50);

  expect(told).toHaveLength(1);
  expect(device.state).toBe('ready');
});

describe('at the end', () => {
  test('a reset of the interface is waited for, but not told', async () => {
    const { logger, warned } = warnings();
    const options = { logger, mayReset: true, restartMs: 1000 };
    const { clock, bmc, device, listener } = await listening(options);
    const ends: string[] = [];
    for (const name of ['lost', 'ready', 'closed'] as const) device.on(name, () => ends.push(name));
    device.on('event', listener);
    await clock.pass(A_WHILE_MS);

    const reset = device.reset('interface');
    const closing = device.close();

    expect(await clock.until(reset)).toBe(0);
    const sinceMs = clock.now();
    await clock.until(closing);
    expect(clock.now() - sinceMs).toBeGreaterThanOrEqual(RESTART_PAUSE_MS);
    expect(ends).toEqual(['closed']);
    expect(warned).not.toContainEqual([{}, 'global enables not put back']);
    expect(bmc.globalEnables).toBe(ENABLES);
  });

  test('no reset of the interface begins any more', async () => {
    const { clock, device, listener } = await listening({ responseMs: 20 });
    device.on('event', listener);
    await clock.pass(A_WHILE_MS);

    const closing = device.close();
    const reset = device.reset('interface');

    await expect(clock.until(reset)).rejects.toMatchObject({ code: 'DEVICE_CLOSED' });
    await clock.until(closing);
  });

  test('a closed device is not looked at, whoever listens', async () => {
    const { clock, device } = await listening();
    await device.close();

    device.on('attention', () => undefined);
    await clock.pass(0);

    expect(clock.pending).toBe(0);
  });

  test('of the process nothing is asked, logged or left waiting', async () => {
    const { logger, warned } = warnings();
    const { clock, bmc, device, listener } = await listening({ logger });
    device.on('event', listener);
    await clock.pass(A_WHILE_MS);
    const asked = bmc.executed.length;

    device.closeNow();
    await clock.pass(1000);

    expect(clock.pending).toBe(0);
    expect(bmc.executed).toHaveLength(asked);
    expect(warned).toEqual([]);
    device.on('event', () => undefined).on('attention', () => undefined);
    await clock.pass(1000);
    expect(clock.pending).toBe(0);
    expect(bmc.executed).toHaveLength(asked);
  });

  test('of the ports nothing is left waiting, and nothing is put back', async () => {
    const { logger, warned } = warnings();
    const { clock, port, device, listener } = await listening({ logger });
    const inb = port.inb.bind(port);
    device.on('event', listener);
    await clock.pass(A_WHILE_MS);
    port.inb = () => {
      throw new Error('EIO');
    };
    await clock.pass(1000);
    port.inb = inb;

    expect(clock.pending).toBe(0);
    expect(warned).toEqual([]);
  });

  test('what a BMC refuses to put back is logged', async () => {
    const { logger, warned } = warnings();
    const { clock, device, listener } = await listening({
      logger,
      answer: ({ cmd, data }) => (cmd === SET_ENABLES && data[0] === ENABLES ? [0xd5] : undefined),
    });
    device.on('event', listener);
    await clock.pass(A_WHILE_MS);
    expect(warned).toEqual([]);

    device.off('event', listener);
    await clock.pass(A_WHILE_MS);

    const refusal = { cmd: SET_ENABLES, completionCode: 0xd5 };
    expect(warned).toEqual([[refusal, 'global enables not put back']]);
  });

  test('what a BMC puts back is not worth a line', async () => {
    const { logger, warned } = warnings();
    const { clock, device, listener } = await listening({ logger });
    device.on('event', listener);
    await clock.pass(A_WHILE_MS);

    device.off('event', listener);
    await clock.pass(A_WHILE_MS);

    expect(warned).toEqual([]);
  });

  test('the process lives until it is put back', async () => {
    const { clock, device, listener } = await listening();
    const kept: boolean[] = [];
    device.on('event', listener);
    await clock.pass(A_WHILE_MS);
    const timer = clock.timer.bind(clock);
    clock.timer = (delayMs: number, callback: () => void, keepAlive?: boolean) => {
      if (delayMs === PUT_BACK_MS) kept.push(keepAlive === true);
      return timer(delayMs, callback);
    };

    await clock.until(device.close());

    expect(kept).toEqual([true]);
  });
});
