/**
 * `npm run soak -- --minutes M`: new seeds until the time is over. A seed that fails is shown with
 * the fewest of its faults that still fail, and the last register cycles; it then belongs into
 * `FAILED_ONCE` of `whole/seeds.test.ts`.
 */

import { parseArgs } from 'node:util';

import fc from 'fast-check';

import { systemClock } from '../../src/clock.ts';
import { planOf } from '../support/plan.ts';
import type { Fault } from '../../src/sim/faults.ts';
import type { Mishap, Plan } from '../support/plan.ts';
import { live } from '../support/simulation.ts';

/** Seeds of the tests end far below. */
const FIRST_SEED = 1_000_000;
const SEED_MAX = 2 ** 31;
const CYCLES_SHOWN = 40;
const A_BATCH = 100;

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

const { values } = parseArgs({ options: { minutes: { type: 'string', default: '1' } } });
const minutes = Number(values.minutes);
if (!(minutes > 0)) throw new RangeError(`--minutes ${values.minutes} is no number above 0`);

const endMs = systemClock.now() + minutes * 60_000;
const first = FIRST_SEED + ((process.pid * 65_537) % (SEED_MAX - FIRST_SEED));
let seed = first;
while (systemClock.now() < endMs && process.exitCode === undefined) {
  for (const end = seed + A_BATCH; seed < end; seed += 1) {
    const plan = planOf(seed);
    if ((await failureOf(plan)) === undefined) continue;
    process.stdout.write(`${await describe(await shrink(plan))}\n`);
    process.exitCode = 1;
    break;
  }
}
process.stdout.write(`${seed - first} lives from seed ${first}\n`);
