/**
 * A line on a terminal that says how far a long command is. It is written over itself, and goes
 * away before anything else is printed. Where there is no terminal, nothing is written.
 */

import type { Clock } from '../clock.ts';
import { writingBy } from './output.ts';
import type { Output } from './output.ts';

/** The line is renewed no more often. */
const INTERVAL_MS = 100;

const BAR_CHARS = 20;

/** Columns of a terminal that does not say how many it has: it says 0. */
const COLUMNS = 80;

/** Back to the first column, and nothing right of it. */
const CLEAR = '\r\u001b[K';

/** Everything that it needs of the terminal. */
export interface ProgressParts {
  readonly output: Output;
  readonly isTerminal: boolean;
  readonly columns: number;
  readonly clock: Clock;
}

export class Progress {
  readonly #parts: ProgressParts;
  #shownMs = -Infinity;
  #isShown = false;

  constructor(parts: ProgressParts) {
    this.#parts = parts;
  }

  /** Shows that `done`, 0 to 1, of what `name` says is done. */
  show(name: string, done: number): void {
    const { output, isTerminal, columns, clock } = this.#parts;
    const nowMs = clock.now();
    if (!isTerminal || nowMs - this.#shownMs < INTERVAL_MS) return;
    this.#shownMs = nowMs;
    this.#isShown = true;
    const chars = Math.round(done * BAR_CHARS);
    const bar = '#'.repeat(chars).padEnd(BAR_CHARS, '.');
    const percent = String(Math.floor(done * 100)).padStart(3);
    output.write(`${CLEAR}${`[${bar}] ${percent} % ${name}`.slice(0, (columns || COLUMNS) - 1)}`);
  }

  /** Makes an output of the same terminal, which takes the line away before other text. */
  inFrontOf(output: Output): Output {
    return writingBy(output, (text) => {
      this.clear();
      output.write(text);
    });
  }

  /** Takes the line away, so that other text can be printed. */
  clear(): void {
    if (!this.#isShown) return;
    this.#isShown = false;
    this.#shownMs = -Infinity;
    this.#parts.output.write(CLEAR);
  }
}
