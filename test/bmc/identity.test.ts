/**
 * The identity of the BMC is asked for when a program needs it, remembered, and told when it
 * changes.
 */

import { describe, expect, onTestFinished, test } from 'vitest';

import { bmcs, open } from '../../src/index.ts';
import type { Device } from '../../src/index.ts';
import { FaultyBmc } from '../../src/sim/faults.ts';
import type { Fault, FaultyOptions } from '../../src/sim/faults.ts';
import { SimBmc } from '../../src/sim/bmc.ts';
import type { SimOptions } from '../../src/sim/options.ts';
import { SPEC } from '../../src/sim/personality.ts';
import { VirtualClock } from '../../src/sim/virtual-clock.ts';
import { outcomeOf } from '../support/rig.ts';

const DEVICE_ID = 0x01;
const SELF_TEST = 0x04;
const DEVICE_GUID = 0x08;
const SYSTEM_GUID = 0x37;

const GUID = '0b0a0908-0706-0504-0302-0100efbeadde';

async function ready(clock: VirtualClock, port: SimBmc | FaultyBmc, lazy = false): Promise<Device> {
  const bringUp = lazy ? 'lazy' : 'full';
  const device = await clock.until(open({ base: 0xce4, port, clock, bringUp }));
  onTestFinished(() => device.close());
  return device;
}

async function bench({ lazy, ...options }: SimOptions & { lazy?: boolean } = {}) {
  const clock = new VirtualClock();
  const bmc = new SimBmc({ clock, guid: GUID, ...options });
  const device = await ready(clock, bmc, lazy);
  const asked = (): readonly number[] => bmc.executed.splice(0).map(({ cmd }) => cmd);
  return { clock, bmc, device, asked };
}

