/**
 * A BMC that goes away and comes back: the device stays, says so, and answers the requests that
 * waited.
 */

import { describe, expect, onTestFinished, test } from 'vitest';

import type { Device } from '../../src/device/device.ts';
import { open } from '../../src/index.ts';
import type { OpenOptions } from '../../src/index.ts';
import { FaultyBmc } from '../../src/sim/faults.ts';
import type { Fault, FaultyOptions } from '../../src/sim/faults.ts';
import { VirtualClock } from '../../src/sim/virtual-clock.ts';
import { greatest, offenders } from '../support/lists.ts';
import { newDevice } from '../support/new-device.ts';
import { outcomeOf } from '../support/rig.ts';
import { SharedLock } from '../support/shared-lock.ts';

const READ = { netFn: 0x06, cmd: 0x01 };

/** Not to be repeated unasked: the simulator's echo. */
const CHANGE = { netFn: 0x30, cmd: 0x01, data: Uint8Array.of(7) };

/** 20 s without a BMC. */
const AWAY: Fault = { kind: 'floats', value: 0xff, fromMs: 1000, forMs: 20_000 };

interface Bench extends Partial<FaultyOptions> {
  readonly faults: readonly Fault[];
  readonly bringUp?: OpenOptions['bringUp'];
  readonly logger?: OpenOptions['logger'];
}

/** A device that is ready, and what it tells from then on, with the time. */
async function bench({ bringUp = 'full', logger, ...options }: Bench) {
  const clock = new VirtualClock();
  const port = new FaultyBmc({ clock, seed: 1, ...options });
  const logging = logger === undefined ? {} : { logger };
  const device = await clock.until(open({ base: 0xce4, port, clock, bringUp, ...logging }));
  const told: [number, ...unknown[]][] = [];
  for (const name of ['lost', 'ready', 'closed'] as const) {
    device.on(name, (...words: unknown[]) => told.push([Math.round(clock.now()), name, ...words]));
  }
  onTestFinished(async () => {
    await device.close();
    await clock.pass(1);
    port.bmc.assertQuiet();
    expect(clock.pending).toBe(0);
  });
  return { clock, port, device, told };
}

/** A device as the process called `name` has it. */
function sharer(
  name: string,
  { port, clock, lock }: { port: FaultyBmc; clock: VirtualClock; lock: SharedLock },
): Device {
  return newDevice({ name, port, clock, lock: lock.as(name) });
}

/** The times at which Get Device ID was sent. */
function questions(port: FaultyBmc): readonly number[] {
  return port.bmc.executed.filter(({ cmd }) => cmd === 0x01).map(({ atMs }) => Math.round(atMs));
}

function wait(device: Device, timeoutMs: number) {
  return outcomeOf(device.request(READ, { timeoutMs }));
}

describe('a BMC that floats the bus for 20 s', () => {
  test('is lost, is found within a second of its return, and what waited is answered', async () => {
    const { clock, device, told } = await bench({ faults: [AWAY] });
    await clock.pass(2000);

    const [read, change] = [
      wait(device, 60_000),
      outcomeOf(device.request(CHANGE, { timeoutMs: 60_000 })),
    ];
    await clock.pass(12_000);
    expect(device.state).toBe('lost');

    expect(await clock.until(read)).toEqual(expect.arrayContaining([0x20]));
    expect(clock.now()).toBeGreaterThanOrEqual(21_000);
    expect(clock.now()).toBeLessThan(22_001);
    expect(await clock.until(change)).toEqual([7]);
    expect(device.state).toBe('ready');
    expect(told.map(([, ...words]) => words)).toEqual([['lost', 'absent'], ['ready']]);
    expect(device.statistics().recoveries).toBe(1);
  });

  test('a request with less time than that is told so: nothing was sent', async () => {
    const { clock, device, port } = await bench({ faults: [AWAY] });
    await clock.pass(2000);

    const sent = device.request(READ, { timeoutMs: 12_000 });

    await expect(clock.until(sent)).rejects.toMatchObject({
      code: 'REQUEST_TIMEOUT',
      outcome: 'not-sent',
    });
    expect(clock.now()).toBe(14_000);
    const later = device.request(READ, { timeoutMs: 3000 });
    await expect(clock.until(later)).rejects.toThrow(
      /did not answer until the timeout; check the BMC/,
    );
    expect(port.bmc.executed).toHaveLength(2);
  });

  test('is asked nothing while it is away, and looked at every second', async () => {
    const looks: number[] = [];
    const { clock, device, port } = await bench({ faults: [AWAY] });
    const inb = port.inb.bind(port);
    port.inb = (at) => {
      if (at === 0xce6) looks.push(clock.now());
      return inb(at);
    };
    await clock.pass(2000);

    await clock.until(wait(device, 60_000));

    expect(offenders(port.bmc.executed, ({ atMs }) => atMs > 1 && atMs < 21_000)).toEqual([]);
    const gaps = looks.slice(1).map((atMs, index) => atMs - (looks[index] ?? 0));
    expect(greatest(gaps)).toBeLessThanOrEqual(1001);
    // The first attempt's 11 s are over before it is looked for.
    expect(looks.length).toBeGreaterThanOrEqual(8);
    expect(looks.length).toBeLessThan(30);
  });
});

