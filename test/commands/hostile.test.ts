/**
 * Every operation against BMCs that answer nonsense: each ends within a number of transactions, and
 * rejects with an `IpmiError` only. A failure prints its seed and its operation.
 */

import { expect, test } from 'vitest';

import { commands } from '../../src/commands/index.ts';
import { IpmiError } from '../../src/errors.ts';
import { isRepeatable } from '../../src/ipmi/repeatable.ts';
import { commitSeed } from '../support/commit-seed.ts';
import { HABITS, HostileRequester, quickClock } from '../support/hostile-requester.ts';
import type { Habit } from '../support/hostile-requester.ts';
import { nonEmpty } from '../support/lists.ts';
import { OPERATIONS, operationNames } from '../support/operations.ts';

/** Seeds of each habit, and one more, of the commit. */
const SEEDS = 12;

/** Seeds of former failures. */
const FAILED_ONCE: readonly number[] = [22];

const MOST = 5000;

/** Of what goes from one number to the next: numbers have 16 bits, and a FRU so many bytes. */
const MOST_BY_NUMBERS = 66_000;

const NAMES = Object.keys(OPERATIONS);

/** Commands of groups only read here, and their numbers do not say that. */
const GROUP = 0x2c;

/** Runs an operation; resolves to what is wrong with its end, if anything is. */
async function run(requester: HostileRequester, name: string): Promise<string | undefined> {
  const bmc = commands(requester, { clock: quickClock() });
  try {
    await OPERATIONS[name]?.(bmc);
  } catch (error) {
    if (!(error instanceof IpmiError)) return error instanceof Error ? error.stack : String(error);
    if (error.message.includes('bug:')) return error.stack;
  }
  const repeated = requester.asked.find(({ input: { netFn, cmd }, options: { retries = 0 } }) => {
    return retries !== 'safe' && retries > 0 && netFn !== GROUP && !isRepeatable(netFn, cmd);
  });
  return repeated && `may send ${repeated.input.netFn}/${repeated.input.cmd} again`;
}

async function troubles(habit: Habit, names: readonly string[]): Promise<readonly string[]> {
  const found: string[] = [];
  const few = Array.from({ length: SEEDS }, (_, seed) => seed);
  for (const seed of [...few, ...FAILED_ONCE, commitSeed()]) {
    for (const name of nonEmpty(names)) {
      const trouble = await run(new HostileRequester({ seed, habit, most: MOST }), name);
      if (trouble !== undefined) found.push(`SEED=${seed} ${habit} ${name}: ${trouble}`);
    }
  }
  return found;
}

test('each operation of commands() is among those that are tried', () => {
  const bmc = commands(new HostileRequester({ seed: 1, habit: 'random', most: MOST }));

  expect([...NAMES].sort()).toEqual([...operationNames(bmc)].sort());
});

test.each(HABITS)(
  'every operation of a BMC that is %s ends, and with an IpmiError',
  async (habit) => {
    expect(await troubles(habit, NAMES)).toEqual([]);
  },
);

function endlessly(habit: Habit) {
  return { seed: 1, habit, most: MOST_BY_NUMBERS };
}

test.each(['sel.entries', 'sdr.records'])(
  'numbers that never end are followed to the last one by %s',
  async (name) => {
    const requester = new HostileRequester(endlessly('endless-numbers'));

    expect(await run(requester, name)).toBeUndefined();

    expect(requester.asked.length).toBeGreaterThan(0xfff0);
  },
);

test('a FRU that comes byte by byte is read once', async () => {
  const requester = new HostileRequester(endlessly('byte-by-byte'));

  expect(await run(requester, 'fru.read')).toBeUndefined();

  expect(requester.asked.length).toBeGreaterThan(0xfff0);
});

/** A request as text; the same for two that do the same. */
function textOf({ input: { netFn, cmd, data } }: HostileRequester['asked'][number]): string {
  return [netFn, cmd, ...(data ?? [])].join();
}

/** Requests that change something and were sent again after they had no answer. */
async function sentAgain(name: string): Promise<readonly string[]> {
  const found: string[] = [];
  let isSilent = true;
  for (let at = 1; isSilent; at += 1) {
    const plan = { seed: 1, habit: 'honest', most: MOST, silentAt: at } as const;
    const requester = new HostileRequester(plan);
    await run(requester, name);
    isSilent = requester.asked.length >= at;
    const [lost, ...after] = requester.asked.slice(at - 1);
    if (lost === undefined || isRepeatable(lost.input.netFn, lost.input.cmd)) continue;
    if (after.map(textOf).includes(textOf(lost))) found.push(`${name}: ${textOf(lost)}`);
  }
  return found;
}

test('nothing that changes something is sent a second time after silence', async () => {
  const found = await Promise.all(NAMES.map(sentAgain));

  expect(nonEmpty(found).flat()).toEqual([]);
});

test.each(['chassis.power', 'mc.reset', 'sel.add', 'user.setPassword', 'watchdog.set'])(
  '%s is sent once, whatever the BMC answers',
  async (name) => {
    const counts = new Set<number>();
    for (let seed = 0; seed < 40; seed += 1) {
      const requester = new HostileRequester({ seed, habit: 'busy', most: MOST });
      await run(requester, name);
      counts.add(requester.asked.length);
    }

    expect([...counts]).toEqual([1]);
  },
);
