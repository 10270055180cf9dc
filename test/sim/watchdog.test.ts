/** The watchdog of the simulated BMC, which catches up with the time. */

import { expect, test } from 'vitest';

import { SimWatchdog } from '../../src/sim/watchdog.ts';

/** A watchdog and what it did. */
function bench(settings: readonly number[]) {
  const did: string[] = [];
  const watchdog = new SimWatchdog();
  watchdog.set(Uint8Array.from(settings), 0);
  const settle = (nowMs: number): void => {
    watchdog.settle(nowMs, {
      act: (action) => did.push(`act ${action}`),
      log: (event) => did.push(`log ${event.join(' ')}`),
      warn: () => did.push('warn'),
    });
  };
  return { did, watchdog, settle };
}

test('it does everything that was due, once', () => {
  const { did, watchdog, settle } = bench([0x04, 0x31, 1, 0, 20, 0]);
  watchdog.start(0);

  settle(999);
  expect(did).toEqual([]);
  settle(1000);
  settle(5000);
  settle(9000);

  expect(did).toEqual(['warn', `log ${[0x23, 0x7d, 0x6f, 0xc1, 0x34, 0xff].join(' ')}`, 'act 1']);
});

test('a Set with "do not stop" goes on with the new countdown, and any other stops it', () => {
  const { did, watchdog, settle } = bench([0x04, 0x01, 0, 0, 20, 0]);
  watchdog.start(0);

  watchdog.set(Uint8Array.of(0x44, 0x02, 0, 0, 40, 0), 1000);
  expect(watchdog.read(1000)).toEqual([0x44, 0x02, 0, 0, 40, 0, 40, 0]);
  watchdog.set(Uint8Array.of(0x04, 0x02, 0, 0, 40, 0), 1000);
  settle(60_000);

  expect(did).toEqual([]);
});

test('a restart stops it, and it must be set again', () => {
  const { did, watchdog, settle } = bench([0x04, 0x01, 0, 0, 20, 0]);
  watchdog.start(0);

  watchdog.restart();
  settle(60_000);

  expect(did).toEqual([]);
  expect(watchdog.start(60_000)).toBe(false);
});
