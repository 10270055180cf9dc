/**
 * When to look for a reply again. Looking costs a wake-up; not looking costs lateness. After a
 * short spin on event-loop turns the gap grows with the time already waited, so that both stay
 * proportional to what the BMC itself takes. `docs/adr/0002-poll-policy.md` has the curve.
 */

/** BT_CTRL reads in one go right after H2B_ATN: a quick BMC has answered by then. */
const QUICK_LOOKS = 8;

/** Looking at every turn of the event loop ends after this long. */
const SPIN_MS = 1;

/** Shortest gap between two looks on a timer; Node's timers know no shorter one. */
const GAP_MIN_MS = 1;

/** Longest gap, so that an answer after many seconds is not noticed seconds late. */
const GAP_MAX_MS = 200;

/** The gap as a share of the time waited: lateness is half of it on average. */
const GAP_SHARE = 0.1;

/** Time of the next look when the wait began at `sinceMs`; `nowMs` itself means the next turn. */
export function nextLookMs(sinceMs: number, nowMs: number): number {
  const waitedMs = nowMs - sinceMs;
  if (waitedMs < SPIN_MS) return nowMs;
  return nowMs + Math.min(Math.max(waitedMs * GAP_SHARE, GAP_MIN_MS), GAP_MAX_MS);
}

/**
 * How often one BMC is looked at. `calmMs` is the least time from one look to the next, for a BMC
 * that is slow because it is looked at; 0 where there is none.
 */
export class PollPolicy {
  readonly #calmMs: number;

  constructor(calmMs: number) {
    this.#calmMs = calmMs;
  }

  /** How often BT_CTRL is read in one go right after H2B_ATN. */
  get quickLooks(): number {
    return this.#calmMs === 0 ? QUICK_LOOKS : 1;
  }

  /** Time of the next look, as {@link nextLookMs}; `isAssisted`: an interrupt would tell sooner. */
  next(sinceMs: number, nowMs: number, isAssisted: boolean): number {
    const nextMs = isAssisted ? nowMs + GAP_MAX_MS : nextLookMs(sinceMs, nowMs);
    return this.#calmMs === 0 ? nextMs : Math.max(nextMs, nowMs + this.#calmMs);
  }
}
