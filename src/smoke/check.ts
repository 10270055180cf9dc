/**
 * The contract of a check: what it is called and asks, what must have passed before it, and what
 * it is given to work with. A check reports through its `report` while it runs, and is over when
 * its promise settles; the runner concludes the result.
 */

import type { Bounds, CheckId, FactValue, Matrix, Slug } from './events.ts';
import type { Subject } from './subject.ts';

/** The risk of a check: `write` and `reset` need an option of their own. */
export type Risk = 'read-only' | 'write' | 'reset';

/** One check. */
export interface Check {
  readonly id: CheckId;
  /** One line, ending with a question mark. */
  readonly question: string;
  readonly risk: Risk;
  /** A sentence that says beforehand what it will change; for those that are not read-only. */
  readonly changes?: string;
  /** Its changes stay: it is neither tried again nor repeated with the other checks. */
  readonly isOnce?: true;
  /** It is skipped when one of these did not pass. */
  readonly needs: readonly CheckId[];
  /** Limit of its time in a full run, seconds; it fails when it takes longer. */
  readonly limitSeconds: number;
  /**
   * Does the check. An `IpmiError` that it lets out is a finding about the interface, or about the
   * right to use it; any other error is one of the check itself.
   */
  readonly run: (means: Means) => Promise<void>;
}

/** The means of a check. */
export interface Means {
  readonly subject: Subject;
  readonly report: Report;
  /** Aborts when the check must end: its time is up, or the run is interrupted. */
  readonly signal: AbortSignal;
  /** All chance of a check comes from the seed of the run. */
  readonly random: Random;
  /** A quick run is over in seconds: returns the first number in a full run, else the second. */
  readonly amount: (full: number, quick: number) => number;
  /** The options of the command line that single checks read. */
  readonly choices: Choices;
}

/** Chance that is drawn from the seed of the run. */
export interface Random {
  /** A number in [0, 1). */
  next(): number;
  /** An integer from `least` to `most`, both included. */
  integer(least: number, most: number): number;
}

/** Options of the command line that single checks read. */
export interface Choices {
  /** `latency`: measure from each NUMA node by affinity. */
  readonly numa: boolean;
  /** `reset`: the kind of reset that the user asked for and confirmed. */
  readonly reset: 'warm' | 'cold' | 'interface' | undefined;
  /** `owner`: take the interface from the kernel's driver, and give it back. */
  readonly takeover: boolean | 'force';
}

/** The results of a check. Nothing throws. */
export interface Report {
  fact(name: string, value: FactValue): void;
  /** A value outside of the bounds is a failure with that slug, unless the check tells of it. */
  measure(measurement: {
    readonly name: string;
    readonly value: number;
    readonly unit: string;
    readonly bounds?: Bounds;
    readonly slug?: Slug;
    /** Says in that failure what to do. */
    readonly advice?: string;
    /** The check reports a value outside of the bounds itself, in better words. */
    readonly isTold?: boolean;
  }): void;
  series(name: string, unit: string, values: readonly number[]): void;
  matrix(columns: readonly string[], rows: Matrix['rows']): void;
  span(span: {
    readonly name: string;
    readonly fromMs: number;
    readonly toMs: number;
    readonly isFailed?: boolean;
  }): void;
  /** The check fails; it may go on and find more. */
  fail(slug: Slug, text: string, evidence?: readonly string[]): void;
  warn(slug: Slug, text: string, evidence?: readonly string[]): void;
  /** The part of the check that is done, 0 to 1, for a progress display. */
  progress(done: number): void;
}

/** Thrown by a check that does not apply to this machine. */
export class Skipped extends Error {
  override readonly name = 'Skipped';
  /** The skip is no defect of the machine: the run can pass nevertheless. */
  readonly isAllowed: boolean;

  constructor(reason: string, isAllowed = false) {
    super(reason);
    this.isAllowed = isAllowed;
  }
}
