/**
 * The program over Debian's NATS server, with agents as processes: their hosts, their events, the
 * end of one of them, the loss of the server, and its own end.
 */

import { spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { get } from 'node:http';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';

import type { NatsConnection } from '@nats-io/transport-node';
import { systemClock } from 'ipmi-bt';
import type { Clock } from 'ipmi-bt';
import { pino } from 'pino';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';

import { wallMs } from '../../src/clock.ts';
import { connectNats } from '../../src/nats/connection.ts';
import { runPage } from '../../src/page/program.ts';
import type { PageParts } from '../../src/page/program.ts';
import type { Delta, HostRow, Snapshot, Status } from '../../src/page/messages.ts';
import { NatsServer } from '../nats/nats-server.ts';
import { testStream } from '../nats/test-stream.ts';
import { listeningPort } from './listening-port.ts';

const BIN = resolve(import.meta.dirname, '../../bin');
const PATIENCE = { timeout: 60_000, interval: 50 };

let folder: string;
let server: NatsServer;
let agents: readonly ChildProcess[] = [];
let page: ChildProcess;
let log = '';

/** The rows and events that a page would show. */
const rows = new Map<string, HostRow>();
const events: string[] = [];
let status: Status | undefined;
let stream = '';

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'ipmi-bt-page-'));
  server = new NatsServer(folder);
  await server.start();
  const admin = await server.connect('admin');
  await testStream(admin);
  await admin.close();
  writeFileSync(join(folder, 'policy.json'), '{ "others": ["read"] }', { mode: 0o600 });
  agents = [agent('uv1', 'uv1'), agent('uv2', 'admin', '--without-events')];
  const line = ['serve', '--listen', '127.0.0.1:0', '--all', '--discover-s', '0.5'];
  const times = ['--interval', '5', '--timeout-s', '2', '--smoke-interval', '600'];
  page = program('ipmi-bt-fleet', 'viewer', [...line, ...times, '--user', 'viewer']);
  page.stderr?.setEncoding('utf8').on('data', (text: string) => (log += text));
  const port = await listeningPort(() => log);
  look(port);
});

afterAll(async () => {
  for (const child of [...agents, page]) child.kill('SIGKILL');
  await server.kill();
  rmSync(folder, { recursive: true, force: true });
});

function program(name: string, user: string, args: readonly string[]): ChildProcess {
  const [command = '', ...rest] = args;
  const files = ['--nkey', server.file(`${user}.nk`), '--tls-ca', server.file('nats.crt')];
  const all = [command, '--server', server.url, ...files, ...rest];
  return spawn(process.execPath, [join(BIN, `${name}.mjs`), ...all]);
}

function agent(host: string, user: string, ...more: readonly string[]): ChildProcess {
  const places = ['--policy', join(folder, 'policy.json'), '--state', join(folder, host)];
  return program('ipmi-bt-agent', user, ['--sim', '--host', host, ...places, ...more]);
}

/** Follows the stream as a page does. */
function look(port: number): void {
  get({ host: '127.0.0.1', port, path: '/live' }, (response) => {
    let rest = '';
    response.setEncoding('utf8').on('data', (text: string) => {
      stream += text;
      const messages = (rest + text).split('\n\n');
      rest = messages.pop() ?? '';
      for (const message of messages) take(message);
    });
  });
}

function take(message: string): void {
  const [, data = '{}'] = /^data: (.*)$/m.exec(message) ?? [];
  const delta = JSON.parse(data) as Partial<Snapshot & Delta>;
  for (const row of delta.rows ?? []) rows.set(row.host, row);
  for (const { host, subject } of delta.events ?? []) events.push(`${host} ${subject}`);
  status = delta.status ?? status;
}

function rowOf(host: string): HostRow {
  const row = rows.get(host);
  if (row === undefined) throw new Error(`the page has no ${host}`);
  return row;
}

const stateAndLine = ({ state, detail }: HostRow): string => `${state} ${detail}`;

/** The state of a host that answers. A busy one may fail its smoke test by the time that takes. */
function wellOf({ smoke }: HostRow): string {
  if (smoke === null) return 'not tested';
  return smoke.verdict === 'fail' ? `failed ${smoke.line}` : 'ok ';
}

