/**
 * The smoke checks on the wire, one after the other as a run does them: a sound BMC passes them all
 * in the time that `docs/smoke.md` states, and one that only reads leaves nothing behind.
 */

import { describe, expect, test } from 'vitest';

import { SimIrqLine } from '../../src/sim/irq-line.ts';
import type { SimOptions } from '../../src/sim/options.ts';
import { ABANDON } from '../../src/smoke/checks/abandon.ts';
import { BRING_UP_RACE } from '../../src/smoke/checks/bring-up-race.ts';
import { BRING_UP } from '../../src/smoke/checks/bring-up.ts';
import { ENABLES } from '../../src/smoke/checks/enables.ts';
import { EVENT_LOOP } from '../../src/smoke/checks/event-loop.ts';
import { FRAMES } from '../../src/smoke/checks/frames.ts';
import { LATENCY } from '../../src/smoke/checks/latency.ts';
import { NOT_WEDGED } from '../../src/smoke/checks/not-wedged.ts';
import { PACE } from '../../src/smoke/checks/pace.ts';
import { PLATFORM_EVENT_CHECK } from '../../src/smoke/checks/platform-event.ts';
import { RESET } from '../../src/smoke/checks/reset.ts';
import { SEL_ENTRY } from '../../src/smoke/checks/sel-entry.ts';
import { SHARE } from '../../src/smoke/checks/share.ts';
import { TORN_FRAME } from '../../src/smoke/checks/torn-frame.ts';
import { E4, UV4, simOptions } from '../support/profiles.ts';
import { nonEmpty, offenders } from '../support/lists.ts';
import { runSmoke, smokeBench } from '../support/smoke-runner-bench.ts';
import type { SmokeBench, SmokeRun } from '../support/smoke-runner-bench.ts';

const READING = [BRING_UP, BRING_UP_RACE, LATENCY, FRAMES, PACE, ABANDON, SHARE, EVENT_LOOP];
const WRITING = [ENABLES, PLATFORM_EVENT_CHECK, SEL_ENTRY, TORN_FRAME];
const ALL = [...READING, ...WRITING, RESET, NOT_WEDGED];

/** Commands that only read; a check without an option sends no others. */
const READS: Readonly<Record<number, readonly number[]>> = {
  0x06: [0x01, 0x04, 0x08, 0x2f, 0x31, 0x36, 0x37],
  0x0a: [0x10, 0x11, 0x20, 0x23, 0x40, 0x43],
};

/** The machines, with an interrupt line for the one that has one. */
const MACHINES = [
  ['UV4', { ...simOptions(UV4), responseMs: 10 }, true],
  ['0xe4', simOptions(E4), false],
] as const;

/** A strict BMC: a check that breaks the protocol fails. */
function benchOf(options: SimOptions, hasInterrupt: boolean): SmokeBench {
  const sim = { ...options, strict: true, restartMs: 1000, mayReset: true };
  const newLine = (): SimIrqLine => {
    const { bmc, clock } = bench;
    return new SimIrqLine({ bmc, clock, ownsMask: false });
  };
  const bench: SmokeBench = smokeBench(sim, hasInterrupt ? { newLine } : {});
  return bench;
}

/** Seconds that each check took, by its id. */
function secondsOf({ ends }: SmokeRun): Readonly<Record<string, number>> {
  return Object.fromEntries(ends.map(({ id, durationMs }) => [id, durationMs / 1000]));
}

describe.each(MACHINES)('%s', (_, options, hasInterrupt) => {
  test('a full run passes within three minutes, and each check in its time', async () => {
    const bench = benchOf(options, hasInterrupt);
    const choices = { numa: false, reset: 'warm', takeover: false } as const;

    const run = await runSmoke(bench, ALL, { choices });

    expect(run.results).toEqual(ALL.map(({ id }) => `${id}: pass`));
    const seconds = secondsOf(run);
    const most = { 'bring-up': 3, 'bring-up-race': 3, latency: 25, frames: 4, pace: 30 };
    const others = { abandon: 3, share: 8, 'event-loop': 2, enables: 7, 'torn-frame': 2 };
    for (const [id, limit] of nonEmpty(Object.entries({ ...most, ...others }))) {
      expect([id, (seconds[id] ?? Infinity) <= limit]).toEqual([id, true]);
    }
    expect(run.end.durationMs).toBeLessThan(90_000);
    expect(bench.clock.pending).toBe(0);
    bench.bmc.assertQuiet();
  });

  test('a quick run without options passes in ten seconds, and only reads', async () => {
    const bench = benchOf(options, hasInterrupt);

    const run = await runSmoke(bench, [...READING, NOT_WEDGED], { isQuick: true });

    expect(run.end).toMatchObject({ result: 'pass', exit: 0 });
    expect(run.slugs).toEqual([]);
    expect(run.end.durationMs).toBeLessThan(10_000);
    // The enables are set by a device with an interrupt line, which restores them.
    const others = bench.bmc.executed.filter(({ cmd }) => cmd !== 0x2e);
    expect(offenders(others, ({ netFn, cmd }) => !(READS[netFn] ?? []).includes(cmd))).toEqual([]);
    expect(bench.bmc.globalEnables).toBe(0x08);
    bench.bmc.assertQuiet();
  });
});

describe('a fault turns the check red that is for it, and what needs that one is skipped:', () => {
  test('an interface that does not come up', async () => {
    const bench = benchOf({ responseMs: 10 }, false);
    bench.bmc.fail('silent');

    const { results } = await runSmoke(bench, ALL);

    expect(results.slice(0, 3)).toEqual([
      ...['bring-up: fail', 'bring-up-race: skip', 'latency: skip'],
    ]);
    expect(results.at(-1)).toBe('not-wedged: fail');
  });

  test('a BMC that forgets its enables keeps no event either', async () => {
    const answer: SimOptions['answer'] = ({ cmd }) => (cmd === 0x2e ? [0] : undefined);
    const bench = benchOf({ responseMs: 10, answer }, false);

    const { results } = await runSmoke(bench, [BRING_UP, ...WRITING, NOT_WEDGED]);

    expect(results).toEqual([
      ...['bring-up: pass', 'enables: fail', 'platform-event: skip', 'sel-entry: pass'],
      ...['torn-frame: pass', 'not-wedged: pass'],
    ]);
  });
});
