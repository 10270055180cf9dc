/** Checks whose changes stay: whatever is repeated or tried again, they run once. */

import { describe, expect, test } from 'vitest';

import { sleep } from '../../src/clock.ts';
import { CATALOG } from '../../src/smoke/catalog.ts';
import type { Check } from '../../src/smoke/check.ts';
import type { CheckId } from '../../src/smoke/events.ts';
import { runSmoke, smokeBench } from '../support/smoke-runner-bench.ts';

/** A check that takes a second and fails. */
function failing(id: CheckId, isOnce?: true): Check {
  return {
    ...{ id, question: `Is ${id} sound?`, risk: 'read-only', needs: [], limitSeconds: 5 },
    ...(isOnce === undefined ? {} : { isOnce }),
    run: async ({ subject, report }) => {
      await sleep(subject.clock, 1000);
      report.fail('bt-reset', 'it is broken');
    },
  };
}

test('it has no part in the further rounds', async () => {
  const checks = [failing('pace'), failing('reset', true)];

  const run = await runSmoke(smokeBench(), checks, { totalMs: 3500 });

  expect(run.results).toEqual(['pace: fail', 'reset: fail', 'pace: fail', 'pace: fail']);
});

test('a run of nothing else is over then', async () => {
  const run = await runSmoke(smokeBench(), [failing('reset', true)], { totalMs: Infinity });

  expect(run.results).toEqual(['reset: fail']);
});

test('it is not tried again when it failed', async () => {
  const checks = [failing('pace'), failing('reset', true)];

  const run = await runSmoke(smokeBench(), checks, { retests: 2 });

  expect(run.ends.map(({ retested }) => retested)).toEqual([{ failures: 3, tries: 3 }, undefined]);
});

describe('the BMC is sent once, in a minute of rounds and tries,', () => {
  const choices = { numa: false, reset: 'cold', takeover: false } as const;

  test.each<[string, CheckId, number, number]>([
    ['a reset', 'reset', 0x06, 0x02],
    ['an entry of the SEL', 'sel-entry', 0x0a, 0x44],
    ['an event', 'platform-event', 0x04, 0x02],
  ])('%s', async (_, id, ...[netFn, cmd]) => {
    const bench = smokeBench();
    const checks = CATALOG.filter((check) => ['registers', id].includes(check.id));

    const run = await runSmoke(bench, checks, {
      ...{ choices, isQuick: true, totalMs: 60_000, retests: 3 },
    });

    const sent = bench.bmc.executed.filter((one) => one.netFn === netFn && one.cmd === cmd);
    expect(sent).toHaveLength(1);
    expect(run.ends.filter((end) => end.id === id)).toHaveLength(1);
    expect(run.ends.at(-1)?.id).toBe('registers');
  });
});
