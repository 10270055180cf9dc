/**
 * The tool and the library over Debian's NATS server: an agent as a process with a simulated BMC,
 * and simple agents of the test beside it.
 */

import { execFile, execFileSync, spawn } from 'node:child_process';
import type { ChildProcess, StdioOptions } from 'node:child_process';
import { mkdtempSync, openSync, rmSync, writeFileSync } from 'node:fs';
import { open } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';

import type { NatsConnection } from '@nats-io/transport-node';
import { commands } from 'ipmi-bt/commands';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';

import { connectFleet } from '../../src/fleet/fleet.ts';
import type { Fleet } from '../../src/fleet/fleet.ts';
import { bodyOf } from '../../src/nats/protocol.ts';
import { NatsServer } from '../nats/nats-server.ts';
import { tempFolder } from '../temp-folder.ts';

const BIN = resolve(import.meta.dirname, '../../bin');
const PATIENCE = { timeout: 120_000, interval: 100 };
const DEVICE_ID = [0x20, 1, 2, 0x35, 2, 0x9f, 0, 0, 0, 0xb7, 0, 1, 2, 3, 4];
const GET_DEVICE_ID = { netFn: 6, cmd: 1 };

let folder: string;
let server: NatsServer;
let agent: ChildProcess;
let admin: NatsConnection;
let fleet: Fleet;

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'ipmi-bt-fleet-'));
  server = new NatsServer(folder);
  await server.start();
  admin = await server.connect('admin');
  writeFileSync(join(folder, 'policy.json'), '{ "users": { "alice": ["read", "0x00/0x04"] } }', {
    mode: 0o600,
  });
  const files = ['--nkey', server.file('admin.nk'), '--tls-ca', server.file('nats.crt')];
  const places = ['--policy', join(folder, 'policy.json'), '--state', join(folder, 'state')];
  const args = ['--server', server.url, '--host', 'uv1', '--sim', '--without-events'];
  const program = join(BIN, 'ipmi-bt-agent.mjs');
  // Its log cannot be written, which is no reason to end.
  const stdio = ['ignore', 'ignore', openSync('/dev/full', 'w')] as const;
  agent = spawn(process.execPath, [program, ...args, ...files, ...places], { stdio: [...stdio] });
  fleet = await connectFleet({ ...server.options('alice'), user: 'alice' });
  await vi.waitFor(async () => {
    await fleet.host('uv1').request(GET_DEVICE_ID);
  }, PATIENCE);
});

afterAll(async () => {
  agent.kill('SIGKILL');
  await fleet.close();
  await admin.close();
  await server.kill();
  rmSync(folder, { recursive: true, force: true });
});

/** The command line of the program as alice. */
function toolLine(...args: readonly string[]): readonly string[] {
  const files = ['--nkey', server.file('alice.nk'), '--tls-ca', server.file('nats.crt')];
  const words = [...args.slice(0, 1), '--server', server.url, '--user', 'alice', ...files];
  return [join(BIN, 'ipmi-bt-fleet.mjs'), ...words, ...args.slice(1)];
}

/** Runs it. */
async function tool(...args: readonly string[]) {
  return await run(toolLine(...args));
}

async function run(line: readonly string[]) {
  return await new Promise<{ code: unknown; out: string; err: string }>((done) => {
    execFile(process.execPath, line, (error, out, err) => {
      done({ code: error?.code ?? 0, out, err });
    });
  });
}

test('every operation of ipmi-bt/commands works over a host of the fleet', async () => {
  const bmc = commands(fleet.host('uv1'));

  expect([...(await fleet.host('uv1').request(GET_DEVICE_ID)).data]).toEqual(DEVICE_ID);
  expect((await bmc.chassis.status()).power).toMatchObject({ isOn: true });
});

test('a server whose certificate is not trusted is a wrong configuration', async () => {
  const args = ['info', '--hosts', 'uv1', '--server', server.url];
  const { code, err } = await run([join(BIN, 'ipmi-bt-fleet.mjs'), ...args]);

  expect([code, err]).toEqual([78, expect.stringMatching(/certificate; .*\(--tls-ca FILE\)\n$/)]);
});

test('the errors of a host are those of ipmi-bt, with what is known of the command', async () => {
  const cold = fleet.host('uv1').request({ netFn: 6, cmd: 2 });
  await expect(cold).rejects.toMatchObject({ code: 'COMMAND_DENIED', outcome: 'not-sent' });
  const absent = fleet.host('uv9').request(GET_DEVICE_ID);
  await expect(absent).rejects.toMatchObject({ code: 'DEVICE_ABSENT', outcome: 'not-sent' });
});

test('the server keeps a user from asking in the name of another', async () => {
  const thief = await connectFleet({ ...server.options('alice'), user: 'bob' });
  const { results } = await thief.gather({
    hosts: ['uv1'],
    question: { endpoint: 'raw', body: GET_DEVICE_ID },
  });
  await thief.close();

  const [{ delivery } = { delivery: undefined }] = results;
  expect(delivery).toMatchObject({ kind: 'failure', code: 'COMMAND_DENIED' });
});

test('a user with the key of another is told what NATS does not let it do, and what to do', async () => {
  const subject = String.raw`NATS does not let this user subscribe to _INBOX\.bob\.>: `;
  const told = new RegExp(`${subject}give a key and a name .*--user or .*docs/fleet\\.md`);
  const named = await tool('info', '--hosts', 'uv1', '--user', 'bob');
  const all = await tool('info', '--all', '--user', 'bob');

  expect([named.code, all.code]).toEqual([77, 77]);
  expect(named.err).toMatch(told);
  expect(all.err).toMatch(/^ipmi-bt-fleet: no agent can be found: /);
  expect(all.err).toMatch(told);
  expect(named.err + all.err).not.toMatch(/permissions violation/i);
});

