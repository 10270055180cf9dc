/** Rounds on a virtual clock: the states of hosts, their times, and how often each is asked. */

import { expect, test } from 'vitest';

import { greatest, least, nonEmpty } from '../../../../test/support/lists.ts';
import { HOSTS_MAX } from '../../src/fleet/host-names.ts';
import { AGENTS_RETURN_MS } from '../../src/page/watcher.ts';
import type { HostRow } from '../../src/page/messages.ts';
import { INTERVAL_MS, START_MS, watchRig } from './rig.ts';
import type { Received } from './host-transport.ts';

type Rig = ReturnType<typeof watchRig>;

/** A time after the first round, in which a host that does not answer was given up. */
const FIRST_ROUND_MS = 15_000;

function rowOf({ model }: Rig, host: string): HostRow {
  const row = model.snapshot().rows.find((one) => one.host === host);
  if (row === undefined) throw new Error(`there is no ${host}`);
  return row;
}

/** The pauses between the same question to the same host. */
function pausesIn(received: readonly Received[]): readonly number[] {
  const last = new Map<string, number>();
  return received.flatMap(({ host, endpoint, atMs }) => {
    const key = `${host} ${endpoint}`;
    const before = last.get(key);
    last.set(key, atMs);
    return before === undefined ? [] : [atMs - before];
  });
}

test('a host that answers is ok, with its firmware and its latencies', async () => {
  const rig = watchRig({ a: { counts: [0, 0, 99, 0, 1], maxUs: 14, losses: 2 } });
  await rig.clock.pass(FIRST_ROUND_MS);
  await rig.stop();

  expect(rowOf(rig, 'a')).toEqual({
    ...{ host: 'a', state: 'ok', sinceMs: START_MS + 2020, seenMs: null, detail: '' },
    ...{ product: '11129/183', firmware: '2.35 (01020304)' },
    ...{ p99Us: 4, maxUs: 14, losses: 2, smoke: null },
  });
  expect(rig.model.snapshot().status).toMatchObject({
    ...{ asked: 1, answered: 1, heardMs: START_MS + 2020, natsLostMs: null },
  });
  expect(rig.errors).toEqual([]);
});

test('a host that goes silent stays, with since when and its last answer, and comes back', async () => {
  const rig = watchRig({ a: {}, b: {} });
  await rig.clock.pass(FIRST_ROUND_MS);
  const host = rig.transport.hosts.get('a') ?? {};
  host.isMute = true;
  await rig.clock.pass(INTERVAL_MS);
  const silent = rowOf(rig, 'a');
  host.isMute = false;
  host.isAway = true;
  await rig.clock.pass(INTERVAL_MS);
  const absent = rowOf(rig, 'a');
  host.isAway = false;
  await rig.clock.pass(INTERVAL_MS);
  await rig.stop();

  const firstMs = START_MS + 2000;
  const secondMs = firstMs + INTERVAL_MS;
  expect(silent).toMatchObject({
    ...{ state: 'silent', sinceMs: secondMs, seenMs: firstMs + 20 },
    detail: 'no answer within 10000 ms',
  });
  // It is the same silence; only its reason is another.
  expect(absent).toMatchObject({ state: 'silent', sinceMs: secondMs, seenMs: firstMs + 20 });
  expect(absent.detail).toBe('no agent of that host is connected to NATS');
  expect(rowOf(rig, 'a')).toMatchObject({ state: 'ok', seenMs: null, detail: '' });
  expect(rowOf(rig, 'b')).toMatchObject({ state: 'ok', sinceMs: firstMs + 20 });
});

test('a host that was named and never answered is silent, too', async () => {
  const rig = watchRig({ a: {} }, { hosts: ['a', 'gone'] });
  await rig.clock.pass(FIRST_ROUND_MS);
  await rig.stop();

  expect(rowOf(rig, 'gone')).toMatchObject({ state: 'silent', sinceMs: START_MS, seenMs: null });
  expect(rig.model.snapshot().status).toMatchObject({ asked: 2, answered: 1 });
});

test('a BMC that does not answer its agent, or that found a fault in itself, is in trouble', async () => {
  const rig = watchRig({ hung: { failure: 'lost' }, ill: { selfTest: 'fatal hardware error' } });
  await rig.clock.pass(FIRST_ROUND_MS);
  await rig.stop();

  expect(rowOf(rig, 'hung')).toMatchObject({ state: 'trouble', detail: 'BMC_UNRESPONSIVE: lost' });
  expect(rowOf(rig, 'ill')).toMatchObject({
    ...{ state: 'trouble', detail: 'self test: fatal hardware error' },
  });
});

