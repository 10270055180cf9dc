/**
 * Events in flight when the listener goes, records that cannot be told, and BMCs that refuse what
 * events need: told, or counted and logged; and said once.
 */

import { describe, expect, test } from 'vitest';

import { silentLog } from '../../src/log.ts';
import type { Log } from '../../src/log.ts';
import { SIM_EVENT } from '../../src/sim/commands.ts';
import { A_WHILE_MS, event, listening } from '../support/listening.ts';

const [GET_DEVICE_ID, SET_ENABLES, GET_ENABLES, GET_FLAGS, READ_EVENT] = [
  0x01, 0x2e, 0x2f, 0x31, 0x35,
];

function warnings(): { readonly logger: Log; readonly warned: [string, object][] } {
  const warned: [string, object][] = [];
  const logger: Log = {
    ...silentLog,
    warn: (fields, text) => void warned.push([text, fields]),
    child: () => logger,
  };
  return { logger, warned };
}

describe('an event that is being read when its listener goes', () => {
  /** A device whose read of event 1 is on the wire. */
  async function reading() {
    const bench = await listening({ responseMs: 20 });
    const { clock, bmc, device, listener } = bench;
    device.on('event', listener);
    await clock.pass(A_WHILE_MS);
    bmc.addEvent(event(1));
    while (!bmc.executed.some(({ cmd }) => cmd === READ_EVENT)) await clock.pass(1);
    return bench;
  }

  test('is told to it', async () => {
    const { clock, device, told, listener } = await reading();

    device.off('event', listener);
    await clock.pass(A_WHILE_MS);

    expect(told).toMatchObject([{ record: { sensorNumber: 1 } }]);
    expect(device.statistics()).toMatchObject({ events: 1, eventsMissed: 0 });
  });

  test('is told to another that has come, and not to it', async () => {
    const { clock, device, told, listener } = await reading();
    const others: unknown[] = [];

    device.off('event', listener).on('event', (one) => void others.push(one));
    await clock.pass(A_WHILE_MS);

    expect([told.length, others.length]).toEqual([0, 1]);
  });

  test('is told to it by close()', async () => {
    const { clock, device, told } = await reading();

    await clock.until(device.close());

    expect(told).toHaveLength(1);
  });

  test('is counted when the process ends', async () => {
    const { clock, device, told } = await reading();

    device.closeNow();
    await clock.pass(1);

    expect(told).toEqual([]);
    expect(device.statistics().eventsMissed).toBe(1);
  });
});

test('an event is told that was asked for right before the time of the question was over', async () => {
  let drops = 0;
  const { clock, bmc, device, told, listener } = await listening({
    responseMs: 20,
    answer: ({ cmd }) => {
      if (cmd !== GET_DEVICE_ID || drops === 0) return undefined;
      drops -= 1;
      return 'drop';
    },
  });
  device.on('event', listener);
  await clock.pass(A_WHILE_MS);
  const before = bmc.executed.length;
  bmc.addEvent(event(1));
  const isAsked = (): boolean => bmc.executed.slice(before).some(({ cmd }) => cmd === GET_FLAGS);
  while (!isAsked()) await clock.pass(1);

  // Its three attempts take as long as an internal request may, which is asked for 5 ms later.
  drops = 3;
  const asked = device.request({ netFn: 0x06, cmd: GET_DEVICE_ID }, { timeoutMs: 60_000 });
  await clock.until(asked);
  await clock.pass(A_WHILE_MS);

  expect(told).toMatchObject([{ record: { sensorNumber: 1 } }]);
  expect(device.statistics()).toMatchObject({ events: 1, eventsMissed: 0, orphans: 0 });
});

test('flags that are being read when the listener goes are told to it', async () => {
  const { clock, bmc, device, told, listener } = await listening({ responseMs: 20 });
  device.on('event', listener);
  await clock.pass(A_WHILE_MS);
  const before = bmc.executed.length;
  bmc.raiseFlags(0x08);
  const isAsked = (): boolean => bmc.executed.slice(before).some(({ cmd }) => cmd === GET_FLAGS);
  while (!isAsked()) await clock.pass(1);

  device.off('event', listener);
  await clock.pass(A_WHILE_MS);

  expect(told).toEqual([{ kind: 'watchdogPretimeout' }]);
});

