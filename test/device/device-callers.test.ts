/** A device whose caller makes a mistake, is too slow, or has a port that cannot be closed. */

import { describe, expect, onTestFinished, test } from 'vitest';

import { BUFFERED_EVENTS_MAX } from '../../src/device/event-stream.ts';
import { open } from '../../src/index.ts';
import type { BmcEvent, Device } from '../../src/index.ts';
import { SimBmc } from '../../src/sim/bmc.ts';
import { SIM_EVENT } from '../../src/sim/commands.ts';
import { VirtualClock } from '../../src/sim/virtual-clock.ts';

const DEVICE_ID = { netFn: 0x06, cmd: 0x01 };

async function bench() {
  const clock = new VirtualClock();
  const bmc = new SimBmc({ clock });
  const logged: unknown[] = [];
  const note =
    (level: string) =>
    (fields: object, text?: string): void => {
      if (level !== 'info') logged.push([level, fields, text]);
    };
  const logger = { debug: () => undefined, info: note('info') };
  const device = await clock.until(
    open({
      ...{ base: 0xce4, port: bmc, clock },
      logger: { ...logger, warn: note('warn'), error: note('error') },
    }),
  );
  onTestFinished(async () => {
    await clock.until(device.close().catch(() => undefined));
  });
  return { clock, bmc, device, logged };
}

describe('options that are none are refused in words:', () => {
  test.each<[string, (device: Device, options: never) => Promise<unknown>, string]>([
    ['request()', (device, options) => device.request(DEVICE_ID, options), ' with options'],
    ['reset()', (device, options) => device.reset('cold', options), ' with options'],
    ['identity()', (device, options) => device.identity(options), ''],
  ])('%s', async (name, call, more) => {
    const { bmc, device } = await bench();
    bmc.executed.length = 0;

    await expect(call(device, 5 as never)).rejects.toThrow(
      `${name}${more} takes an object such as { timeoutMs: 5000 }, not 5`,
    );
    await expect(call(device, { timeOutMs: 5 } as never)).rejects.toThrow(
      'did you mean timeoutMs?',
    );
    expect(bmc.executed).toEqual([]);
  });

  test('events()', async () => {
    const { device } = await bench();

    expect(() => device.events(5 as never)).toThrow('events() takes an object such as { signal }');
  });
});

test('a listener that was removed by the name of Node is told nothing', async () => {
  const { clock, bmc, device } = await bench();
  const told: BmcEvent[] = [];
  const listener = (event: BmcEvent): void => void told.push(event);
  device.on('event', listener).removeListener('event', listener);
  bmc.addEvent(SIM_EVENT);
  await clock.pass(1000);

  expect(told).toEqual([]);
});

test('the events of a closed device end at once', async () => {
  const { clock, device } = await bench();
  await clock.until(device.close());

  expect(await device.events().next()).toEqual({ done: true, value: undefined });
});

test('an iteration that ends leaves no listener behind', async () => {
  const { device } = await bench();
  const warnings: Error[] = [];
  const hear = (warning: Error): void => void warnings.push(warning);
  process.on('warning', hear);
  onTestFinished(() => void process.off('warning', hear));
  // Of more than ten listeners Node warns.
  for (let count = 0; count < 11; count += 1) await device.events().return?.();
  await new Promise(setImmediate);

  expect(warnings).toEqual([]);
});

test('events that a program does not take are counted and logged, messages without bytes', async () => {
  const { clock, bmc, device, logged } = await bench();
  device.events();
  await clock.pass(1000);
  bmc.addEvent(SIM_EVENT);
  await clock.pass(1000);
  for (let count = 0; count <= BUFFERED_EVENTS_MAX; count += 1) bmc.addMessage([0x07, 0xaa]);
  await clock.pass(600_000);

  const text = 'event dropped: the program does not take it';
  expect(logged).toEqual([
    ['warn', expect.objectContaining({ kind: 'event', bytes: [...SIM_EVENT] }), text],
    ['warn', expect.objectContaining({ kind: 'message', bytes: undefined }), text],
  ]);
  expect(device.statistics().eventsMissed).toBe(2);
});

describe('a port that cannot be closed', () => {
  test('is the error of a close() that waits for the BMC', async () => {
    const { clock, bmc, device } = await bench();
    device.on('event', () => undefined);
    await clock.pass(1000);
    bmc.close = () => {
      throw new Error('stuck');
    };

    await expect(clock.until(device.close())).rejects.toThrow('stuck');
    expect(device.state).toBe('closed');
  });

  test.each([
    ['of a close() that does not', (device: Device) => void device.close()],
    ['of the end of the process', (device: Device) => device.closeNow()],
  ])('is in the log %s', async (_, close) => {
    const { bmc, device, logged } = await bench();
    bmc.close = () => {
      throw new Error('stuck');
    };

    close(device);

    expect(logged).toEqual([
      ['error', expect.objectContaining({ error: 'Error: stuck' }), 'close'],
    ]);
    expect(device.state).toBe('closed');
  });
});
