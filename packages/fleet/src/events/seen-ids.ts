/** Ids of events that were handled, on the disk: the last of them, up to a limit. */

import { AppendLog } from '../disk/append-log.ts';
import type { Disk } from '../disk/disk.ts';

const FILE = 'seen.log';

/** Ids that are remembered, some 40 bytes each; older ones are forgotten. */
export const SEEN_MAX = 100_000;

interface Line {
  readonly id: string;
}

export class SeenIds {
  readonly #log: AppendLog<Line>;
  readonly #max: number;
  readonly #ids: Set<string>;

  /** Reads what is there, and throws an error of the system when it cannot. */
  constructor(disk: Disk, max = SEEN_MAX) {
    this.#log = new AppendLog(disk, FILE);
    this.#max = max;
    this.#ids = new Set(this.#log.read().map(({ id }) => id));
    this.#forget();
  }

  has(id: string): boolean {
    return this.#ids.has(id);
  }

  /** Remembers an id; it is on the disk on return. */
  add(id: string): void {
    this.#log.add({ id });
    this.#ids.add(id);
    if (this.#ids.size >= 2 * this.#max) this.#forget();
  }

  #forget(): void {
    if (this.#ids.size <= this.#max) return;
    const kept = [...this.#ids].slice(-this.#max);
    this.#ids.clear();
    for (const id of kept) this.#ids.add(id);
    this.#log.rewrite(kept.map((id) => ({ id })));
  }
}
