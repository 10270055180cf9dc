/** What the driver does when the line fires: at the registers, and with the lock. */

import { describe, expect, onTestFinished, test } from 'vitest';

import type { PortIo } from '../../src/port/port.ts';
import { SimBmc } from '../../src/sim/bmc.ts';
import { SimIrqLine } from '../../src/sim/irq-line.ts';
import { VirtualClock } from '../../src/sim/virtual-clock.ts';
import { RecordingPort } from '../support/recording-port.ts';
import { echo, outcomeOf, send, wire } from '../support/rig.ts';
import { SharedLock } from '../support/shared-lock.ts';
import { CyclePort } from '../support/wraps.ts';

const [BT_CTRL, INTMASK] = [0, 2];

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

describe('an interrupt is acknowledged before BT_CTRL is read, because one raised after that comes', () => {
  /** The accesses of BT_CTRL and BT_INTMASK, and the line's, in order. */
  function ordered({ ownsMask = false, isGated = false } = {}) {
    const order: string[] = [];
    const clock = new VirtualClock();
    const bmc = new SimBmc({ clock, responseMs: 100 });
    const port = new RecordingPort(bmc, bmc.base);
    const line = new SimIrqLine({ bmc, clock, ownsMask, isGated });
    const rearm = line.rearm.bind(line);
    line.rearm = () => {
      order.push('rearm');
      rearm();
    };
    port.cycles.push = (...cycles) => {
      for (const { direction, port: at } of cycles) {
        if (at === bmc.base + BT_CTRL && direction === 'in') order.push('read BT_CTRL');
        if (at === bmc.base + INTMASK && direction === 'out') order.push('write BT_INTMASK');
      }
      return cycles.length;
    };
    const wired = wire(port, clock, { line });
    wired.interrupt?.enable();
    onTestFinished(() => {
      wired.driver.close();
    });
    return { ...wired, clock, line, order };
  }

  test.each([
    ['while a request is on the wire, the line masked', false, true],
    ['while a request is on the wire, a handler in the kernel', true, true],
    ['while there is no request, the line masked', false, false],
    ['while there is no request, a handler in the kernel', true, false],
  ])('%s', async (_, ownsMask, isAsking) => {
    const { clock, driver, line, order } = ordered({ ownsMask });
    await clock.until(outcomeOf(send(driver, echo(1))));
    const sent = isAsking ? outcomeOf(send(driver, echo(2))) : undefined;
    await clock.pass(50);
    order.length = 0;

    line.fire();

    const acknowledged = ownsMask ? ['rearm'] : ['write BT_INTMASK', 'rearm'];
    expect(order.slice(0, acknowledged.length + 1)).toEqual([...acknowledged, 'read BT_CTRL']);
    await clock.until(Promise.resolve(sent));
  });

  test('and before a request is written, so that its reply raises one', async () => {
    const { clock, driver, order, registers } = ordered();
    const ring = registers.writeFrame.bind(registers);
    registers.writeFrame = (...frame) => {
      order.push('write the frame');
      ring(...frame);
    };

    await clock.until(outcomeOf(send(driver, echo(1))));

    const words = ['write BT_INTMASK', 'rearm', 'write the frame'];
    expect(order.filter((word) => words.includes(word)).slice(0, 3)).toEqual(words);
  });
});
