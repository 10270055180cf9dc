/**
 * A run as the page shows it: the events of each check, gathered. A check that ran in several
 * rounds is shown as one: all its numbers, its worst result, and the timeline of the first round
 * that was not passed, else of the last.
 */

import type {
  CheckEnd,
  CheckId,
  FactValue,
  Finding,
  Matrix,
  Measurement,
  RunEnd,
  RunInfo,
  Series,
  SmokeEvent,
  Span,
} from '../events.ts';
import { worse } from '../record.ts';

/** Findings of one kind, alike but for numbers, that a check shows: a long run repeats them. */
const ALIKE_MAX = 5;

/** One check. */
export interface CheckView {
  readonly id: CheckId;
  readonly question: string;
  readonly changes: string | undefined;
  readonly isStarted: boolean;
  readonly rounds: number;
  readonly failedRounds: number;
  /** All its rounds. */
  readonly durationMs: number;
  /** The worst of its ends; undefined while it has none. */
  readonly end: CheckEnd | undefined;
  readonly findings: readonly Finding[];
  /** Findings that are left out, by their slug. */
  readonly further: ReadonlyMap<string, number>;
  readonly facts: ReadonlyMap<string, FactValue>;
  readonly measurements: ReadonlyMap<string, Measurement>;
  readonly matrix: Matrix | undefined;
  readonly series: ReadonlyMap<string, Series>;
  readonly spans: readonly Span[];
}

/** The whole run. */
export interface RunView {
  readonly info: RunInfo | undefined;
  readonly startedAt: string;
  /** In the order in which they were announced or started. */
  readonly checks: readonly CheckView[];
  readonly end: RunEnd | undefined;
}

/** A {@link CheckView} to which events are added. */
interface Gathered extends CheckView {
  question: string;
  changes: string | undefined;
  isStarted: boolean;
  rounds: number;
  failedRounds: number;
  durationMs: number;
  end: CheckEnd | undefined;
  findings: Finding[];
  further: Map<string, number>;
  facts: Map<string, FactValue>;
  measurements: Map<string, Measurement>;
  matrix: Matrix | undefined;
  series: Map<string, GrowingSeries>;
  spans: Span[];
}

interface GrowingSeries extends Series {
  readonly values: number[];
}

export function viewOf(events: readonly SmokeEvent[]): RunView {
  const checks = new Map<CheckId, Gathered>();
  let [info, end]: [RunInfo | undefined, RunEnd | undefined] = [undefined, undefined];
  for (const event of events) {
    switch (event.kind) {
      case 'run-start':
        info = event.info;
        for (const { id, question } of event.checks) gatheredIn(checks, id).question = question;
        break;
      case 'run-end':
        end = event;
        break;
      case 'check-start':
        start(gatheredIn(checks, event.id), event);
        break;
      case 'check-end':
        close(gatheredIn(checks, event.id), event);
        break;
      case 'fact':
      case 'measurement':
      case 'series':
      case 'matrix':
      case 'span':
      case 'finding':
        add(gatheredIn(checks, event.id), event);
        break;
    }
  }
  return { info, startedAt: events[0]?.at ?? '', checks: [...checks.values()], end };
}

function gatheredIn(checks: Map<CheckId, Gathered>, id: CheckId): Gathered {
  const known = checks.get(id);
  if (known !== undefined) return known;
  const gathered: Gathered = {
    ...{ id, question: '', changes: undefined, isStarted: false, rounds: 0, failedRounds: 0 },
    ...{ durationMs: 0, end: undefined, findings: [], further: new Map(), facts: new Map() },
    ...{ measurements: new Map(), matrix: undefined, series: new Map(), spans: [] },
  };
  checks.set(id, gathered);
  return gathered;
}

type Of<K extends SmokeEvent['kind']> = Extract<SmokeEvent, { readonly kind: K }>;

function start(check: Gathered, { question, changes }: Of<'check-start'>): void {
  check.question = question;
  check.changes = changes;
  check.isStarted = true;
  if (isRoundKept(check)) return;
  check.spans = [];
  check.matrix = undefined;
}

/** True once a round was not passed: its timeline is the one to look at. */
function isRoundKept({ end }: CheckView): boolean {
  return end !== undefined && end.result !== 'pass';
}

function close(check: Gathered, end: CheckEnd): void {
  check.rounds += 1;
  check.failedRounds += end.result === 'fail' ? 1 : 0;
  check.durationMs += end.durationMs;
  check.end = worse(check.end, end);
}

type Shown = Of<'fact' | 'measurement' | 'series' | 'matrix' | 'span' | 'finding'>;

function add(check: Gathered, event: Shown): void {
  switch (event.kind) {
    case 'fact':
      check.facts.set(event.name, event.value);
      return;
    case 'measurement':
      check.measurements.set(event.name, event);
      return;
    case 'series': {
      const known = check.series.get(event.name);
      if (known === undefined)
        check.series.set(event.name, { ...event, values: [...event.values] });
      else for (const value of event.values) known.values.push(value);
      return;
    }
    case 'matrix':
      if (!isRoundKept(check)) check.matrix = event;
      return;
    case 'span':
      if (!isRoundKept(check)) check.spans.push(event);
      return;
    case 'finding':
      addFinding(check, event);
      return;
  }
}

function addFinding({ findings, further }: Gathered, finding: Finding): void {
  const alike = findings.filter(({ slug, severity }) => {
    return slug === finding.slug && severity === finding.severity;
  });
  if (alike.length < ALIKE_MAX && !alike.some(({ text }) => text === finding.text)) {
    findings.push(finding);
  } else {
    further.set(finding.slug, (further.get(finding.slug) ?? 0) + 1);
  }
}
