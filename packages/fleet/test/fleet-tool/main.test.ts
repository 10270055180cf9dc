/** The process of `ipmi-bt-fleet`: errors before NATS is asked, and signals while it waits. */

import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createServer } from 'node:net';
import type { AddressInfo } from 'node:net';
import { writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';

import { expect, onTestFinished, test, vi } from 'vitest';

import { tempFolder } from '../temp-folder.ts';

const PROGRAM = resolve(import.meta.dirname, '../../bin/ipmi-bt-fleet.mjs');
const PATIENCE = { timeout: 60_000, interval: 20 };

/** A server that takes connections and says nothing; its connections so far. */
async function silentServer() {
  const connections: unknown[] = [];
  const server = createServer((socket) => {
    connections.push(socket);
    onTestFinished(() => void socket.destroy());
  }).listen(0, '127.0.0.1');
  onTestFinished(() => void server.close());
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  return { url: `nats://127.0.0.1:${port}`, connections };
}

function start(...args: readonly string[]) {
  const child = spawn(process.execPath, [PROGRAM, ...args], { stdio: ['ignore', 'pipe', 'pipe'] });
  onTestFinished(() => void child.kill('SIGKILL'));
  const said = { err: '' };
  child.stderr.setEncoding('utf8').on('data', (text: string) => (said.err += text));
  const ended = once(child, 'close') as Promise<[number | null, NodeJS.Signals | null]>;
  return { child, said, ended };
}

const PLACE = ['--user', 'viewer'] as const;
const PAGE = ['serve', '--listen', '127.0.0.1:0', ...PLACE] as const;

test.each([
  [
    'nosuch.invalid:9180',
    /^ipmi-bt-fleet: cannot listen on nosuch\.invalid:9180: (getaddrinfo|listen) .*\(--listen\)\n$/,
  ],
  [
    '192.0.2.1:9180',
    /^ipmi-bt-fleet: cannot listen on 192\.0\.2\.1:9180: listen EADDRNOTAVAIL.*\n$/,
  ],
])('a page at %s cannot be had, which is told before NATS is asked', async (address, told) => {
  const { url, connections } = await silentServer();
  const { said, ended } = start('serve', '--listen', address, ...PLACE, '--server', url);

  expect(await ended).toEqual([73, null]);
  expect(said.err).toMatch(told);
  expect(connections).toEqual([]);
});

test.each([
  ['a page', PAGE, 0],
  ['a question', ['info', '--all', ...PLACE], 143],
])('the first signal ends %s that connects', async (_, args, code) => {
  const { url, connections } = await silentServer();
  const { child, said, ended } = start(...args, '--server', url);
  await vi.waitFor(() => {
    expect(connections).toHaveLength(1);
  }, PATIENCE);
  child.kill('SIGTERM');

  expect(await ended).toEqual([code, null]);
  expect(said.err).not.toContain('ipmi-bt-fleet: ');
});

test.each([
  ['a page', PAGE, 0],
  ['a question', ['info', ...PLACE], 143],
])('the first signal ends %s that reads its hosts from a pipe', async (_, args, code) => {
  const pipe = join(tempFolder(), 'pipe');
  execFileSync('mkfifo', [pipe]);
  const { child, said, ended } = start(...args, '--hosts', `@${pipe}`);
  // Opening for writing waits for the reader, and the reader for what is never written.
  const writer = spawn('sh', ['-c', 'exec 3>"$0"; echo open; exec sleep 600', pipe]);
  onTestFinished(() => void writer.kill('SIGKILL'));
  await once(writer.stdout, 'data');
  child.kill('SIGTERM');

  expect(await ended).toEqual([code, null]);
  expect(said.err).toBe('');
});

test.each([
  ['serve', ['--listen', '127.0.0.1:0']],
  ['info', ['--all']],
])('%s: what is wrong in the files of the connection is told by its option', async (name, more) => {
  const key = join(tempFolder(), 'key');
  writeFileSync(key, 'hunter2', { mode: 0o600 });
  const run = (...files: readonly string[]) => start(name, ...more, ...PLACE, ...files);
  const [seed, none, scheme] = [
    run('--nkey', key),
    run('--tls-ca', '/no/ca'),
    run('--server', 'http://localhost'),
  ];

  expect(await Promise.all([seed.ended, none.ended, scheme.ended])).toEqual(
    Array(3).fill([78, null]),
  );
  expect(seed.said.err).toMatch(`ipmi-bt-fleet: --nkey ${key}: holds no NKEY seed of a user: `);
  expect(seed.said.err).not.toContain('hunter2');
  expect(none.said.err).toMatch(/^ipmi-bt-fleet: --tls-ca \/no\/ca: cannot be read: ENOENT/);
  expect(scheme.said.err).toMatch(/^ipmi-bt-fleet: .*http:\/\/ is not supported/);
});
