/** The reader of events alone: what it asks of a BMC, what it emits, and what it counts. */

import { describe, expect, test } from 'vitest';

import { EventReader, PAUSE_MS, READS_MAX } from '../../src/bmc/event-reader.ts';
import { Pause } from '../../src/clock.ts';
import { newStatistics } from '../../src/driver/statistics.ts';
import { IpmiError } from '../../src/errors.ts';
import { silentLog } from '../../src/log.ts';
import type { BmcEvent } from '../../src/ipmi/bmc-event.ts';
import { SIM_EVENT } from '../../src/sim/commands.ts';
import { VirtualClock } from '../../src/sim/virtual-clock.ts';

const [CLEAR, FLAGS, MESSAGE, EVENT] = [0x30, 0x31, 0x33, 0x35];
const [OK, EMPTY, BUSY, TIMEOUT] = [0x00, 0x80, 0xc0, 0xc3];

type Answer = readonly number[] | IpmiError | (() => readonly number[]);

/** A BMC that gives these answers to each command, the last one for ever. */
function bench(answers: Readonly<Record<number, readonly Answer[]>>) {
  const clock = new VirtualClock();
  const statistics = newStatistics();
  const left = new Map(Object.entries(answers).map(([cmd, list]) => [Number(cmd), [...list]]));
  const asked: (readonly number[])[] = [];
  const events: BmcEvent[] = [];
  const logged: unknown[] = [];
  const refusals: unknown[] = [];
  const listener = { isWanted: true, isHeard: true };
  const awaited = { takes: false, emptied: 0 };
  const acknowledging: number[] = [];
  const reader = new EventReader({
    asker: {
      request: ({ cmd, data = [] }, options) => {
        asked.push([cmd, ...data]);
        if (options?.acknowledges === true) acknowledging.push(cmd);
        const list = left.get(cmd) ?? [];
        const given = (list.length > 1 ? list.shift() : list[0]) ?? [OK];
        const answer = typeof given === 'function' ? given() : given;
        if (answer instanceof IpmiError) return Promise.reject(answer);
        const [completionCode = OK, ...bytes] = answer;
        return Promise.resolve({ completionCode, data: Uint8Array.from(bytes) });
      },
    },
    pause: new Pause(clock),
    statistics,
    section: (work) => work(),
    log: { ...silentLog, warn: (fields, text) => void logged.push([text, fields]) },
    isWanted: () => listener.isWanted,
    isHeard: () => listener.isWanted && listener.isHeard,
    answers: { offer: () => awaited.takes, emptied: () => void (awaited.emptied += 1) },
    audience: () => (event) => void events.push(event),
    refused: (refusal) => void refusals.push(refusal),
  });
  const serve = (): Promise<boolean> => clock.until(reader.serve());
  const told = { events, logged, refusals };
  return { clock, statistics, asked, ...told, listener, awaited, acknowledging, reader, serve };
}

test('without a flag only the flags are read, which clears SMS_ATN', async () => {
  const { asked, events, acknowledging, reader, statistics, serve } = bench({
    [FLAGS]: [[OK, 0x00]],
  });

  expect(await serve()).toBe(true);

  expect(asked).toEqual([[FLAGS]]);
  expect(acknowledging).toEqual([FLAGS]);
  expect(events).toEqual([]);
  expect(reader.isDue).toBe(false);
  expect(statistics.flagFetches).toBe(1);
});

describe('flags that are not to be had', () => {
  test.each([
    ['a completion code', [BUSY, 0x02]],
    ['no data', [OK]],
  ])('by %s are due again', async (_, answer) => {
    const { asked, reader, serve } = bench({ [FLAGS]: [answer] });

    expect(await serve()).toBe(false);
    expect(asked).toEqual([[FLAGS]]);
    expect(reader.isDue).toBe(true);
  });
});