describe('identity()', () => {
  test('asks for GUIDs and self test at its first call, and then no more', async () => {
    const { clock, device, asked } = await bench();
    expect(asked()).toEqual([0x36, DEVICE_ID]);

    const identity = await clock.until(device.identity());

    expect(identity).toEqual({
      deviceId: device.deviceId,
      systemGuid: GUID,
      deviceGuid: GUID,
      selfTest: { result: 'passed', code: 0x55, detail: 0x00 },
    });
    expect(asked()).toEqual([SELF_TEST, SYSTEM_GUID, DEVICE_GUID]);
    expect(await device.identity()).toBe(identity);
    expect(asked()).toEqual([]);
  });

  test('asks for the device id, too, where nobody has', async () => {
    const { clock, device, asked } = await bench({ lazy: true });

    const { deviceId } = await clock.until(device.identity());

    expect(deviceId?.firmwareRevision).toBe('2.35');
    expect(asked()).toEqual([DEVICE_ID, SELF_TEST, SYSTEM_GUID, DEVICE_GUID]);
  });

  test.each<[string, number[] | 'drop']>([
    ['says that it does not know the command', [0xc1]],
    ['answers with too few bytes', [0x00, 0x55]],
    ['has none but zeros', [0x00, ...new Array<number>(16).fill(0)]],
    ['drops what it does not know', 'drop'],
  ])('what a BMC does not know is absent, not an error: it %s', async (_, answer) => {
    const { clock, device } = await bench({
      answer: ({ cmd }) => (cmd === SYSTEM_GUID || cmd === DEVICE_GUID ? answer : undefined),
    });

    const identity = await clock.until(device.identity());

    expect(identity).toMatchObject({ systemGuid: undefined, deviceGuid: undefined });
    expect(identity.selfTest?.result).toBe('passed');
    expect(device.state).toBe('ready');
  });

  test('a question that is never answered costs one attempt, and no other answer', async () => {
    const { clock, device, asked } = await bench({
      capabilities: [1, 0x3f, 0x3f, 10, 1],
      respond: ({ cmd }, honest) => {
        if (cmd !== DEVICE_GUID) return [honest];
        return [{ ...honest, frame: honest.frame.with(1, 0x19) }];
      },
    });
    asked();
    const sinceMs = clock.now();

    const identity = await clock.until(device.identity({ timeoutMs: 20_000 }));

    expect(identity).toMatchObject({ systemGuid: GUID, deviceGuid: undefined });
    expect(identity.selfTest?.result).toBe('passed');
    expect(clock.now() - sinceMs).toBeLessThan(11_100);
    expect(asked().filter((cmd) => cmd === DEVICE_GUID)).toHaveLength(1);
  });

  test('what was dropped once is asked for by the next call, and then no more', async () => {
    const dropped = { times: 1 };
    const { clock, device, asked } = await bench({
      answer: ({ cmd }) => {
        if (cmd !== SYSTEM_GUID || dropped.times === 0) return undefined;
        dropped.times -= 1;
        return 'drop';
      },
    });
    expect((await clock.until(device.identity())).systemGuid).toBeUndefined();
    await clock.pass(1000);
    asked();

    expect((await clock.until(device.identity())).systemGuid).toBe(GUID);
    expect(asked()).toEqual([SYSTEM_GUID]);
  });

  test('a BMC without a GUID is asked for it twice at most', async () => {
    const { clock, device, asked } = await bench({
      answer: ({ cmd }) => (cmd === DEVICE_GUID ? 'drop' : undefined),
    });
    for (let call = 0; call < 5; call += 1) await clock.until(device.identity());

    expect(asked().filter((cmd) => cmd === DEVICE_GUID)).toHaveLength(2);
  });

  test('what is answered before the time is over is told', async () => {
    const { clock, device } = await bench({
      answer: ({ cmd }) => (cmd === SYSTEM_GUID ? 'drop' : undefined),
    });

    const identity = await clock.until(device.identity({ timeoutMs: 3000 }));

    expect(identity).toMatchObject({ systemGuid: undefined, deviceGuid: undefined });
    expect(identity.selfTest?.result).toBe('passed');
    expect((await clock.until(device.identity())).deviceGuid).toBe(GUID);
  });

  test('a BMC that is busy is asked again', async () => {
    let busy = 1;
    const { clock, device } = await bench({
      answer: ({ cmd }) => (cmd === SYSTEM_GUID && (busy -= 1) >= 0 ? [0xc0] : undefined),
    });

    expect((await clock.until(device.identity())).systemGuid).toBe(GUID);
  });

  test('rejects when the BMC has gone, and asks again when it is back', async () => {
    const clock = new VirtualClock();
    const away: Fault = { kind: 'floats', value: 0xff, fromMs: 1000, forMs: 100_000 };
    const device = await ready(
      clock,
      new FaultyBmc({ clock, seed: 1, faults: [away], guid: GUID }),
    );
    await clock.pass(2000);

    const known = device.identity({ timeoutMs: 30_000 });
    await expect(clock.until(known)).rejects.toMatchObject({ code: 'REQUEST_TIMEOUT' });
    expect(clock.now()).toBe(32_000);
    await clock.pass(100_000);

    expect((await clock.until(device.identity())).systemGuid).toBe(GUID);
  });

  test('is given up when its signal aborts', async () => {
    const { clock, device } = await bench({ responseMs: 100 });
    const controller = new AbortController();
    clock.timer(150, () => {
      controller.abort();
    });

    const known = device.identity({ signal: controller.signal });

    await expect(clock.until(known)).rejects.toMatchObject({ code: 'REQUEST_ABORTED' });
  });

  test('refuses a time that is none', async () => {
    const { device } = await bench();

    await expect(device.identity({ timeoutMs: -1 })).rejects.toThrow(RangeError);
  });
});

const AWAY: Fault = { kind: 'floats', value: 0xff, fromMs: 1000, forMs: 20_000 };

