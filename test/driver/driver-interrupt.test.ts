/** What the driver does when the line fires: at the registers, and with the lock. */

import { expect, onTestFinished, test } from 'vitest';

import type { PortIo } from '../../src/port/port.ts';
import { SimBmc } from '../../src/sim/bmc.ts';
import { SimIrqLine } from '../../src/sim/irq-line.ts';
import { VirtualClock } from '../../src/sim/virtual-clock.ts';
import { RecordingPort } from '../support/recording-port.ts';
import { echo, outcomeOf, send, wire } from '../support/rig.ts';
import { SharedLock } from '../support/shared-lock.ts';
import { CyclePort } from '../support/wraps.ts';

const INTMASK = 2;

/** A driver with a line that is masked when it fires, and what passes its ports. */
function bench(wrap: (port: PortIo) => PortIo = (port) => port) {
  const clock = new VirtualClock();
  const bmc = new SimBmc({ clock, responseMs: 100 });
  const port = new RecordingPort(wrap(bmc), bmc.base);
  const line = new SimIrqLine({ bmc, clock, ownsMask: false, isGated: false });
  const lock = new SharedLock();
  const wired = wire(port, clock, { line, lock: lock.as('a') });
  wired.interrupt?.enable();
  onTestFinished(() => {
    wired.driver.close();
    expect(clock.pending).toBe(0);
  });
  return { clock, port, line, lock, ...wired };
}

test('an interrupt while another process has the interface is left to that one', async () => {
  const { clock, driver, line, lock, port } = bench();
  const other = lock.as('other');
  other.tryAcquire(false);

  line.fire();
  expect(port.writes(INTMASK)).toEqual([]);

  other.close();
  expect(await clock.until(outcomeOf(send(driver, echo(1))))).toEqual([1]);
  expect(port.writes(INTMASK)).not.toEqual([]);
  // The line was masked until then.
  expect(line.count).toBe(2);
});

test('ports that fail when the line fires settle who waits, and are not touched again', async () => {
  const state = { isBroken: false, touched: 0 };
  const { clock, driver, line } = bench(
    (port) =>
      new CyclePort(port, () => {
        if (!state.isBroken) return;
        state.touched += 1;
        throw new Error('EIO');
      }),
  );
  const sent = send(driver, echo(1));
  await clock.pass(50);
  state.isBroken = true;

  line.fire();

  await expect(clock.until(sent)).rejects.toThrow('the ports failed: Error: EIO');
  expect(state.touched).toBe(1);
});
