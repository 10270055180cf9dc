/** The failures of the tests in the large, and those that take their time. */

import { mkdirSync } from 'node:fs';
import { join } from 'node:path';

import type { Row } from '../../../../test/bench/table.ts';
import { FolderDisk } from '../../src/disk/disk.ts';
import { EventReader } from '../../src/events/event-reader.ts';
import { SeenIds } from '../../src/events/seen-ids.ts';
import { PREFIX } from '../crowd/crowd.ts';
import type { Crowd } from '../crowd/crowd.ts';
import { EventBook } from '../crowd/event-book.ts';
import type { Account } from '../crowd/event-book.ts';
import { agentsKilled, hung, partitioned, serverKilled } from '../crowd/failures.ts';
import { Round } from '../crowd/rounds.ts';
import type { Outcomes, Verdict } from '../crowd/rounds.ts';
import { pause, until } from '../crowd/wait.ts';
import type { NetworkSpace } from './network-space.ts';

/** A tenth of the BMCs. */
const HUNG_SHARE = 10;

/** The fleet waits so long for a BMC that has forgotten the command. */
const DEAF_WAIT_MS = 8000;

/** Longer than the server and the agents keep a connection that says nothing: a minute. */
const LONG_CUT_MS = 90_000;

const EVENTS = 5;
const SLOW_READER_MS = 2;

/** Everything that was found. */
export interface Failures {
  readonly verdicts: Readonly<Record<string, Verdict>>;
  readonly events: Account;
}

export async function measureFailures(crowd: Crowd, space: NetworkSpace): Promise<Failures> {
  const group = crowd.groups.at(-1);
  const [first] = crowd.groups;
  if (group === undefined || first === undefined) throw new Error('bug: no groups');
  const tenth = crowd.hosts.filter((_, at) => at % HUNG_SHARE === 0);
  const verdicts: Record<string, Verdict> = {};
  const note = async (what: string, work: () => Promise<Verdict>): Promise<void> => {
    verdicts[what] = await work();
    process.stderr.write(`${what}: ${JSON.stringify(verdicts[what])}\n`);
  };
  await note('clocks of hosts up to a day wrong', async () => await plain(crowd));
  await note('a tenth of the BMCs hang', async () => await hung(crowd, tenth));
  const [during, away] = await serverKilled(crowd);
  await note('server killed, BMCs have the command', () => Promise.resolve(during));
  await note('server away when the command is given', () => Promise.resolve(away));
  await note('a quarter of the agents killed', async () => await agentsKilled(crowd, first));
  const cut = async (): Promise<void> => {
    space.cut();
    await Promise.resolve();
  };
  const mendAfter = (ms: number) => async (): Promise<void> => {
    await pause(ms);
    space.mend();
  };
  const short = { group, cut, mend: mendAfter(0) };
  await note('a quarter cut off, briefly', async () => await partitioned(crowd, short));
  const long = { group, cut, mend: mendAfter(LONG_CUT_MS) };
  await note('a quarter cut off, 90 s', async () => await partitioned(crowd, long));
  const events = await eventsThrough(crowd, space);
  await note('a tenth of the BMCs forget', async () => await deaf(crowd, tenth));
  return { verdicts, events };
}

export function failureRows({ verdicts, events }: Failures): readonly Row[] {
  const { recorded, told, lost, twice } = events;
  return [
    ['failure', 'reported first', 'reported last', 'executed', 'reports that are wrong'],
    ...Object.entries(verdicts).map(([what, { first, last, executed, lies }]): Row => {
      return [what, textOf(first), textOf(last), `${executed}`, `${lies.length}`];
    }),
    [
      'events through all of it',
      `${recorded} recorded`,
      `${told} told`,
      `${lost} lost`,
      `${twice} twice`,
    ],
  ];
}

function textOf({ answered, unknown, ...rest }: Outcomes): string {
  return `${answered} answered, ${rest['not-sent']} not-sent, ${unknown} unknown`;
}

async function plain(crowd: Crowd): Promise<Verdict> {
  const round = new Round(crowd);
  await round.ask();
  return round.verdict();
}

/** They forget what they are sent, and the agents cannot know it: it stays unknown. */
async function deaf(crowd: Crowd, hosts: readonly string[]): Promise<Verdict> {
  const round = new Round(crowd, { waitMs: DEAF_WAIT_MS });
  await crowd.tell({ does: 'deafen' }, hosts);
  await round.ask();
  round.judge();
  await round.ask();
  return round.verdict();
}

/** Events of all hosts while a link is cut and the server is killed, to a slow reader. */
async function eventsThrough(crowd: Crowd, space: NetworkSpace): Promise<Account> {
  const book = new EventBook(crowd);
  const folder = join(crowd.plan.folder, 'reader');
  mkdirSync(folder);
  const reader = await EventReader.open({
    ...{ connection: crowd.admin, prefix: PREFIX, durable: 'slow' },
    seen: new SeenIds(new FolderDisk(folder)),
    onEvent: async (event) => {
      await pause(SLOW_READER_MS);
      book.tell(event);
    },
    onError: (error) => void process.stderr.write(`${String(error)}\n`),
  });
  await book.record(EVENTS);
  await until('the reader has some', () => book.account().told > crowd.hosts.length);
  space.cut();
  await book.record(EVENTS);
  await crowd.server.kill();
  await book.record(EVENTS);
  await crowd.server.start();
  space.mend();
  await until('the reader has all', () => book.isComplete);
  await reader.close();
  return book.account();
}
