/** The library's front: open(), request(), list(), on the simulated BMC. */

import { describe, expect, test } from 'vitest';

import { IpmiError, list, open } from '../../src/index.ts';
import type { OpenOptions } from '../../src/index.ts';
import { SimBmc } from '../../src/sim/bmc.ts';
import type { SimOptions } from '../../src/sim/bmc.ts';
import { VirtualClock } from '../../src/sim/virtual-clock.ts';
import { offenders } from '../support/lists.ts';
import { outcomeOf } from '../support/rig.ts';
import { BentPort } from '../support/wraps.ts';

const CAPABILITIES = 0x36;
const ECHO = { netFn: 0x30, cmd: 0x01 };

/** A simulated BMC on a virtual clock, and the options that open it. */
function bench(options: SimOptions = {}) {
  const clock = new VirtualClock();
  const bmc = new SimBmc({ clock, ...options });
  const opening: OpenOptions = { base: bmc.base, port: bmc, clock };
  return { clock, bmc, opening };
}

describe('open()', () => {
  test('brings up with two transactions, and knows the BMC then', async () => {
    const { bmc, opening } = bench();

    const device = await open(opening);

    expect(bmc.executed.map(({ cmd }) => cmd)).toEqual([CAPABILITIES, 0x01]);
    expect(device.deviceId).toMatchObject({ deviceId: 0x20, firmwareRevision: '2.35' });
    expect(device.capabilities).toMatchObject({ inputBytes: 255, responseTimeSeconds: 10 });
    await device.close();
  });

  test('asks nothing when told to be lazy; a request then costs one transaction', async () => {
    const { bmc, opening } = bench();

    const device = await open({ ...opening, bringUp: 'lazy' });
    expect(bmc.writes).toBe(0);
    await device.request({ netFn: 0x06, cmd: 0x01 });

    expect(bmc.executed).toHaveLength(1);
    expect(device.deviceId).toBeUndefined();
    await device.close();
  });

  test('gives up on a silent BMC at its deadline, with nothing left open', async () => {
    const { clock, bmc, opening } = bench({ answer: () => 'drop' });
    const listeners = process.listenerCount('exit');

    const opened = open({ ...opening, timeoutMs: 20_000 });

    await expect(clock.until(opened)).rejects.toMatchObject({
      code: 'BMC_UNRESPONSIVE',
      outcome: 'unknown',
    });
    expect(clock.now()).toBe(20_000);
    expect(clock.pending).toBe(0);
    expect(process.listenerCount('exit')).toBe(listeners);
    expect(() => bmc.inb(bmc.base)).toThrow('after close()');
  });

  test('gives up when its signal aborts', async () => {
    const { clock, opening } = bench({ responseMs: 5000 });
    const controller = new AbortController();
    clock.timer(70, () => {
      controller.abort();
    });

    const opened = open({ ...opening, signal: controller.signal });

    await expect(clock.until(opened)).rejects.toMatchObject({ code: 'REQUEST_ABORTED' });
    expect(clock.now()).toBe(70);
    expect(clock.pending).toBe(0);
  });

  test('says that nothing decodes where the bus floats', async () => {
    const { clock, bmc, opening } = bench();

    const opened = open({ ...opening, port: new BentPort(bmc, () => 0xff) });

    await expect(clock.until(opened)).rejects.toThrow(
      'DEVICE_ABSENT: no BMC at 0xce4: BT_CTRL reads 0xff and BT_INTMASK 0xff: nothing decodes there',
    );
  });

  test('names devices bt0, bt1, and the lowest free one again', async () => {
    const [first, second] = [await open(bench().opening), await open(bench().opening)];
    expect([first.name, second.name]).toEqual(['bt0', 'bt1']);
    await first.close();

    const third = await open(bench().opening);

    expect(third.name).toBe('bt0');
    await second.close();
    await third.close();
  });

  test('drives registers 4 and 16 ports apart', async () => {
    for (const spacing of [4, 16] as const) {
      const { opening } = bench({ spacing });
      const device = await open({ ...opening, spacing });
      expect(device.deviceId?.deviceId).toBe(0x20);
      await device.close();
    }
  });

  test.each<[string, object, string]>([
    [
      'a PortIo without base',
      { base: undefined },
      'TypeError: a PortIo object needs base, such as 0x',
    ],
    [
      'a spacing without base',
      { base: undefined, port: undefined, spacing: 4 },
      'TypeError: spacing works only with base',
    ],
    ['a base that is no port', { base: 0xffff }, 'RangeError: base must be an integer from 1 to'],
    ['base 0', { base: 0 }, 'RangeError: base must be'],
    ['a spacing of 2', { spacing: 2 }, 'RangeError: spacing must be 1, 4 or 16'],
    ['a timeout of 0', { timeoutMs: 0 }, 'RangeError: timeoutMs must be above 0'],
    ['an endless timeout', { timeoutMs: Infinity }, 'RangeError: timeoutMs must be above 0'],
    ['a queue of 0', { queueMax: 0 }, 'RangeError: queueMax must be an integer from 1 to 65536'],
    ['an attempt of -1 ms', { attemptTimeoutMs: -1 }, 'RangeError: attemptTimeoutMs must be'],
  ])('rejects %s and touches nothing', async (_, wrong, message) => {
    const { bmc, opening } = bench();

    const error = await open({ ...opening, ...wrong }).catch((e: unknown) => e);

    expect(String(error)).toContain(message);
    expect(error).not.toBeInstanceOf(IpmiError);
    expect(bmc.writes).toBe(0);
  });
});

