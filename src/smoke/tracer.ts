/**
 * A sink of register accesses that keeps the last of them as evidence, and notes where in the
 * course of a bring-up the interface was: when a request was rung, and which completion codes came.
 */

import type { TraceSink } from '../bt/trace-port.ts';
import type { Clock } from '../clock.ts';

/** Lines that are kept: some transactions. Looks that read the same are one. */
const LINES_MAX = 40;

interface Line {
  readonly atMs: number;
  readonly text: string;
  times: number;
}

const RUNG = /^out BT_CTRL\s.*\bH2B_ATN\b/;

/** Network function and LUN, sequence number, command, completion code. */
const REPLY = /^in {2}BMC2HOST\s+(?:[0-9a-f]{2} ){2}([0-9a-f]{2}) ([0-9a-f]{2})\b/;

/** A reply as it passed. */
interface SeenReply {
  readonly cmd: number;
  readonly completionCode: number;
  /** Ordinal of the access that brought it. */
  readonly at: number;
}

export class Tracer implements TraceSink {
  readonly payload = true;
  /** Register accesses so far; a block of bytes counts as one. */
  accesses = 0;
  /** Ordinals of the accesses that handed a request to the BMC. */
  readonly rungAt: number[] = [];
  readonly replies: SeenReply[] = [];
  readonly #clock: Clock;
  readonly #lines: Line[] = [];
  readonly #calls = new Map<number, readonly (() => void)[]>();

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  readonly write = (line: string): void => {
    this.accesses += 1;
    this.#keep(line);
    if (RUNG.test(line)) this.rungAt.push(this.accesses);
    const [, cmd, code] = REPLY.exec(line) ?? [];
    if (cmd !== undefined && code !== undefined) {
      const reply = { cmd: parseInt(cmd, 16), completionCode: parseInt(code, 16) };
      this.replies.push({ ...reply, at: this.accesses });
    }
    const calls = this.#calls.get(this.accesses) ?? [];
    this.#calls.delete(this.accesses);
    // Later, because the driver is in the middle of an access.
    for (const call of calls) queueMicrotask(call);
  };

  /** Calls back once so many accesses from now are made. */
  after(accesses: number, callback: () => void): void {
    const at = this.accesses + accesses;
    this.#calls.set(at, [...(this.#calls.get(at) ?? []), callback]);
  }

  /** Calls back now for all places that were not reached. */
  callAll(): void {
    const calls = [...this.#calls.values()].flat();
    this.#calls.clear();
    for (const call of calls) call();
  }

  /** The last accesses, oldest first. */
  evidence(): readonly string[] {
    return this.#lines.map(({ atMs, text, times }) => {
      const line = `${atMs.toFixed(3)} ms  ${text}`;
      return times === 1 ? line : `${line}  (${times} times)`;
    });
  }

  #keep(text: string): void {
    const last = this.#lines.at(-1);
    if (last?.text === text) {
      last.times += 1;
      return;
    }
    this.#lines.push({ atMs: this.#clock.now(), text, times: 1 });
    if (this.#lines.length > LINES_MAX) this.#lines.shift();
  }
}
