/**
 * Agents as processes over Debian's NATS server, with TLS, NKEYs and permissions: requests, the
 * policy, discovery, and events through kills of an agent and of the server.
 */

import { spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';

import { jetstream, jetstreamManager } from '@nats-io/jetstream';
import type { NatsConnection } from '@nats-io/transport-node';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';

import { FolderDisk } from '../../src/disk/disk.ts';
import { EventReader } from '../../src/events/event-reader.ts';
import { SeenIds } from '../../src/events/seen-ids.ts';
import { connectNats } from '../../src/nats/connection.ts';
import { ERROR_CODE_HEADER, bodyOf } from '../../src/nats/protocol.ts';
import type { HostEvent } from '../../src/nats/protocol.ts';
import { NatsServer } from '../nats/nats-server.ts';

const PROGRAM = resolve(import.meta.dirname, '../../bin/ipmi-bt-agent.mjs');

/** All that is waited for comes soon; a busy host takes its time. */
const PATIENCE = { timeout: 120_000, interval: 100 };

const TREE = { recursive: true, mode: 0o700 };
const STREAM = 'ipmi-bt-events';
const POWER_CYCLE = { netFn: 0x00, cmd: 0x02, data: '02' };
const IDENTIFY = { netFn: 0x00, cmd: 0x04, data: '01' };

let folder: string;
let server: NatsServer;
let agent: ChildProcess;
let log = '';
let admin: NatsConnection;
let alice: NatsConnection;

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'ipmi-bt-agent-'));
  server = new NatsServer(folder);
  await server.start();
  admin = await connectNats({ ...server.options('admin'), lasts: true });
  alice = await connectNats({ ...server.options('alice'), lasts: true });
  writeFileSync(
    join(folder, 'policy.json'),
    '{ "users": { "alice": ["read", "0x00/0x04"] }, "others": [] }',
    { mode: 0o600 },
  );
  agent = startAgent();
  await untilAnswers();
});

afterAll(async () => {
  agent.kill('SIGKILL');
  await Promise.all([admin.close(), alice.close()]);
  await server.kill();
  rmSync(folder, { recursive: true, force: true });
});

function startAgent(...more: readonly string[]): ChildProcess {
  const files = ['--nkey', server.file('uv1.nk'), '--tls-ca', server.file('nats.crt')];
  const places = ['--policy', join(folder, 'policy.json'), '--state', join(folder, 'state')];
  const args = ['--server', server.url, '--host', 'uv1', '--sim', ...files, ...places];
  const child = spawn(process.execPath, [PROGRAM, ...args, ...more]);
  child.stderr.setEncoding('utf8').on('data', (text: string) => (log += text));
  return child;
}

async function untilAnswers(): Promise<void> {
  await vi.waitFor(async () => {
    expect((await ask('raw', { netFn: 6, cmd: 1 })).status).toBe(0);
  }, PATIENCE);
}

async function killAgent(): Promise<void> {
  const ended = new Promise((end) => agent.once('close', end));
  agent.kill('SIGKILL');
  await ended;
}

/** An answer: its status, 0 for none, and its body. */
async function ask(endpoint: string, body: object, host = 'uv1') {
  const subject = `ipmi-bt.${host}.${endpoint}.alice`;
  const reply = await alice.request(subject, bodyOf(body), { timeout: 60_000 });
  const status = Number(reply.headers?.get(ERROR_CODE_HEADER) ?? 0);
  return { status, body: reply.json<Record<string, unknown>>() };
}

/** The ids of the events that the stream has. */
async function idsInStream(): Promise<readonly string[]> {
  const manager = await jetstreamManager(admin);
  const { state } = await manager.streams.info(STREAM);
  const ids: string[] = [];
  for (let seq = state.first_seq; seq <= state.last_seq; seq += 1) {
    const message = await manager.streams.getMessage(STREAM, { seq });
    if (message !== null) ids.push(message.json<HostEvent>().id);
  }
  return ids;
}

test('a raw command has the answer of the BMC', async () => {
  const { status, body } = await ask('raw', { netFn: 0x06, cmd: 0x01 });

  expect([status, body]).toEqual([
    0,
    {
      ...{ host: 'uv1', outcome: 'answered', completionCode: 0 },
      data: '20010235029f000000b70001020304',
    },
  ]);
});

test('a completion code is an answer, and no error', async () => {
  const { status, body } = await ask('raw', { netFn: 0x0a, cmd: 0x43, data: '0000ffee00ff' });

  expect([status, body['outcome']]).toEqual([0, 'answered']);
  expect(body['completionCode']).toBeGreaterThan(0);
});

test.each<readonly [string, object, number, string]>([
  ['a command without a grant', { ...POWER_CYCLE, id: 'a' }, 403, 'COMMAND_DENIED'],
  ['a change without an id', IDENTIFY, 400, 'ID_MISSING'],
  ['a command of a wrong network function', { netFn: 7, cmd: 1 }, 400, 'BAD_REQUEST'],
  ['one whose deadline has passed', { netFn: 6, cmd: 1, deadlineMs: 1 }, 408, 'TOO_LATE'],
  ['the messages of the BMC', { netFn: 6, cmd: 0x33 }, 403, 'COMMAND_DENIED'],
])('refused, and not sent: %s', async (...[, request, status, code]) => {
  expect(await ask('raw', request)).toMatchObject({ status, body: { code, outcome: 'not-sent' } });
});

