/**
 * Ids of events that were handled, on the disk: the last of them, up to a limit. A folder is that
 * of one reader.
 */

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
  /** Ids that are in memory and perhaps not on the disk: behind the end of the file, or in none. */
  #behind: 'none' | 'appended' | 'lost' = 'none';

  /** Reads what is there, and throws an error of the system when it cannot. */
  constructor(disk: Disk, max = SEEN_MAX) {
    this.#log = new AppendLog(disk, FILE);
    this.#max = max;
    this.#ids = new Set(this.#log.read().map(({ id }) => id));
    if (this.#ids.size > this.#max) this.#rewrite();
    // The process before may have been killed ahead of its synchronization.
    else if (this.#ids.size > 0) this.#behind = 'appended';
  }

  has(id: string): boolean {
    return this.#ids.has(id);
  }

  /**
   * Remembers an id. It outlives the process, and a loss of power after {@link sync}; what a disk
   * refuses is remembered in memory, and is written by {@link sync}.
   */
  add(id: string): void {
    this.#ids.add(id);
    if (this.#behind === 'lost') return;
    try {
      this.#log.append({ id });
      this.#behind = 'appended';
    } catch {
      this.#behind = 'lost';
    }
  }

  /** All ids that were added are on the disk on return. Throws an error of the system. */
  sync(): void {
    if (this.#behind === 'none') return;
    // After an error the system may have dropped what was appended.
    const isWhole = this.#behind === 'appended';
    this.#behind = 'lost';
    if (isWhole && this.#ids.size < 2 * this.#max) this.#log.sync();
    else this.#rewrite();
    this.#behind = 'none';
  }

  /** Writes the last ids, and forgets those before. */
  #rewrite(): void {
    const kept = [...this.#ids].slice(-this.#max);
    this.#log.rewrite(kept.map((id) => ({ id })));
    this.#ids.clear();
    for (const id of kept) this.#ids.add(id);
  }
}
