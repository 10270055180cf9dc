/**
 * Events out of a stream, each handled once: whatever the disk refuses, and wherever the process is
 * killed or the power is lost, an event that was acknowledged is on the disk.
 */

import { VirtualClock } from 'ipmi-bt/sim/clock';
import { expect, test } from 'vitest';

import { offenders } from '../../../../test/support/lists.ts';
import { BATCH_MAX, EventIntake } from '../../src/events/intake.ts';
import type { HeldMessage } from '../../src/events/held-messages.ts';
import { SeenIds } from '../../src/events/seen-ids.ts';
import { bodyOf } from '../../src/nats/protocol.ts';
import { FakeDisk } from '../disk/fake-disk.ts';
import { turn } from './turn.ts';

const AT = '2026-01-01T00:00:00.000Z';

const eventOf = (id: string, host = 'a') => ({ host, id, kind: 'sel', at: AT });

async function* asStream(
  messages: AsyncIterable<HeldMessage> | Iterable<HeldMessage>,
): AsyncGenerator<HeldMessage> {
  yield* messages;
}

/** A stream that sends again what was not acknowledged, and a reader's disk; all in one book. */
class Rig {
  readonly disk = new FakeDisk();
  readonly clock = new VirtualClock();
  readonly book: string[] = [];
  readonly errors: string[] = [];
  /** Events that the handler rejects. */
  readonly refused = new Set<string>();
  #waiting: string[];

  constructor(ids: readonly string[]) {
    this.#waiting = [...ids];
  }

  get waiting(): readonly string[] {
    return this.#waiting;
  }

  told(id: string): number {
    return this.book.filter((line) => line === `told ${id}`).length;
  }

  /** Sends all that waits to a reader that starts, until it has taken them or is killed. */
  async read(ids: readonly string[] = this.#waiting): Promise<void> {
    await this.readFrom(ids.map((id) => this.message(id)));
  }

  async readFrom(
    messages: AsyncIterable<HeldMessage> | Iterable<HeldMessage>,
    max?: number,
  ): Promise<void> {
    await this.intake({}, max).run(asStream(messages));
  }

  /** `waits`: what the handler of an event waits for. */
  intake(waits: Readonly<Record<string, Promise<void>>>, max?: number): EventIntake {
    return new EventIntake({
      prefix: 'ipmi-bt',
      seen: new SeenIds(this.disk, max),
      onEvent: async ({ id }) => {
        this.disk.step();
        if (this.refused.has(id)) throw new Error(`no ${id}`);
        await waits[id];
        this.book.push(`told ${id}`);
        await Promise.resolve();
      },
      onError: (error) => void this.errors.push((error as Error).message),
      clock: this.clock,
    });
  }

  message(id: string, data: object = eventOf(id), deliveries = 1): HeldMessage {
    const sayer =
      (what: string, isEnd: boolean) =>
      (delayMs?: unknown): void => {
        if (this.disk.isDead) return;
        this.book.push(typeof delayMs === 'number' ? `${what} ${id} ${delayMs}` : `${what} ${id}`);
        if (isEnd) this.#waiting = this.#waiting.filter((one) => one !== id);
      };
    const ways = { ack: sayer('ack', true), nak: sayer('nak', false), term: sayer('term', true) };
    return { subject: 'ipmi-bt-events.a', data: bodyOf(data), deliveries, ...ways };
  }
}

const THREE = ['1', '2', '3'];

test('events that wait are acknowledged together, behind one synchronization', async () => {
  const rig = new Rig(THREE);
  const sync = rig.disk.sync.bind(rig.disk);
  rig.disk.sync = (name) => {
    rig.book.push('sync');
    sync(name);
  };
  await rig.read();

  expect(rig.book).toEqual(['told 1', 'told 2', 'told 3', 'sync', 'ack 1', 'ack 2', 'ack 3']);
});

test('an event that comes alone is acknowledged without waiting for the next one', async () => {
  const rig = new Rig([]);
  let end = (): void => undefined;
  const ended = new Promise<void>((resolve) => (end = resolve));
  async function* one(): AsyncGenerator<HeldMessage> {
    yield rig.message('1');
    await ended;
  }
  const reading = rig.readFrom(one());
  while (!rig.book.includes('ack 1')) await turn();

  expect(rig.book).toEqual(['told 1', 'ack 1']);
  end();
  await reading;
});

test('an id that a killed process has written is on the disk before it is acknowledged', async () => {
  const rig = new Rig(['1']);
  new SeenIds(rig.disk).add('a 1');
  await rig.read();
  expect(rig.book).toEqual(['ack 1']);
  rig.disk.restart(0);

  expect(new SeenIds(rig.disk).has('a 1')).toBe(true);
});

test('what was handled waits a tenth of a second at most for what comes behind it', async () => {
  const rig = new Rig([]);
  const waits = {
    get '2'() {
      rig.clock.skip(100);
      return Promise.resolve();
    },
  };
  await rig.intake(waits).run(asStream(THREE.map((id) => rig.message(id))));

  expect(rig.book).toEqual(['told 1', 'told 2', 'ack 1', 'ack 2', 'told 3', 'ack 3']);
});

test('no more than a batch waits for its acknowledgement', async () => {
  const ids = Array.from({ length: BATCH_MAX + 1 }, (_, at) => `${at}`);
  const rig = new Rig(ids);
  await rig.read();

  expect(rig.book.indexOf('ack 0')).toBe(BATCH_MAX);
  expect(rig.waiting).toEqual([]);
});

