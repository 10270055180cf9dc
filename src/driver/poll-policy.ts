/**
 * When to look at the BMC again. Looking costs a wake-up; not looking costs lateness. After a
 * short spin on event-loop turns the gap grows with the time already waited, so that both stay
 * proportional to what the BMC itself takes. `docs/adr/0002-poll-policy.md` has the curve.
 */

/** BT_CTRL reads in one go right after H2B_ATN: a quick BMC has answered by then. */
const QUICK_LOOKS = 8;

/**
 * Looking at every turn of the event loop ends after this long, and is left out where the BMC took
 * longer the last time: it costs as much processor time as it lasts.
 */
const SPIN_MS = 1;

/** Shortest gap between two looks on a timer; Node's timers know no shorter one. */
const GAP_MIN_MS = 1;

/** Longest gap, so that an answer after many seconds is not noticed seconds late. */
const GAP_MAX_MS = 200;

/**
 * The gap as a share of the time waited: lateness is half of it on average. A tenth would be 5 %
 * late with nothing to spare, and a BMC's times do not lie evenly over a gap.
 */
const GAP_SHARE = 0.09;

/** How soon to look again after a frame was taken, or at a B2H_ATN that will not clear. */
const SETTLE_MS = 1;

/** Time of the next look when the wait began at `sinceMs`; `nowMs` itself means the next turn. */
export type Curve = (sinceMs: number, nowMs: number) => number;

/** A wait for the BMC, as it stands at a look that found nothing. */
export interface Wait {
  readonly sinceMs: number;
  readonly nowMs: number;
  /** The last look comes then. */
  readonly deadlineMs: number;
}

/** The curve that the driver goes by. */
export function nextLookMs(sinceMs: number, nowMs: number): number {
  const waitedMs = nowMs - sinceMs;
  if (waitedMs < SPIN_MS) return nowMs;
  return nowMs + Math.min(Math.max(waitedMs * GAP_SHARE, GAP_MIN_MS), GAP_MAX_MS);
}

/**
 * How often one BMC is looked at. `pollMs` is the least time from one look to the next, for a BMC
 * that is slow because it is looked at; 0 where there is none.
 */
export class PollPolicy {
  readonly #pollMs: number;
  readonly #curve: Curve;
  #isQuick = true;
  #notBeforeMs = -Infinity;

  /** Another curve than the driver's is for comparing them. */
  constructor(pollMs: number, curve: Curve = nextLookMs) {
    this.#pollMs = pollMs;
    this.#curve = curve;
  }

  /** How often BT_CTRL is read in one go right after H2B_ATN. */
  get quickLooks(): number {
    return this.#pollMs === 0 ? QUICK_LOOKS : 1;
  }

  /** Until then the BMC is left alone, whoever calls meanwhile: a timer, say, that fires early. */
  get notBeforeMs(): number {
    return this.#notBeforeMs;
  }

  /** A response is there: what comes next may be looked for at once. */
  release(): void {
    this.#notBeforeMs = -Infinity;
  }

  /** A request was answered, `waitedMs` after the BMC's time began; 0 when it was there by then. */
  answered(waitedMs: number): void {
    this.#isQuick = waitedMs < SPIN_MS;
  }

  /** Time of the next look of a wait; `isAssisted`: an interrupt would tell sooner. */
  next(wait: Wait, isAssisted: boolean): number {
    const { sinceMs, nowMs } = wait;
    if (isAssisted) return this.#plan(wait, nowMs + GAP_MAX_MS);
    const wishMs = this.#curve(sinceMs, nowMs);
    return this.#plan(wait, this.#isQuick ? wishMs : Math.max(wishMs, nowMs + GAP_MIN_MS));
  }

  /** The same, for what is not up to the BMC's own time. */
  settle(nowMs: number, deadlineMs: number): number {
    return this.#plan({ sinceMs: nowMs, nowMs, deadlineMs }, nowMs + SETTLE_MS);
  }

  #plan({ nowMs, deadlineMs }: Wait, wishMs: number): number {
    if (this.#pollMs === 0) return Math.min(wishMs, deadlineMs);
    const nextMs = Math.max(wishMs, nowMs + this.#pollMs);
    // A look that would leave the last one too little time is left out.
    const untilMs = deadlineMs - nextMs < this.#pollMs ? deadlineMs : nextMs;
    this.#notBeforeMs = Math.min(nowMs + this.#pollMs, untilMs);
    return untilMs;
  }
}