test('messages are read before events, each up to the end of its queue', async () => {
  const { asked, events, statistics, refusals, reader, serve } = bench({
    [FLAGS]: [[OK, 0x03]],
    [MESSAGE]: [[OK, 0x4f, 1, 2], [EMPTY]],
    [EVENT]: [[OK, ...SIM_EVENT], [OK, ...SIM_EVENT], [EMPTY]],
  });

  expect(await serve()).toBe(true);

  expect(asked).toEqual([[FLAGS], [MESSAGE], [MESSAGE], [EVENT], [EVENT], [EVENT]]);
  expect(events[0]).toEqual({ kind: 'message', channel: 0x0f, data: Uint8Array.of(1, 2) });
  expect(events.slice(1)).toMatchObject([
    { kind: 'event', record: { raw: Uint8Array.from(SIM_EVENT) } },
    { kind: 'event', record: { raw: Uint8Array.from(SIM_EVENT) } },
  ]);
  expect(statistics).toMatchObject({ incomingMessages: 1, events: 2, eventsMissed: 0 });
  expect([reader.isDue, refusals]).toEqual([false, []]);
});

test('success without data is the end of a queue', async () => {
  const { asked, events, statistics, serve } = bench({
    [FLAGS]: [[OK, 0x03]],
    [EVENT]: [[OK]],
  });

  expect(await serve()).toBe(true);

  expect(asked).toEqual([[FLAGS], [MESSAGE], [EVENT]]);
  expect([events, statistics.eventsMissed]).toEqual([[], 0]);
});

test('a queue without end is left after so many reads, with a pause before each', async () => {
  const { clock, asked, events, reader, serve } = bench({
    [FLAGS]: [[OK, 0x03]],
    [MESSAGE]: [[OK, 0x00]],
  });

  expect(await serve()).toBe(true);

  expect(asked).toEqual([[FLAGS], ...Array.from({ length: READS_MAX }, () => [MESSAGE])]);
  expect(events).toHaveLength(READS_MAX);
  expect(clock.now()).toBe(READS_MAX * PAUSE_MS);
  expect(reader.isDue).toBe(true);
});

test('a BMC that is not ready to be read brought nothing, and is due again', async () => {
  const { asked, reader, statistics, serve } = bench({ [FLAGS]: [[OK, 0x02]], [EVENT]: [[BUSY]] });

  expect(await serve()).toBe(false);

  expect(asked).toEqual([[FLAGS], [EVENT]]);
  expect(reader.isDue).toBe(true);
  expect(statistics.eventsMissed).toBe(0);
});

test('nothing is read once the listener has gone', async () => {
  const { asked, events, listener, reader, serve } = bench({
    [FLAGS]: [[OK, 0x02]],
    [EVENT]: [[OK, ...SIM_EVENT]],
  });
  listener.isWanted = false;

  expect(await serve()).toBe(false);

  expect(asked).toEqual([[FLAGS]]);
  expect(events).toEqual([]);
  expect(reader.isDue).toBe(true);
});

test('what was read before the listener has gone counts', async () => {
  const { asked, events, listener, serve } = bench({
    [FLAGS]: [[OK, 0x03]],
    [MESSAGE]: [
      () => {
        listener.isWanted = false;
        return [OK, 0x00, 7];
      },
    ],
  });

  expect(await serve()).toBe(true);
  expect(asked).toEqual([[FLAGS], [MESSAGE]]);
  expect(events).toHaveLength(1);
});

describe('a read whose answer is missing', () => {
  test('by its completion code is counted as a lost event', async () => {
    const { statistics, serve } = bench({ [FLAGS]: [[OK, 0x02]], [EVENT]: [[TIMEOUT]] });

    expect(await serve()).toBe(false);
    expect(statistics).toMatchObject({ events: 0, eventsMissed: 1 });
  });

  test.each([
    ['unknown', 1],
    ['answered', 1],
    ['not-sent', 0],
  ] as const)('by an error whose outcome is %s counts %i', async (outcome, eventsMissed) => {
    const error = new IpmiError('BMC_UNRESPONSIVE', 'silent', { outcome });
    const { asked, statistics, reader, serve } = bench({
      [FLAGS]: [[OK, 0x02]],
      [EVENT]: [error],
    });

    await expect(serve()).rejects.toBe(error);

    expect(asked).toEqual([[FLAGS], [EVENT]]);
    expect(statistics.eventsMissed).toBe(eventsMissed);
    expect(reader.isDue).toBe(true);
  });
});

