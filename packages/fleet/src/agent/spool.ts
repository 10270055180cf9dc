/**
 * Events that wait on the disk until the stream of NATS has them. An event that was told once is
 * known as long as the BMC has it, so that it is not told again.
 */

import type { HostEvent } from '../nats/protocol.ts';
import { AppendLog } from '../disk/append-log.ts';
import type { Disk } from '../disk/disk.ts';

const FILE = 'events.log';

/** Events that wait; then the event log of the BMC is not read on, and keeps the rest. */
export const WAITING_MAX = 10_000;

/** The file is made anew when it has so many lines more than are needed. */
const LINES_SPARE = 1000;

type Line =
  | { readonly kind: 'event'; readonly event: HostEvent }
  | { readonly kind: 'done'; readonly id: string }
  | { readonly kind: 'known'; readonly ids: readonly string[] };

export class Spool {
  readonly #log: AppendLog<Line>;
  readonly #waiting = new Map<string, HostEvent>();
  #known = new Set<string>();
  #wake: (() => void) | undefined;

  /** Reads what is there, and throws an error of the system when it cannot; tells damage. */
  constructor(disk: Disk, onError: (error: unknown) => void) {
    this.#log = new AppendLog(disk, FILE);
    for (const line of this.#log.read()) this.#take(line);
    if (this.#log.damage !== undefined) onError(this.#log.damage);
    this.#shorten(0);
  }

  /** Events that wait. */
  get size(): number {
    return this.#waiting.size;
  }

  /** Events that were told or wait, as far as they are remembered. */
  get knownSize(): number {
    return this.#known.size;
  }

  /** True when no more events should be taken for now. */
  get isFull(): boolean {
    return this.#waiting.size >= WAITING_MAX;
  }

  /** The event that has waited longest. */
  get first(): HostEvent | undefined {
    return this.#waiting.values().next().value;
  }

  /** True for an event that was told or waits. */
  knows(id: string): boolean {
    return this.#known.has(id);
  }

  /** Takes an event, unless it is known; it is on the disk on return. */
  add(event: HostEvent): void {
    if (this.#known.has(event.id)) return;
    const line = { kind: 'event', event } as const;
    this.#log.add(line);
    this.#take(line);
    this.#wake?.();
  }

  /** The stream has the event. A loss of power may take that away: the stream has its id. */
  done(id: string): void {
    const line = { kind: 'done', id } as const;
    this.#take(line);
    this.#log.append(line);
    this.#shorten(LINES_SPARE);
  }

  /** Forgets all that was told but for these events, and those that wait. */
  keep(ids: ReadonlySet<string>): void {
    const known = [...this.#known].filter((id) => ids.has(id) || this.#waiting.has(id));
    if (known.length === this.#known.size) return;
    this.#known = new Set(known);
    this.#shorten(LINES_SPARE);
  }

  /** Calls `wake` at the next event, once. */
  onNext(wake: () => void): void {
    this.#wake = () => {
      this.#wake = undefined;
      wake();
    };
  }

  #take(line: Line): void {
    switch (line.kind) {
      case 'event':
        this.#waiting.set(line.event.id, line.event);
        this.#known.add(line.event.id);
        break;
      case 'done':
        this.#waiting.delete(line.id);
        break;
      case 'known':
        for (const id of line.ids) this.#known.add(id);
    }
  }

  #shorten(spare: number): void {
    if (this.#log.lines <= 2 * this.#waiting.size + spare) return;
    const events = [...this.#waiting.values()];
    this.#log.rewrite([
      { kind: 'known', ids: [...this.#known] },
      ...events.map((event) => ({ kind: 'event', event }) as const),
    ]);
  }
}