/** A BMC that is away for 20 s, say, and comes back with other bytes in its device id. */
async function flashed(change: (deviceId: number[]) => void, fault = AWAY) {
  const clock = new VirtualClock();
  const bytes = [0x20, 0x01, 0x02, 0x35, 0x02, 0x9f, 0, 0, 0, 0xb7, 0, 1, 2, 3, 4];
  const personality: FaultyOptions['personality'] = {
    ...SPEC,
    commands: {
      ...SPEC.commands,
      0x06: { ...SPEC.commands[0x06], 0x01: () => [0x00, ...bytes] },
    },
  };
  const port = new FaultyBmc({ clock, seed: 1, faults: [fault], personality });
  const device = await ready(clock, port);
  await clock.until(device.identity());
  const told: unknown[] = [];
  device.on('ready', () => told.push('ready'));
  device.on('identity', (now, before) => {
    told.push([before.firmwareRevision, now.firmwareRevision]);
  });
  await clock.pass(2000);
  change(bytes);
  port.bmc.executed.length = 0;
  // It is not repeated after silence, so that the driver looks what became of the BMC.
  await clock.until(outcomeOf(device.request({ netFn: 0x30, cmd: 1 }, { timeoutMs: 60_000 })));
  await clock.pass(1000);
  return { clock, port, device, told };
}

describe('a BMC that comes back', () => {
  test('with other firmware is told, with what it was before', async () => {
    const { clock, port, device, told } = await flashed((bytes) => (bytes[3] = 0x36));

    expect(told).toEqual(['ready', ['2.35', '2.36']]);
    expect(device.deviceId?.firmwareRevision).toBe('2.36');
    // And the BMC is asked for its identity anew.
    expect((await clock.until(device.identity())).deviceId).toBe(device.deviceId);
    expect(port.bmc.executed.map(({ cmd }) => cmd)).toContain(SYSTEM_GUID);
  });

  test('as it was is not told', async () => {
    const { told } = await flashed(() => undefined);

    expect(told).toEqual(['ready']);
  });

  test('and was never known to be lost is told, too', async () => {
    const change = (bytes: number[]): void => void (bytes[14] = 0x05);
    const { told } = await flashed(change, { kind: 'drop', at: 5 });

    expect(told).toEqual([['2.35', '2.35']]);
  });
});

test('bmcs() lists a BMC that does not answer by itself, and the others as ever', async () => {
  const clock = new VirtualClock();
  const away: Fault = { kind: 'floats', value: 0xff, fromMs: 1000, forMs: 100_000 };
  const lost = await ready(clock, new FaultyBmc({ clock, seed: 1, faults: [away] }));
  const [first, second] = [
    await ready(clock, new SimBmc({ clock, guid: GUID })),
    await ready(clock, new SimBmc({ clock, guid: GUID })),
  ];
  await clock.pass(2000);

  const found = await clock.until(bmcs({ timeoutMs: 5000 }));

  expect(found.map(({ interfaces }) => interfaces)).toEqual([[lost], [first, second]]);
  expect(found[0]?.identity.deviceId).toBeUndefined();
  await first.close();
  await second.close();
  await expect(clock.until(bmcs({ timeoutMs: 5000 }))).rejects.toMatchObject({
    code: 'REQUEST_TIMEOUT',
  });
});

test('bmcs() puts the open interfaces of one BMC together', async () => {
  const guid = [0x00, ...Array.from({ length: 16 }, (_, at) => at)];
  const other = await bench({ answer: ({ cmd }) => (cmd === DEVICE_GUID ? guid : undefined) });
  const [first, second] = [await bench(), await bench()];

  const found = await bmcs();

  expect(found.map(({ interfaces }) => interfaces)).toEqual([
    [other.device],
    [first.device, second.device],
  ]);
  expect(found.map((bmc) => bmc.identity.deviceGuid)).toEqual([
    '0f0e0d0c-0b0a-0908-0706-050403020100',
    GUID,
  ]);
  await second.device.close();
  expect((await bmcs()).map(({ interfaces }) => interfaces.length)).toEqual([1, 1]);
});
