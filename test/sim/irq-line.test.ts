/** The interrupt line of a simulated BMC, by itself. */

import { expect, test } from 'vitest';

import { SimBmc } from '../../src/sim/bmc.ts';
import { SimIrqLine } from '../../src/sim/irq-line.ts';
import { VirtualClock } from '../../src/sim/virtual-clock.ts';

const [CTRL, FIFO, INTMASK] = [0xce4, 0xce5, 0xce6];
const RESPONSE_MS = 100;

/** Timers fire earlier than asked for, as those of Node do. */
class HastyClock extends VirtualClock {
  override timer(delayMs: number, callback: () => void): () => void {
    return super.timer(delayMs - 0.75, callback);
  }
}

test('tells of a response also where timers fire a little early', async () => {
  const clock = new HastyClock();
  const bmc = new SimBmc({ base: CTRL, clock, responseMs: RESPONSE_MS });
  const line = new SimIrqLine({ bmc, clock, ownsMask: false, isGated: false });
  const firedAtMs: number[] = [];
  line.watch(
    () => firedAtMs.push(clock.now()),
    () => undefined,
  );

  bmc.outb(INTMASK, 0x01);
  bmc.outb(CTRL, 0x01);
  bmc.writeBytes(FIFO, Uint8Array.of(3, 0x18, 0, 0x01), 4);
  bmc.outb(CTRL, 0x04);
  await clock.pass(2 * RESPONSE_MS);

  expect(firedAtMs).toHaveLength(1);
  expect(firedAtMs[0]).toBeGreaterThanOrEqual(RESPONSE_MS);
  expect(firedAtMs[0]).toBeLessThan(RESPONSE_MS + 1);
  line.close();
});

test('a process that was stopped is told once, of all that came meanwhile', async () => {
  const [clock, host] = [new VirtualClock(), new VirtualClock()];
  const bmc = new SimBmc({ base: CTRL, clock });
  const faults = [{ kind: 'endless', fromMs: 0, forMs: 100 }] as const;
  const line = new SimIrqLine({ bmc, clock, host, ownsMask: true, faults });
  const counts: number[] = [];
  line.watch(
    (count) => counts.push(count),
    () => undefined,
  );

  await clock.pass(200);
  expect(host.pending).toBe(1);
  await host.pass(1);

  expect(counts).toHaveLength(1);
  expect(counts[0]).toBeGreaterThan(100);
  expect(line.count).toBe(counts[0]);
  line.close();
});
