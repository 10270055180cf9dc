/**
 * The events of a smoke run, in the order in which they happen. The runner makes them, and every
 * report is written from them alone, so that a report can be streamed and a killed run keeps what
 * it has.
 */

import type { IpmiErrorCode } from '../errors.ts';

/** The identity of a check, as it stands on a command line. */
export type CheckId =
  | 'host'
  | 'firmware-agreement'
  | 'owner'
  | 'registers'
  | 'bring-up'
  | 'bring-up-race'
  | 'latency'
  | 'frames'
  | 'pace'
  | 'abandon'
  | 'share'
  | 'interrupt'
  | 'attention'
  | 'event-loop'
  | 'enables'
  | 'platform-event'
  | 'sel-entry'
  | 'torn-frame'
  | 'reset'
  | 'teardown'
  | 'not-wedged'
  | 'baseline';

/**
 * The result of a check. `pass`: it did all it asks and found nothing wrong. `fail`: the interface,
 * the BMC, the firmware or the machine is not sound. `skip`: it does not apply, or a check that it
 * needs failed. `error`: it could not be done, which says nothing of the hardware. `interrupted`:
 * the run was ended before it was over.
 */
export type Result = 'pass' | 'fail' | 'skip' | 'error' | 'interrupted';

/** A value that a check observed. */
export type FactValue = string | number | boolean;

/** Bounds that a measurement is held to; a value outside of them makes the check fail. */
export interface Bounds {
  readonly least?: number;
  readonly most?: number;
}

/** The machine, BMC and software under test, as far as it is known when the run starts. */
export interface RunInfo {
  readonly version: string;
  readonly commandLine: string;
  /** The options of the run that decide what is done, by their names on the command line. */
  readonly parameters: Readonly<Record<string, string | number | boolean>>;
  readonly seed: number;
  /** `true`: the simulated BMC is tested, and no hardware. */
  readonly isSimulated: boolean;
  /** Name of the host. */
  readonly host: string;
  /** Port of BT_CTRL; undefined when no interface was found. */
  readonly base: number | undefined;
}

interface OfCheck {
  readonly id: CheckId;
}

export interface RunStart {
  readonly kind: 'run-start';
  readonly info: RunInfo;
  /** The checks that will run, in order. */
  readonly checks: readonly { readonly id: CheckId; readonly question: string }[];
}

export interface CheckStart extends OfCheck {
  readonly kind: 'check-start';
  readonly question: string;
  /** Says beforehand what it will change, for a check that changes something. */
  readonly changes: string | undefined;
}

/** Something observed that is neither right nor wrong. */
export interface Fact extends OfCheck {
  readonly kind: 'fact';
  readonly name: string;
  readonly value: FactValue;
}

/** A number with its unit (UCUM-like: `ms`, `us`, `1`), and the bounds that it was held to. */
export interface Measurement extends OfCheck {
  readonly kind: 'measurement';
  readonly name: string;
  readonly value: number;
  readonly unit: string;
  readonly bounds: Bounds;
}

/** Many numbers of one kind, in the order in which they were measured. */
export interface Series extends OfCheck {
  readonly kind: 'series';
  readonly name: string;
  readonly unit: string;
  readonly values: readonly number[];
}

/** A table of firmware facts: a row for each source, a column for each property. */
export interface Matrix extends OfCheck {
  readonly kind: 'matrix';
  readonly columns: readonly string[];
  readonly rows: readonly { readonly name: string; readonly cells: readonly string[] }[];
}

/** A period of a check on its clock, for a timeline: a bring-up, a state of the interface. */
export interface Span extends OfCheck {
  readonly kind: 'span';
  readonly name: string;
  /** Milliseconds since the check started. */
  readonly fromMs: number;
  readonly toMs: number;
  readonly isFailed: boolean;
}

/** Something wrong (`fail`), or worth a look (`warning`). */
export interface Finding extends OfCheck {
  readonly kind: 'finding';
  readonly severity: 'fail' | 'warning';
  /** Aggregates over a fleet, such as `bt-wedged`. */
  readonly slug: Slug;
  /** Says what is wrong, where, with numbers, and what to do next. */
  readonly text: string;
  /** Lines that prove it, such as register accesses. */
  readonly evidence: readonly string[];
}

export interface CheckEnd extends OfCheck {
  readonly kind: 'check-end';
  readonly result: Result;
  /** Why it was skipped, could not be done, or failed; empty when it passed. */
  readonly reason: string;
  /** Slugs of the findings that made it fail. */
  readonly slugs: readonly Slug[];
  /** Exit code of a check that could not be done; undefined for all others. */
  readonly exit: number | undefined;
  /** Code of the error because of which it could not be done; undefined without one. */
  readonly code: IpmiErrorCode | undefined;
  /** Its skip counts as success: `--allow-skip`, or allowed by itself. */
  readonly isAllowed: boolean;
  /** Set when it was tried again after it had failed: `failures` of `tries`. */
  readonly retested: { readonly failures: number; readonly tries: number } | undefined;
  readonly durationMs: number;
}

export interface RunEnd {
  readonly kind: 'run-end';
  readonly result: Result;
  /** Exit code of the command. */
  readonly exit: number;
  /** One sentence. */
  readonly text: string;
  readonly durationMs: number;
}

type Untimed =
  RunStart | CheckStart | Fact | Measurement | Series | Matrix | Span | Finding | CheckEnd | RunEnd;

/** An event and the time at which it happened. */
export type SmokeEvent = Untimed & {
  /** Wall-clock time, RFC 3339 in UTC. */
  readonly at: string;
};

/** An event before the runner gives it its time. */
export type NewEvent = Untimed;

/** Receives the events of a run, one at a time, and never throws. */
export type Emit = (event: SmokeEvent) => void;

/** Findings by their slug; `docs/smoke.md` says what each means and what to do. */
export const SLUGS = [
  'bt-absent',
  'bt-attention-stuck',
  'bt-bring-up',
  'bt-bring-up-race',
  'bt-busy-stuck',
  'bt-capabilities-changed',
  'bt-changed',
  'bt-drops-requests',
  'bt-enables-lost',
  'bt-event-lost',
  'bt-firmware-disagrees',
  'bt-forged-completion',
  'bt-frame-refused',
  'bt-irq-dead',
  'bt-irq-left',
  'bt-irq-storm',
  'bt-late',
  'bt-left-behind',
  'bt-malformed',
  'bt-pace',
  'bt-registers',
  'bt-reset',
  'bt-sel',
  'bt-shared-wrong',
  'bt-slow',
  'bt-slow-port',
  'bt-stale',
  'bt-torn-frame',
  'bt-unexplained',
  'bt-wedged',
  'bt-wrong-answer',
  'check-blind',
  'check-time-out',
  'host-limits',
] as const;

export type Slug = (typeof SLUGS)[number];
