/** The rows and events of a fleet, what changes, and the bounds of it. */

import { expect, test } from 'vitest';

import { EVENTS_MAX, EVENTS_OF_HOST_MAX } from '../../src/page/limits.ts';
import { HOSTS_MAX } from '../../src/fleet/host-names.ts';
import { FleetModel } from '../../src/page/model.ts';
import type { Delivery } from '../../src/fleet/transport.ts';
import { START_MS, eventOf } from './rig.ts';

const GOOD: Delivery = {
  kind: 'answer',
  body: { completionCode: 0, data: '200102350200000000b700' },
};

function modelOf(...hosts: readonly string[]) {
  const status = { version: '1', intervalMs: 30_000, smokeIntervalMs: null };
  const model = new FleetModel({ wallMs: () => START_MS, hosts, status });
  model.take();
  return model;
}

test('what is the same is told once, however often it comes', () => {
  const model = modelOf('a', 'b');
  model.heard('a', GOOD, 10);
  const first = model.take();
  model.heard('a', GOOD, 12);

  expect(first?.rows?.map(({ host, state }) => [host, state])).toEqual([['a', 'ok']]);
  expect(model.take()).toBeUndefined();
});

test('a host is added once, and one that is not there is not made by an answer', () => {
  const model = modelOf('a');
  model.add(['a']);
  model.heard('stranger', GOOD, 10);

  expect(model.take()).toBeUndefined();
  expect(model.hosts).toEqual(['a']);
});

test('events are the newest first, each once, of hosts that are shown, by their names there', () => {
  const model = modelOf('a.example.org', 'b');
  model.event(eventOf('a_example_org', 'e1', 'hot'), START_MS + 1);
  model.event(eventOf('b', 'e1', 'cold'), START_MS + 2);
  model.event(eventOf('a_example_org', 'e1', 'hot'), START_MS + 3);
  model.event(eventOf('other', 'e1', 'hot'), START_MS);

  const { events } = model.snapshot();
  expect(events.map(({ seq, host, text }) => [seq, host, text])).toEqual([
    ...[
      [2, 'b', 'cold'],
      [1, 'a.example.org', 'hot'],
    ],
  ]);
  expect(events[1]).toEqual({
    ...{ seq: 1, host: 'a.example.org', atMs: START_MS + 1, learnedMs: START_MS },
    ...{ severity: 'critical', subject: 'Temperature CPU0', text: 'hot' },
  });
  expect(model.take()?.events).toEqual(events);
  expect(model.take()).toBeUndefined();
});

test('events are bounded, and one host displaces no more than its own', () => {
  const names = Array.from({ length: 10 }, (_, at) => `h${at}`);
  const model = modelOf('flood', ...names);
  for (const name of names) model.event(eventOf(name, 'e', 'hot'), START_MS);
  for (let at = 0; at < 5000; at += 1) model.event(eventOf('flood', `e${at}`, 'hot'), START_MS);
  const { events } = model.snapshot();

  expect(events.filter(({ host }) => host === 'flood')).toHaveLength(EVENTS_OF_HOST_MAX);
  expect(events[0]?.seq).toBe(5010);
  expect(new Set(events.map(({ host }) => host))).toEqual(new Set(['flood', ...names]));
  for (let at = 0; at < 20; at += 1) {
    for (const name of names) model.event(eventOf(name, `e${at}`, 'hot'), START_MS);
  }
  expect(model.snapshot().events).toHaveLength(EVENTS_MAX);
});

test('names of any length are whole, so that two hosts are never one', () => {
  const [one, other] = ['a', 'b'].map((end) => `${'x'.repeat(252)}${end}`);
  const model = modelOf(one ?? '', other ?? '');
  model.event(eventOf(one ?? '', 'e', 'hot'), START_MS);
  model.event(eventOf(other ?? '', 'e', 'hot'), START_MS);
  const { rows, events } = model.snapshot();

  expect(rows.map(({ host }) => host)).toEqual([one, other]);
  expect(events.map(({ host }) => host)).toEqual([other, one]);
});

test('so many hosts are shown, and those that come later are left out', () => {
  const model = modelOf();
  const names = Array.from({ length: HOSTS_MAX + 2 }, (_, at) => `h${at}`);
  const [first = ''] = names;
  const added = model.add(names);

  expect([added.length, model.add(['late', first]), model.hosts.length]).toEqual([
    ...[HOSTS_MAX, [], HOSTS_MAX],
  ]);
});

test('where all hosts are shown, an event may come before its host was found', () => {
  const status = { version: '1', intervalMs: 30_000, smokeIntervalMs: null };
  const model = new FleetModel({ wallMs: () => START_MS, status });
  model.event(eventOf('later', 'e1', 'hot'), START_MS);

  expect(model.snapshot().events.map(({ host }) => host)).toEqual(['later']);
});

test('a change of the server is told, and the listener once something is there to take', () => {
  const model = modelOf('a');
  let calls = 0;
  model.onChange(() => (calls += 1));
  model.tell({ natsLostMs: START_MS });
  model.tell({ natsLostMs: START_MS });

  expect(calls).toBe(1);
  expect(model.take()).toMatchObject({ status: { natsLostMs: START_MS, version: '1' } });
});

test('hosts that were asked are counted, and those of them that answered last', () => {
  const model = modelOf('a', 'b', 'c');
  const silence = { kind: 'failure', code: 'REQUEST_TIMEOUT', message: 'no', outcome: 'unknown' };
  const counts = (): readonly number[] => {
    const { asked, answered } = model.snapshot().status;
    return [asked, answered];
  };
  model.heard('a', GOOD, 10);
  model.heard('b', silence as Delivery, 10);
  const first = counts();
  model.heard('a', silence as Delivery, 10);
  model.heard('b', GOOD, 10);
  model.heard('b', GOOD, 10);
  model.heard('c', { ...silence, code: 'DEVICE_CLOSED' } as Delivery, 10);

  expect([first, counts()]).toEqual([
    ...[
      [2, 1],
      [2, 1],
    ],
  ]);
  expect(model.snapshot().status.heardMs).toBe(START_MS);
});