test('the hosts of agents, with their firmware, their smoke tests and their events', async () => {
  await vi.waitFor(() => {
    expect([...rows.keys()].sort()).toEqual(['uv1', 'uv2']);
    expect([...rows.values()].map(stateAndLine)).toEqual([...rows.values()].map(wellOf));
    expect(rows.get('uv1')?.firmware).toBe('2.35 (01020304)');
    expect(events.length).toBe(2);
  }, PATIENCE);

  expect(rows.get('uv1')).toMatchObject({ product: '0/183', losses: 0 });
  expect(rows.get('uv1')?.p99Us).toBeGreaterThan(0);
  expect(events.join()).toMatch(/^uv1 .+,uv1 .+$/);
  expect(status).toMatchObject({ asked: 2, answered: 2, eventTrouble: '', natsLostMs: null });
});

/** Its long pauses never end by themselves: what has to end at once does not wait for one. */
const PATIENT: Clock = {
  now: () => systemClock.now(),
  turn: (callback) => systemClock.turn(callback),
  timer: (delayMs, callback, keepAlive) =>
    delayMs > 4000 ? () => undefined : systemClock.timer(delayMs, callback, keepAlive),
};

/** A page of this process. */
function runHere(withoutEvents: boolean, connect: PageParts['connect'], signal?: AbortSignal) {
  const lines: string[] = [];
  const run = runPage(
    {
      ...{ listen: { host: undefined, port: 0 }, webConfigFile: undefined, user: 'viewer' },
      ...{ prefix: 'ipmi-bt', withoutEvents, hosts: ['uv1'], discoverMs: 100 },
      ...{ intervalMs: 5000, waitMs: 2000, fanout: 8, smokeIntervalMs: undefined },
    },
    {
      ...{ version: '1', clock: PATIENT, wallMs, connect },
      signal: signal ?? new AbortController().signal,
      log: pino({}, { write: (line) => void lines.push(line) }),
    },
  );
  return { run, lines };
}

test.each([true, false])(
  'a connection that is closed for good ends it at once, without events: %s; a port for all is warned of',
  async (withoutEvents) => {
    let opened: NatsConnection | undefined;
    const { run, lines } = runHere(withoutEvents, async (inboxPrefix) => {
      opened = await connectNats({ ...server.options('viewer'), inboxPrefix });
      return opened;
    });
    const failed = expect(run).rejects.toThrow(/^the connection to NATS was closed: .*NKEY/);
    await vi.waitFor(() => {
      expect(lines.join('')).toContain('"connected"');
    }, PATIENCE);
    await opened?.close();

    await failed;
    expect(lines.join('')).toContain('everybody who reaches the port sees the fleet');
  },
);

test('a signal ends it while it connects, and a connection that comes later is closed', async () => {
  const ending = new AbortController();
  let come: (connection: NatsConnection) => void = () => undefined;
  const coming = new Promise<NatsConnection>((resolve) => {
    come = resolve;
  });
  const { run } = runHere(true, () => coming, ending.signal);
  ending.abort();
  await run;
  const late = await server.connect('viewer');
  come(late);

  expect(await late.closed()).toBeUndefined();
});

test('an agent that ends leaves its host silent', async () => {
  agents[1]?.kill('SIGKILL');
  await vi.waitFor(() => {
    expect(rows.get('uv2')?.state).toBe('silent');
  }, PATIENCE);

  expect(rows.get('uv2')?.seenMs).toBeLessThanOrEqual(rows.get('uv2')?.sinceMs ?? 0);
  expect(rows.get('uv2')?.detail).toBe('no agent of that host is connected to NATS');
  expect(stateAndLine(rowOf('uv1'))).toBe(wellOf(rowOf('uv1')));
});

test('without the server of NATS the page says so, and no host is silent for it', async () => {
  await server.kill();
  await vi.waitFor(() => {
    expect(status?.natsLostMs).toBeGreaterThan(0);
  }, PATIENCE);

  expect(stateAndLine(rowOf('uv1'))).toBe(wellOf(rowOf('uv1')));
});

test('a signal ends it with a last message to each page', async () => {
  const ended = new Promise((end) => page.once('close', end));
  page.kill('SIGTERM');

  expect(await ended).toBe(0);
  expect(stream).toMatch(/event: bye\ndata: \{\}\n\n$/);
  const levels = log.trim().split('\n');
  expect(levels.filter((line) => line.includes('"level":50'))).toHaveLength(0);
});
