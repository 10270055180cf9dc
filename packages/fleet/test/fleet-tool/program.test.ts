/** Runs of the tool over hosts in memory: output, exit code, resuming, changing commands. */

import { readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { PassThrough } from 'node:stream';

import { CommanderError } from 'commander';
import { VirtualClock } from 'ipmi-bt/sim/clock';
import { expect, test, vi } from 'vitest';

import { greatest } from '../../../../test/support/lists.ts';
import { Fleet } from '../../src/fleet/fleet.ts';
import { readOptions } from '../../src/fleet-tool/options.ts';
import type { ToolOptions } from '../../src/fleet-tool/options.ts';
import { runFleet } from '../../src/fleet-tool/program.ts';
import { MemoryTransport, answerOf } from '../fleet/memory-transport.ts';
import type { HostScript } from '../fleet/memory-transport.ts';
import { tempFolder } from '../temp-folder.ts';

const STEP_MS = 10;

const quick = (host: string, completionCode = 0): HostScript => ({
  replies: [{ afterMs: 10, delivery: answerOf(host, completionCode) }],
});

/** Answers the same as every other such host. */
const same: HostScript = quick('x');

/** Files are written in real time, in which the virtual one goes on. */
async function driven<T>(clock: VirtualClock, run: Promise<T>): Promise<T> {
  const settled = { is: false };
  const mark = (): void => void (settled.is = true);
  run.then(mark, mark);
  while (!settled.is) await clock.pass(STEP_MS);
  return await run;
}

/** The options of a command that asks. */
function asked(words: readonly string[]): ToolOptions {
  const chosen = readOptions(words, '1', { out: () => 0, err: () => 0 });
  if (chosen.kind !== 'ask') throw new Error(`${chosen.kind} asks nothing`);
  return chosen.options;
}

async function tool(scripts: Readonly<Record<string, HostScript>>, line: string, isTTY = false) {
  const clock = new VirtualClock();
  const transport = new MemoryTransport(clock, scripts);
  const stderr = Object.assign(new PassThrough({ encoding: 'utf8' }), { isTTY, columns: 80 });
  let [out, err] = ['', ''];
  stderr.on('data', (text: string) => (err += text));
  const options = asked(line.split(' '));
  const code = await driven(
    clock,
    runFleet(options, {
      connect: () => Promise.resolve(new Fleet(transport, { clock })),
      nodeset: () => Promise.reject(new Error('none')),
      ...{ out: (text) => void (out += text), stderr, signal: new AbortController().signal },
    }),
  );
  return { code, out, err, received: transport.received, isClosed: transport.isClosed };
}

test('answers as they come, each line with its host; the worst host is the exit code', async () => {
  const hosts = { a: quick('a'), b: quick('b', 0xc1), c: {} };
  const { code, out, err, isClosed } = await tool(hosts, 'raw --hosts a,b,c 0x06 0x01');

  expect([code, out, isClosed]).toEqual([75, 'a:  61\n', true]);
  expect(err).toBe(
    'ipmi-bt-fleet: b: completion code 0xc1: Invalid command\n' +
      'ipmi-bt-fleet: c: REQUEST_TIMEOUT: no answer within 15000 ms (unknown)\n' +
      'ipmi-bt-fleet: 3 hosts: 2 answered, 0 not-sent, 1 unknown\n',
  );
});

test('one host is no hosts', async () => {
  const { err } = await tool({ a: quick('a') }, 'raw --hosts a 6 1');
  const stopped = await tool({ a: quick('a', 0xc1), b: same }, 'raw --all --canary 1 0 4 15');

  expect(err).toBe('ipmi-bt-fleet: 1 host: 1 answered, 0 not-sent, 0 unknown\n');
  expect(stopped.err).toMatch(/ipmi-bt-fleet: 2 hosts: .*; stopped: 1 of 1 host failed\n$/);
});

test('equal answers, and equal troubles, once', async () => {
  const { code, out, err } = await tool(
    { a: same, b: same, c: {}, d: {} },
    'raw -b --all --quiet 0x06 0x01',
  );

  expect([code, err]).toEqual([
    ...[75, 'ipmi-bt-fleet: c,d: REQUEST_TIMEOUT: no answer within 15000 ms (unknown)\n'],
  ]);
  expect(out).toBe('---------------\na,b (2)\n---------------\n 78\n');
});

test('an object of JSON for each host', async () => {
  const { out } = await tool({ a: quick('a'), b: {} }, 'raw --json --all 6 1');
  const [first, second] = out.trim().split('\n');

  expect(JSON.parse(first ?? '')).toEqual({
    ...{ schema: 'ipmi-bt/fleet-host', version: 1, host: 'a', outcome: 'answered', exit_code: 0 },
    elapsed_ms: 10,
    ...{ completion_code: 0, completion_text: 'Command completed normally', data: [0x61] },
  });
  expect(JSON.parse(second ?? '')).toMatchObject({
    ...{ host: 'b', outcome: 'unknown', exit_code: 75 },
    error: { code: 'REQUEST_TIMEOUT', outcome: 'unknown' },
  });
});

test('a list is a table without signs that steer a terminal; a smoke verdict is an exit code', async () => {
  const list = [
    { name: 'Fan\u001B[2J', value: 1 },
    { name: 'B', value: null, unit: 'rpm' },
  ];
  const answer = (result: unknown): HostScript => ({
    replies: [{ afterMs: 1, delivery: { kind: 'answer', body: { host: 'a', result } } }],
  });

  const sensors = await tool({ a: answer(list) }, 'sensors --all -b');
  expect(sensors.out.split('\n').slice(3)).toEqual([
    ...['name        value  unit', 'Fan\\x1b[2J  1      na', 'B           na     rpm', ''],
  ]);
  const signs = { name: 'a\u009B2Jb\u202Ec\u2028\u{E0001}' };
  const plain = await tool({ a: answer(signs) }, 'info --all');
  expect(plain.out).toBe('a: name: a\\x9b2Jb\\x202ec\\x2028\\xe0001\n');
  const json = await tool({ a: answer(signs) }, 'info --all --json');
  expect(json.out).toMatch(/^[ -~]+\n$/);
  expect(JSON.parse(json.out)).toMatchObject({ result: signs });
  const smoke = await tool({ a: answer({ exitCode: 1, line: 'bad' }) }, 'smoke --all');
  expect([smoke.code, smoke.out]).toEqual([1, 'a: exitCode: 1\na: line: bad\n']);
});

test('a table of a hostile host is no larger than what it sent', async () => {
  const answer = (result: unknown): HostScript => ({
    replies: [{ afterMs: 1, delivery: { kind: 'answer', body: { host: 'a', result } } }],
  });
  const long = [
    { name: 'x'.repeat(1_000_000), value: 1 },
    ...Array<object>(999).fill({ name: 'y' }),
  ];
  const wide = Array.from({ length: 2000 }, (_, at) => ({ [`n${at}`]: at }));

  expect((await tool({ a: answer(long) }, 'sensors --all -b')).out.length).toBeLessThan(1_200_000);
  expect((await tool({ a: answer(wide) }, 'sensors --all -b')).out).toContain('\n{"n1999":1999}\n');
});

test('a changing command has one request id, 64 hosts at a time, and canaries that stop it', async () => {
  const scripts = Object.fromEntries(
    Array.from({ length: 70 }, (_, at) => [`h${at}`, quick(`h${at}`, at === 1 ? 0xc0 : 0)]),
  );
  const whole = await tool(scripts, 'raw --all --quiet --id led-1 0 4 15');
  const stopped = await tool(scripts, 'raw --all --canary 2 0 4 15');

  expect(whole.received.filter(({ atMs }) => atMs === 0).length).toBe(64);
  expect(new Set(whole.received.map(({ question }) => question.body['id']))).toEqual(
    new Set(['led-1']),
  );
  expect(whole.received.length).toBe(70);
  expect(stopped.received.map(({ host }) => host)).toEqual(['h0', 'h1']);
  expect(stopped.err).toMatch(/^ipmi-bt-fleet: request id [\w-]{36}\n/);
  expect(stopped.err).toMatch(/68 not-sent, 0 unknown; stopped: 1 of 2 hosts failed\n$/);
  expect(stopped.code).toBe(75);
});

test('a run goes on with its request id, and asks those alone that have not answered', async () => {
  const file = join(tempFolder(), 'state');
  const line = `raw --quiet --resume ${file} 0 4 15`;
  const hosts = '--hosts a,b,c,d';
  const first = await tool(
    { a: quick('a', 0xc1), b: {}, c: { isUnreachable: true } },
    `${line} ${hosts}`,
  );
  const second = await tool({ b: quick('b'), c: quick('c'), d: quick('d') }, line);
  const third = await tool({}, `${line} ${hosts}`);

  const ids = [...first.received, ...second.received].map(({ question }) => question.body['id']);
  expect(new Set(ids).size).toBe(1);
  expect(second.received.map(({ host }) => host)).toEqual(['b', 'c', 'd']);
  expect(third.err).toBe('');
  const last = await tool({}, `raw --resume ${file} 0 4 15`);
  expect(last.err).toMatch(/nothing to ask: all hosts of this run have answered before\n$/);
  // The answer of the first run counts in all that follow.
  expect([first.code, second.code, third.code, third.received.length]).toEqual([75, 1, 1, 0]);
  expect(statSync(file).mode & 0o777).toBe(0o600);
  expect(JSON.parse(readFileSync(file, 'utf8'))).toMatchObject({
    hosts: { a: { outcome: 'answered', exitCode: 1 }, d: { outcome: 'answered', exitCode: 0 } },
  });
  await expect(tool({}, `raw --resume ${file} 0 4 16`)).rejects.toThrow('is of another command');
  await expect(tool({}, `${line} --hosts a,b`)).rejects.toThrow('is of other hosts');
  await expect(tool({}, `${line} --id mine`)).rejects.toThrow('is of another request id');
  writeFileSync(file, readFileSync(file, 'utf8').replace('"d"', '"d\\u001b[2J"'));
  await expect(tool({}, line)).rejects.toThrow('"d\\u001b[2J" is no name of a host');
});

test('without an agent, and without a file that can be written, nothing is sent', async () => {
  await expect(tool({}, 'info --all')).rejects.toThrow('no agent answers');
  const line = `info --hosts a --resume ${join(tempFolder(), 'no', 'file')}`;
  await expect(tool({ a: same }, line)).rejects.toThrow('ENOENT');
});

test('the data of a command comes from a file, so that no list of processes has it', async () => {
  const folder = tempFolder();
  const file = join(folder, 'data');
  writeFileSync(file, ' 0x02 2\n0x68 117 ');
  const { received } = await tool({ a: quick('a') }, `raw --hosts a --data ${file} 0x06 0x47`);
  const refused = (text: string, line: string): string => {
    writeFileSync(file, text);
    let told = '';
    const err = (said: string): void => void (told += said);
    expect(() => readOptions(line.split(' '), '1', { out: () => 0, err })).toThrow(CommanderError);
    return told.replaceAll(folder, '');
  };
  const line = `raw --hosts a --data ${file} 6 0x47`;

  expect(received.map(({ question }) => question.body['data'])).toEqual(['02026875']);
  expect([refused('1 hush', line), refused('1 256', line)]).toEqual(
    Array(2).fill(
      'ipmi-bt-fleet: --data: number 2 of /data is none from 0 to 255 (see ipmi-bt-fleet --help)\n',
    ),
  );
  expect(refused('1 '.repeat(253), line)).toContain('/data has 253 numbers: a request has at most');
  expect(refused('', `${line} 1`)).toContain('data and --data exclude each other');
  expect(refused('', line.replace(file, folder))).toContain(' cannot be read: EISDIR');
  const endless = refused('', line.replace(file, '/dev/zero'));
  expect(endless).toContain('/dev/zero is longer than 65536 bytes: a request has at most 252');
  expect(refused(`1${' '.repeat(65_536)}`, line)).toContain('/data is longer than 65536 bytes');
});

test('a signal ends it while it connects, and a connection that comes later is closed', async () => {
  const abort = new AbortController();
  const transport = new MemoryTransport(new VirtualClock(), {});
  const options = asked(['info', '--hosts', 'a']);
  let connect: (fleet: Fleet) => void = () => undefined;
  const connected = new Promise<Fleet>((resolve) => {
    connect = resolve;
  });
  const run = runFleet(options, {
    connect: async () => await connected,
    nodeset: () => Promise.reject(new Error('none')),
    ...{ out: () => 0, stderr: Object.assign(new PassThrough(), { isTTY: false, columns: 80 }) },
    signal: abort.signal,
  });
  abort.abort();

  await expect(run).rejects.toThrow('ended by a signal while it connected');
  connect(new Fleet(transport));
  await vi.waitFor(() => {
    expect([transport.isClosed, transport.received]).toEqual([true, []]);
  });
});

test('a terminal has a bar, which makes room for the answers', async () => {
  const { err, out } = await tool({ a: quick('a') }, 'raw --all 6 1', true);

  expect(err).toContain('0/1 host,');
  expect(err).toContain('\r\u001B[K');
  expect(out).toBe('a:  61\n');
});

test.each([
  ...['', 'info', 'info --hosts a --all', 'raw --all 6', 'raw --all 5 1', 'raw --all 6 256'],
  ...[
    'raw --all 6 1 x',
    'info --all -b --json',
    'info --all --timeout-s 0',
    'info --all --fanout 0',
  ],
  ...['info --all --max-failures 101', 'info --all --id a.b', 'info --all --user a.b', 'fru --all'],
])('"%s" is refused', (line) => {
  const words = line.split(' ').filter((word) => word !== '');
  expect(() => readOptions(words, '1', { out: () => 0, err: () => 0 })).toThrow(CommanderError);
});

test('help fits a terminal', () => {
  const lines: string[] = [];
  for (const name of ['raw', 'sel', 'serve']) {
    const out = (text: string): number => lines.push(...text.split('\n'));
    expect(() => readOptions([name, '--help'], '1', { out, err: out })).toThrow(CommanderError);
  }
  expect(greatest(lines.map(({ length }) => length))).toBeLessThan(81);
});

test('a smoke test has more time by default than a question', () => {
  const timeoutOf = (name: string): number => asked([name, '--all']).timeoutS;

  expect([timeoutOf('info'), timeoutOf('smoke')]).toEqual([15, 60]);
});
