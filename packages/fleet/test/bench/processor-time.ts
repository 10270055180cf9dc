/** Processor time and memory of processes, from /proc. */

import { readFileSync } from 'node:fs';

/** Clock ticks of the kernel in /proc: 100 a second on every Linux that runs Node. */
const MS_PER_TICK = 10;

const [USER_FIELD, SYSTEM_FIELD] = [11, 12];

/** Milliseconds of processor time that a process has used. */
export function cpuMsOf(pid: number): number {
  const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
  // Behind the name of the program, which may have spaces.
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  return MS_PER_TICK * (Number(fields[USER_FIELD]) + Number(fields[SYSTEM_FIELD]));
}

/** A value of /proc/PID/status or smaps_rollup, in kB. */
export function kilobytesOf(pid: number, file: 'status' | 'smaps_rollup', name: string): number {
  const text = readFileSync(`/proc/${pid}/${file}`, 'utf8');
  const [, value] = new RegExp(`^${name}:\\s+(\\d+) kB`, 'm').exec(text) ?? [];
  if (value === undefined) throw new Error(`/proc/${pid}/${file} has no ${name}`);
  return Number(value);
}

/** The same of this process. */
export function ownCpuMs(): number {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1000;
}
