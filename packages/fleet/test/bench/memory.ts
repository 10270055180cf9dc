/** The memory of an agent as a process, with TLS, an NKEY and a stream, beside Node alone. */

import { spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';

import type { Row } from '../../../../test/bench/table.ts';
import type { Crowd } from '../crowd/crowd.ts';
import { PREFIX } from '../crowd/crowd.ts';
import { pause } from '../crowd/wait.ts';
import { kilobytesOf } from './processor-time.ts';

const PACKAGE = resolve(import.meta.dirname, '../..');

/** Requests that read sensors, of which each is some hundred commands of the BMC. */
const REQUESTS = 20;
const SETTLE_MS = 3000;

/** A process, in kB. */
export interface Memory {
  readonly what: string;
  readonly rss: number;
  /** Its own; the rest are pages of files, which processes on a host share. */
  readonly anonymous: number;
}

/** Node that does nothing, an agent that has started, and one that has answered. */
export async function measureMemory(crowd: Crowd): Promise<readonly Memory[]> {
  const node = spawn(process.execPath, ['-e', 'process.stdin.resume()'], {
    stdio: ['pipe', 'ignore', 'ignore'],
  });
  await pause(SETTLE_MS);
  const alone = memoryOf('Node alone', node);
  node.kill('SIGKILL');
  // In place of the first group, whose first host it is.
  const [group] = crowd.groups;
  const [host = ''] = crowd.hosts;
  await group?.kill();
  const agent = startAgent(crowd, host);
  try {
    await crowd.untilAnswering([host]);
    await pause(SETTLE_MS);
    const started = memoryOf('agent, connected', agent);
    for (let request = 0; request < REQUESTS; request += 1) {
      const question = { endpoint: 'sensors', body: {} } as const;
      await crowd.fleet.gather({ hosts: [host], question, waitMs: 60_000 });
    }
    await pause(SETTLE_MS);
    return [alone, started, memoryOf(`agent, after ${REQUESTS} readings of all sensors`, agent)];
  } finally {
    agent.kill('SIGKILL');
    group?.start();
    await crowd.untilAnswering();
  }
}

export function memoryRows(memories: readonly Memory[]): readonly Row[] {
  const megabytes = (kilobytes: number): string => ((kilobytes * 1024) / 1e6).toFixed(1);
  return [
    ['process', 'RSS MB', 'of that its own MB'],
    ...memories.map(({ what, rss, anonymous }): Row => {
      return [what, megabytes(rss), megabytes(anonymous)];
    }),
  ];
}

/** As the unit of systemd starts it. */
function startAgent(crowd: Crowd, host: string): ChildProcess {
  const unit = readFileSync(join(PACKAGE, 'systemd/ipmi-bt-agent.service'), 'utf8');
  const [, options] = /^Environment="NODE_OPTIONS=(.*)"$/m.exec(unit) ?? [];
  if (options === undefined) throw new Error('the unit has no NODE_OPTIONS');
  const { server, plan } = crowd;
  const files = ['--nkey', server.file(`${host}.nk`), '--tls-ca', server.file('nats.crt')];
  const places = ['--policy', server.file('policy.json'), '--state', join(plan.folder, 'agent')];
  const names = ['--host', host, '--prefix', PREFIX, '--server', server.url];
  const program = join(PACKAGE, 'bin/ipmi-bt-agent.mjs');
  return spawn(process.execPath, [program, '--sim', ...names, ...files, ...places], {
    ...{ stdio: 'ignore', env: { ...process.env, NODE_OPTIONS: options } },
  });
}

function memoryOf(what: string, { pid = 0 }: ChildProcess): Memory {
  const [rss, anonymous] = ['VmRSS', 'RssAnon'].map((name) => kilobytesOf(pid, 'status', name));
  return { what, rss: rss ?? NaN, anonymous: anonymous ?? NaN };
}
