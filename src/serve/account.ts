/** Counters of a client, which are those of all clients as well. */

/** Since the client, or the server, began. */
export interface Counters {
  /** Requests that were taken into the queue. */
  readonly requests: number;
  /** Of these, the ones that the BMC answered, whatever its completion code. */
  readonly answered: number;
  /** Of these, the ones that ended with an error, before or after they were sent. */
  readonly failed: number;
  /** Requests that the policy refused, and those that found too many others of the client. */
  readonly denied: number;
  readonly overflowed: number;
  /** Events and messages of the BMC that it was told. */
  readonly events: number;
  /** Time that its requests waited for their turns: all together, and the longest, milliseconds. */
  readonly waitedMs: number;
  readonly waitedMaxMs: number;
}

/** The counters that count one by one. */
type Counted = Exclude<keyof Counters, 'waitedMs' | 'waitedMaxMs'>;

type Mutable<T> = { -readonly [Name in keyof T]: T[Name] };

export class Account {
  readonly #counters: Mutable<Counters> = {
    ...{ requests: 0, answered: 0, failed: 0, denied: 0, overflowed: 0, events: 0 },
    ...{ waitedMs: 0, waitedMaxMs: 0 },
  };
  readonly #total: Account | undefined;

  /** `total` counts the same, and goes on when this one is dropped. */
  constructor(total?: Account) {
    this.#total = total;
  }

  count(name: Counted): void {
    this.#counters[name] += 1;
    this.#total?.count(name);
  }

  waited(ms: number): void {
    const counters = this.#counters;
    counters.waitedMs += ms;
    counters.waitedMaxMs = Math.max(counters.waitedMaxMs, ms);
    this.#total?.waited(ms);
  }

  /** The counters as they are now. */
  read(): Counters {
    return { ...this.#counters };
  }
}
