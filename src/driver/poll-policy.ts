/**
 * The policy that sets the time of the next poll. A poll costs a wake-up; polling less often costs
 * latency. After a short spin on event-loop turns the gap grows with the time already waited, so
 * that both costs stay proportional to the BMC's own time. `docs/adr/0002-poll-policy.md` has the
 * curve.
 */

/** Looks in the poll that hands the request over: a quick BMC has answered by the last of them. */
const QUICK_LOOKS = 8;

/**
 * A spin, a poll at every turn of the event loop, ends after this long. It uses the processor all
 * the time, so that there is none if the BMC took longer the last time.
 */
const SPIN_MS = 1;

/** Shortest gap between two polls on a timer: the resolution of Node's timers. */
const GAP_MIN_MS = 1;

/** Longest gap, so that a reply after many seconds is not noticed seconds late. */
const GAP_MAX_MS = 200;

/**
 * The gap as a share of the time waited. A reply is noticed half a gap late on average, and that
 * must stay below 5 %. A tenth would meet this with nothing to spare, and a BMC's response times
 * are not spread evenly over a gap.
 */
const GAP_SHARE = 0.09;

/**
 * Gap to the next poll after a frame was taken, or while the bit that announced it does not clear.
 */
const SETTLE_MS = 1;

/** Gives the time of the next poll of a wait since `sinceMs`; `nowMs` means the next turn. */
export type Curve = (sinceMs: number, nowMs: number) => number;

/** A wait for the BMC, at a poll that found nothing. */
export interface Wait {
  readonly sinceMs: number;
  readonly nowMs: number;
  /** Time of the last poll. */
  readonly deadlineMs: number;
}

/** The curve that the driver uses. */
export function nextLookMs(sinceMs: number, nowMs: number): number {
  const waitedMs = nowMs - sinceMs;
  if (waitedMs < SPIN_MS) return nowMs;
  return nowMs + Math.min(Math.max(waitedMs * GAP_SHARE, GAP_MIN_MS), GAP_MAX_MS);
}

/**
 * The poll times of one BMC. `pollMs` is the least time between two polls, for a BMC that polling
 * slows down; 0 for no such limit.
 */
export class PollPolicy {
  readonly #pollMs: number;
  readonly #curve: Curve;
  #isQuick = true;
  #notBeforeMs = -Infinity;

  /** Only a comparison of curves passes another one than the driver's. */
  constructor(pollMs: number, curve: Curve = nextLookMs) {
    this.#pollMs = pollMs;
    this.#curve = curve;
  }

  /** Number of looks in the poll that hands the request over. */
  get quickLooks(): number {
    return this.#pollMs === 0 ? QUICK_LOOKS : 1;
  }

  /** The registers are not read before this time, even if a timer fires early. */
  get notBeforeMs(): number {
    return this.#notBeforeMs;
  }

  /** Lifts {@link notBeforeMs}, because a response has come. */
  release(): void {
    this.#notBeforeMs = -Infinity;
  }

  /** Takes note of a reply after `waitedMs`; 0 if it was there at the first poll of the wait. */
  answered(waitedMs: number): void {
    this.#isQuick = waitedMs < SPIN_MS;
  }

  /** Time of the next poll of a wait; `isAssisted`: an interrupt is expected to come first. */
  next(wait: Wait, isAssisted: boolean): number {
    const { sinceMs, nowMs } = wait;
    if (isAssisted) return this.#plan(wait, nowMs + GAP_MAX_MS);
    const wishMs = this.#curve(sinceMs, nowMs);
    return this.#plan(wait, this.#isQuick ? wishMs : Math.max(wishMs, nowMs + GAP_MIN_MS));
  }

  /** Time of the next poll where it does not depend on the BMC's response time. */
  settle(nowMs: number, deadlineMs: number): number {
    return this.#plan({ sinceMs: nowMs, nowMs, deadlineMs }, nowMs + SETTLE_MS);
  }

  #plan({ nowMs, deadlineMs }: Wait, wishMs: number): number {
    if (this.#pollMs === 0) return Math.min(wishMs, deadlineMs);
    const nextMs = Math.max(wishMs, nowMs + this.#pollMs);
    // A poll less than `pollMs` before the last one is left out.
    const untilMs = deadlineMs - nextMs < this.#pollMs ? deadlineMs : nextMs;
    this.#notBeforeMs = Math.min(nowMs + this.#pollMs, untilMs);
    return untilMs;
  }
}