test('a BMC that answers after one forgotten command was never lost', async () => {
  const { clock, device, told, port } = await bench({ faults: [{ kind: 'drop', at: 2 }] });

  expect(await clock.until(outcomeOf(device.request(CHANGE)))).toEqual({
    code: 'BMC_UNRESPONSIVE',
    outcome: 'unknown',
  });
  await clock.pass(60_000);

  expect(told).toEqual([]);
  expect(device.state).toBe('ready');
  // Looked for once, and asked anew what it can do: it may have restarted.
  expect(port.bmc.executed.map(({ cmd }) => cmd)).toEqual([0x36, 0x01, 0x01, 0x01, 0x36]);
});

test('a BMC that hears nothing for a minute is asked one question after the other', async () => {
  const deaf: Fault = { kind: 'deaf', fromMs: 1000, forMs: 60_000 };
  const { clock, device, told, port } = await bench({ faults: [deaf] });
  await clock.pass(2000);

  expect(await clock.until(wait(device, 100_000))).toEqual(expect.arrayContaining([0x20]));

  // The simulated BMC claims 10 s, so that an attempt is 11 s: the last unheard one is over then.
  expect(clock.now()).toBeLessThan(61_000 + 11_000 + 1100);
  expect(told.map(([, ...words]) => words)).toEqual([['lost', 'silent'], ['ready']]);
  expect(questions(port).length).toBeGreaterThan(2);
  expect(questions(port).length).toBeLessThanOrEqual(2 + 7);
});

test('a request that only reads survives any silence that is shorter than its time', async () => {
  const faults = [2, 3, 4, 6, 7, 8].map((at) => ({ kind: 'drop', at }) as const);
  const { clock, device } = await bench({ faults });

  expect(await clock.until(wait(device, 300_000))).toEqual(expect.arrayContaining([0x20]));
});

test('a BMC that says it is starting is asked until it has started', async () => {
  const starting = [3, 4, 5, 6].map((at) => ({ kind: 'code', at, code: 0xd2 }) as const);
  const { clock, device, told } = await bench({ faults: [{ kind: 'drop', at: 2 }, ...starting] });

  await clock.until(outcomeOf(device.request(CHANGE)));
  expect(await clock.until(outcomeOf(device.request(CHANGE)))).toEqual([7]);

  expect(told.map(([, ...words]) => words)).toEqual([['lost', 'starting'], ['ready']]);
});

test('capabilities are asked anew: a BMC that comes back with others is believed', async () => {
  const capabilities = [1, 63, 63, 5, 0];
  const faults: readonly Fault[] = [{ kind: 'reset', fromMs: 1000, forMs: 0 }, AWAY];
  const { clock, device, port } = await bench({ faults, capabilities });
  expect(device.capabilities?.responseTimeSeconds).toBe(5);
  await clock.pass(2000);
  capabilities[3] = 20;

  await clock.until(wait(device, 100_000));

  expect(device.capabilities?.responseTimeSeconds).toBe(20);
  expect(new Set(port.bmc.executed.map(({ seq }) => seq)).size).toBe(port.bmc.executed.length);
});