test('a server that knows no such user is told with what to do, and is no reason to try again', async () => {
  const args = [
    'info',
    '--hosts',
    'uv1',
    '--server',
    server.url,
    '--tls-ca',
    server.file('nats.crt'),
  ];
  const { code, err } = await run([join(BIN, 'ipmi-bt-fleet.mjs'), ...args]);

  expect(code).toBe(77);
  expect(err).toMatch(
    /^ipmi-bt-fleet: NATS server .*: .*name an NKEY or credentials that it knows/,
  );
});

test('agents are found, and each endpoint answers', async () => {
  expect(await fleet.hosts(500)).toEqual(['uv1']);
  for (const endpoint of ['info', 'sensors', 'sel', 'lan'] as const) {
    const { results } = await fleet.gather({ hosts: ['uv1'], question: { endpoint, body: {} } });
    const kinds = results.map(({ delivery }) => delivery.kind);
    expect([endpoint, kinds]).toEqual([endpoint, ['answer']]);
  }
});

test('the program gathers equal answers of hosts, and the pages of one', async () => {
  const pages: Readonly<Record<string, object>> = {
    '': { result: [{ id: 1 }], next: 'k.1' },
    'k.1': { result: [{ id: 2 }] },
  };
  for (const host of ['sim1', 'sim2']) {
    admin.subscribe(`ipmi-bt.${host}.*.*`, {
      callback: (_, message) => {
        const { page = '' } = message.json<{ page?: string }>();
        message.respond(bodyOf({ host, outcome: 'answered', ...pages[page] }));
      },
    });
  }
  await admin.flush();

  const { code, out, err } = await tool('sel', '-b', '--hosts', 'sim1,sim2,gone');

  expect([code, out]).toEqual([
    ...[69, '---------------\nsim[1-2] (2)\n---------------\nid\n1\n2\n'],
  ]);
  expect(err).toBe(
    'ipmi-bt-fleet: gone: DEVICE_ABSENT: no agent of that host is connected to NATS (not-sent)\n' +
      'ipmi-bt-fleet: 3 hosts: 2 answered, 1 not-sent, 0 unknown\n',
  );
});

test('a changing command with one request id is executed once', async () => {
  const line = ['raw', '--hosts', 'uv1', '--json', '--id', 'led-1', '0', '4', '15'];
  const [first, second] = [await tool(...line), await tool(...line)];

  expect([first.code, second.code]).toEqual([0, 0]);
  expect(JSON.parse(first.out)).toMatchObject({ request_id: 'led-1', completion_code: 0 });
  expect(JSON.parse(second.out)).toMatchObject({ completion_code: 0, is_repeated: true });
});

test.each([
  ['standard output', 1, 74],
  ['standard error', 2, 0],
])('%s that cannot be written: the exit code says what is lost', async (_, fd, code) => {
  const stdio = ['ignore', 'ignore', 'ignore'] as StdioOptions & unknown[];
  stdio[fd] = openSync('/dev/full', 'w');
  const line = toolLine('raw', '--hosts', 'uv1', '6', '1');
  const child = spawn(process.execPath, line, { stdio });

  expect(await new Promise((end) => child.once('close', end))).toBe(code);
});

test('a signal ends the search for agents at once', async () => {
  const pings: unknown[] = [];
  admin.subscribe('$SRV.PING.ipmi-bt', { callback: () => void pings.push(0) });
  await admin.flush();
  const child = spawn(process.execPath, toolLine('info', '--all', '--discover-s', '3600'));
  const ended = new Promise((end) => child.once('close', end));
  await vi.waitFor(() => {
    expect(pings.length).toBe(1);
  }, PATIENCE);
  child.kill('SIGINT');

  expect(await ended).toBe(130);
});

test('a signal ends the wait for data that a pipe does not give', async () => {
  const pipe = join(tempFolder(), 'pipe');
  execFileSync('mkfifo', [pipe]);
  const line = toolLine('raw', '--hosts', 'uv1', '--data', pipe, '6', '1');
  const child = spawn(process.execPath, line, { stdio: 'ignore' });
  const ended = new Promise((end) => child.once('close', (_, signal) => end(signal)));
  // The other end is open when the program reads.
  const writer = await open(pipe, 'w');
  child.kill('SIGTERM');

  expect(await ended).toBe('SIGTERM');
  await writer.close();
});

test('a server that is gone: nothing is sent, and nothing is kept to be sent later', async () => {
  await server.kill();
  await vi.waitFor(async () => {
    const request = fleet.host('uv1').request(GET_DEVICE_ID, { timeoutMs: 1000 });
    await expect(request).rejects.toMatchObject({ code: 'DEVICE_CLOSED', outcome: 'not-sent' });
  }, PATIENCE);
  const { code, err } = await tool('info', '--hosts', 'uv1');

  expect(code).toBe(75);
  expect(err).toMatch(/^ipmi-bt-fleet: /);
});

test('a reader of standard error that has gone does not end the program', async () => {
  const program = join(BIN, 'ipmi-bt-fleet.mjs');
  const line = `set -o pipefail; '${process.execPath}' '${program}' info 2>&1 | true`;
  const code = await new Promise<unknown>((done) => {
    execFile('/bin/bash', ['-c', line], (error) => {
      done(error?.code);
    });
  });

  expect(code).toBe(64);
});