test('a change is sent to no host but the one that is named', async () => {
  const all = await ask('raw', { ...IDENTIFY, id: 'to-all' }, 'all');

  expect(all).toMatchObject({ status: 403, body: { code: 'COMMAND_DENIED' } });
  expect((await ask('raw', { netFn: 6, cmd: 1 }, 'all')).body['host']).toBe('uv1');
});

test('a change is executed once, also when the agent was killed meanwhile', async () => {
  const first = await ask('raw', { ...IDENTIFY, id: 'identify-1' });
  const again = await ask('raw', { ...IDENTIFY, id: 'identify-1' });
  await killAgent();
  agent = startAgent();
  await untilAnswers();
  const later = await ask('raw', { ...IDENTIFY, id: 'identify-1' });
  const other = await ask('raw', { ...IDENTIFY, data: '02', id: 'identify-1' });

  expect(first.body).toEqual({ host: 'uv1', outcome: 'answered', completionCode: 0, data: '' });
  expect([again.body, later.body]).toEqual([
    { ...first.body, isRepeated: true },
    { ...first.body, isRepeated: true },
  ]);
  expect(other).toMatchObject({ status: 409, body: { code: 'ID_REUSED' } });
});

test('a subject without an endpoint is answered as well', async () => {
  expect(await ask('fru', {})).toMatchObject({ status: 400, body: { code: 'BAD_REQUEST' } });
});

test('no answer goes to where only agents may publish', async () => {
  const told: string[] = [];
  admin.subscribe('ipmi-bt-events.>', { callback: (_, { subject }) => void told.push(subject) });
  await admin.flush();
  const reply = 'ipmi-bt-events.uv1';
  for (const subject of ['ipmi-bt.uv1.info.alice', '$SRV.PING.ipmi-bt', 'ipmi-bt.uv1.x.alice']) {
    alice.publish(subject, '', { reply });
  }
  await ask('raw', { netFn: 6, cmd: 1 });
  await ask('info', {});

  expect(told).toEqual([]);
});

test('the policy is read again at SIGHUP', async () => {
  const policy = '{ "users": { "alice": ["read", "0x00/0x04", "0x00/0x02"] }, "others": [] }';
  writeFileSync(join(folder, 'policy.json'), policy);
  agent.kill('SIGHUP');

  await vi.waitFor(() => {
    expect(log).toContain('the policy was read again');
  }, PATIENCE);
  expect((await ask('raw', { ...POWER_CYCLE, id: 'cycle-1' })).body['outcome']).toBe('answered');
});

test.each(['info', 'statistics', 'sensors', 'sel', 'lan', 'smoke'])('%s answers', async (name) => {
  const { status, body } = await ask(name, {});

  expect([status, body['host'], body['outcome']]).toEqual([0, 'uv1', 'answered']);
  expect(body['result']).toBeTypeOf('object');
});

test('no user publishes under the name of another', async () => {
  const bob = await server.connect('bob');
  const refused = bob.request('ipmi-bt.uv1.info.alice', '', { timeout: 2000 });

  await expect(refused).rejects.toThrow(/permissions violation/i);
  const own = await bob.request('ipmi-bt.uv1.info.bob', '', { timeout: 60_000 });
  expect(own.json()).toMatchObject({ code: 'COMMAND_DENIED' });
  await bob.close();
});

test('it is found as a service, with what is known of the BMC', async () => {
  await vi.waitFor(async () => {
    const reply = await alice.request('$SRV.PING.ipmi-bt', '', { timeout: 60_000 });
    expect(reply.json()).toMatchObject({
      ...{ type: 'io.nats.micro.v1.ping_response', name: 'ipmi-bt', version: '0.1.0' },
      metadata: { host: 'uv1', manufacturer: '0', product: '183', firmware: '2.35' },
    });
  }, PATIENCE);
  const statistics = (await alice.request('$SRV.STATS', '')).json<{ endpoints: object[] }>();
  expect(statistics.endpoints[0]).toMatchObject({ name: 'raw', subject: 'ipmi-bt.uv1.raw.*' });
});

test.each([
  ['another authority', { caFile: 'alice.crt' }, /self.signed|certificate/i],
  ['an NKEY that it does not know', { nkeyFile: 'stranger.nk' }, /Authorization Violation/i],
])('the server is not reached with %s', async (_, files, told) => {
  const { makeCertificate } = await import('../certificates.ts');
  const { nkeys } = await import('@nats-io/transport-node');
  makeCertificate(folder, 'alice');
  writeFileSync(join(folder, 'stranger.nk'), nkeys.createUser().getSeed(), { mode: 0o600 });
  const [[key, file] = []] = Object.entries(files);
  const options = { ...server.options('alice'), [key ?? '']: server.file(file ?? '') };

  await expect(connectNats(options)).rejects.toThrow(told);
});