test('a lazy device is not asked what it can do, and a long frame waits for the BMC', async () => {
  const deaf: Fault = { kind: 'deaf', fromMs: 0, forMs: 40_000 };
  const { clock, device, port } = await bench({ faults: [deaf], bringUp: 'lazy' });
  const data = Uint8Array.from({ length: 100 }, (_, index) => index);

  const short = wait(device, 100_000);
  const long = outcomeOf(device.request({ ...CHANGE, data }, { timeoutMs: 100_000 }));

  expect(await clock.until(long)).toEqual([...data]);
  expect(await clock.until(short)).toEqual(expect.arrayContaining([0x20]));
  expect(port.bmc.executed.filter(({ data }) => data.length === 100)).toHaveLength(1);
});

test('a lazy device that finds its BMC again knows from then on who it is', async () => {
  const { clock, device } = await bench({ faults: [AWAY], bringUp: 'lazy' });
  await clock.pass(1000);
  expect(device.deviceId).toBeUndefined();

  await clock.until(wait(device, 100_000));

  expect(device.deviceId).toMatchObject({ deviceId: 0x20 });
});

describe('while nobody waits', () => {
  test('a lost BMC is looked for twice a minute, and the device says when it is back', async () => {
    const away: Fault = { kind: 'floats', value: 0xff, fromMs: 1000, forMs: 600_000 };
    const { clock, device, port, told } = await bench({ faults: [away] });
    let looks = 0;
    const inb = port.inb.bind(port);
    port.inb = (at) => {
      looks += at === 0xce6 ? 1 : 0;
      return inb(at);
    };
    await clock.pass(2000);
    await clock.until(wait(device, 20_000));
    looks = 0;

    await clock.pass(540_000);
    expect(looks).toBeGreaterThanOrEqual(2 * 9 - 1);
    expect(looks).toBeLessThanOrEqual(2 * 9 + 10);
    await clock.pass(120_000);

    expect(told.map(([, name]) => name)).toEqual(['lost', 'ready']);
  });

  test('a new request makes it look at once', async () => {
    const away: Fault = { kind: 'floats', value: 0xff, fromMs: 1000, forMs: 100_000 };
    const { clock, device } = await bench({ faults: [away] });
    await clock.pass(2000);
    await clock.until(wait(device, 20_000));
    await clock.pass(80_000 + 7000);

    const startMs = clock.now();
    await clock.until(wait(device, 20_000));

    expect(clock.now() - startMs).toBeLessThan(5);
  });
});

test('a loss that one process notices makes the others look, too, before they go on', async () => {
  const clock = new VirtualClock();
  const away: Fault = { kind: 'deaf', fromMs: 1000, forMs: 60_000 };
  const port = new FaultyBmc({ clock, seed: 1, faults: [away] });
  const lock = new SharedLock();
  const [a, b] = [sharer('a', { port, clock, lock }), sharer('b', { port, clock, lock })];
  for (const device of [a, b]) {
    const deadlineMs = clock.now() + 1000;
    const how = { clock, deadlineMs, attemptMs: undefined, signal: undefined };
    await clock.until(device.bringUp('full', how));
  }
  await clock.pass(2000);

  expect(await clock.until(wait(a, 100_000))).toEqual(expect.arrayContaining([0x20]));
  const commands = port.bmc.executed.length;
  expect(await clock.until(wait(b, 100_000))).toEqual(expect.arrayContaining([0x20]));

  expect(lock.losses).toBe(1);
  const asked = port.bmc.executed.slice(commands).map(({ cmd }) => cmd);
  expect(asked).toEqual([0x01, 0x36, 0x01]);
  expect([a, b].map((device) => device.statistics().recoveries)).toEqual([1, 0]);
  for (const device of [a, b]) await device.close();
  await clock.pass(1);
});

test('close() while the BMC is lost ends the looking and settles who waits', async () => {
  const away: Fault = { kind: 'deaf', fromMs: 1000, forMs: Infinity };
  const { clock, device } = await bench({ faults: [away] });
  await clock.pass(2000);
  const waiting = wait(device, 100_000);
  await clock.pass(50_000);
  expect(device.state).toBe('lost');

  await device.close();

  expect(await clock.until(waiting)).toEqual({ code: 'DEVICE_CLOSED', outcome: 'unknown' });
  expect(device.state).toBe('closed');
});
