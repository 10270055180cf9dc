/**
 * `npm run bench:check -- REV1 REV2`: is the second revision slower than the first? Builds both in
 * worktrees of their own and measures them in turns, each beside the same peer in the same process.
 * What is compared are ratios to the peer, so that a machine that is busy is busy for all of them.
 * Exit code 1 when a ratio has grown by more than the noise there is.
 */

import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';

import { median } from './stats.ts';
import { formatTable } from './table.ts';
import type { Row } from './table.ts';

const ROOT = fileURLToPath(new URL('../../', import.meta.url));
const PROGRAM = fileURLToPath(new URL('check-once.ts', import.meta.url));

/** Runs of each revision; an even number, so that each is as often the first of a pair. */
const ROUNDS = 8;

/** Less than this is no slow-down, however quiet the machine. */
const BAND_MIN = 0.05;

/** So many times the usual distance of a run from the median is more than chance. */
const NOISES = 3;

/** What `check-once` prints: figures of the library as multiples of the peer's. */
export type Ratios = Readonly<Record<string, number>>;

function run(command: string, args: readonly string[], cwd: string): string {
  return execFileSync(command, args, { cwd, encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe'] });
}

/** Gives the library of a revision, built in `folder`. */
function buildAt(revision: string, folder: string): string {
  run('git', ['worktree', 'add', '--detach', folder, revision], ROOT);
  symlinkSync(join(ROOT, 'node_modules'), join(folder, 'node_modules'));
  run('npm', ['run', 'build:js'], folder);
  return pathToFileURL(join(folder, 'dist/index.js')).href;
}

function measureOnce(library: string): Ratios {
  const stdout = run(process.execPath, ['--import', 'tsx', PROGRAM, library], ROOT);
  return JSON.parse(stdout) as Ratios;
}

/** The median distance from the median, as a share of it. */
function noise(values: readonly number[]): number {
  const middle = median(values);
  return median(values.map((value) => Math.abs(value - middle))) / middle;
}

/** The row of one figure, and whether it is slower. */
function compare(name: string, [before, after]: [Ratios[], Ratios[]]): [Row, boolean] {
  const [first, second] = [before, after].map((runs) => runs.map((ratios) => ratios[name] ?? NaN));
  if (first === undefined || second === undefined) throw new Error('bug: not two revisions');
  const band = Math.max(BAND_MIN, NOISES * Math.max(noise(first), noise(second)));
  const change = median(second) / median(first) - 1;
  const isSlower = change > band;
  const percent = (share: number): string => `${(100 * share).toFixed(1)} %`;
  const medians = [median(first).toFixed(2), median(second).toFixed(2)];
  const verdict = isSlower ? 'slower' : 'ok';
  return [[name, ...medians, percent(change), percent(band), verdict], isSlower];
}

function measureInTurns(libraries: readonly [string, string]): [Ratios[], Ratios[]] {
  const runs: [Ratios[], Ratios[]] = [[], []];
  for (let round = 0; round < ROUNDS; round += 1) {
    const order = round % 2 === 0 ? ([0, 1] as const) : ([1, 0] as const);
    for (const index of order) runs[index].push(measureOnce(libraries[index]));
  }
  return runs;
}

function check(first: string, second: string): boolean {
  const folder = mkdtempSync(join(tmpdir(), 'ipmi-bt-bench-'));
  const [before, after] = [join(folder, 'first'), join(folder, 'second')];
  try {
    const runs = measureInTurns([buildAt(first, before), buildAt(second, after)]);
    const names = Object.keys(runs[0][0] ?? {});
    const results = names.map((name) => compare(name, runs));
    const heading: Row = ['as a multiple of the peer', first, second, 'change', 'noise', ''];
    process.stdout.write(formatTable([heading, ...results.map(([row]) => row)]));
    return results.some(([, isSlower]) => isSlower);
  } finally {
    rmSync(folder, { recursive: true, force: true });
    run('git', ['worktree', 'prune'], ROOT);
  }
}

const [first, second] = process.argv.slice(2);
if (first === undefined || second === undefined) {
  process.stderr.write('usage: npm run bench:check -- REV1 REV2\n');
  process.exitCode = 64;
} else if (check(first, second)) {
  process.exitCode = 1;
}