describe('request()', () => {
  test('answers 0 to 252 bytes of data, each with its own', async () => {
    const { opening } = bench();
    const device = await open(opening);

    for (let length = 0; length <= 252; length += 1) {
      const data = Uint8Array.from({ length }, (_, index) => (index * 7 + length) & 0xff);
      const reply = await device.request({ ...ECHO, data });
      // A response carries one byte less than a request: the completion code.
      expect([...reply.data]).toEqual([...data.subarray(0, 251)]);
    }
    await device.close();
  });

  test('takes the data as it is at the call', async () => {
    const { clock, opening } = bench({ responseMs: 5 });
    const device = await clock.until(open(opening));
    const data = Uint8Array.of(1, 2, 3);

    const sent = [device.request({ ...ECHO, data }), device.request({ ...ECHO, data })];
    data.fill(9);

    const replies = await clock.until(Promise.all(sent));
    expect(replies.map((reply) => [...reply.data])).toEqual([
      [1, 2, 3],
      [1, 2, 3],
    ]);
    await device.close();
  });

  test('a frame not every BMC takes costs a lazy device one question first', async () => {
    const { clock, bmc, opening } = bench({ responseMs: 5 });
    const device = await open({ ...opening, bringUp: 'lazy' });
    const long = { ...ECHO, data: new Uint8Array(61) };

    const sent = [long, long, { ...ECHO }].map((input) => outcomeOf(device.request(input)));
    const outcomes = await clock.until(Promise.all(sent));

    expect(outcomes).toEqual([[...long.data], [...long.data], []]);
    expect(bmc.executed.map(({ cmd }) => cmd)).toEqual([CAPABILITIES, 0x01, 0x01, 0x01]);
    await device.close();
  });

  test('the question is asked once, and not for a frame that every BMC takes', async () => {
    const { bmc, opening } = bench();
    const device = await open({ ...opening, bringUp: 'lazy' });

    for (const bytes of [60, 61, 62]) {
      await device.request({ ...ECHO, data: new Uint8Array(bytes) });
    }

    expect(bmc.executed.map(({ cmd }) => cmd)).toEqual([0x01, CAPABILITIES, 0x01, 0x01]);
    await device.close();
  });

  test('a frame this BMC does not take is refused, and never sent', async () => {
    const { bmc, opening } = bench({ capabilities: [1, 0x3f, 0x3f, 5, 2] });
    const device = await open(opening);

    const fits = await outcomeOf(device.request({ ...ECHO, data: new Uint8Array(60) }));
    const tooLong = device.request({ ...ECHO, data: new Uint8Array(61) });

    expect(fits).toHaveLength(60);
    await expect(tooLong).rejects.toThrow(
      'REQUEST_TOO_LONG: netFn 0x30 cmd 0x1 lun 0: 61 data bytes; this BMC takes at most 60',
    );
    expect(bmc.executed).toHaveLength(3);
    await device.close();
  });

  test('a device closed while it asks for capabilities settles the request that wanted it', async () => {
    const { clock, opening } = bench({ responseMs: 100 });
    const device = await open({ ...opening, bringUp: 'lazy' });
    const sent = outcomeOf(device.request({ ...ECHO, data: new Uint8Array(100) }));
    await clock.pass(10);

    await device.close();

    expect(await clock.until(sent)).toEqual({ code: 'DEVICE_CLOSED', outcome: 'not-sent' });
    expect(clock.pending).toBe(0);
  });

  test('the stack of its error names the caller', async () => {
    const { clock, opening } = bench({ answer: () => 'drop' });
    const device = await open({ ...opening, bringUp: 'lazy' });
    async function theCaller(): Promise<void> {
      await device.request(ECHO, { timeoutMs: 5 });
    }

    const error = await clock.until(theCaller().catch((e: unknown) => e));

    expect((error as Error).stack).toContain('theCaller');
    await device.close();
  });
});

describe('list()', () => {
  test('has the base it is told of as the first', async () => {
    const [first] = await list({ base: 0xe4, spacing: 4 });

    expect(first).toMatchObject({ type: 'bt', space: 'io', base: 0xe4, spacing: 4, rank: 1 });
    expect(first?.sources[0]).toBe('explicit');
  });

  test('chooses nothing beside the one that is named', async () => {
    const listed = await list({ base: 0xe4 });

    // Whatever else this machine has, the one that is named excludes it.
    expect(listed.filter(({ base }) => base === 0xe4)).toHaveLength(1);
    expect(offenders(listed, ({ base, chosen }) => chosen && base !== 0xe4)).toEqual([]);
  });

  test('rejects what is no place', async () => {
    await expect(list({ base: -1 })).rejects.toThrow(RangeError);
    await expect(list({ spacing: 4 })).rejects.toThrow(TypeError);
  });
});
