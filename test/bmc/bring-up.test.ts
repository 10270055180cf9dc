/**
 * Bring-up is ordinary traffic: these tests show what it asks, what it tolerates, and which
 * requests wait for it.
 */

import { describe, expect, test } from 'vitest';

import { bringUp } from '../../src/bmc/bring-up.ts';
import type { Reply } from '../../src/ipmi/message.ts';
import { DEFAULT_CAPABILITIES } from '../../src/ipmi/bt-capabilities.ts';
import type { PortIo } from '../../src/port/port.ts';
import { SimBmc } from '../../src/sim/bmc.ts';
import { SIM_DEVICE_ID } from '../../src/sim/commands.ts';
import { TURN_MS, VirtualClock } from '../../src/sim/virtual-clock.ts';
import { bringUpOptions, echo, outcomeOf, rig, send, wire } from '../support/rig.ts';
import { BentPort, CyclePort } from '../support/wraps.ts';

const CAPABILITIES = 0x36;
const DEVICE_ID = 0x01;
const EMPTY_REPLY: Reply = { completionCode: 0, data: new Uint8Array() };

describe('bring-up', () => {
  test('asks for capabilities and device id: two transactions, in that order', async () => {
    const { clock, bmc, access, statistics } = rig();

    const identity = await clock.until(bringUp(access, bringUpOptions(clock)));

    expect(bmc.executed.map(({ cmd }) => cmd)).toEqual([CAPABILITIES, DEVICE_ID]);
    expect(statistics.completeTransactions).toBe(2);
    expect(identity.deviceId?.deviceId).toBe(SIM_DEVICE_ID[0]);
    expect(identity.capabilities?.responseTimeSeconds).toBe(10);
  });

  test('honours the response time the BMC claims from the next attempt on', async () => {
    const capabilities = [1, 0x3f, 0x3f, 2, 0];
    const responseMs = ({ cmd }: { cmd: number }): number => (cmd === CAPABILITIES ? 0 : 60_000);
    const { clock, access } = rig({ capabilities, responseMs });

    const options = { ...bringUpOptions(clock), deadlineMs: 2999 };
    const outcome = outcomeOf(bringUp(access, options).then(() => EMPTY_REPLY));

    // 2 s and 1 s of grace from the first look after the ring: just past this deadline.
    expect(await clock.until(outcome)).toEqual({ code: 'BMC_UNRESPONSIVE', outcome: 'unknown' });
    expect(clock.now()).toBe(2999);
  });

  test.each([
    ['a completion code', [0xc1]],
    ['too few bytes', [0x00, 1, 0x3f]],
  ])('goes on with defaults when capabilities are answered with %s', async (_, reply) => {
    const { clock, access } = rig({
      answer: ({ cmd }) => (cmd === CAPABILITIES ? reply : undefined),
    });

    const { capabilities } = await clock.until(bringUp(access, bringUpOptions(clock)));

    expect(capabilities).toEqual(DEFAULT_CAPABILITIES);
  });

  test('asks for no capabilities, and has none, where the interface knows none', async () => {
    const { clock, bmc, access } = rig();

    const options = bringUpOptions(clock);
    const found = await clock.until(bringUp({ ...access, hasCapabilities: false }, options));

    expect(bmc.executed.map(({ cmd }) => cmd)).toEqual([DEVICE_ID]);
    expect(found.capabilities).toBeUndefined();
    expect(found.deviceId).toBeDefined();
  });

  test('leaves half of its time to the device id, whatever the time is', async () => {
    const { clock, bmc, access } = rig({
      answer: ({ cmd }) => (cmd === CAPABILITIES ? 'drop' : undefined),
    });
    await clock.pass(1_000_000);

    const options = { ...bringUpOptions(clock), deadlineMs: clock.now() + 8000 };
    const { deviceId } = await clock.until(bringUp(access, options));

    expect(bmc.executed.map(({ cmd }) => cmd)).toEqual([CAPABILITIES, DEVICE_ID]);
    expect(deviceId).toBeDefined();
    // The attempt that is on the wire ends first, after 6 s.
    expect(clock.now()).toBeLessThan(1_007_000);
  });

  test('goes on with defaults when the BMC drops the capabilities request twice', async () => {
    const { clock, bmc, access } = rig({
      answer: ({ cmd }) => (cmd === CAPABILITIES ? 'drop' : undefined),
    });

    const { deviceId } = await clock.until(bringUp(access, bringUpOptions(clock)));

    expect(bmc.executed.map(({ cmd }) => cmd)).toEqual([CAPABILITIES, CAPABILITIES, DEVICE_ID]);
    expect(deviceId).toBeDefined();
    // Two attempts of 5 s and 1 s of grace, each counted from the turn after the ring.
    expect(clock.now()).toBe(2 * (6000 + TURN_MS));
  });

  test('has time left for Get Device ID where the capabilities are never answered', async () => {
    const { clock, access } = rig({
      answer: ({ cmd }) => (cmd === CAPABILITIES ? 'drop' : undefined),
    });
    const options = { ...bringUpOptions(clock), deadlineMs: 9000 };

    const { deviceId } = await clock.until(bringUp(access, options));

    expect(deviceId).toBeDefined();
  });

  test('has no device id when the BMC says that it does not know Get Device ID', async () => {
    const { clock, access } = rig({
      answer: ({ cmd }) => (cmd === DEVICE_ID ? [0xc1] : undefined),
    });

    const { deviceId } = await clock.until(bringUp(access, bringUpOptions(clock)));

    expect(deviceId).toBeUndefined();
  });

  test('takes no answer from the data of an error', async () => {
    const { clock, access } = rig({
      answer: ({ cmd }) =>
        cmd === CAPABILITIES ? [0xc1, 1, 99, 99, 9, 9] : [0xc1, ...SIM_DEVICE_ID],
    });

    expect(await clock.until(bringUp(access, bringUpOptions(clock)))).toEqual({
      capabilities: DEFAULT_CAPABILITIES,
      deviceId: undefined,
    });
  });

  test('goes on with defaults when the answer about capabilities is cut short', async () => {
    const cut = [{ afterMs: 0, frame: Uint8Array.of(2, 0x1c, 0) }];
    const { clock, access } = rig({
      respond: ({ cmd }, honest) => (cmd === CAPABILITIES ? cut : [honest]),
    });

    const { capabilities, deviceId } = await clock.until(bringUp(access, bringUpOptions(clock)));

    expect(capabilities).toEqual(DEFAULT_CAPABILITIES);
    expect(deviceId).toBeDefined();
  });

  test('fails with the words of the request that was not answered, and says which', async () => {
    const { clock, access } = rig({
      answer: ({ cmd }) => (cmd === DEVICE_ID ? 'drop' : undefined),
    });

    const error = await clock.until(
      bringUp(access, bringUpOptions(clock)).catch((cause: unknown) => cause),
    );

    expect(String(error)).toBe(
      'IpmiError: BMC_UNRESPONSIVE: the BMC does not answer Get Device ID: REQUEST_TIMEOUT: ' +
        'netFn 0x6 cmd 0x1 lun 0: no reply within 30000 ms; the BMC may have executed it',
    );
  });

  test('an abort while the BMC is asked who it is is an abort', async () => {
    const { clock, access } = rig({ responseMs: ({ cmd }) => (cmd === DEVICE_ID ? 500 : 0) });
    const controller = new AbortController();
    clock.timer(100, () => {
      controller.abort();
    });

    const options = { ...bringUpOptions(clock), signal: controller.signal };
    const outcome = outcomeOf(bringUp(access, options).then(() => EMPTY_REPLY));

    expect(await clock.until(outcome)).toEqual({ code: 'REQUEST_ABORTED', outcome: 'unknown' });
    expect(clock.now()).toBe(100);
    await clock.pass(500);
  });

  test('asks a BMC that is initializing again until it answers', async () => {
    let busy = 5;
    const answer = (): readonly number[] | undefined => ((busy -= 1) > 0 ? [0xc0] : undefined);
    const { clock, access } = rig({ answer });

    const { deviceId } = await clock.until(bringUp(access, bringUpOptions(clock)));

    expect(deviceId?.firmwareRevision).toBe('2.35');
  });
});

