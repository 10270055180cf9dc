/**
 * Two drivers that share a simulated BMC, a virtual clock and a lock, as two processes do.
 */

import { expect, onTestFinished } from 'vitest';

import { SimBmc } from '../../src/sim/bmc.ts';
import type { SimOptions } from '../../src/sim/bmc.ts';
import { TURN_MS, VirtualClock } from '../../src/sim/virtual-clock.ts';
import { wire } from './rig.ts';
import { SharedLock } from './shared-lock.ts';

/** Two processes, `a` and `b`, at one BMC; the SimBmc throws when they meet on the wire. */
export function pair({
  lockTimeoutMs,
  ...options
}: SimOptions & { readonly lockTimeoutMs?: number } = {}) {
  const clock = new VirtualClock();
  const bmc = new SimBmc({ clock, ...options });
  const lock = new SharedLock();
  const [a, b] = ['a', 'b'].map((name) =>
    wire(bmc, clock, {
      ...options,
      ...(lockTimeoutMs === undefined ? {} : { lockTimeoutMs }),
      lock: lock.as(name),
    }),
  ) as [ReturnType<typeof wire>, ReturnType<typeof wire>];
  onTestFinished(() => {
    a.driver.close();
    b.driver.close();
    bmc.assertQuiet();
    expect(clock.pending).toBe(0);
    expect([lock.holder, lock.next]).toEqual([undefined, undefined]);
  });
  return { clock, bmc, lock, a, b };
}

/** Nothing fires any more, but for the turn that ends this one. */
export async function expectNoTimer(clock: VirtualClock): Promise<void> {
  await clock.pass(TURN_MS);
  expect(clock.pending).toBe(0);
}

/** A third process takes the lock, and keeps it until the test is over. */
export function hold(lock: SharedLock): void {
  const other = lock.as('other');
  other.tryAcquire(false);
  onTestFinished(() => {
    other.close();
  });
}
