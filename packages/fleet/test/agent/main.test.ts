/** The process of `ipmi-bt-agent`: what ends it, and what it says of keys that are wrong. */

import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmodSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';

import { expect, onTestFinished, test, vi } from 'vitest';

import { NatsServer } from '../nats/nats-server.ts';
import { tempFolder } from '../temp-folder.ts';

const PROGRAM = resolve(import.meta.dirname, '../../bin/ipmi-bt-agent.mjs');
const PATIENCE = { timeout: 60_000, interval: 50 };

async function started(): Promise<NatsServer> {
  const server = new NatsServer(tempFolder());
  await server.start();
  onTestFinished(() => server.kill());
  return server;
}

/** An agent with a simulated BMC. */
function startAgent(...args: readonly string[]) {
  const folder = tempFolder();
  const policy = join(folder, 'policy.json');
  writeFileSync(policy, '{}', { mode: 0o600 });
  const all = ['--sim', '--host', 'uv1', '--policy', policy, '--state', join(folder, 'state')];
  const child = spawn(process.execPath, [PROGRAM, ...all, ...args]);
  onTestFinished(() => void child.kill('SIGKILL'));
  const said = { err: '' };
  child.stderr.setEncoding('utf8').on('data', (text: string) => (said.err += text));
  const ended = once(child, 'close').then(([code]: unknown[]) => code);
  return { child, said, ended };
}

function keysOf(server: NatsServer, user: string): readonly string[] {
  const files = ['--nkey', server.file(`${user}.nk`), '--tls-ca', server.file('nats.crt')];
  return ['--server', server.url, ...files];
}

test.each<readonly [string, readonly string[], RegExp]>([
  [
    'an NKEY',
    ['--server', 'localhost', '--nkey', '/no/nk'],
    /^ipmi-bt-agent: --nkey \/no\/nk: .*ENOENT/,
  ],
  [
    'a key',
    ['--server', 'localhost', '--creds', '/etc/passwd'],
    /: --creds \/etc\/passwd: other users can/,
  ],
  [
    'a device in place of a key',
    ['--server', 'localhost', '--creds', '/dev/zero'],
    /: --creds \/dev\/zero: .*is no file/,
  ],
  ['a server', ['--server', 'ws://localhost'], /: .*ws:\/\/ is not supported/],
])('%s that is wrong is told before the interface is opened', async (_, args, told) => {
  const { said, ended } = startAgent(...args);

  expect(await ended).toBe(78);
  expect(said.err).toMatch(told);
  expect(said.err).not.toContain('"opened"');
});

test('an agent with the key of another host is told each subject once, with what to do', async () => {
  const server = await started();
  const { child, said, ended } = startAgent(...keysOf(server, 'bob'));
  await vi.waitFor(() => {
    expect(said.err).toContain('"subject":"ipmi-bt-events.uv1"');
  }, PATIENCE);
  child.kill('SIGTERM');

  expect(await ended).toBe(0);
  const lines = said.err
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as Record<string, unknown>);
  const refused = lines.filter(({ msg }) => msg === 'not allowed by NATS');
  expect(refused.map(({ operation, subject }) => [operation, subject])).toEqual([
    ...[
      ['subscribe', 'ipmi-bt.uv1.*.*'],
      ['subscribe', 'ipmi-bt.all.*.*'],
    ],
    ...[
      ['subscribe', '$SRV.>'],
      ['subscribe', '_INBOX.ipmi-bt_uv1.>'],
    ],
    ['publish', 'ipmi-bt-events.uv1'],
  ]);
  expect(refused[0]?.['remedy']).toMatch(/--user or --host\); .*docs\/fleet\.md/);
  expect(said.err).not.toMatch(/permissions violation/i);
  expect(lines[0]).toMatchObject({
    level: 40,
    msg: expect.stringContaining('simulated') as string,
  });
});

test('an agent whose connection is closed for good ends, and says why', async () => {
  const server = await started();
  const { said, ended } = startAgent(...keysOf(server, 'uv1'), '--without-events');
  await vi.waitFor(() => {
    expect(said.err).toContain('"msg":"connected"');
  }, PATIENCE);
  // It is read again for each connection, and the library closes one for which it cannot be had.
  chmodSync(server.file('uv1.nk'), 0o644);
  await server.kill();
  await server.start();

  expect(await ended).toBe(75);
  const told = 'ipmi-bt-agent: the connection to NATS was closed: --nkey ';
  const why = `${server.file('uv1.nk')}: other users can read or change it; chmod 600 it\n`;
  expect(said.err).toContain(`${told}${why}`);
  expect(said.err).toContain('"closed"');
});
