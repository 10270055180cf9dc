/** Limits of requests for each user, so that one cannot keep the BMC from the others. */

import type { Clock } from 'ipmi-bt';

import { FleetError } from './fleet-error.ts';

/** The limits of each user, and of all together. */
export interface LimitOptions {
  /** Requests of a user that wait or are executed. */
  readonly inFlight: number;
  /** Requests of a user in a second, on average. */
  readonly perSecond: number;
}

/** So many seconds of requests may come at once. */
const BURST_S = 2;

/** Requests of all users that wait or are executed; the queue of the driver has more room. */
export const TOTAL_MAX = 64;

/** Users that are remembered; those without a request in flight are forgotten beyond that. */
const USERS_MAX = 1000;

const MS_PER_S = 1000;

interface Account {
  inFlight: number;
  tokens: number;
  atMs: number;
}

export class Limits {
  readonly #options: LimitOptions;
  readonly #clock: Clock;
  readonly #accounts = new Map<string, Account>();
  #total = 0;

  constructor(options: LimitOptions, clock: Clock) {
    this.#options = options;
    this.#clock = clock;
  }

  /** Does the work of a user within the limits; rejects with `QUEUE_FULL` otherwise. */
  async within<T>(user: string, work: () => Promise<T>): Promise<T> {
    const account = this.#account(user);
    this.#refill(account);
    const { inFlight, perSecond } = this.#options;
    if (this.#total >= TOTAL_MAX) throw full(`${TOTAL_MAX} requests wait for this BMC`);
    if (account.inFlight >= inFlight) throw full(`${inFlight} requests of this user wait`);
    if (account.tokens < 1) throw full(`more than ${perSecond} requests of this user in a second`);
    account.tokens -= 1;
    account.inFlight += 1;
    this.#total += 1;
    try {
      return await work();
    } finally {
      account.inFlight -= 1;
      this.#total -= 1;
    }
  }

  #account(user: string): Account {
    const known = this.#accounts.get(user);
    if (known !== undefined) return known;
    if (this.#accounts.size >= USERS_MAX) this.#forget();
    const tokens = BURST_S * this.#options.perSecond;
    const account = { inFlight: 0, tokens, atMs: this.#clock.now() };
    this.#accounts.set(user, account);
    return account;
  }

  #refill(account: Account): void {
    const { perSecond } = this.#options;
    const now = this.#clock.now();
    const more = ((now - account.atMs) * perSecond) / MS_PER_S;
    account.tokens = Math.min(account.tokens + more, BURST_S * perSecond);
    account.atMs = now;
  }

  #forget(): void {
    for (const [user, { inFlight }] of this.#accounts) {
      if (inFlight === 0) this.#accounts.delete(user);
    }
  }
}

function full(reason: string): FleetError {
  return new FleetError('QUEUE_FULL', `${reason}; try again later`);
}
