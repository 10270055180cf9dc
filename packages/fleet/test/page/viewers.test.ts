/** Streams to pages: everything at first, changes together, and the bounds of both. */

import { VirtualClock } from 'ipmi-bt/sim/clock';
import { expect, test } from 'vitest';

import { greatest } from '../../../../test/support/lists.ts';
import { HOSTS_MAX } from '../../src/fleet/host-names.ts';
import { EVENTS_MAX } from '../../src/page/limits.ts';
import type { Delta, HostRow } from '../../src/page/messages.ts';
import { FleetModel } from '../../src/page/model.ts';
import { PIECE_ROWS } from '../../src/page/viewer.ts';
import type { ViewerStream } from '../../src/page/viewer.ts';
import { BATCH_MS, BEAT_MS, VIEWERS_MAX, Viewers } from '../../src/page/viewers.ts';
import { START_MS, eventOf } from './rig.ts';

/** A page that takes what comes, or that takes nothing until it is told. */
class Stream implements ViewerStream {
  readonly texts: string[] = [];
  end_: 'open' | 'ended' | 'destroyed' = 'open';
  isSlow = false;
  readonly listeners = new Map<string, () => void>();

  write(text: string): boolean {
    if (this.end_ !== 'open') throw new Error('bug: written behind the end');
    this.texts.push(text);
    return !this.isSlow;
  }

  end(text = ''): void {
    this.texts.push(text);
    this.end_ = 'ended';
  }

  destroy(): void {
    this.end_ = 'destroyed';
  }

  on(event: string, listener: () => void): void {
    this.listeners.set(event, listener);
  }

  tell(event: 'close' | 'drain'): void {
    this.listeners.get(event)?.();
  }

  get names(): readonly string[] {
    return this.texts.map((text) => /^event: (\w+)$/m.exec(text)?.[1] ?? '');
  }

  get messages(): readonly Delta[] {
    return this.texts.map((text) => JSON.parse(/^data: (.*)$/m.exec(text)?.[1] ?? '') as Delta);
  }

  /** The rows as a page has them in the end. */
  get rows(): ReadonlyMap<string, HostRow> {
    const rows = this.messages.flatMap((one) => one.rows ?? []);
    return new Map(rows.map((row) => [row.host, row]));
  }
}

function viewersOf(count = 0) {
  const clock = new VirtualClock();
  const status = { version: '1', intervalMs: 30_000, smokeIntervalMs: null };
  const model = new FleetModel({ wallMs: () => START_MS, status });
  model.add(Array.from({ length: count }, (_, at) => `h${at}`));
  return { clock, model, viewers: new Viewers({ clock, model }) };
}

function hostsIn(stream: Stream): readonly (readonly string[] | undefined)[] {
  return stream.messages.map(({ rows }) => rows?.map(({ host }) => host));
}

test('a page gets everything, then changes of a moment together', async () => {
  const { clock, model, viewers } = viewersOf();
  model.add(['a']);
  const stream = new Stream();
  viewers.add(stream);
  model.add(['b']);
  model.add(['c']);
  const before = stream.names;
  await clock.pass(BATCH_MS);
  viewers.close();

  expect([before, stream.names]).toEqual([['snapshot'], ['snapshot', 'delta', 'bye']]);
  expect(hostsIn(stream)).toEqual([['a'], ['b', 'c'], undefined]);
  expect(stream.messages[0]?.isWhole).toBe(true);
  expect(clock.pending).toBe(0);
});

test('a fleet without hosts is whole at once', () => {
  const { viewers } = viewersOf();
  const stream = new Stream();
  viewers.add(stream);
  viewers.close();

  expect(stream.messages[0]).toMatchObject({ rows: [], events: [], isWhole: true });
});

test('a sign of life comes always', async () => {
  const { clock, viewers } = viewersOf();
  const stream = new Stream();
  viewers.add(stream);
  await clock.pass(2 * BEAT_MS);
  viewers.close();

  expect(stream.names).toEqual(['snapshot', 'beat', 'beat', 'bye']);
});

test('there are so many pages and no more, until one goes', () => {
  const { viewers } = viewersOf();
  const streams = Array.from({ length: VIEWERS_MAX }, () => new Stream());
  const taken = streams.map((stream) => viewers.add(stream));
  const refused = viewers.add(new Stream());
  streams[0]?.tell('close');
  const again = viewers.add(new Stream());
  viewers.close();

  expect([new Set(taken), refused, again]).toEqual([new Set([true]), false, true]);
});