test('no host is asked the same before the period is over, however the answers come', async () => {
  const hosts = Object.fromEntries(
    Array.from({ length: 40 }, (_, at) => [`h${at}`, { isMute: at % 4 === 0 }]),
  );
  const rig = watchRig(hosts, { hosts: Object.keys(hosts), fanout: 3, waitMs: 7000 });
  await rig.clock.pass(20 * INTERVAL_MS);
  await rig.stop();

  expect(least(pausesIn(rig.transport.received))).toBeGreaterThanOrEqual(INTERVAL_MS);
  // A round of 40 hosts, 10 of them waited for, takes longer than the period here.
  expect(pausesIn(rig.transport.received).length).toBeGreaterThan(100);
});

test('with time to spare the period is kept, and what is sent only reads', async () => {
  const rig = watchRig({ a: {}, b: { isMute: true } });
  await rig.clock.pass(10 * INTERVAL_MS);
  await rig.stop();

  const pauses = pausesIn(rig.transport.received).map(Math.floor);
  expect(new Set(pauses)).toEqual(new Set([INTERVAL_MS]));
  const endpoints = new Set(rig.transport.received.map(({ endpoint }) => endpoint));
  expect(endpoints).toEqual(new Set(['raw', 'info', 'statistics']));
});

test('smoke tests come when they are asked for, once in their own period', async () => {
  const bad = { exitCode: 1, line: 'FAIL: 15 of 16 checks passed; latency slow' };
  const smokeIntervalMs = 3_600_000;
  const rig = watchRig({ a: {}, b: { smoke: bad } }, { hosts: ['a', 'b'], smokeIntervalMs });
  await rig.clock.pass(3.5 * smokeIntervalMs);
  await rig.stop();

  expect(rowOf(rig, 'a').smoke).toMatchObject({ verdict: 'pass' });
  expect(rowOf(rig, 'b')).toMatchObject({
    ...{ state: 'failed', detail: bad.line, smoke: { verdict: 'fail', line: bad.line } },
  });
  const tests = rig.transport.received.filter(({ endpoint }) => endpoint === 'smoke');
  expect(tests.length).toBe(8);
  expect(least(pausesIn(tests))).toBeGreaterThanOrEqual(smokeIntervalMs);
});

test('a host that comes later is tested when it has come, and the others are not again', async () => {
  const rig = watchRig({ a: {} }, { smokeIntervalMs: 3_600_000 });
  await rig.clock.pass(FIRST_ROUND_MS);
  rig.transport.hosts.set('b', {});
  await rig.clock.pass(2 * INTERVAL_MS);
  await rig.stop();

  const tested = rig.transport.received.filter(({ endpoint }) => endpoint === 'smoke');
  expect(tested.map(({ host }) => host)).toEqual(['a', 'b']);
  expect(rowOf(rig, 'b').smoke?.verdict).toBe('pass');
});

test('without the connection no host is silent, and agents have time to come back', async () => {
  const rig = watchRig({ a: { isMute: true }, b: {} }, { hosts: ['a', 'b'] });
  // It is lost while an answer is awaited.
  await rig.clock.pass(5000);
  rig.watcher.connected(false);
  rig.transport.isConnected = false;
  await rig.clock.pass(3 * INTERVAL_MS);
  const [during] = [rig.model.snapshot().rows.map(({ state }) => state)];
  const sent = rig.transport.received.length;
  rig.watcher.connected(true);
  rig.transport.isConnected = true;
  await rig.clock.pass(AGENTS_RETURN_MS - 1000);
  const early = rig.transport.received.length;
  await rig.clock.pass(INTERVAL_MS);
  await rig.stop();

  expect(during).toEqual(['waiting', 'ok']);
  expect([early, rig.transport.received.length > sent]).toEqual([sent, true]);
  expect(rowOf(rig, 'a').state).toBe('silent');
});

test('a host that is found later is added, and one that is not found any more stays', async () => {
  const rig = watchRig({ a: {} });
  await rig.clock.pass(FIRST_ROUND_MS);
  rig.transport.hosts.set('b', {});
  rig.transport.hosts.delete('a');
  await rig.clock.pass(INTERVAL_MS);
  await rig.stop();

  const states = nonEmpty(rig.model.snapshot().rows).map(({ host, state }) => `${host} ${state}`);
  expect(states).toEqual(['a silent', 'b ok']);
});

