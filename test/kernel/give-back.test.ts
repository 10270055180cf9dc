/** Closing a device that was taken from a kernel driver: the time when it is given back. */

import { describe, expect, test } from 'vitest';

import { UNTOUCHED, releasedInterface } from '../../src/kernel/give-back.ts';
import type { GiveBack, ReleasedInterface } from '../../src/kernel/give-back.ts';
import { silentLog } from '../../src/log.ts';
import { SimBmc } from '../../src/sim/bmc.ts';
import { VirtualClock } from '../../src/sim/virtual-clock.ts';
import { sleep } from '../../src/clock.ts';
import { newDevice, portRollback } from '../support/new-device.ts';
import { bringUpOptions, outcomeOf } from '../support/rig.ts';

const RESPONSE_MS = 2000;
const DEVICE_ID = { netFn: 0x06, cmd: 0x01 };

/** Attempt time of a BMC that has not been asked for its own, and 1 s. */
const PATIENCE_MS = 7000;

/**
 * A device whose interface was taken from a driver, and what the giver-back was told, with times.
 */
function bench(answer?: () => 'drop') {
  const clock = new VirtualClock();
  const bmc = new SimBmc({
    clock,
    responseMs: RESPONSE_MS,
    ...(answer === undefined ? {} : { answer }),
  });
  const log: string[] = [];
  const giveBack: GiveBack = {
    device: 'IPI0001:00',
    async giveBack(released: ReleasedInterface) {
      const endMs = clock.now() + released.patienceMs;
      while (!released.look(clock.now() >= endMs)) await sleep(clock, 10);
      released.release();
      log.push(`free at ${clock.now()}`);
    },
    giveBackNow(released) {
      log.push(released.look(false) ? 'free now' : `not now: ${released.reason}`);
    },
  };
  const rollback = portRollback(bmc);
  let left: ReleasedInterface = UNTOUCHED;
  rollback.add({
    run: () => giveBack.giveBack(left),
    runNow: () => {
      giveBack.giveBackNow(left);
    },
  });
  const onQuiet = (released: ReleasedInterface): void => {
    left = released;
  };
  const taken = { takenDevice: giveBack.device, rollback, onQuiet };
  const info = (_: object, text: string): void => void log.push(`log ${text}`);
  const device = newDevice({ port: bmc, clock, log: { ...silentLog, info }, ...taken });
  return { clock, bmc, log, device };
}

describe('close() with a command on the wire', () => {
  test('settles it at once, and gives back when the BMC has answered', async () => {
    const { clock, bmc, log, device } = bench();
    const outcome = outcomeOf(device.request(DEVICE_ID));

    const closing = device.close();

    expect(await outcome).toMatchObject({ code: 'DEVICE_CLOSED', outcome: 'unknown' });
    await clock.until(closing);
    expect(log).toEqual([`free at ${RESPONSE_MS}`, 'log close']);
    expect(() => bmc.inb(bmc.base)).toThrow('after close()');
  });

  test('gives back when the time of the command is over, if the BMC never answers', async () => {
    const { clock, log, device } = bench(() => 'drop');
    void outcomeOf(device.request(DEVICE_ID));

    await clock.until(device.close());

    expect(log).toEqual([`free at ${PATIENCE_MS}`, 'log close']);
  });
});

describe('close()', () => {
  test('gives back at once when nothing is on the wire', async () => {
    const { clock, log, device } = bench();
    await clock.until(device.request(DEVICE_ID));
    const answeredMs = clock.now();

    await clock.until(Promise.all([device.close(), device.close()]));
    device.closeNow();

    expect(log).toEqual([`free at ${answeredMs}`, 'log close']);
    expect(device.takenDevice).toBe('IPI0001:00');
  });
});

test('close() while the BMC is lost does not wait until it can be told anything', async () => {
  const { clock, bmc, log, device } = bench();
  await clock.until(device.bringUp('full', bringUpOptions(clock)));
  device.on('event', () => undefined);
  await clock.pass(30_000);
  const inb = bmc.inb.bind(bmc);
  bmc.inb = () => 0xff;
  while (device.state !== 'lost') await clock.pass(1000);
  bmc.inb = inb;
  const sinceMs = clock.now();

  await clock.until(device.close());

  expect(log).toEqual([`free at ${sinceMs}`, 'log close']);
});

describe('the exit of the process', () => {
  test('gives back what is free', async () => {
    const { clock, log, device } = bench();
    await clock.until(device.request(DEVICE_ID));

    device.closeNow();

    expect(log).toEqual(['free now', 'log close']);
  });

  test('does not wait for a command on the wire', () => {
    const { log, device } = bench();
    void outcomeOf(device.request(DEVICE_ID));

    device.closeNow();

    expect(log[0]).toMatch(/^not now: the BMC /);
    expect(log[1]).toBe('log close');
  });

  test('in the middle of close() is told of as well', () => {
    const { log, device } = bench();
    void outcomeOf(device.request(DEVICE_ID));
    void device.close();

    device.closeNow();

    expect(log).toHaveLength(2);
  });
});

test('a released interface closes its ports once', () => {
  let closes = 0;
  const port = new SimBmc();
  port.close = () => {
    closes += 1;
  };
  const drain = { look: (isOver: boolean) => isOver, reason: 'the BMC is busy' };
  const released = releasedInterface(drain, port, PATIENCE_MS - 1000);

  expect([released.look(false), released.look(true)]).toEqual([false, true]);
  expect([released.reason, released.patienceMs]).toEqual(['the BMC is busy', PATIENCE_MS]);
  released.release();
  released.release();

  expect(closes).toBe(1);
});