test('the largest fleet comes in pieces, each when the one before was taken, and is whole', async () => {
  const { clock, model, viewers } = viewersOf(HOSTS_MAX);
  const stream = new Stream();
  stream.isSlow = true;
  viewers.add(stream);
  const early = stream.texts.length;
  model.event(eventOf('h1', 'e', 'hot'), START_MS);
  for (let at = 1; stream.texts.at(-1)?.includes('"isWhole":true') !== true; at += 1) {
    // Longer than a page that takes nothing is kept: this one takes a piece now and then.
    await clock.pass(4 * BEAT_MS);
    expect([stream.texts.length, stream.end_]).toEqual([at, 'open']);
    stream.tell('drain');
  }
  viewers.close();

  const { messages } = stream;
  const sizes = messages.slice(0, -1).map(({ rows = [] }) => rows.length);
  const hosts = messages.flatMap(({ rows = [] }) => rows.map(({ host }) => host));
  expect([early, new Set(hosts).size]).toEqual([1, HOSTS_MAX]);
  expect([greatest(sizes), sizes[0]]).toEqual([PIECE_ROWS, PIECE_ROWS]);
  expect(stream.names.slice(0, -1)).toEqual([
    'snapshot',
    ...Array<string>(HOSTS_MAX / PIECE_ROWS - 1).fill('delta'),
  ]);
  expect(messages[0]?.isWhole).toBe(false);
  expect(messages[1]?.events?.map(({ host }) => host)).toEqual(['h1']);
});

test('what changes while a page does not take it comes once, as it is then', async () => {
  const { clock, model, viewers } = viewersOf(3);
  const stream = new Stream();
  stream.isSlow = true;
  viewers.add(stream);
  for (let at = 0; at < 200; at += 1) {
    const [code, outcome] = ['BMC_UNRESPONSIVE', 'unknown'] as const;
    const failure = { kind: 'failure', code, outcome, isFromAgent: true } as const;
    model.heard('h1', { ...failure, message: `number ${at}` }, 1);
    model.event(eventOf(`h${at % 3}`, `e${at}`, 'hot'), START_MS);
    await clock.pass(BATCH_MS / 2);
    if (at % 40 === 39) stream.tell('drain');
  }
  viewers.close();

  expect(stream.names.filter((name) => name === 'delta')).toHaveLength(5);
  expect(stream.rows.get('h1')?.detail).toBe('BMC_UNRESPONSIVE: number 199');
  const changed = stream.messages.slice(1, -1).map(({ rows }) => rows?.length);
  expect(changed).toEqual(Array<number>(5).fill(1));
  expect(greatest(stream.messages.map(({ events = [] }) => events.length))).toBeLessThanOrEqual(
    EVENTS_MAX,
  );
});

test('a page that takes nothing is cut off, has its place given to another, and the others go on', async () => {
  const { clock, model, viewers } = viewersOf();
  const [slow, quick] = [new Stream(), new Stream()];
  slow.isSlow = true;
  viewers.add(slow);
  viewers.add(quick);
  model.add(['a']);
  await clock.pass(5 * BEAT_MS);
  const before = slow.end_;
  await clock.pass(2 * BEAT_MS);
  const count = viewers.count;
  slow.tell('drain');
  slow.tell('close');
  viewers.close();

  expect([before, slow.end_, slow.names, count]).toEqual(['open', 'destroyed', ['snapshot'], 1]);
  expect([quick.end_, quick.names.slice(0, 2)]).toEqual(['ended', ['snapshot', 'delta']]);
});

test('a page that goes in the middle of the first picture gets nothing more', async () => {
  const { clock, model, viewers } = viewersOf(3 * PIECE_ROWS);
  const stream = new Stream();
  stream.isSlow = true;
  viewers.add(stream);
  stream.tell('drain');
  stream.tell('close');
  stream.tell('drain');
  model.add(['late']);
  await clock.pass(BEAT_MS);

  expect([stream.names, viewers.count]).toEqual([['snapshot', 'delta'], 0]);
  viewers.close();
});

test('when all are ended, one that does not take the last message is cut off', async () => {
  const { clock, viewers } = viewersOf(3 * PIECE_ROWS);
  const stream = new Stream();
  stream.isSlow = true;
  viewers.add(stream);
  viewers.endAll();
  stream.tell('drain');
  const before = stream.end_;
  await clock.pass(BEAT_MS);
  viewers.close();

  expect([before, stream.end_, viewers.count]).toEqual(['ended', 'destroyed', 0]);
  expect(stream.names).toEqual(['snapshot', 'bye']);
});
