/**
 * Proves the checks: each is run with all others against a BMC or a machine that has the fault it
 * is there for. It must find the fault, before any other check does, and no check may fail that has
 * nothing to do with it. A proof is a check of its own, so that it has the reports of any run.
 */

import { Rng } from '../sim/rng.ts';
import { VirtualClock } from '../sim/virtual-clock.ts';
import type { Check, Choices } from './check.ts';
import type { CheckEnd, CheckId, SmokeEvent } from './events.ts';
import { machineWith } from './faulty-machines.ts';
import type { Stage } from './faulty-machines.ts';
import { PROOFS } from './proofs.ts';
import type { Proof } from './proofs.ts';
import { runChecks } from './runner.ts';

const LIMIT_SECONDS = 300;

/** A simulated BMC may be changed and reset. */
const CHOICES: Choices = { numa: false, reset: 'cold', takeover: false };

/**
 * The proofs of `wanted`, or of all checks of `catalog`, in their order. That of `host` is that a
 * sound machine passes all of them. Every proof runs the whole catalog.
 */
export function proofChecks(
  catalog: readonly Check[],
  wanted: readonly Check[] = catalog,
): readonly Check[] {
  return wanted.flatMap(({ id }) => {
    if (id === 'host') return [soundness(catalog)];
    return PROOFS.filter(({ check }) => check === id).map((proof) => proofOf(proof, catalog));
  });
}

function soundness(checks: readonly Check[]): Check {
  return {
    ...{ id: 'host', risk: 'read-only', needs: [], limitSeconds: LIMIT_SECONDS },
    question: 'Does a sound machine pass every check?',
    run: async ({ report, random }) => {
      const clock = new VirtualClock();
      const stage = machineWith(clock);
      const events = await rehearse({ checks, stage, clock, seed: random.integer(0, 0xffff_ffff) });
      const red = endsOf(events).filter(({ result }) => result !== 'pass');
      report.fact('checks', checks.length);
      for (const { id, result, reason } of red) {
        report.fail('check-blind', `${id} ends with ${result} on a sound machine: ${reason}`);
      }
    },
  };
}

function proofOf(proof: Proof, checks: readonly Check[]): Check {
  const { check: id, fault } = proof;
  return {
    ...{ id, risk: 'read-only', needs: [], limitSeconds: LIMIT_SECONDS },
    question: `Is it found that ${fault}?`,
    run: async ({ report, random }) => {
      const clock = new VirtualClock();
      const stage = proof.stage(clock);
      const seed = random.integer(0, 0xffff_ffff);
      const events = await rehearse({ checks, stage, clock, seed, begins: id });
      const found = findings(events, id);
      report.fact('fault', fault);
      report.fact('found', [...new Set(found.map(({ slug }) => slug))].join(', '));
      for (const text of complaints(proof, events)) report.fail('check-blind', text);
    },
  };
}

interface Rehearsal {
  readonly checks: readonly Check[];
  readonly stage: Stage;
  readonly clock: VirtualClock;
  readonly seed: number;
  /** The check with which the fault begins. */
  readonly begins?: CheckId;
}

/** Runs all checks on the stage; resolves to the events. */
async function rehearse(rehearsal: Rehearsal): Promise<readonly SmokeEvent[]> {
  const { checks, stage, clock, seed, begins } = rehearsal;
  const events: SmokeEvent[] = [];
  const emit = (event: SmokeEvent): void => {
    if (event.kind === 'check-start' && event.id === begins) stage.begin?.();
    events.push(event);
  };
  const info = {
    ...{ version: '', commandLine: '', parameters: {}, seed },
    ...{ isSimulated: true, host: '', base: undefined },
  };
  const run = runChecks({
    ...{ checks, subject: stage.subject, info, emit },
    ...{ isQuick: true, choices: CHOICES, isFatal: false, retests: 0, totalMs: 0 },
    ...{ limitMs: undefined, allowedSkips: new Set<CheckId>(), timestamp: () => '' },
    randomOf: (from) => new Rng(from),
    signal: new AbortController().signal,
    onProgress: () => undefined,
  });
  await clock.until(run);
  return events;
}

/** All that is wrong with what the checks made of the fault. */
function complaints(proof: Proof, events: readonly SmokeEvent[]): readonly string[] {
  const { check, slugs, follows } = proof;
  const ends = endsOf(events);
  const red = ends.filter(isRed);
  const [first] = red;
  if (!red.some(({ id }) => id === check)) return [`${check} did not find it`];
  const found = findings(events, check);
  const isNamed = slugs.length === 0 || found.some(({ slug }) => slugs.includes(slug));
  const strangers = red.filter(({ id }) => id !== check && !follows.includes(id));
  return [
    ...(first?.id === check ? [] : [`${first?.id ?? ''} found it before ${check}`]),
    ...(isNamed ? [] : [`${check} found no ${slugs.join(' or ')}`]),
    ...strangers.map(({ id, reason }) => `${id} has nothing to do with it, and failed: ${reason}`),
  ];
}

/** A check that failed, or could not be done; one that is skipped because of another did not. */
function isRed({ result }: CheckEnd): boolean {
  return result === 'fail' || result === 'error';
}

function endsOf(events: readonly SmokeEvent[]): readonly CheckEnd[] {
  return events.flatMap((event) => (event.kind === 'check-end' ? [event] : []));
}

function findings(events: readonly SmokeEvent[], id: CheckId) {
  return events.flatMap((event) =>
    event.kind === 'finding' && event.id === id && event.severity === 'fail' ? [event] : [],
  );
}