describe('a record that cannot be told is counted, and logged with its bytes:', () => {
  test('one of another length', async () => {
    const { logger, warned } = warnings();
    const { clock, bmc, device, told, listener } = await listening({
      logger,
      answer: ({ cmd }) => (cmd === READ_EVENT ? [0x00, 1, 2, 0xab] : undefined),
    });
    device.on('event', listener);
    await clock.pass(A_WHILE_MS);
    bmc.addEvent(event(1));
    await clock.pass(A_WHILE_MS);

    expect([told, device.statistics().eventsMissed]).toEqual([[], 1]);
    expect(warned).toEqual([['event missed', { record: '0102ab' }]]);
  });

  test('one that a process before this one has asked for', async () => {
    const { logger, warned } = warnings();
    const { clock, bmc, device } = await listening({ logger });
    bmc.leaveResponse([0x1c, 0x99, READ_EVENT, 0x00, ...SIM_EVENT]);

    await clock.until(device.request({ netFn: 0x06, cmd: 0x01 }));

    expect(device.statistics().eventsMissed).toBe(1);
    const record = Buffer.from(SIM_EVENT).toString('hex');
    expect(warned).toContainEqual(['event missed', { record }]);
  });

  test('one that comes after its time, which counts once', async () => {
    const { logger, warned } = warnings();
    const { clock, bmc, device, told, listener } = await listening({
      logger,
      respond: ({ cmd }, honest) => [cmd === READ_EVENT ? { ...honest, afterMs: 13_000 } : honest],
    });
    device.on('event', listener);
    await clock.pass(A_WHILE_MS);
    bmc.addEvent(event(1));
    await clock.pass(60_000);

    expect([told, device.statistics().eventsMissed]).toEqual([[], 1]);
    const record = Buffer.from(event(1)).toString('hex');
    expect(warned).toContainEqual(['event missed', { record }]);
  });

  test('but not one that was told and comes twice', async () => {
    const { logger, warned } = warnings();
    const { clock, bmc, device, told, listener } = await listening({
      logger,
      respond: ({ cmd }, honest) => (cmd === READ_EVENT ? [honest, honest] : [honest]),
    });
    device.on('event', listener);
    await clock.pass(A_WHILE_MS);
    bmc.addEvent(event(1));
    await clock.pass(A_WHILE_MS);

    expect([told.length, device.statistics().eventsMissed]).toEqual([1, 0]);
    expect(warned.map(([text]) => text)).not.toContain('event missed');
  });
});