describe('a request handed in during bring-up', () => {
  test.each([
    ['a BMC that answers at once', 0],
    ['a BMC that takes 3 ms', 3],
    ['a BMC that takes 1.1 s', 1100],
  ])('waits its turn and is answered, at every register cycle: %s', async (_, responseMs) => {
    const cycles = await placeAt(responseMs, Infinity);
    expect(cycles).toBeGreaterThanOrEqual(30);

    for (let cycle = 0; cycle < cycles; cycle += 1) await placeAt(responseMs, cycle);
  });
});

/** Brings up, handing a request in at one register cycle; returns how many cycles there were. */
async function placeAt(responseMs: number, at: number): Promise<number> {
  const clock = new VirtualClock();
  const replies: Promise<Reply>[] = [];
  const bmc = new SimBmc({ clock, responseMs });
  const port = new CyclePort(bmc, (cycle) => {
    if (cycle === at) replies.push(send(driver, echo(cycle & 0xff)));
  });
  const { driver, access } = wire(port, clock);

  const { deviceId } = await clock.until(bringUp(access, bringUpOptions(clock)));
  const { cycles } = port;
  const echoed = await clock.until(Promise.all(replies));

  expect(deviceId?.deviceId).toBe(SIM_DEVICE_ID[0]);
  expect(echoed.map(({ data }) => [...data])).toEqual(at === Infinity ? [] : [[at & 0xff]]);
  const asked = bmc.executed.map(({ cmd, netFn }) => [netFn, cmd]);
  expect(asked.slice(0, 2)).toEqual([
    [0x06, CAPABILITIES],
    [0x06, DEVICE_ID],
  ]);
  expect(asked).toHaveLength(at === Infinity ? 2 : 3);
  driver.close();
  bmc.assertQuiet();
  expect(clock.pending).toBe(0);
  return cycles;
}

