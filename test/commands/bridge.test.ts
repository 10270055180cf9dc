/** Requests to satellite controllers, through a simulated BMC. */

import { describe, expect, onTestFinished, test } from 'vitest';

import { bridge, commands } from '../../src/commands/index.ts';
import { open } from '../../src/index.ts';
import type { BmcEvent } from '../../src/index.ts';
import { SimBmc } from '../../src/sim/bmc.ts';
import type { Satellite, SatelliteRequest, SimOptions } from '../../src/sim/bmc.ts';
import { VirtualClock } from '../../src/sim/virtual-clock.ts';
import { offenders } from '../support/lists.ts';

const GET_DEVICE_ID = { netFn: 0x06, cmd: 0x01 };
const CHANGE = { netFn: 0x30, cmd: 0x01 };
const SEND = 0x34;
const GET_MESSAGE = 0x33;

/** Answers with its address and the data of the request. */
function echo(address: number, others: Partial<Satellite> = {}): Satellite {
  return { address, answer: ({ data }) => [0x00, address, ...data], ...others };
}

async function rig(satellites: readonly Satellite[], options: SimOptions = {}) {
  const clock = new VirtualClock();
  const sim = new SimBmc({ clock, satellites, responseMs: 1, ...options });
  const device = await clock.until(open({ base: sim.base, port: sim, clock, bringUp: 'lazy' }));
  onTestFinished(() => clock.until(device.close()));
  const sent = (cmd: number): number => sim.executed.filter((one) => one.cmd === cmd).length;
  return { clock, sim, device, sent };
}

test('a request reaches its controller, and its answer comes back, in two transactions', async () => {
  const asked: SatelliteRequest[] = [];
  const answer = (request: SatelliteRequest) => {
    asked.push(request);
    return [0xc1, 7, 8];
  };
  const { clock, sim, device } = await rig([{ address: 0x2c, answer }]);
  const before = sim.executed.length;

  const satellite = bridge(device, { address: 0x2c, lun: 1 }, { clock });
  const reply = await clock.until(
    satellite.request({ netFn: 0x04, cmd: 0x2d, data: Uint8Array.of(9) }),
  );

  expect(reply).toEqual({ completionCode: 0xc1, data: Uint8Array.of(7, 8) });
  expect(asked).toMatchObject([{ netFn: 0x04, cmd: 0x2d, lun: 1, data: Uint8Array.of(9) }]);
  expect(sim.executed.length - before).toBe(2);
});

test('a request that names a logical unit has that in the place of the target’s', async () => {
  const asked: number[] = [];
  const answer = ({ lun }: SatelliteRequest) => [0x00, asked.push(lun)];
  const { clock, device } = await rig([{ address: 0x2c, answer }]);
  const satellite = bridge(device, { address: 0x2c, lun: 1 }, { clock });

  await clock.until(satellite.request({ ...CHANGE, lun: 3 }));
  await clock.until(satellite.request({ ...CHANGE, lun: 0 }));
  await clock.until(satellite.request(CHANGE));

  expect(asked).toEqual([3, 0, 1]);
});

test('an answer whose checksums are not those of the bus is taken, as ipmi_sim has them', async () => {
  const respond: SimOptions['respond'] = ({ cmd }, honest) => {
    if (cmd !== GET_MESSAGE) return [honest];
    // Length, NetFn/LUN, number, command, completion code, channel, NetFn/LUN: then the first one.
    return [{ ...honest, frame: honest.frame.with(7, 0x00).with(-1, 0x00) }];
  };
  const { clock, device } = await rig([echo(0x2c)], { respond });

  const reply = await clock.until(bridge(device, { address: 0x2c }, { clock }).request(CHANGE));

  expect(reply).toEqual({ completionCode: 0x00, data: Uint8Array.of(0x2c) });
});

test('typed commands work through a bridge', async () => {
  const answer = () => [0x00, 0x01, 0x00, 0x40];
  const { clock, device } = await rig([{ address: 0x2c, answer }]);

  const { chassis } = commands(bridge(device, { address: 0x2c }, { clock }));

  expect((await clock.until(chassis.status())).power.isOn).toBe(true);
});

test('many at once to several controllers each get their own answer', async () => {
  const { clock, device } = await rig([echo(0x2c), echo(0x2e)]);
  const ways = [0x2c, 0x2e].map((address) => ({
    address,
    way: bridge(device, { address }, { clock }),
  }));

  const replies = await clock.until(
    Promise.all(
      Array.from({ length: 40 }, async (_, at) => {
        const { address, way } = ways[at % 2] ?? { address: 0, way: device };
        const reply = await way.request({ ...CHANGE, data: Uint8Array.of(at) });
        return [address, at, ...reply.data];
      }),
    ),
  );

  expect(replies).toHaveLength(40);
  const isWrong = ([address, at, ...data]: readonly number[]) => data.join() !== `${address},${at}`;
  expect(offenders(replies, isWrong)).toEqual([]);
});

