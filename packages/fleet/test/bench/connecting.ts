/** The start of all agents: what their connections cost the server. */

import { systemClock } from 'ipmi-bt';

import type { Row } from '../../../../test/bench/table.ts';
import { Crowd } from '../crowd/crowd.ts';
import type { CrowdPlan } from '../crowd/crowd.ts';
import { cpuMsOf, kilobytesOf } from './processor-time.ts';

/** The cost of connections with TLS and an NKEY each. */
export interface Connecting {
  readonly hosts: number;
  readonly wallS: number;
  /** Of the server, for each host. */
  readonly cpuMs: number;
  readonly kilobytes: number;
}

const MS_PER_S = 1000;

/** Starts a crowd. */
export async function measureConnecting(plan: CrowdPlan): Promise<readonly [Crowd, Connecting]> {
  let before = { cpuMs: 0, kilobytes: 0, atMs: 0 };
  const crowd = await Crowd.start({
    ...plan,
    onServer: (started) => {
      before = usedBy(started);
    },
  });
  const after = usedBy(crowd);
  const hosts = crowd.hosts.length;
  const cost = {
    ...{ hosts, wallS: (after.atMs - before.atMs) / MS_PER_S },
    cpuMs: (after.cpuMs - before.cpuMs) / hosts,
    kilobytes: (after.kilobytes - before.kilobytes) / hosts,
  };
  return [crowd, cost];
}

export function connectingRows({ hosts, wallS, cpuMs, kilobytes }: Connecting): readonly Row[] {
  return [
    ['hosts', 'all answer after s', 'CPU ms of server a host', 'kB of server a host'],
    [`${hosts}`, wallS.toFixed(0), cpuMs.toFixed(2), kilobytes.toFixed(0)],
  ];
}

function usedBy({ server: { pid = 0 } }: Crowd) {
  const kilobytes = kilobytesOf(pid, 'status', 'VmRSS');
  return { cpuMs: cpuMsOf(pid), kilobytes, atMs: systemClock.now() };
}
