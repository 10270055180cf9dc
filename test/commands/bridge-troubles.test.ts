/** Requests to satellite controllers that end badly: late answers, a BMC that refuses, closing. */

import { describe, expect, onTestFinished, test } from 'vitest';

import { bridge } from '../../src/commands/index.ts';
import type { BridgeOptions, BridgeTarget } from '../../src/commands/index.ts';
import { open } from '../../src/index.ts';
import type { BmcEvent } from '../../src/index.ts';
import { SimBmc } from '../../src/sim/bmc.ts';
import type { SatelliteRequest, SimOptions } from '../../src/sim/bmc.ts';
import { VirtualClock } from '../../src/sim/virtual-clock.ts';
import { nonEmpty, offenders } from '../support/lists.ts';

const READ = { netFn: 0x06, cmd: 0x01 };
const CHANGE = { netFn: 0x30, cmd: 0x01 };
const [GET_FLAGS, GET_MESSAGE, SEND, READ_EVENT] = [0x31, 0x33, 0x34, 0x35];
const OK = 0x00;
const EVENT = [0x01, 0x00, 0x02, 0, 0, 0, 0, 0x20, 0x00, 0x04, 0x01, 0x30, 0x01, 0x50, 0, 0];

/** The first `silent` requests get no answer from the controller, all others their own data. */
async function rig(options: SimOptions & { readonly silent?: number } = {}) {
  const { silent = 0, ...others } = options;
  const clock = new VirtualClock();
  const asked: SatelliteRequest[] = [];
  const answer = (request: SatelliteRequest) => {
    asked.push(request);
    return asked.length > silent ? [OK, ...request.data] : undefined;
  };
  const satellites = [{ address: 0x2c, answer }];
  const sim = new SimBmc({ clock, satellites, responseMs: 1, ...others });
  const device = await clock.until(open({ base: sim.base, port: sim, clock, bringUp: 'lazy' }));
  onTestFinished(async () => {
    await clock.until(device.close());
    expect(clock.pending).toBe(0);
  });
  const way = bridge(device, { address: 0x2c }, { clock });
  const count = (cmd: number): number => sim.executed.filter((one) => one.cmd === cmd).length;
  return { clock, sim, device, way, asked, count };
}

/** The answer of the controller to the last Send Message, as the BMC's queue has it. */
function answerTo(sim: SimBmc, ...data: readonly number[]): readonly number[] {
  const sent = sim.executed.filter(({ cmd }) => cmd === SEND).at(-1);
  const [channel = 0, address = 0, target = 0, , , number = 0, cmd = 0] = sent?.data ?? [];
  const head = [(((target >> 2) + 1) << 2) | 2];
  const body = [address, number & 0xfc, cmd, OK, ...data];
  const sum = (bytes: readonly number[]): number => bytes.reduce((all, byte) => all + byte, 0);
  return [channel, ...head, -sum([0x20, ...head]) & 0xff, ...body, -sum(body) & 0xff];
}

test('an answer that comes after its time is not taken for that of a later request', async () => {
  const { clock, sim, device, way } = await rig({ silent: 1 });
  const heard: BmcEvent[] = [];
  await expect(clock.until(way.request(CHANGE))).rejects.toMatchObject({ outcome: 'unknown' });
  sim.addMessage(answerTo(sim, 0xee));

  const replies = await clock.until(
    Promise.all(
      Array.from({ length: 63 }, (_, at) => way.request({ ...CHANGE, data: Uint8Array.of(at) })),
    ),
  );
  device.on('event', (event) => heard.push(event));
  await clock.pass(1000);

  const isWrong = ({ data: [first] }: { readonly data: Uint8Array }) => first === 0xee;
  expect(offenders(replies, isWrong)).toEqual([]);
  expect(heard).toEqual([]);
  expect(device.statistics().eventsMissed).toBe(0);
});

