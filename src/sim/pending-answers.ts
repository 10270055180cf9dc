/** Answers the BMC has not given yet, and until when the host has to wait for the last of them. */

import type { Executed, SimResponse } from './command-record.ts';

interface Answer {
  readonly atMs: number;
  readonly frame: Uint8Array;
}

/** Where a frame has its sequence number. */
const SEQ = 2;

/** A host that never heard of our response time gives up after 5 s and 1 s of grace. */
const HOST_PATIENCE_MS = 6000;

export class PendingAnswers {
  #answers: readonly Answer[] = [];
  /** Until then the last command is open: the host must not start another. */
  #openUntilMs = 0;
  #lastSeq: number | undefined;

  /** A command was taken and will be answered so. */
  add({ seq, atMs }: Executed, responses: readonly SimResponse[]): void {
    const added = responses.map(({ afterMs, frame }) => ({ atMs: atMs + afterMs, frame }));
    this.#answers = [...this.#answers, ...added];
    this.#lastSeq = seq;
    const [first] = responses;
    if (first !== undefined) this.#openUntilMs = atMs + Math.min(first.afterMs, HOST_PATIENCE_MS);
  }

  isOpen(nowMs: number): boolean {
    return nowMs < this.#openUntilMs;
  }

  /**
   * The next answer that is due, which is then no longer pending: the earliest of them, since a
   * host that did not look for a long time finds the one that has come first.
   */
  takeDue(nowMs: number): Uint8Array | undefined {
    const [due] = this.#answers
      .filter(({ atMs }) => atMs <= nowMs)
      .toSorted((one, other) => one.atMs - other.atMs);
    if (due === undefined) return undefined;
    this.#answers = this.#answers.filter((answer) => answer !== due);
    // A repeat has the seq of the first try: whichever is answered first ends it for the host.
    if (due.frame[SEQ] === this.#lastSeq) this.#openUntilMs = nowMs;
    return due.frame;
  }

  /** The BMC restarts. */
  clear(): void {
    this.#answers = [];
    this.#openUntilMs = 0;
  }
}
