/**
 * The page over Debian's NATS server with an agent that is hostile, and has the permissions of one
 * host: names that do not exist, the name of another host, events in floods, answers of any size.
 */

import { spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { get } from 'node:http';
import { writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';

import type { Msg, NatsConnection } from '@nats-io/transport-node';
import { expect, onTestFinished, test, vi } from 'vitest';

import { nonEmpty, offenders } from '../../../../test/support/lists.ts';
import { bodyOf } from '../../src/nats/protocol.ts';
import { EVENTS_OF_HOST_MAX } from '../../src/page/limits.ts';
import type { Delta, EventRow, HostRow } from '../../src/page/messages.ts';
import { NatsServer, USERS, agentOf } from '../nats/nats-server.ts';
import { testStream } from '../nats/test-stream.ts';
import { tempFolder } from '../temp-folder.ts';
import { listeningPort } from './listening-port.ts';
import { eventOf } from './rig.ts';

const BIN = resolve(import.meta.dirname, '../../bin');
const PATIENCE = { timeout: 120_000, interval: 50 };
const STREAM = 'ipmi-bt-events';

const MARKUP = '<img src=x onerror="window.evil=1">\u202E\u0000\n';

/** Names that no agent has, of the longest ones among them. */
const MADE_UP = Array.from({ length: 3000 }, (_, at) => `made-up-${at}${'x'.repeat(200)}`);

/** Events that are none, or of another host. */
const WRONG = [
  Buffer.from('no JSON'),
  bodyOf(eventOf('uv1', 'stolen', 'from another host')),
  bodyOf(eventOf('EVIL', 'loud', 'in capitals')),
  bodyOf({ ...eventOf('evil', 'long', ''), host: 'evil'.repeat(1000) }),
];

/** The stream of changes, put together as a page does. */
class Look {
  readonly rows = new Map<string, HostRow>();
  events: readonly EventRow[] = [];
  text = '';

  constructor(port: number) {
    get({ host: '127.0.0.1', port, path: '/live' }, (response) => {
      let rest = '';
      response.setEncoding('utf8').on('data', (text: string) => {
        this.text += text;
        const messages = (rest + text).split('\n\n');
        rest = messages.pop() ?? '';
        for (const one of messages) this.#take(one);
      });
      response.on('error', () => undefined);
    });
  }

  #take(message: string): void {
    const [, data = '{}'] = /^data: (.*)$/m.exec(message) ?? [];
    const { rows = [], events } = JSON.parse(data) as Delta;
    for (const row of rows) this.rows.set(row.host, row);
    this.events = events ?? this.events;
  }
}

/** An agent that answers whatever it can to whatever it hears. */
function beHostile(connection: NatsConnection): { readonly refused: string[] } {
  const refused: string[] = [];
  const answer = (message: Msg, body: object): void => void message.respond(bodyOf(body));
  connection.subscribe('$SRV.PING.ipmi-bt', {
    callback: (_, message) => {
      const names = ['evil', 'uv1', 'all', MARKUP, 'x'.repeat(253), ...MADE_UP];
      for (const host of names) answer(message, { metadata: { host } });
      answer(message, { metadata: { host: 'huge', more: 'x'.repeat(900_000) } });
    },
  });
  connection.subscribe('ipmi-bt.evil.*.*', {
    callback: (_, message) => {
      const [, , endpoint = ''] = message.subject.split('.');
      const base = { host: 'uv1', outcome: 'answered' };
      const deviceId = { manufacturerId: 1, productId: 2, firmwareRevision: MARKUP.repeat(20_000) };
      const results: Readonly<Record<string, object>> = {
        raw: { completionCode: 0, data: '200102350200000000b700' },
        info: { result: { deviceId, selfTest: { result: MARKUP.repeat(100) } } },
        statistics: { result: Array(1000).fill(MARKUP), next: 'k.1' },
      };
      for (let at = 0; at < 20; at += 1) answer(message, { ...base, ...results[endpoint] });
    },
  });
  // Subjects of others: the server refuses both.
  for (const subject of [`ipmi-bt.${MADE_UP[0] ?? ''}.*.*`, 'ipmi-bt.uv1.*.*']) {
    connection.subscribe(subject, { callback: (error) => void refused.push(String(error)) });
  }
  connection.publish(`${STREAM}.uv1`, bodyOf(eventOf('uv1', 'forged', 'forged')));
  return { refused };
}

async function flood(connection: NatsConnection): Promise<void> {
  for (let at = 0; at < 2000; at += 1) {
    connection.publish(`${STREAM}.evil`, bodyOf(eventOf('evil', `e${at}`, MARKUP.repeat(1000))));
    for (const body of WRONG) connection.publish(`${STREAM}.evil`, body);
    if (at % 100 === 0) await connection.flush();
  }
  await connection.flush();
}

test('an agent that lies has the row of its own host, and no more', async () => {
  const folder = tempFolder();
  const server = new NatsServer(folder, { users: { ...USERS, evil: agentOf('evil') } });
  await server.start();
  const children: ChildProcess[] = [];
  onTestFinished(async () => {
    for (const child of children) child.kill('SIGKILL');
    await server.kill();
  });
  const program = (name: string, user: string, args: readonly string[]): ChildProcess => {
    const [command = '', ...rest] = args;
    const files = ['--nkey', server.file(`${user}.nk`), '--tls-ca', server.file('nats.crt')];
    const all = [join(BIN, `${name}.mjs`), command, '--server', server.url, ...files, ...rest];
    const child = spawn(process.execPath, all);
    children.push(child);
    return child;
  };
  const admin = await server.connect('admin');
  await testStream(admin);
  await admin.close();
  const evil = await server.connect('evil');
  const { refused } = beHostile(evil);
  writeFileSync(join(folder, 'policy.json'), '{ "others": ["read"] }', { mode: 0o600 });
  const places = ['--policy', join(folder, 'policy.json'), '--state', join(folder, 'uv1')];
  program('ipmi-bt-agent', 'uv1', ['--sim', '--host', 'uv1', ...places]);
  let log = '';
  const times = ['--interval', '5', '--timeout-s', '2', '--discover-s', '1'];
  const where = ['serve', '--listen', '127.0.0.1:0', '--all', '--user', 'viewer'];
  const page = program('ipmi-bt-fleet', 'viewer', [...where, ...times]);
  page.stderr?.setEncoding('utf8').on('data', (text: string) => (log += text));
  const port = await listeningPort(() => log);
  const look = new Look(port);
  await vi.waitFor(() => {
    expect([...look.rows.values()].map(({ state }) => state)).toContain('ok');
    expect(look.events.map(({ host }) => host)).toEqual(['uv1', 'uv1']);
  }, PATIENCE);

  await flood(evil);
  await vi.waitFor(() => {
    expect(look.events.filter(({ host }) => host === 'evil')).toHaveLength(EVENTS_OF_HOST_MAX);
    expect(look.events[0]?.seq).toBe(2002);
    expect(look.rows.get('evil')?.state).toBe('trouble');
    expect(look.rows.get('uv1')?.state).toBe('ok');
  }, PATIENCE);
  await evil.close();
  const seen = log.trim().split('\n');

  // Only the hosts whose agents the server lets listen, and nothing of one that the other said.
  expect([...look.rows.keys()].sort()).toEqual(['evil', 'uv1']);
  expect(look.rows.get('uv1')?.firmware).toBe('2.35 (01020304)');
  expect(look.rows.get('evil')?.firmware).toMatch(/^<img .{30,35}…$/);
  expect(look.rows.get('evil')).toMatchObject({ p99Us: null, losses: null });
  expect(look.events.filter(({ host }) => host === 'uv1')).toHaveLength(2);
  expect(
    offenders(nonEmpty(look.events), ({ text }) => /stolen|forged|capitals/.test(text)),
  ).toEqual([]);
  expect(offenders(look.text.split('\n'), (line) => line.length > 200_000)).toEqual([]);
  expect(look.text).not.toMatch(/made-up/);
  // 8,000 messages that were wrong are a few lines.
  const told = seen.filter((line) => line.includes('"event not taken"'));
  expect(told.length).toBeGreaterThan(0);
  // Ten of a kind in a minute, however long this takes.
  expect([told.length < 100, seen.length < 200]).toEqual([true, true]);
  expect(offenders(seen, (line) => line.length > 1000)).toEqual([]);
  expect(refused).toHaveLength(2);
});
