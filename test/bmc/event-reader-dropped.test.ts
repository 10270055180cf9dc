/** Responses that answered no request: which of them hold an event that is lost, and is counted. */

import { describe, expect, test } from 'vitest';

import { EventReader } from '../../src/bmc/event-reader.ts';
import { Pause } from '../../src/clock.ts';
import type { Dropped } from '../../src/driver/machine.ts';
import { newStatistics } from '../../src/driver/statistics.ts';
import { silentLog } from '../../src/log.ts';
import { SIM_EVENT } from '../../src/sim/commands.ts';
import { VirtualClock } from '../../src/sim/virtual-clock.ts';

const [FLAGS, READ_EVENT] = [0x31, 0x35];
const [APP, STORAGE] = [0x06, 0x0a];
const [OK, EMPTY, TIMEOUT] = [0x00, 0x80, 0xc3];

const EVENT = Uint8Array.from(SIM_EVENT);
const OTHER = EVENT.with(15, 0x77);

function response(fields: Partial<Omit<Dropped, 'reply'> & Dropped['reply']> = {}): Dropped {
  const { netFn = APP, cmd = READ_EVENT, completionCode = OK, data = EVENT } = fields;
  return { netFn, cmd, reply: { completionCode, data } };
}

/** A BMC whose event buffer gives these answers; each may drop responses meanwhile. */
function bench(...answers: readonly (() => readonly number[])[]) {
  const clock = new VirtualClock();
  const statistics = newStatistics();
  const left = [...answers];
  const logged: unknown[] = [];
  const reader = new EventReader({
    asker: {
      request: ({ cmd }) => {
        const bytes = cmd === FLAGS ? [OK, 0x02] : (left.shift()?.() ?? [EMPTY]);
        const [completionCode = OK, ...data] = bytes;
        return Promise.resolve({ completionCode, data: Uint8Array.from(data) });
      },
    },
    pause: new Pause(clock),
    statistics,
    section: (work) => work(),
    log: { ...silentLog, warn: (fields) => void logged.push(fields) },
    isWanted: () => true,
    isHeard: () => true,
    answers: { offer: () => false, emptied: () => undefined },
    audience: () => () => undefined,
    refused: () => undefined,
  });
  const serve = (): Promise<boolean> => clock.until(reader.serve());
  return { reader, serve, statistics, logged };
}

const RECORD = { record: Buffer.from(EVENT).toString('hex') };

test('an event that nobody waits for is lost, counted and logged', () => {
  const { reader, statistics, logged } = bench();

  reader.dropped(response());

  expect([statistics.eventsMissed, logged]).toEqual([1, [RECORD]]);
});

test.each([
  ['of another command', { cmd: 0x33 }],
  ['of another network function', { netFn: STORAGE }],
  ['with a completion code', { completionCode: EMPTY }],
  ['without data', { data: new Uint8Array() }],
])('a response %s holds none', (_, fields) => {
  const { reader, statistics, logged } = bench();

  reader.dropped(response(fields));

  expect([statistics.eventsMissed, logged]).toEqual([0, []]);
});

describe('after an event was read', () => {
  test.each([
    ['the same again is the answer sent twice', EVENT, 0],
    ['another one is lost', OTHER, 1],
  ])('%s', async (_, data, eventsMissed) => {
    const { reader, serve, statistics } = bench(() => [OK, ...EVENT]);
    await serve();

    reader.dropped(response({ data }));

    expect(statistics).toMatchObject({ events: 1, eventsMissed });
  });
});

test('the late answer of a read that was counted is not counted again, and is logged', async () => {
  const { reader, serve, statistics, logged } = bench(() => [TIMEOUT]);
  await serve();
  reader.dropped(response());

  expect([statistics.eventsMissed, logged]).toEqual([1, [RECORD]]);
});

describe('while an event is read', () => {
  test('one of an earlier process is counted', async () => {
    const { reader, serve, statistics } = bench(() => {
      reader.dropped(response({ data: OTHER }));
      return [OK, ...EVENT];
    });
    await serve();

    expect(statistics).toMatchObject({ events: 1, eventsMissed: 1 });
  });

  test('the answer to the read before, which was counted, is not counted again', async () => {
    const { reader, serve, statistics, logged } = bench(
      () => [TIMEOUT],
      () => {
        reader.dropped(response({ data: OTHER }));
        return [OK, ...EVENT];
      },
    );
    await serve();
    await serve();

    expect(statistics).toMatchObject({ events: 1, eventsMissed: 1 });
    expect(logged).toHaveLength(1);
  });

  test('and the read itself brings nothing, one event is counted', async () => {
    const { reader, serve, statistics } = bench(() => {
      reader.dropped(response());
      return [TIMEOUT];
    });
    await serve();

    expect(statistics).toMatchObject({ events: 0, eventsMissed: 1 });
  });
});