describe('the time of a controller', () => {
  test('is what the caller says, if it is asked but once', async () => {
    const { clock, sim, way } = await rig({ silent: 1 });
    const request = way.request(CHANGE, { timeoutMs: 30_000 });
    clock.timer(9000, () => {
      sim.addMessage(answerTo(sim, 7));
    });

    expect([...(await clock.until(request)).data]).toEqual([7]);
  });

  test('is told by the error', async () => {
    const { clock, way, count } = await rig({ silent: 9 });
    const request = way.request(READ, { timeoutMs: 10_000 });

    await expect(clock.until(request)).rejects.toThrow('no answer within 59');
    expect(count(SEND)).toBe(3);
    expect(clock.now()).toBeGreaterThanOrEqual(10_000);
    expect(clock.now()).toBeLessThan(10_010);
  });

  test('begins when the BMC has passed the request on, which may take longer', async () => {
    const { clock, way } = await rig({ responseMs: 1500 });

    expect((await clock.until(way.request(CHANGE))).completionCode).toBe(OK);
  });
});

test('a repeat that was not sent does not say that the request never was', async () => {
  const { clock, sim, device, way, count } = await rig({ silent: 1 });
  const request = way.request(CHANGE, { timeoutMs: 9000, retries: 3 });
  clock.timer(1000, () => {
    sim.fail('silent', { forMs: 60_000 });
    device.request(READ).catch(() => undefined);
  });

  await expect(clock.until(request)).rejects.toMatchObject({ outcome: 'unknown' });
  expect(count(SEND)).toBe(1);
});

describe('a device that is closed while an answer is awaited', () => {
  test('says that the request may have been executed', async () => {
    const { clock, device, way, asked } = await rig({ silent: 1 });
    const request = way.request(CHANGE);
    clock.timer(100, () => void device.close());

    const closed = { code: 'DEVICE_CLOSED', outcome: 'unknown' };
    await expect(clock.until(request)).rejects.toMatchObject(closed);
    expect(asked).toHaveLength(1);
  });

  test('rejects at once and closes soon, also with a listener', async () => {
    const { clock, sim, device, way } = await rig({ silent: 1 });
    device.on('event', () => undefined);
    await clock.pass(500);
    const request = way.request(CHANGE, { timeoutMs: 60_000 });
    const rejected = expect(request).rejects.toMatchObject({ code: 'DEVICE_CLOSED' });
    await clock.pass(100);

    const sinceMs = clock.now();
    await clock.until(device.close());

    await rejected;
    expect(clock.now() - sinceMs).toBeLessThan(100);
    expect(sim.globalEnables).toBe(0x08);
  });
});

test('no event is read without a listener while an answer is awaited', async () => {
  const { clock, sim, device, way, count } = await rig({ silent: 1, responseMs: 20 });
  const heard: BmcEvent[] = [];
  const listener = (event: BmcEvent): void => void heard.push(event);
  device.on('event', listener);
  await clock.pass(1000);
  for (let at = 0; at < 8; at += 1) {
    clock.timer(at, () => {
      sim.addEvent(EVENT);
    });
  }
  const request = way.request(CHANGE, { timeoutMs: 3000 });
  const rejected = expect(request).rejects.toMatchObject({ code: 'REQUEST_TIMEOUT' });
  while (count(READ_EVENT) === 0) await clock.pass(1);
  device.off('event', listener);
  await clock.pass(4000);

  await rejected;
  expect(heard.length + device.statistics().eventsMissed).toBe(count(READ_EVENT));
  expect(count(READ_EVENT)).toBeLessThan(3);
});

/** The answer of a controller at 0x72 as the one at 0x2c passes it on, in the answer to its own. */
function passedOn({ netFn = CHANGE.netFn + 1, cmd = CHANGE.cmd, isSpoilt = false }) {
  const sum = (bytes: readonly number[]): number => bytes.reduce((all, byte) => all + byte, 0);
  const [head, body] = [
    [0x2c, netFn << 2],
    [0x72, 0, cmd, OK, 5],
  ];
  return [...head, -sum(head) & 0xff, ...body, (isSpoilt ? 1 : -sum(body)) & 0xff];
}

