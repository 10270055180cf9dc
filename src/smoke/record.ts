/**
 * A run as it stands after the events so far: per check the last facts and measurements, one
 * finding of each kind, and the worst end. Its size is bounded by the checks, however often they
 * are repeated.
 */

import type {
  CheckEnd,
  CheckId,
  FactValue,
  Finding,
  Matrix,
  Measurement,
  Result,
  RunEnd,
  RunInfo,
  SmokeEvent,
} from './events.ts';

/** Results from best to worst. */
const ORDER: readonly Result[] = ['pass', 'skip', 'interrupted', 'error', 'fail'];

/** One check. */
export interface CheckRecord {
  readonly id: CheckId;
  /** The last value of each, by name. */
  readonly facts: ReadonlyMap<string, FactValue>;
  readonly measurements: ReadonlyMap<string, Measurement>;
  /** The last one. */
  readonly matrix: Matrix | undefined;
  /** The first of each severity and slug. */
  readonly findings: readonly Finding[];
  /** The worst of its ends; undefined while it runs. */
  readonly end: CheckEnd | undefined;
}

/** The whole run. */
export interface RunRecord {
  readonly info: RunInfo | undefined;
  /** Time of the last event; empty when there was none. */
  readonly at: string;
  /** In the order in which they started. */
  readonly checks: readonly CheckRecord[];
  readonly end: RunEnd | undefined;
}

interface Open {
  readonly id: CheckId;
  readonly facts: Map<string, FactValue>;
  readonly measurements: Map<string, Measurement>;
  readonly findings: Map<string, Finding>;
  matrix: Matrix | undefined;
  end: CheckEnd | undefined;
}

/** Gathers the events of a run. */
export class RunRecorder {
  readonly #checks = new Map<CheckId, Open>();
  #info: RunInfo | undefined;
  #end: RunEnd | undefined;
  #at = '';

  readonly emit = (event: SmokeEvent): void => {
    this.#at = event.at;
    switch (event.kind) {
      case 'run-start':
        this.#info = event.info;
        return;
      case 'run-end':
        this.#end = event;
        return;
      case 'fact':
        this.#of(event.id).facts.set(event.name, event.value);
        return;
      case 'measurement':
        this.#of(event.id).measurements.set(event.name, event);
        return;
      case 'matrix':
        this.#of(event.id).matrix = event;
        return;
      case 'finding':
        addFinding(this.#of(event.id).findings, event);
        return;
      case 'check-end':
        this.#of(event.id).end = worse(this.#of(event.id).end, event);
        return;
      case 'check-start':
        this.#of(event.id);
        return;
      case 'series':
      case 'span':
        return;
    }
  };

  /** A copy: later events do not change it. */
  record(): RunRecord {
    const checks = [...this.#checks.values()].map((check) => ({
      ...check,
      facts: new Map(check.facts),
      measurements: new Map(check.measurements),
      findings: [...check.findings.values()],
    }));
    return { info: this.#info, at: this.#at, checks, end: this.#end };
  }

  #of(id: CheckId): Open {
    const known = this.#checks.get(id);
    if (known !== undefined) return known;
    const opened: Open = {
      ...{ id, facts: new Map(), measurements: new Map(), findings: new Map() },
      ...{ matrix: undefined, end: undefined },
    };
    this.#checks.set(id, opened);
    return opened;
  }
}

/** The record of a run of which all events are there. */
export function recordOf(events: Iterable<SmokeEvent>): RunRecord {
  const recorder = new RunRecorder();
  for (const event of events) recorder.emit(event);
  return recorder.record();
}

/** A fact of any check: which check asks the BMC first depends on the run. */
export function factNamed(record: RunRecord, name: string): FactValue | undefined {
  const holder = record.checks.find(({ facts }) => facts.has(name));
  return holder?.facts.get(name);
}

function addFinding(findings: Map<string, Finding>, finding: Finding): void {
  const key = `${finding.severity} ${finding.slug}`;
  if (!findings.has(key)) findings.set(key, finding);
}

/** The worse of two ends, the later one of two that are alike. */
export function worse(one: CheckEnd | undefined, other: CheckEnd): CheckEnd {
  if (one === undefined) return other;
  return ORDER.indexOf(other.result) >= ORDER.indexOf(one.result) ? other : one;
}
