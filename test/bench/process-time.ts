/**
 * What whole processes take, one after the other and in turns, so that whatever else the machine
 * does meets all of them alike.
 */

import { execFileSync } from 'node:child_process';

import { compile } from '../vm/compile.ts';
import { medians } from './stats.ts';

/** One run of a process, as `one-process` prints it, or the medians of several. */
export interface ProcessTime {
  readonly wall_ms: number;
  readonly cpu_ms: number;
  readonly max_rss_kb: number;
}

/** Runs each of `commands` once before and then `runs` times, and gives the medians. */
export async function measureProcesses<Name extends string>(
  commands: Readonly<Record<Name, readonly string[]>>,
  runs: number,
): Promise<Record<Name, ProcessTime>> {
  const program = await compile('one-process');
  const names = Object.keys(commands) as Name[];
  const runAll = (): Record<Name, ProcessTime> => {
    const entries = names.map((name) => [name, runOnce(program, commands[name])]);
    return Object.fromEntries(entries) as Record<Name, ProcessTime>;
  };
  runAll();
  const rounds = Array.from({ length: runs }, runAll);
  const entries = names.map((name) => [name, medians(rounds.map((round) => round[name]))]);
  return Object.fromEntries(entries) as Record<Name, ProcessTime>;
}

function runOnce(program: string, command: readonly string[]): ProcessTime {
  // What a command says on standard error is not ours to show, unless it fails.
  const stdout = execFileSync(program, command, { encoding: 'utf8', stdio: 'pipe' });
  return JSON.parse(stdout) as ProcessTime;
}