describe('a controller behind another', () => {
  async function reached(answer: readonly number[]) {
    const satellites = [{ address: 0x2c, answer: () => [OK, ...answer] }];
    const { clock, device } = await rig({ satellites });
    const far = bridge(device, { address: 0x72, transit: { address: 0x2c } }, { clock });
    return await clock.until(far.request(CHANGE));
  }

  test('is understood', async () => {
    expect([...(await reached(passedOn({}))).data]).toEqual([5]);
  });

  test.each([
    ['to another command', passedOn({ cmd: 2 })],
    ['to another network function', passedOn({ netFn: 0x33 })],
    ['that is spoilt', passedOn({ isSpoilt: true })],
    ['that is cut', passedOn({}).slice(0, 5)],
    ['without a byte', []],
  ])('has given no reply where an answer comes %s', async (_, answer) => {
    await expect(reached(answer)).rejects.toMatchObject({
      ...{ code: 'RESPONSE_MALFORMED', outcome: 'unknown' },
      message: expect.stringContaining("the transit controller's answer holds no reply") as string,
    });
  });
});

describe('a BMC', () => {
  /** It has a message and does not say so, by bit or by flag. */
  const shy: SimOptions = {
    answer: ({ cmd }) => (cmd === GET_FLAGS ? [OK, 0x00] : undefined),
  };

  test.each([
    ['does not set the flag', shy],
    [
      'refuses to tell its flags',
      { answer: ({ cmd }) => (cmd === GET_FLAGS ? [0xc1] : undefined) },
    ],
  ] as [string, SimOptions][])(
    'that %s is asked for the answer, also with a listener',
    async (_, options) => {
      const { clock, device, way } = await rig(options);
      device.on('event', () => undefined);
      await clock.pass(1000);

      expect((await clock.until(way.request(CHANGE))).completionCode).toBe(OK);
    },
  );

  test.each([
    ['with a listener', true],
    ['without one', false],
  ])(
    'is asked a bounded number of questions for an answer that does not come, %s',
    async (_, has) => {
      const { clock, sim, device, way } = await rig({ silent: 9 });
      if (has) device.on('event', () => undefined);
      await clock.pass(1000);
      const before = sim.executed.length;

      const request = way.request(CHANGE, { timeoutMs: 10_000 });
      await expect(clock.until(request)).rejects.toThrow('no answer');

      // Ten a second, and the event service's own.
      expect(sim.executed.length - before).toBeLessThan(130);
    },
  );

  test.each([0xc1, 0xc2, 0xd4])('that refuses Get Message with %i is named', async (code) => {
    const { clock, way } = await rig({
      answer: ({ cmd }) => (cmd === GET_MESSAGE ? [code] : undefined),
    });

    await expect(clock.until(way.request(CHANGE))).rejects.toMatchObject({
      ...{ code: 'COMMAND_FAILED', outcome: 'unknown', completionCode: code },
      message: expect.stringContaining('refuses Get Message with 0x') as string,
    });
  });
});

test('a value that is no command, no option or no target is refused', async () => {
  const { device, clock, way, count } = await rig();
  const asked = [{ cmd: 0x101 }, { netFn: 0x46 }, { netFn: 0x31 }, { lun: 4 }, { lum: 1 }];
  for (const wrong of nonEmpty(asked)) {
    await expect(way.request({ ...CHANGE, ...wrong })).rejects.toThrow(
      /Error|must be|odd|no field/u,
    );
  }
  const late = { timeoutMS: 1 } as object;
  await expect(way.request(CHANGE, late)).rejects.toThrow('did you mean timeoutMs?');
  const data = 'secret' as unknown as Uint8Array;
  await expect(way.request({ ...CHANGE, data })).rejects.toThrow('a Uint8Array, not a string');
  expect(count(SEND)).toBe(0);

  const near = { address: 0x2c, chanel: 6 } as BridgeTarget;
  expect(() => bridge(device, near)).toThrow('did you mean channel?');
  const slow = { attemptMS: 5 } as BridgeOptions;
  expect(() => bridge(device, { address: 0x2c }, slow)).toThrow('did you mean attemptMs?');
  expect(() => bridge(device, { address: 0x2c }, { attemptMs: NaN })).toThrow('attemptMs');
  expect(() => bridge(way as never, { address: 0x2c })).toThrow('expectAnswer');
  expect(() => bridge(device, { address: 0x2c }, { clock })).not.toThrow();
});
