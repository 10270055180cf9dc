/**
 * The report of one check: makes the events of what it finds, and remembers the findings by which
 * it fails.
 */

import type { Report } from './check.ts';
import type { Bounds, CheckId, NewEvent, Slug } from './events.ts';

/** The advice about a value that a check gives none for. */
const COMPARE = 'compare it with other machines of the kind, and with the baseline of this one';

/** Makes the events of one check. */
export class Recorder implements Report {
  readonly #id: CheckId;
  readonly #emit: (event: NewEvent) => void;
  readonly #onProgress: (done: number) => void;
  /** The findings by which the check fails, in order. */
  readonly failures: { readonly slug: Slug; readonly text: string }[] = [];
  /** The check is over: nothing that it still finds is told. */
  isOver = false;

  constructor(
    id: CheckId,
    emit: (event: NewEvent) => void,
    onProgress: (done: number) => void = () => undefined,
  ) {
    this.#id = id;
    this.#emit = (event) => {
      if (!this.isOver) emit(event);
    };
    this.#onProgress = onProgress;
  }

  readonly fact: Report['fact'] = (name, value) => {
    this.#emit({ kind: 'fact', id: this.#id, name, value });
  };

  readonly measure: Report['measure'] = ({ name, value, unit, bounds = {}, ...others }) => {
    const { slug = 'bt-slow', advice = COMPARE, isTold = false } = others;
    this.#emit({ kind: 'measurement', id: this.#id, name, value, unit, bounds });
    if (isTold) return;
    const text = outside(value, bounds);
    if (text === undefined) return;
    this.fail(slug, `${name} is ${value} ${unit}, ${text} ${unit}; ${advice}`);
  };

  readonly series: Report['series'] = (name, unit, values) => {
    this.#emit({ kind: 'series', id: this.#id, name, unit, values });
  };

  readonly matrix: Report['matrix'] = (columns, rows) => {
    this.#emit({ kind: 'matrix', id: this.#id, columns, rows });
  };

  readonly span: Report['span'] = ({ name, fromMs, toMs, isFailed = false }) => {
    this.#emit({ kind: 'span', id: this.#id, name, fromMs, toMs, isFailed });
  };

  readonly fail: Report['fail'] = (slug, text, evidence = []) => {
    if (!this.isOver) this.failures.push({ slug, text });
    this.#emit({ kind: 'finding', id: this.#id, severity: 'fail', slug, text, evidence });
  };

  readonly warn: Report['warn'] = (slug, text, evidence = []) => {
    this.#emit({ kind: 'finding', id: this.#id, severity: 'warning', slug, text, evidence });
  };

  readonly progress: Report['progress'] = (done) => {
    if (!this.isOver) this.#onProgress(Math.min(Math.max(done, 0), 1));
  };
}

/** Says how a value is out of its bounds. */
function outside(value: number, { least, most }: Bounds): string | undefined {
  if (least !== undefined && !(value >= least)) return `less than ${least}`;
  if (most !== undefined && !(value <= most)) return `more than ${most}`;
  return undefined;
}
