/**
 * Answers that are too long for one message of NATS, in pages. The BMC is asked once; what it said
 * is kept for a while, for the user that asked.
 */

import type { Clock } from 'ipmi-bt';

import { FleetError } from './fleet-error.ts';

/** One page, with the name of the next one where there is one. */
export interface Page {
  readonly result: readonly unknown[];
  readonly next?: string;
}

/** Answers that are kept, of a user and of all, and for how long since they were last asked for. */
const OWN_MAX = 4;
const KEPT_MAX = 16;
const KEPT_MS = 60_000;

interface Kept {
  readonly user: string;
  readonly items: readonly unknown[];
  untilMs: number;
}

export class Pages {
  readonly #clock: Clock;
  readonly #bytesMax: number;
  readonly #kept = new Map<string, Kept>();
  #count = 0;

  /** `bytesMax`: the length of a page. */
  constructor(clock: Clock, bytesMax: number) {
    this.#clock = clock;
    this.#bytesMax = bytesMax;
  }

  /** The first page of an answer. */
  first(user: string, items: readonly unknown[]): Page {
    this.#count += 1;
    return this.#page(`${this.#count}`, { user, items, untilMs: 0 }, 0);
  }

  /** The page of that name; throws `PAGE_GONE` when it is not kept, or was another user's. */
  at(user: string, name: string): Page {
    const [, key = '', from = ''] = /^(\d+)\.(\d+)$/.exec(name) ?? [];
    const kept = this.#kept.get(key);
    if (kept?.user !== user || kept.untilMs < this.#clock.now()) {
      throw new FleetError('PAGE_GONE', 'this page is not kept any more; ask from the beginning');
    }
    return this.#page(key, kept, Number(from));
  }

  #page(key: string, kept: Kept, from: number): Page {
    let bytes = 0;
    let end = from;
    for (const item of kept.items.slice(from)) {
      bytes += Buffer.byteLength(JSON.stringify(item)) + 1;
      if (bytes > this.#bytesMax) break;
      end += 1;
    }
    if (end === from && from < kept.items.length) {
      throw new FleetError('ANSWER_TOO_LONG', 'an item is longer than a message', 'answered');
    }
    const result = kept.items.slice(from, end);
    if (end >= kept.items.length) return { result };
    this.#keep(key, kept);
    return { result, next: `${key}.${end}` };
  }

  #keep(key: string, kept: Kept): void {
    kept.untilMs = this.#clock.now() + KEPT_MS;
    this.#kept.delete(key);
    this.#kept.set(key, kept);
    const own = [...this.#kept].filter(([, { user }]) => user === kept.user);
    const [[oldestOwn] = []] = own;
    const [oldest] = this.#kept.keys();
    const gone = own.length > OWN_MAX ? oldestOwn : oldest;
    if ((own.length > OWN_MAX || this.#kept.size > KEPT_MAX) && gone !== undefined) {
      this.#kept.delete(gone);
    }
  }
}
