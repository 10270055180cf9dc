/**
 * The command beside a loop of `ssh host ipmitool`, for which a child of each host sleeps as long
 * as the host's BMC takes, and prints a line. What a real ssh adds is left out: its handshake,
 * some 0.1 s and some 20 ms of CPU here, and the start of ipmitool there.
 */

import { execFile } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';

import type { Row } from '../../../../test/bench/table.ts';
import type { Crowd } from '../crowd/crowd.ts';
import { USER } from '../crowd/crowd.ts';
import { cpuMsOf } from './processor-time.ts';

const TOOL = resolve(import.meta.dirname, '../../bin/ipmi-bt-fleet.mjs');

/** Children at a time, as clush has it by default. */
const FANOUT = 64;

/** One after another takes minutes for a thousand; each tenth is run. */
const SHARE_IN_TURN = 10;

const MS_PER_S = 1000;
const OUTPUT_BYTES_MAX = 64 * 1024 * 1024;

/** One way to ask all hosts. */
export interface Way {
  readonly what: string;
  readonly hosts: number;
  readonly wallS: number;
  /** Of the host that asks, with its children. */
  readonly cpuS: number;
  readonly serverCpuS: number;
}

/** Runs each way; throws if one of them does not have a line of each host. */
export async function measureLoop(crowd: Crowd, delayMs: (index: number) => number) {
  const { hosts, server } = crowd;
  const files = filesOf(crowd, delayMs);
  const child = `sh ${files.child}`;
  const few = Math.ceil(hosts.length / SHARE_IN_TURN);
  const line = `--server ${server.url} --user ${USER} --hosts @${files.hosts} --quiet`;
  const keys = `--nkey ${server.file(`${USER}.nk`)} --tls-ca ${server.file('nats.crt')}`;
  const inTurn = `sed -n '1~${SHARE_IN_TURN}p' ${files.hosts} | while read h; do ${child} $h; done`;
  const xargs = `xargs -P ${FANOUT} -n 1 ${child} < ${files.hosts}`;
  const clush = `clush -q -f ${FANOUT} -R exec --hostfile ${files.hosts} '${child} %h'`;
  const fleet = `'${process.execPath}' ${TOOL} raw ${line} ${keys} 0x06 0x01`;
  const ways: Way[] = [];
  const run = async (what: string, command: string, count = hosts.length): Promise<void> => {
    ways.push(await timed(crowd, { what, command, count }));
  };
  await run('a loop, one after another', inTurn, few);
  await run(`xargs -P ${FANOUT}`, xargs);
  await run(`clush -f ${FANOUT}`, clush);
  await run('ipmi-bt-fleet raw', fleet);
  return ways;
}

export function loopRows(ways: readonly Way[]): readonly Row[] {
  return [
    ['way', 'hosts', 'wall s', 'CPU s', 'CPU s of nats-server'],
    ...ways.map(({ what, hosts, wallS, cpuS, serverCpuS }): Row => {
      return [what, `${hosts}`, wallS.toFixed(1), cpuS.toFixed(2), serverCpuS.toFixed(2)];
    }),
  ];
}

/** The list of the hosts, and the program that stands for `ssh HOST ipmitool`. */
function filesOf({ hosts, plan }: Crowd, delayMs: (index: number) => number) {
  const file = (name: string): string => join(plan.folder, name);
  writeFileSync(file('hosts'), `${hosts.join('\n')}\n`);
  for (const [index, host] of hosts.entries()) {
    writeFileSync(file(`${host}.delay`), (delayMs(index) / MS_PER_S).toFixed(3));
  }
  const body = `read s < ${plan.folder}/$1.delay\nsleep $s\necho "$1: 20 01 02 35 02 9f"\n`;
  writeFileSync(file('child.sh'), body);
  return { hosts: file('hosts'), child: file('child.sh') };
}

async function timed(
  crowd: Crowd,
  { what, command, count }: { what: string; command: string; count: number },
): Promise<Way> {
  const before = cpuMsOf(crowd.server.pid ?? 0);
  // What the shell says of itself and its children: wall, user and system seconds.
  const text = `TIMEFORMAT='%R %U %S'; time { ${command}; }`;
  const { out, err } = await new Promise<{ out: string; err: string }>((done, fail) => {
    execFile('bash', ['-c', text], { maxBuffer: OUTPUT_BYTES_MAX }, (error, out, err) => {
      if (error === null) done({ out, err });
      else fail(new Error(`${what}: ${err}`, { cause: error }));
    });
  });
  const lines = out.split('\n').length - 1;
  if (lines !== count) throw new Error(`${what}: ${lines} lines of ${count} hosts`);
  const [wallS = NaN, user = NaN, system = NaN] = (err.trim().split('\n').at(-1) ?? '')
    .split(' ')
    .map(Number);
  const serverCpuS = (cpuMsOf(crowd.server.pid ?? 0) - before) / MS_PER_S;
  return { what, hosts: count, wallS, cpuS: user + system, serverCpuS };
}
