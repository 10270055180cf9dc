/**
 * A run of smoke checks on the virtual clock, and what became of it: for the tests of the runner,
 * and of each check.
 */

import type { Check, Choices } from '../../src/smoke/check.ts';
import type { CheckEnd, CheckId, Finding, RunEnd, SmokeEvent } from '../../src/smoke/events.ts';
import { runChecks } from '../../src/smoke/runner.ts';
import type { RunOptions } from '../../src/smoke/runner.ts';
import { simulatedHost } from '../../src/smoke/simulated-host.ts';
import { simulatedSubject } from '../../src/smoke/simulated.ts';
import type { SimulatedParts } from '../../src/smoke/simulated.ts';
import type { Subject } from '../../src/smoke/subject.ts';
import { SimBmc } from '../../src/sim/bmc.ts';
import type { SimOptions } from '../../src/sim/bmc.ts';
import { Rng } from '../../src/sim/rng.ts';
import { VirtualClock } from '../../src/sim/virtual-clock.ts';

const NO_CHOICES: Choices = { numa: false, reset: undefined, takeover: false };

/** The wall-clock time of every event. */
const AT = '2026-01-02T03:04:05.000Z';

/** A simulated BMC, the machine it is in, and the subject that they make. */
export interface SmokeBench {
  readonly clock: VirtualClock;
  readonly bmc: SimBmc;
  readonly subject: Subject;
}

/** Makes a sound machine with a BMC that takes 10 ms to answer, or what the options make of it. */
export function smokeBench(
  options: SimOptions = {},
  parts: Partial<Omit<SimulatedParts, 'bmc' | 'clock'>> = {},
): SmokeBench {
  const clock = new VirtualClock();
  const bmc = new SimBmc({ clock, responseMs: 10, strict: false, ...options });
  const subject = simulatedSubject({ files: simulatedHost(), ...parts, bmc, clock });
  return { clock, bmc, subject };
}

/** The events of a run, by what a test asks for. */
export interface SmokeRun {
  readonly events: readonly SmokeEvent[];
  readonly end: RunEnd;
  readonly ends: readonly CheckEnd[];
  readonly findings: readonly Finding[];
  /** `id: result` of each check that ended. */
  readonly results: readonly string[];
  /** Slugs of the findings, failures and warnings. */
  readonly slugs: readonly string[];
  /** The last end of that check. */
  readonly endOf: (id: CheckId) => CheckEnd;
}

/** Runs the checks on the bench's clock. */
export async function runSmoke(
  { clock, subject }: Pick<SmokeBench, 'clock' | 'subject'>,
  checks: readonly Check[],
  options: Partial<RunOptions> = {},
): Promise<SmokeRun> {
  const events: SmokeEvent[] = [];
  const seed = 1;
  const end = await clock.until(
    runChecks({
      checks,
      subject,
      info: {
        ...{ version: '0', commandLine: 'ipmi-bt smoke', parameters: {}, seed },
        ...{ isSimulated: true, host: 'simulated', base: 0xce4 },
      },
      emit: (event) => void events.push(event),
      isQuick: false,
      choices: NO_CHOICES,
      randomOf: (from) => new Rng(from),
      signal: new AbortController().signal,
      isFatal: false,
      retests: 0,
      limitMs: undefined,
      allowedSkips: new Set(),
      totalMs: 0,
      timestamp: () => AT,
      onProgress: () => undefined,
      ...options,
    }),
  );
  const ends = events.filter((event) => event.kind === 'check-end');
  const findings = events.filter((event) => event.kind === 'finding');
  return {
    ...{ events, end, ends, findings },
    results: ends.map(({ id, result }) => `${id}: ${result}`),
    slugs: findings.map(({ slug }) => slug),
    endOf: (id) => {
      const found = ends.findLast((one) => one.id === id);
      if (found === undefined) throw new Error(`no check ${id} ended`);
      return found;
    },
  };
}
