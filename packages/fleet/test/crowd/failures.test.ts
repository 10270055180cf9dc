/**
 * Failures in mid-run over a crowd of real agents, with skewed clocks, each held to the record of
 * the BMCs: a command that changes something is executed once or not at all, each report is what
 * happened, and each event is told once. `npm run bench:fleet` does the same to a thousand.
 */

import { execFile, spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';

import { afterAll, beforeAll, expect, test } from 'vitest';

import { wallMs } from '../../src/clock.ts';
import { EventReader } from '../../src/events/event-reader.ts';
import { SeenIds } from '../../src/events/seen-ids.ts';
import { FolderDisk } from '../../src/disk/disk.ts';
import { Crowd, PREFIX, USER } from './crowd.ts';
import { EventBook } from './event-book.ts';
import { agentsKilled, hung, partitioned, serverKilled } from './failures.ts';
import { Gate } from './gate.ts';
import { Round } from './rounds.ts';
import { IDENTIFY } from './simulated-host.ts';
import { until } from './wait.ts';

const TOOL = resolve(import.meta.dirname, '../../bin/ipmi-bt-fleet.mjs');

const GROUP = 8;
const ALL = 3 * GROUP;
const HUNG = 3;

/** A tool asks so many hosts at a time, and is killed when it has asked them. */
const FANOUT = 5;

const HOUR_MS = 3_600_000;

let folder: string;
let crowd: Crowd;
let gate: Gate;

/** Behind by hours, right, and ahead by hours, in turn. */
const skewMs = (index: number): number => ((index % 3) - 1) * 5 * HOUR_MS;

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'ipmi-bt-crowd-'));
  gate = await Gate.open(() => crowd.server.port);
  crowd = await Crowd.start({
    ...{ folder, groups: [GROUP, GROUP, GROUP], skewMs, haste: 50 },
    ways: [undefined, { before: [], url: () => `tls://127.0.0.1:${gate.port}` }],
    onServer: (started) => {
      crowd = started;
    },
  });
});

afterAll(async () => {
  await crowd.close();
  gate.close();
  rmSync(folder, { recursive: true, force: true });
});

function group(at: number) {
  const found = crowd.groups[at];
  if (found === undefined) throw new Error(`bug: there is no group ${at}`);
  return found;
}

const none = { answered: 0, 'not-sent': 0, unknown: 0 };
const all = { ...none, answered: ALL };

test('without a failure each command is executed once, whatever the clocks of the hosts say', async () => {
  const round = new Round(crowd);
  await round.ask();

  expect(round.verdict()).toEqual({ first: all, last: all, executed: ALL, lies: [] });
});

test('a deadline of the caller is held to the clock of each host, and what is late is not sent', async () => {
  const round = new Round(crowd, { deadlineMs: wallMs() + HOUR_MS });
  await round.ask();

  const first = { ...none, answered: (2 * ALL) / 3, 'not-sent': ALL / 3 };
  expect(round.verdict()).toEqual({ first, last: first, executed: (2 * ALL) / 3, lies: [] });
});

test('a server killed while all BMCs have a command: unknown, then answered, and sent once', async () => {
  const [during, away] = await serverKilled(crowd);

  expect(during).toEqual({
    ...{ first: { ...none, unknown: ALL }, last: all },
    ...{ executed: ALL, lies: [] },
  });
  expect(away).toEqual({
    ...{ first: { ...none, 'not-sent': ALL }, last: all },
    ...{ executed: ALL, lies: [] },
  });
});

test('hosts that a partition cuts off are unknown, and execute what comes late only once', async () => {
  const verdict = await partitioned(crowd, {
    group: group(1),
    cut: async () => {
      gate.shut();
      await Promise.resolve();
    },
    mend: async () => {
      gate.reopen();
      await Promise.resolve();
    },
  });

  const first = { ...none, answered: ALL - GROUP, unknown: GROUP };
  expect(verdict).toEqual({ first, last: all, executed: ALL, lies: [] });
});

test('agents killed while their BMCs have a command never know, and never send it again', async () => {
  const reports = { ...none, answered: ALL - GROUP, unknown: GROUP };

  expect(await agentsKilled(crowd, group(2))).toEqual({
    ...{ first: reports, last: reports, executed: ALL, lies: [] },
  });
});

test('BMCs that hang are unknown, and keep no other host waiting', async () => {
  const first = { ...none, answered: ALL - HUNG, unknown: HUNG };

  expect(await hung(crowd, crowd.hosts.slice(0, HUNG))).toEqual({
    ...{ first, last: all, executed: ALL, lies: [] },
  });
});

test('a tool killed in mid-run goes on with --resume, and no BMC executes the command twice', async () => {
  const round = new Round(crowd);
  const { server } = crowd;
  const files = ['--nkey', server.file(`${USER}.nk`), '--tls-ca', server.file('nats.crt')];
  const line = ['raw', '--server', server.url, '--user', USER, ...files, '--quiet'];
  const run = [
    '--fanout',
    `${FANOUT}`,
    '--resume',
    join(folder, 'run.state'),
    '--timeout-s',
    '600',
  ];
  const command = [`${IDENTIFY.netFn}`, `${IDENTIFY.cmd}`, `${round.number}`];
  const args = [TOOL, ...line, '--hosts', crowd.hosts.join(','), ...run, ...command];
  const asked = crowd.hosts.slice(0, FANOUT);

  await crowd.tell({ does: 'hang' });
  const killed = spawn(process.execPath, args, { stdio: 'ignore' });
  await round.untilExecuted(asked);
  const ended = new Promise((end) => killed.once('close', end));
  killed.kill('SIGKILL');
  await ended;
  expect([...crowd.executions(round.number).keys()].sort()).toEqual(asked);

  await crowd.tell({ does: 'goOn' });
  const code = await new Promise((done) => {
    execFile(process.execPath, args, (error) => {
      done(error?.code ?? 0);
    });
  });
  expect(code).toBe(0);
  const counts = [...crowd.executions(round.number).values()];
  expect(counts).toEqual(crowd.hosts.map(() => 1));
});

test('events reach a slow reader once each, over a partition, a kill of agents and of the server', async () => {
  const book = new EventBook(crowd);
  let release = (): void => undefined;
  const released = new Promise<void>((resolve) => {
    release = resolve;
  });
  const reader = await EventReader.open({
    ...{ connection: crowd.admin, prefix: PREFIX, durable: 'slow' },
    seen: new SeenIds(new FolderDisk(join(folder, 'seen'))),
    onEvent: async (event) => {
      await released;
      book.tell(event);
    },
    onError: (error) => expect(error).toBeUndefined(),
  });

  await book.record(5);
  gate.shut();
  await book.record(5);
  await until(
    'some events wait for the reader',
    async () => (await crowd.eventsInStream()) > GROUP,
  );
  gate.reopen();
  await until('all events wait for the reader', async () => {
    return (await crowd.eventsInStream()) === 10 * ALL;
  });
  await group(2).kill();
  group(2).start();
  await crowd.server.kill();
  await book.record(5, [...group(0).hosts, ...group(1).hosts]);
  await crowd.server.start();
  await crowd.untilAnswering();
  release();
  await until('the reader has all', () => book.isComplete);
  await reader.close();

  const recorded = 10 * ALL + 5 * 2 * GROUP;
  expect(book.account()).toEqual({ recorded, told: recorded, lost: 0, twice: 0 });
});
