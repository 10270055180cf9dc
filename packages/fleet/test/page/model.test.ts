/** The rows and events of a fleet, what changes, and the bounds of it. */

import { expect, test } from 'vitest';

import { EVENTS_MAX, FleetModel } from '../../src/page/model.ts';
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

test('events are the newest first, each once, of hosts that are shown, and bounded', () => {
  const model = modelOf('a.example.org');
  for (let at = 0; at < EVENTS_MAX + 50; at += 1) {
    model.event(eventOf('a_example_org', `e${at}`, 'hot'), START_MS + at);
  }
  model.event(eventOf('a_example_org', `e${EVENTS_MAX + 49}`, 'hot'), START_MS);
  model.event(eventOf('other', 'e1', 'hot'), START_MS);

  const { events } = model.snapshot();
  expect([events.length, events[0]?.seq, events.at(-1)?.seq]).toEqual([300, 350, 51]);
  expect(events[0]).toEqual({
    ...{ seq: 350, host: 'a_example_org', atMs: START_MS + 349, severity: 'critical' },
    ...{ subject: 'Temperature CPU0', text: 'hot' },
  });
  expect(model.take()?.events).toEqual(events);
  expect(model.take()).toBeUndefined();
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
