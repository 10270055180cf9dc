/**
 * The time of day of a server that runs for weeks, whose clock may be set meanwhile: by how much is
 * told before the new time is, so that times from before can be put right.
 */

import type { Clock } from 'ipmi-bt';

/** Everything that a {@link DayTime} is built from. */
export interface DayTimeParts {
  readonly clock: Clock;
  /** Milliseconds since 1970, by the clock that may be set. */
  readonly wallMs: () => number;
  /** The clock was set, forward or back. */
  readonly onSet: (byMs: number) => void;
}

/** A clock that is corrected little by little is not set. */
const LEAST_MS = 1000;

export class DayTime {
  readonly #parts: DayTimeParts;
  /** Between the clock that may be set and the one that is not. */
  #offsetMs: number;

  constructor(parts: DayTimeParts) {
    this.#parts = parts;
    this.#offsetMs = parts.wallMs() - parts.clock.now();
  }

  /** Milliseconds since 1970. */
  now(): number {
    const { clock, wallMs, onSet } = this.#parts;
    const nowMs = wallMs();
    const byMs = Math.round(nowMs - clock.now() - this.#offsetMs);
    if (Math.abs(byMs) >= LEAST_MS) {
      this.#offsetMs += byMs;
      onSet(byMs);
    }
    return nowMs;
  }
}
