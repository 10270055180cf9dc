/**
 * Moves this process to some CPUs and back, by taskset(1) of util-linux: of a mask in a C program
 * 1,024 CPUs are the usual limit, and taskset has none. Port accesses are made by the main thread,
 * which is the one that it moves.
 */

import { spawnSync } from 'node:child_process';

import type { Files } from '../files.ts';

/** Moves the process to the CPUs of a list such as `0-7,64-71`; returns what went wrong. */
export type Pin = (cpus: string) => string | undefined;

/** CPUs that the process may use now, and the nodes of the machine with theirs. */
interface Nodes {
  readonly allowed: string | undefined;
  readonly nodes: readonly { readonly name: string; readonly cpus: string }[];
}

const NODES = '/sys/devices/system/node';

/** Nodes that have CPUs, in order of their numbers; memory alone makes a node as well. */
export function nodesOf(files: Files): Nodes {
  const names = files.list(NODES).filter((name) => /^node\d+$/.test(name));
  const numbers = names.map((name) => Number(name.slice('node'.length))).sort((a, b) => a - b);
  const nodes = numbers.map((number) => {
    const cpus = files.readText(`${NODES}/node${number}/cpulist`)?.trim() ?? '';
    return { name: `node${number}`, cpus };
  });
  const status = files.readText('/proc/self/status') ?? '';
  const [, allowed] = /^Cpus_allowed_list:\s*(\S+)$/m.exec(status) ?? [];
  return { allowed, nodes: nodes.filter(({ cpus }) => cpus !== '') };
}

/** Moves this process by taskset(1). */
export const taskset: Pin = (cpus) => {
  const words = ['--pid', '--cpu-list', cpus, String(process.pid)];
  const { status, error, stderr } = spawnSync('taskset', words, { encoding: 'utf8' });
  if (status === 0) return undefined;
  return `taskset (util-linux) failed: ${error?.message ?? stderr.trim()}`;
};
