/** Streams to pages: everything at first, changes together, and the bounds of both. */

import { VirtualClock } from 'ipmi-bt/sim/clock';
import { expect, test } from 'vitest';

import { FleetModel } from '../../src/page/model.ts';
import { BATCH_MS, BEAT_MS, VIEWERS_MAX, Viewers } from '../../src/page/viewers.ts';
import type { ViewerStream } from '../../src/page/viewers.ts';
import { START_MS } from './rig.ts';

class Stream implements ViewerStream {
  writableLength = 0;
  text = '';
  end_: 'open' | 'ended' | 'destroyed' = 'open';
  readonly listeners = new Map<string, () => void>();

  write(text: string): void {
    this.text += text;
  }

  end(text = ''): void {
    this.text += text;
    this.end_ = 'ended';
  }

  destroy(): void {
    this.end_ = 'destroyed';
  }

  on(event: string, listener: () => void): void {
    this.listeners.set(event, listener);
  }

  get names(): readonly string[] {
    return [...this.text.matchAll(/^event: (\w+)$/gm)].map(([, name = '']) => name);
  }
}

function viewersOf() {
  const clock = new VirtualClock();
  const status = { version: '1', intervalMs: 30_000, smokeIntervalMs: null };
  const model = new FleetModel({ wallMs: () => START_MS, status });
  return { clock, model, viewers: new Viewers({ clock, model }) };
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
  const data = [...stream.text.matchAll(/^data: (.*)$/gm)].map(
    ([, text = '']) => JSON.parse(text) as { rows?: readonly { host: string }[] },
  );
  expect(data.map(({ rows }) => rows?.map(({ host }) => host))).toEqual([
    ...[['a'], ['b', 'c'], undefined],
  ]);
  expect(clock.pending).toBe(0);
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
  streams[0]?.listeners.get('close')?.();
  const again = viewers.add(new Stream());
  viewers.close();

  expect([new Set(taken), refused, again]).toEqual([new Set([true]), false, true]);
});

test('a page that takes nothing is cut off, and the others go on', async () => {
  const { clock, model, viewers } = viewersOf();
  const [slow, quick] = [new Stream(), new Stream()];
  viewers.add(slow);
  viewers.add(quick);
  slow.writableLength = 17 * 1024 * 1024;
  model.add(['a']);
  await clock.pass(BATCH_MS);
  viewers.close();

  expect([slow.end_, slow.names]).toEqual(['destroyed', ['snapshot']]);
  expect([quick.end_, quick.names]).toEqual(['ended', ['snapshot', 'delta', 'bye']]);
});