describe('presence', () => {
  test('nothing there is found out by two looks 1 s apart, without one write', async () => {
    const { clock, access, bmc } = rig({ wrap: (port) => new BentPort(port, () => 0xff) });

    const outcome = outcomeOf(bringUp(access, bringUpOptions(clock)).then(() => EMPTY_REPLY));

    expect(await clock.until(outcome)).toEqual({ code: 'DEVICE_ABSENT', outcome: 'not-sent' });
    expect(clock.now()).toBe(1000);
    expect(bmc.writes).toBe(0);
  });

  test.each([
    ['BT_CTRL bit 0', 0xce4, 0x01],
    ['BT_CTRL bit 1', 0xce4, 0x02],
    ['BT_INTMASK bit 5', 0xce6, 0x20],
    ['BT_INTMASK bit 6', 0xce6, 0x40],
  ])('%s reads 1: that is no BT interface, and it is not written to', async (_, at, bit) => {
    const wrap = (port: PortIo): PortIo =>
      new BentPort(port, (number, value) => (number === at ? value | bit : value));
    const { clock, access, bmc } = rig({ wrap });

    const outcome = outcomeOf(bringUp(access, bringUpOptions(clock)).then(() => EMPTY_REPLY));

    expect(await clock.until(outcome)).toEqual({ code: 'DEVICE_ABSENT', outcome: 'not-sent' });
    expect(bmc.writes).toBe(0);
  });

  test.each([
    [0xff, 0xff, 'nothing decodes there'],
    [0xff, 0x63, 'another device decodes there'],
    [0x63, 0xff, 'another device decodes there'],
  ])('BT_CTRL %i and BT_INTMASK %i mean that %s', async (ctrl, mask, meaning) => {
    const { clock, access } = rig({
      wrap: (port) => new BentPort(port, (at) => (at === 0xce4 ? ctrl : mask)),
    });
    const words = [ctrl, mask].map((value) => `0x${value.toString(16)}`).join(' and BT_INTMASK ');

    const brought = bringUp(access, bringUpOptions(clock));

    await expect(clock.until(brought)).rejects.toThrow(
      `DEVICE_ABSENT: no BMC at 0xce4: BT_CTRL reads ${words}: ${meaning}`,
    );
  });

  test('the second look comes no later than the deadline', async () => {
    const { clock, access } = rig({ wrap: (port) => new BentPort(port, () => 0xff) });
    clock.skip(5000);
    const options = { ...bringUpOptions(clock), deadlineMs: 5300 };

    const outcome = outcomeOf(bringUp(access, options).then(() => EMPTY_REPLY));

    expect(await clock.until(outcome)).toEqual({ code: 'DEVICE_ABSENT', outcome: 'not-sent' });
    expect(clock.now()).toBe(5300);
  });

  test('a bit that reads 0 only the first time is not believed', async () => {
    let reads = 0;
    const wrap = (port: PortIo): PortIo =>
      new BentPort(port, (_, value) => ((reads += 1) > 2 ? value | 0x63 : value));
    const { clock, access } = rig({ wrap });

    const outcome = outcomeOf(bringUp(access, bringUpOptions(clock)).then(() => EMPTY_REPLY));

    expect(await clock.until(outcome)).toEqual({ code: 'DEVICE_ABSENT', outcome: 'not-sent' });
  });

  test('a BMC that floats the bus for half a second is there at the second look', async () => {
    let floating = true;
    const wrap = (port: PortIo): PortIo =>
      new BentPort(port, (_, value) => (floating ? 0xff : value));
    const { clock, access } = rig({ wrap });
    clock.timer(500, () => {
      floating = false;
    });

    const { deviceId } = await clock.until(bringUp(access, bringUpOptions(clock)));

    expect(deviceId).toBeDefined();
  });

  test('aborting during the second between the looks gives up at once', async () => {
    const { clock, access } = rig({ wrap: (port) => new BentPort(port, () => 0xff) });
    const controller = new AbortController();
    clock.timer(300, () => {
      controller.abort();
    });

    const options = { ...bringUpOptions(clock), signal: controller.signal };
    const outcome = outcomeOf(bringUp(access, options).then(() => EMPTY_REPLY));

    expect(await clock.until(outcome)).toEqual({ code: 'REQUEST_ABORTED', outcome: 'not-sent' });
    expect(clock.now()).toBe(300);
  });
});