test('a search for hosts that fails as a whole is told, and the next one comes', async () => {
  const rig = watchRig({ a: {} });
  const discover = rig.transport.discover.bind(rig.transport);
  rig.transport.discover = () => Promise.reject(new Error('no discovery'));
  await rig.clock.pass(5000);
  rig.transport.discover = discover;
  await rig.clock.pass(FIRST_ROUND_MS);
  await rig.stop();

  expect(rig.errors).toEqual(Array<string>(3).fill('Error: no discovery'));
  expect(rowOf(rig, 'a').state).toBe('ok');
});

test('agents that start when the page does are there in seconds, whatever the period is', async () => {
  const rig = watchRig({ a: { isAway: true }, b: { isAway: true } }, { intervalMs: 604_800_000 });
  await rig.clock.pass(2500);
  const early = rig.model.hosts;
  rig.transport.hosts.set('a', {});
  await rig.clock.pass(6000);
  const soon = rig.model.snapshot().rows.map(({ host, state }) => `${host} ${state}`);
  await rig.clock.pass(3_600_000);
  rig.transport.hosts.set('b', {});
  await rig.clock.pass(65_000);
  await rig.stop();

  expect([early, soon]).toEqual([[], ['a ok']]);
  expect(rowOf(rig, 'b').state).toBe('ok');
  // The week is not over.
  const beats = rig.transport.received.filter(({ endpoint }) => endpoint === 'raw');
  expect(beats.map(({ host }) => host)).toEqual(['a', 'b']);
});

test('hosts that are found apart have their own periods, and none is early', async () => {
  const rig = watchRig({});
  for (let at = 0; at < 30; at += 1) {
    rig.transport.hosts.set(`h${at}`, { isMute: at % 5 === 0 });
    await rig.clock.pass(4000);
  }
  await rig.clock.pass(10 * INTERVAL_MS);
  await rig.stop();

  const pauses = pausesIn(rig.transport.received);
  expect(pauses.length).toBeGreaterThan(30 * 3 * 10);
  expect([least(pauses), greatest(pauses)]).toEqual([INTERVAL_MS, INTERVAL_MS]);
});

test('a page without NATS for an hour has no silent host, asks nothing, and goes on as before', async () => {
  const rig = watchRig({ a: {}, b: {} });
  await rig.clock.pass(FIRST_ROUND_MS);
  rig.watcher.connected(false);
  rig.transport.isConnected = false;
  const sent = rig.transport.received.length;
  const before = rig.model.snapshot().rows;
  await rig.clock.pass(3_600_000);
  const during = [rig.transport.received.length, rig.model.snapshot().rows];
  rig.transport.isConnected = true;
  rig.watcher.connected(true);
  rig.transport.hosts.set('b', { isAway: true });
  await rig.clock.pass(AGENTS_RETURN_MS + 1000);
  const again = rig.transport.received.length;
  await rig.stop();

  expect(during).toEqual([sent, before]);
  expect(again).toBe(sent + 6);
  expect(rowOf(rig, 'a')).toMatchObject({ state: 'ok', sinceMs: START_MS + 2020 });
  expect(rowOf(rig, 'b').state).toBe('silent');
  expect(rig.errors).toEqual([]);
});

test('hosts beyond the limit of a page, and names that are too many, are told', async () => {
  const rig = watchRig({}, { fanout: 8 });
  rig.transport.send = () => () => undefined;
  const hosts = Array.from({ length: HOSTS_MAX + 5 }, (_, at) => `h${at}`);
  rig.transport.discover = () => Promise.resolve({ hosts, isCut: false });
  await rig.clock.pass(10);
  const many = rig.model.snapshot().status.hostTrouble;
  rig.transport.discover = () => Promise.resolve({ hosts: ['h1'], isCut: true });
  await rig.clock.pass(5000);
  const cut = rig.model.snapshot().status.hostTrouble;
  rig.transport.discover = () => Promise.resolve({ hosts: ['h1'], isCut: false });
  await rig.clock.pass(20_000);
  await rig.stop();

  expect(many).toBe(
    'this page shows 100000 hosts, and 5 more answer: name those to be shown (--hosts), and the others by another page',
  );
  expect(cut).toMatch(/^more than 100000 names of hosts were told, by an agent .*\(--hosts\)$/);
  expect(rig.model.snapshot().status.hostTrouble).toBe('');
});
