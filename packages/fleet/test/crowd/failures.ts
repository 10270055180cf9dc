/**
 * Failures in the middle of a command that changes something. Each ends when everything is known
 * again: the verdict says what was reported, and whether the BMCs say the same.
 */

import type { IpmiError } from 'ipmi-bt';

import type { Crowd } from './crowd.ts';
import type { Group } from './group.ts';
import { Round, untilResults } from './rounds.ts';
import type { Verdict } from './rounds.ts';
import { until } from './wait.ts';

/** A failure of the way between a group and the server. */
export interface Cut {
  readonly group: Group;
  readonly cut: () => Promise<void>;
  readonly mend: () => Promise<void>;
}

/** The server is killed while all BMCs have a command; another one follows while it is away. */
export async function serverKilled(crowd: Crowd): Promise<readonly [Verdict, Verdict]> {
  const [during, away] = [new Round(crowd), new Round(crowd)];
  await crowd.tell({ does: 'hang' });
  await during.ask(async ({ end }) => {
    await during.untilExecuted();
    await crowd.server.kill();
    // What the agents answer now has nowhere to go.
    await crowd.tell({ does: 'goOn' });
    end();
  });
  during.judge();
  await untilLost(crowd);
  await away.ask();
  await crowd.server.start();
  await crowd.untilAnswering();
  away.judge();
  await during.ask();
  await away.ask();
  return [during.verdict(), away.verdict()];
}

/** The way to one group is cut before the command, and mended after the others have answered. */
export async function partitioned(crowd: Crowd, { group, cut, mend }: Cut): Promise<Verdict> {
  const round = new Round(crowd);
  await cut();
  await round.ask(async (asking) => {
    await untilResults(asking, crowd.hosts.length - group.hosts.length);
    asking.end();
  });
  round.judge();
  await mend();
  await crowd.untilAnswering();
  await round.ask();
  return round.verdict();
}

/** The agents of one group are killed while their BMCs have the command, and started again. */
export async function agentsKilled(crowd: Crowd, group: Group): Promise<Verdict> {
  const round = new Round(crowd);
  await group.tell({ does: 'hang' });
  await round.ask(async (asking) => {
    await untilResults(asking, crowd.hosts.length - group.hosts.length);
    await round.untilExecuted();
    await group.kill();
    asking.end();
  });
  round.judge();
  group.start();
  await crowd.untilAnswering();
  await round.ask();
  return round.verdict();
}

/** Some BMCs hang: they execute the command, and answer when all others have been given up. */
export async function hung(crowd: Crowd, hosts: readonly string[]): Promise<Verdict> {
  const round = new Round(crowd);
  await crowd.tell({ does: 'hang' }, hosts);
  await round.ask(async (asking) => {
    await untilResults(asking, crowd.hosts.length - hosts.length);
    await round.untilExecuted();
    asking.end();
  });
  round.judge();
  await crowd.tell({ does: 'goOn' }, hosts);
  await round.ask();
  return round.verdict();
}

/** Resolves when the fleet knows that its server is away. */
async function untilLost(crowd: Crowd): Promise<void> {
  const [host = ''] = crowd.hosts;
  await until('the fleet notices that the server is away', async () => {
    const asked = crowd.fleet.host(host).request({ netFn: 6, cmd: 1 }, { timeoutMs: 100 });
    const outcome = await asked.then(
      () => 'answered',
      (error: unknown) => (error as IpmiError).outcome,
    );
    return outcome === 'not-sent';
  });
}
