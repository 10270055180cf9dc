/**
 * `npm run soak -- --minutes M`: new seeds until the time is over, in a process for each processor
 * (`--jobs N`); every fourth life is one of several processes that share a BMC. A seed that fails
 * is shown with the fewest of its faults that still fail, and the last register cycles; it then
 * belongs into `FAILED_ONCE` of `whole/seeds.test.ts` or `whole/seeds-sharing.test.ts`.
 */

import { fork } from 'node:child_process';
import { randomInt } from 'node:crypto';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { availableParallelism, tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';

import fc from 'fast-check';

import { systemClock } from '../../src/clock.ts';
import { planOf } from '../support/plan.ts';
import type { Fault } from '../../src/sim/faults.ts';
import type { Mishap, Plan } from '../support/plan.ts';
import { share } from '../support/sharing.ts';
import { sharingPlanOf } from '../support/sharing-plan.ts';
import { live } from '../support/simulation.ts';

/** Seeds of the tests end far below. */
const FIRST_SEED = 1_000_000;
const SEED_MAX = 2 ** 31;
const CYCLES_SHOWN = 40;

/** Why the plan fails, or undefined. */
async function failureOf(plan: Plan): Promise<unknown> {
  try {
    await live(plan);
    return undefined;
  } catch (error) {
    return error;
  }
}

/** The plan with the fewest of its faults and mishaps that still fails. */
async function shrink(plan: Plan): Promise<Plan> {
  const all: [Fault[], Mishap[]] = [[...plan.faults], [...plan.mishaps]];
  const passes = fc.asyncProperty(
    fc.subarray(all[0]),
    fc.subarray(all[1]),
    async (faults, mishaps) => (await failureOf({ ...plan, faults, mishaps })) === undefined,
  );
  const { counterexample } = await fc.check(passes, { examples: [all] });
  const [faults, mishaps] = counterexample ?? all;
  return { ...plan, faults, mishaps };
}

async function describe(plan: Plan): Promise<string> {
  const cycles: string[] = [];
  const trace = (line: string): void => {
    cycles.push(line);
    if (cycles.length > CYCLES_SHOWN) cycles.shift();
  };
  const error = await live(plan, { trace }).catch((cause: unknown) => cause);
  const events = [...plan.faults, ...plan.mishaps].map((event) => JSON.stringify(event));
  return [`SEED=${plan.seed}`, String(error), ...events, '---', ...cycles].join('\n  ');
}

/** The sum of the lives of one process. */
interface Sum {
  lives: number;
  shared: number;
  virtualMs: number;
  failures: number;
}

/** Every life with such a seed is shared. */
const SHARED_ONE_IN = 4;

const MS_PER_MINUTE = 60_000;
const MS_PER_DAY = 86_400_000;

async function liveAlone(seed: number): Promise<number> {
  const plan = planOf(seed);
  try {
    return await live(plan);
  } catch {
    throw new Error(await describe(await shrink(plan)));
  }
}

async function liveShared(seed: number): Promise<number> {
  const plan = sharingPlanOf(seed);
  const folder = mkdtempSync(join(tmpdir(), 'ipmi-bt-soak-'));
  try {
    return await share(plan, folder);
  } catch (cause) {
    throw new Error(`SEED=${seed} (shared): ${JSON.stringify(plan)}\n${String(cause)}`, { cause });
  } finally {
    rmSync(folder, { recursive: true });
  }
}

/** Lives from seed `first` on until the time is over; goes on after a failure. */
async function soak(first: number, minutes: number): Promise<Sum> {
  const endMs = systemClock.now() + minutes * MS_PER_MINUTE;
  const sum: Sum = { lives: 0, shared: 0, virtualMs: 0, failures: 0 };
  for (let seed = first; systemClock.now() < endMs; seed += 1) {
    const isShared = seed % SHARED_ONE_IN === 0;
    try {
      sum.virtualMs += await (isShared ? liveShared(seed) : liveAlone(seed));
    } catch (error) {
      sum.failures += 1;
      process.stdout.write(`${error instanceof Error ? error.message : String(error)}\n`);
    }
    sum.lives += 1;
    if (isShared) sum.shared += 1;
  }
  return sum;
}

/** Runs `soak` in a process of its own. */
async function soakApart(first: number, minutes: number): Promise<Sum> {
  const words = ['--minutes', String(minutes), '--first', String(first)];
  const child = fork(fileURLToPath(import.meta.url), words);
  const exited = once(child, 'exit');
  const [message] = (await Promise.race([once(child, 'message'), exited])) as [unknown];
  await exited;
  if (typeof message === 'object' && message !== null) return message as Sum;
  throw new Error(`the process with seed ${first} ended with exit code ${String(message)}`);
}

const { values } = parseArgs({
  options: {
    minutes: { type: 'string', default: '1' },
    jobs: { type: 'string', default: String(availableParallelism()) },
    first: { type: 'string' },
  },
});
const [minutes, jobs] = [Number(values.minutes), Number(values.jobs)];
if (!(minutes > 0)) throw new RangeError(`--minutes ${values.minutes} is no number above 0`);
if (!(jobs >= 1)) throw new RangeError(`--jobs ${values.jobs} is no number from 1 on`);

if (values.first !== undefined) {
  process.send?.(await soak(Number(values.first), minutes));
  process.disconnect();
} else {
  const firsts = Array.from({ length: jobs }, () => randomInt(FIRST_SEED, SEED_MAX));
  const sums = await Promise.all(firsts.map((first) => soakApart(first, minutes)));
  const total = (name: keyof Sum): number => sums.reduce((sum, one) => sum + one[name], 0);
  process.stdout.write(
    `${total('lives')} lives, ${total('shared')} of them shared, from the seeds ` +
      `${firsts.join(', ')}: ${(total('virtualMs') / MS_PER_DAY).toFixed(1)} virtual days in ` +
      `${minutes * jobs} minutes of a processor, ${total('failures')} failures\n`,
  );
  if (total('failures') > 0) process.exitCode = 1;
}