describe('flags with nothing behind them', () => {
  test('are emitted and cleared, those alone', async () => {
    const { asked, events, statistics, serve } = bench({ [FLAGS]: [[OK, 0xb8]] });

    expect(await serve()).toBe(true);

    expect(events).toEqual([{ kind: 'watchdogPretimeout' }, { kind: 'oem', flags: 0xa0 }]);
    // Bit 4 is reserved.
    expect(asked).toEqual([[FLAGS], [CLEAR, 0xa8]]);
    expect(statistics.watchdogPretimeouts).toBe(1);
  });

  test('are emitted again after they were cleared', async () => {
    const { events, serve } = bench({ [FLAGS]: [[OK, 0x20]] });

    await serve();
    await serve();

    expect(events).toEqual([
      { kind: 'oem', flags: 0x20 },
      { kind: 'oem', flags: 0x20 },
    ]);
  });

  test('are emitted once, though they could not be read in between', async () => {
    const { events, serve } = bench({
      [FLAGS]: [[OK, 0x20], [BUSY], [OK, 0x20]],
      [CLEAR]: [[BUSY]],
    });

    for (let times = 0; times < 3; times += 1) await serve();
    expect(events).toHaveLength(1);
  });

  test('are emitted once while the BMC does not clear them, and again when it has', async () => {
    const { events, serve } = bench({
      [FLAGS]: [
        [OK, 0x20],
        [OK, 0x20],
        [OK, 0x00],
        [OK, 0x20],
      ],
      [CLEAR]: [[BUSY]],
    });

    await serve();
    await serve();
    expect(events).toHaveLength(1);
    await serve();
    await serve();

    expect(events).toHaveLength(2);
  });
});

describe('messages that are read because an answer is awaited', () => {
  const ANSWERS = { [MESSAGE]: [[OK, 0x27, 1, 2], [EMPTY]] };

  test('are not told where one of those who wait takes them', async () => {
    const { clock, reader, awaited, events, logged, statistics } = bench(ANSWERS);
    awaited.takes = true;

    expect(await clock.until(reader.serveMessages())).toBe(1);
    expect([events, logged, awaited.emptied]).toEqual([[], [], 1]);
    expect(statistics).toMatchObject({ incomingMessages: 1, eventsMissed: 0 });
  });

  test('are counted and logged without their bytes where none does, and there is no listener', async () => {
    const { clock, reader, listener, logged, statistics } = bench(ANSWERS);
    listener.isHeard = false;

    expect(await clock.until(reader.serveMessages())).toBe(1);
    expect(logged).toEqual([['message missed: there is no listener', { channel: 7 }]]);
    expect(statistics).toMatchObject({ incomingMessages: 1, eventsMissed: 1 });
  });

  test('are told to a listener where none does', async () => {
    const { clock, reader, events, logged, statistics } = bench(ANSWERS);

    expect(await clock.until(reader.serveMessages())).toBe(1);
    expect(events).toMatchObject([{ kind: 'message', channel: 7, data: Uint8Array.of(1, 2) }]);
    expect([logged, statistics.eventsMissed]).toEqual([[], 0]);
  });

  test('are all read when the queue is empty, and not when the BMC is busy', async () => {
    const { clock, reader, awaited } = bench({ [MESSAGE]: [[BUSY], [OK, 7, 1], [EMPTY]] });

    expect(await clock.until(reader.serveMessages())).toBe(0);
    expect(awaited.emptied).toBe(0);
    expect(await clock.until(reader.serveMessages())).toBe(1);
    expect(awaited.emptied).toBe(1);
  });
});