test('an event that is sent twice at once is told once, and acknowledged twice', async () => {
  const rig = new Rig(['1']);
  await rig.read(['1', '1']);

  expect(rig.book).toEqual(['told 1', 'ack 1', 'ack 1']);
});

test('an event that cannot be handled is asked for again, and holds up no other', async () => {
  const rig = new Rig(THREE);
  rig.refused.add('2');
  await rig.read();
  expect(rig.waiting).toEqual(['2']);
  expect(rig.errors).toEqual(['no 2']);
  rig.refused.clear();
  await rig.read();

  expect(rig.book.slice(-2)).toEqual(['told 2', 'ack 2']);
});

test('one that can never be handled is told after a longer time each time', async () => {
  const rig = new Rig([]);
  rig.refused.add('1');
  const deliveries = [1, 2, 3, 9, 10, 2000];
  await rig.readFrom(deliveries.map((count) => rig.message('1', eventOf('1'), count)));

  const delaysMs = [1000, 2000, 4000, 256_000, 300_000, 300_000];
  expect(rig.book).toEqual(delaysMs.map((delayMs) => `nak 1 ${delayMs}`));
});

test('what was handled can be acknowledged while another event takes its time', async () => {
  const rig = new Rig([]);
  let end = (): void => undefined;
  const ended = new Promise<void>((resolve) => (end = resolve));
  const intake = rig.intake({ '2': ended });
  const reading = intake.run(asStream(THREE.map((id) => rig.message(id))));
  while (!rig.book.includes('told 1')) await turn();
  await turn();
  expect(rig.book).toEqual(['told 1']);
  intake.acknowledge();
  expect(rig.book).toEqual(['told 1', 'ack 1']);
  end();
  await reading;
  expect(rig.book.slice(2)).toEqual(['told 2', 'told 3', 'ack 2', 'ack 3']);
});

test.each([
  ['of another host', eventOf('1', 'b'), /is not that of its subject/],
  ['whose host is no name', eventOf('1', 'A.b'), /is not written as agents write theirs/],
  ['that is none', { host: 'a' }, /id is wrong/],
])('a message %s is told, and not asked for again', async (_, data, told) => {
  const rig = new Rig(['1']);
  await rig.readFrom([rig.message('1', data)]);

  expect(rig.errors).toEqual([expect.stringMatching(told)]);
  expect(rig.errors[0]).toMatch(/^the message of ipmi-bt-events\.a is no event: /);
  expect(rig.book).toEqual(['term 1']);
});

test.each([[['append']], [['sync']], [['append', 'replace']], [['sync', 'replace']]] as const)(
  'a disk that refuses %j has events told once, and acknowledged when it is well again',
  async (steps) => {
    const rig = new Rig(THREE);
    const isFull = { value: true };
    for (const step of steps as readonly ('append' | 'sync' | 'replace')[]) {
      const well = rig.disk[step].bind(rig.disk);
      rig.disk[step] = (name: string, text?: string) => {
        if (isFull.value) throw new Error('ENOSPC');
        well(name, text ?? '');
      };
    }
    async function* again(): AsyncGenerator<HeldMessage> {
      yield* THREE.map((id) => rig.message(id));
      await turn();
      isFull.value = false;
      yield* rig.waiting.map((id) => rig.message(id));
    }
    await rig.readFrom(again());

    expect(THREE.map((id) => rig.told(id))).toEqual([1, 1, 1]);
    expect(rig.waiting).toEqual([]);
    // A reader that starts knows them all.
    await rig.read(THREE);
    expect(THREE.map((id) => rig.told(id))).toEqual([1, 1, 1]);
  },
);

test('the file of ids stays short, and the last of them are known', async () => {
  const ids = Array.from({ length: 1000 }, (_, at) => `${at}`);
  const rig = new Rig(ids);
  for (const id of ids) await rig.readFrom([rig.message(id)], 10);

  expect(rig.disk.read('seen.log')?.split('\n').length).toBeLessThanOrEqual(21);
  await rig.readFrom(
    ids.slice(-10).map((id) => rig.message(id)),
    10,
  );
  expect(rig.told('999')).toBe(1);
});

const STEPS = 4 * THREE.length;

test.each(Array.from({ length: STEPS }, (_, at) => [0, 0.5, 1].map((keeps) => [at, keeps])).flat())(
  'killed at step %i, with %d of what was not synchronized, it loses no event',
  async (step = 0, keeps = 0) => {
    const rig = new Rig(THREE);
    rig.disk.killAt(step);
    await rig.read().catch(() => undefined);
    const acknowledged = THREE.filter((id) => rig.book.includes(`ack ${id}`));
    rig.disk.restart(keeps);
    await rig.read();

    expect(rig.waiting).toEqual([]);
    expect(offenders(THREE, (id) => rig.told(id) === 0)).toEqual([]);
    // An event may be told again whose id was not written; what is acknowledged is.
    await rig.read(acknowledged);
    expect(acknowledged.map((id) => rig.told(id))).toEqual(acknowledged.map(() => 1));
    // A process that is killed without a loss of power is in one event at a time.
    const twice = THREE.filter((id) => rig.told(id) > 1);
    expect(twice.length).toBeLessThanOrEqual(keeps === 1 ? 1 : THREE.length);
  },
);