test('a controller behind another is reached through it', async () => {
  const { clock, device } = await rig([echo(0x2c, { satellites: [echo(0x72, { channel: 7 })] })]);
  const target = { address: 0x72, channel: 7, transit: { address: 0x2c } };

  const far = bridge(device, target, { clock });
  const reply = await clock.until(far.request({ ...CHANGE, data: Uint8Array.of(5) }));

  expect([...reply.data]).toEqual([0x72, 5]);
  const absent = bridge(device, { ...target, address: 0x74 }, { clock });
  await expect(clock.until(absent.request(CHANGE))).rejects.toMatchObject({
    code: 'COMMAND_FAILED',
    completionCode: 0x83,
    message: expect.stringContaining('the controller at 0x2c answered 0x83 (NAK') as string,
  });
});

describe('a controller that does not answer', () => {
  test('is asked three times if the command only reads, and once if it may change something', async () => {
    const { clock, device, sent } = await rig([{ address: 0x2c, answer: () => undefined }]);
    const way = bridge(device, { address: 0x2c }, { clock, attemptMs: 500 });

    await expect(clock.until(way.request(GET_DEVICE_ID))).rejects.toMatchObject({
      code: 'REQUEST_TIMEOUT',
      outcome: 'unknown',
      message: expect.stringMatching(
        /to the controller at 0x2c on channel 0: no answer within/,
      ) as string,
    });
    expect(sent(SEND)).toBe(3);
    await expect(clock.until(way.request(CHANGE))).rejects.toMatchObject({ outcome: 'unknown' });
    expect(sent(SEND)).toBe(4);
  });

  test('is not at the address: the BMC says so at once', async () => {
    const { clock, device, sent } = await rig([echo(0x2c)]);

    const way = bridge(device, { address: 0x2e }, { clock });

    await expect(clock.until(way.request(CHANGE))).rejects.toMatchObject({
      code: 'COMMAND_FAILED',
      completionCode: 0x83,
    });
    expect(sent(GET_MESSAGE)).toBe(0);
  });

  test('can be given up by a signal', async () => {
    const { clock, device } = await rig([{ address: 0x2c, answer: () => undefined }]);
    const controller = new AbortController();
    const way = bridge(device, { address: 0x2c }, { clock });
    const request = way.request(CHANGE, { signal: controller.signal });
    clock.timer(100, () => {
      controller.abort();
    });

    await expect(clock.until(request)).rejects.toMatchObject({ code: 'REQUEST_ABORTED' });
  });
});

test('messages of others are told to a listener, and do not disturb', async () => {
  const { clock, sim, device } = await rig([echo(0x2c)]);
  const heard: BmcEvent[] = [];
  device.on('event', (event) => heard.push(event));
  sim.addMessage([0x00, 0x18, 0xc8, 0x20, 0x04, 0x01, 0xdb]);

  const way = bridge(device, { address: 0x2c }, { clock });
  const reply = await clock.until(way.request({ ...CHANGE, data: Uint8Array.of(1) }));
  await clock.until(new Promise<void>((resolve) => void clock.timer(1000, resolve)));

  expect([...reply.data]).toEqual([0x2c, 1]);
  expect(heard.map(({ kind }) => kind)).toEqual(['message']);
});

test('reading stops when no answer is awaited', async () => {
  const { clock, sim, device, sent } = await rig([echo(0x2c)]);
  await clock.until(bridge(device, { address: 0x2c }, { clock }).request(CHANGE));
  const before = sent(GET_MESSAGE);

  sim.addMessage([0x00, 0x18, 0xc8, 0x20, 0x04, 0x01, 0xdb]);
  await clock.until(new Promise<void>((resolve) => void clock.timer(10_000, resolve)));

  expect(sent(GET_MESSAGE)).toBe(before);
});

test('closing the device ends the waiting', async () => {
  const { clock, device } = await rig([{ address: 0x2c, answer: () => undefined }]);
  const request = bridge(device, { address: 0x2c }, { clock }).request(CHANGE);
  clock.timer(50, () => void device.close());

  await expect(clock.until(request)).rejects.toMatchObject({ code: 'DEVICE_CLOSED' });
});

test('an address that is odd, and others that are none, are refused', async () => {
  const { device } = await rig([]);

  expect(() => bridge(device, { address: 0x2d })).toThrow('address 0x2d is odd');
  expect(() => bridge(device, { address: 0x100 })).toThrow(RangeError);
  expect(() => bridge(device, { address: 0x2c, channel: 16 })).toThrow('channel');
  expect(() => bridge(device, { address: 0x2c, transit: { address: 3 } })).toThrow(
    'transit.address',
  );
});