describe('events that may not come are a warning, and told once:', () => {
  test.each([
    [GET_ENABLES, [0xc1], 'the BMC refuses Get BMC Global Enables with 0xc1 (Invalid command)'],
    [GET_ENABLES, [0x00], 'the BMC answers Get BMC Global Enables without data'],
    [
      SET_ENABLES,
      [0xd4],
      'the BMC refuses Set BMC Global Enables with 0xd4 (Insufficient privilege level)',
    ],
    [GET_FLAGS, [0xc1], 'the BMC refuses Get Message Flags with 0xc1 (Invalid command)'],
    [READ_EVENT, [0xc1], 'the BMC refuses Read Event Message Buffer with 0xc1 (Invalid command)'],
  ])('command %i answered with %j', async (refused, answer, reason) => {
    const { logger, warned } = warnings();
    const { clock, bmc, device, listener } = await listening({
      logger,
      answer: ({ cmd }) => (cmd === refused ? answer : undefined),
    });
    const reasons: string[] = [];
    device.on('noEvents', (one) => void reasons.push(one));
    device.on('event', listener);
    await clock.pass(A_WHILE_MS);
    bmc.addEvent(event(1));
    await clock.pass(600_000);

    expect(reasons).toEqual([reason]);
    expect(warned.filter(([text]) => text === 'events may not come')).toEqual([
      ['events may not come', { reason }],
    ]);
  });

  test('a queue of messages that is refused', async () => {
    const { clock, bmc, device, listener } = await listening({
      answer: ({ cmd }) => (cmd === 0x33 ? [0xc1] : undefined),
    });
    const reasons: string[] = [];
    device.on('noEvents', (one) => void reasons.push(one));
    device.on('event', listener);
    await clock.pass(A_WHILE_MS);
    bmc.addMessage([0x07, 0xaa]);
    await clock.pass(600_000);

    expect(reasons).toEqual(['the BMC refuses Get Message with 0xc1 (Invalid command)']);
  });

  test('one question that is dropped now and then is no reason', async () => {
    let asked = 0;
    const { clock, device, listener } = await listening({
      answer: ({ cmd }) => {
        if (cmd !== GET_ENABLES) return undefined;
        asked += 1;
        return asked % 2 === 1 ? 'drop' : undefined;
      },
    });
    const reasons: string[] = [];
    device.on('noEvents', (one) => void reasons.push(one));
    device.on('event', listener);

    await clock.pass(3_600_000);

    expect(asked).toBeGreaterThan(6);
    expect(reasons).toEqual([]);
  });

  test('a question that is dropped', async () => {
    const { clock, device, listener } = await listening({
      answer: ({ cmd }) => (cmd === GET_ENABLES ? 'drop' : undefined),
    });
    const reasons: string[] = [];
    device.on('noEvents', (one) => void reasons.push(one));
    device.on('event', listener);

    await clock.pass(600_000);

    expect(reasons).toEqual(['the BMC does not answer what it is asked']);
    expect(device.state).toBe('ready');
  });

  test('and again to the next listener', async () => {
    const { clock, device, listener } = await listening({
      answer: ({ cmd }) => (cmd === GET_ENABLES ? [0xc1] : undefined),
    });
    const reasons: string[] = [];
    device.on('noEvents', (one) => void reasons.push(one));
    for (let time = 0; time < 2; time += 1) {
      device.on('event', listener);
      await clock.pass(A_WHILE_MS);
      device.off('event', listener);
      await clock.pass(A_WHILE_MS);
    }

    expect(reasons).toHaveLength(2);
  });

  test('and what the BMC says by itself is looked for as often as ever', async () => {
    const { clock, bmc, device, told, listener } = await listening({
      answer: ({ cmd }) => (cmd === GET_ENABLES ? [0xc1] : undefined),
    });
    device.on('event', listener);
    await clock.pass(120_000);
    bmc.addMessage([0x07, 0xaa]);

    await clock.pass(A_WHILE_MS);

    expect(told).toHaveLength(1);
  });
});

describe('enables that a caller sets while there is a listener', () => {
  const set = (value: number) => ({ netFn: 0x06, cmd: SET_ENABLES, data: Uint8Array.of(value) });

  test('stay when the listener goes, but for the bit that is ours', async () => {
    const { clock, bmc, device, listener } = await listening();
    device.on('event', listener);
    await clock.pass(A_WHILE_MS);
    await clock.until(device.request(set(0x24)));

    await clock.until(device.close());

    expect(bmc.globalEnables).toBe(0x20);
  });

  test('without our bit get it at once, so that no event is lost', async () => {
    const { clock, bmc, device, listener } = await listening();
    device.on('event', listener);
    await clock.pass(A_WHILE_MS);

    await clock.until(device.request(set(0x20)));
    await clock.pass(50);

    expect(bmc.globalEnables).toBe(0x24);
    await clock.until(device.close());
    expect(bmc.globalEnables).toBe(0x20);
  });

  test('at the moment when the listener comes stay as well', async () => {
    const { clock, bmc, device, listener } = await listening({ responseMs: 20 });
    device.on('event', listener);
    // While Get BMC Global Enables is with the BMC.
    await clock.pass(10);
    await clock.until(device.request(set(0x60)));
    await clock.pass(A_WHILE_MS);

    await clock.until(device.close());

    expect(bmc.globalEnables).toBe(0x60);
  });
});