test('events wait while there is no stream and no server, and each comes once', async () => {
  // The agent has the two records of the event log, and nowhere to leave them.
  await killAgent();
  await server.kill();
  agent = startAgent();
  await server.start();
  await vi.waitFor(async () => {
    const { streams } = await jetstreamManager(admin);
    const { config } = await streams.add({ name: STREAM, subjects: [`${STREAM}.*`] });
    expect(config.name).toBe(STREAM);
  }, PATIENCE);
  await vi.waitFor(async () => {
    expect((await idsInStream()).length).toBeGreaterThan(0);
  }, PATIENCE);
  const before = await idsInStream();

  // An agent that has lost all its files tells the same events, under the same ids.
  await killAgent();
  rmSync(join(folder, 'state'), { recursive: true });
  agent = startAgent();
  await untilAnswers();
  await vi.waitFor(() => {
    expect(new FolderDisk(join(folder, 'state')).read('events.log')).toContain('"done"');
  }, PATIENCE);
  expect(await idsInStream()).toEqual(before);
  expect(new Set(before).size).toBe(before.length);
});

test('a reader has each event once, also one that the stream has twice', async () => {
  const told: string[] = [];
  const open = async (): Promise<EventReader> =>
    await EventReader.open({
      ...{ connection: admin, prefix: 'ipmi-bt', durable: 'reader' },
      seen: new SeenIds(new FolderDisk(join(folder, 'reader'))),
      onEvent: async ({ id }) => {
        await Promise.resolve();
        told.push(id);
      },
      onError: (error) => told.push(String(error)),
    });
  const ids = await idsInStream();
  const first = await open();
  await vi.waitFor(() => {
    expect(told).toEqual(ids);
  }, PATIENCE);
  await first.close();

  // As after the duplicate window: without an id of the message, the stream takes it again.
  const [id = ''] = ids;
  const event = { host: 'uv1', id, kind: 'sel', at: '2026-01-01T00:00:00.000Z' };
  const stream = jetstream(admin);
  await stream.publish(`${STREAM}.uv1`, bodyOf(event));
  await stream.publish(`${STREAM}.uv1`, bodyOf({ ...event, id: 'last' }));
  const second = await open();
  await vi.waitFor(() => {
    expect(told).toEqual([...ids, 'last']);
  }, PATIENCE);
  await second.close();
});

test.each([
  ['that others can change', (path: string) => mkdirSync(path, { mode: 0o755 }), /chmod 700/],
  [
    'whose journal cannot be read',
    (path: string) => mkdirSync(`${path}/journal.log`, TREE),
    /EISDIR/,
  ],
  ['that cannot be made', (path: string) => symlinkSync('/nowhere/x', path), /ENOENT|EEXIST/],
])('a folder of state %s ends it with the reason', async (_, make, told) => {
  log = '';
  const path = join(mkdtempSync(join(folder, 'bad-')), 'state');
  make(path);
  const child = startAgent('--state', path);

  expect(await new Promise((end) => child.once('close', end))).toBe(73);
  expect(log).toContain(`--state ${path}: `);
  expect(log).toMatch(told);
});

test('a policy that is named and not there ends it, and does not let everybody read', async () => {
  log = '';
  const path = join(folder, 'no-policy.json');
  const child = startAgent('--policy', path, '--state', join(folder, 'unused'));

  expect(await new Promise((end) => child.once('close', end))).toBe(78);
  expect(log).toContain(
    `--policy ${path}: there is no such file, and without a policy everybody may read`,
  );
});

test('SIGHUP while there is no server does not end it, and SIGTERM ends it with 0', async () => {
  log = '';
  const path = join(folder, 'waiting');
  const child = startAgent('--state', path, '--server', 'tls://127.0.0.1:1');
  await vi.waitFor(() => {
    expect(log).toContain('connecting, until a server is there');
  }, PATIENCE);
  child.kill('SIGHUP');
  await vi.waitFor(() => {
    expect(log).toContain('the policy was read again');
    // The records of the event log wait for a server already.
    expect(new FolderDisk(path).read('events.log')).toContain('"event"');
  }, PATIENCE);
  const ended = new Promise((end) => child.once('close', end));
  child.kill('SIGTERM');

  expect(await ended).toBe(0);
  expect(log).toContain('"closed"');
});

test('a second agent with the same folder does not start', async () => {
  log = '';
  const second = startAgent();
  const code = await new Promise((end) => second.once('close', end));

  expect(code).toBe(73);
  expect(log).toContain('another agent has it');
});

test('it ends at SIGTERM, with 0, also when the server is away', async () => {
  log = '';
  await server.kill();
  await vi.waitFor(() => {
    expect(log).toContain('"disconnect"');
  }, PATIENCE);
  const ended = new Promise((end) => agent.once('close', end));
  agent.kill('SIGTERM');

  expect(await ended).toBe(0);
});
