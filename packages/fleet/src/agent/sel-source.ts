/**
 * The events of a host: the records of its system event log. The log stays when an agent, a server
 * or the network is away, and reading it takes nothing from other programs; the BMC's message
 * buffer would lose what was read and not told.
 */

import type { Clock, Requester } from 'ipmi-bt';
import { commands } from 'ipmi-bt/commands';
import type { Commands, SelInfo, SelItem } from 'ipmi-bt/commands';

import { sleep } from '../clock.ts';
import { digitsOf } from '../nats/protocol.ts';
import type { HostEvent } from '../nats/protocol.ts';
import { plainOf } from './reads.ts';
import type { Spool } from './spool.ts';

/** The log is asked so often whether it has changed; that is one command. */
export const POLL_MS = 10_000;

/** A log with a record that cannot be read is read so often, until it changes. */
const FAILURES_MAX = 3;

/** So many events are remembered beyond twice those in the log, before it is read whole again. */
const KNOWN_SPARE = 1000;

/** Everything that a {@link SelSource} is built from. */
export interface SelSourceParts {
  readonly host: string;
  readonly requester: Requester;
  readonly spool: Spool;
  readonly clock: Clock;
  readonly wallMs: () => number;
  readonly onError: (error: unknown) => void;
}

type Entry = Extract<SelItem, { readonly kind: 'entry' }>;

/** The last record that was read. */
interface Last {
  readonly id: number;
  readonly record: string;
}

export class SelSource {
  readonly #parts: SelSourceParts;
  readonly #sel: Commands['sel'];
  /** The state of the log that was read whole. */
  #seen = '';
  #failures = 0;
  #last: Last | undefined;

  constructor(parts: SelSourceParts) {
    this.#parts = parts;
    this.#sel = commands(parts.requester, { clock: parts.clock }).sel;
  }

  /** Polls until the signal aborts. A BMC that does not answer is asked again. */
  async run(signal: AbortSignal): Promise<void> {
    while (!signal.aborted) {
      await this.poll().catch(this.#parts.onError);
      await sleep(this.#parts.clock, POLL_MS, signal).catch(() => undefined);
    }
  }

  /** Takes the records that are new. */
  async poll(): Promise<void> {
    const info = await this.#sel.info();
    const seen = JSON.stringify([info.entries, info.lastAdd, info.lastErase]);
    if (seen === this.#seen || !this.#hasRoom()) return;
    const isWhole = (await this.#goOn(info)) || (await this.#readAll(info));
    this.#failures = isWhole ? 0 : this.#failures + 1;
    // A record that can never be read must not keep the BMC busy.
    if (isWhole || (this.#failures >= FAILURES_MAX && this.#hasRoom())) this.#seen = seen;
  }

  #hasRoom(): boolean {
    return !this.#parts.spool.isFull;
  }

  /** A log that is full and goes on has lost records; only reading it whole says which. */
  #knowsTooMuch({ entries }: SelInfo): boolean {
    return this.#parts.spool.knownSize > 2 * entries + KNOWN_SPARE;
  }

  /** Reads on behind the last record; false if that is not there any more. */
  async #goOn(info: SelInfo): Promise<boolean> {
    const last = this.#last;
    if (last === undefined || info.entries === 0 || this.#knowsTooMuch(info)) return false;
    let isFirst = true;
    for await (const item of this.#sel.entries({ from: last.id })) {
      const isLast = item.kind === 'entry' && digitsOf(item.record.raw) === last.record;
      if (isFirst && !isLast) return false;
      isFirst = false;
      if (!this.#take(item, info)) return false;
    }
    return !isFirst;
  }

  async #readAll(info: SelInfo): Promise<boolean> {
    const present = new Set<string>();
    let isWhole = true;
    for await (const item of this.#sel.entries()) {
      if (!this.#take(item, info)) isWhole = false;
      else if (item.kind === 'entry') present.add(idOf(item, info));
    }
    // The next reading begins with the first record again.
    if (isWhole) this.#parts.spool.keep(present);
    else this.#last = undefined;
    return isWhole;
  }

  /** Takes a record; false for one that could not be read, or for which there is no room. */
  #take(item: SelItem, info: SelInfo): boolean {
    const { spool } = this.#parts;
    if (item.kind === 'error') {
      this.#parts.onError(item.error);
      return false;
    }
    const id = idOf(item, info);
    if (!spool.knows(id)) {
      if (spool.isFull) return false;
      spool.add(this.#eventOf(id, item));
    }
    this.#last = { id: item.id, record: digitsOf(item.record.raw) };
    return true;
  }

  #eventOf(id: string, { record, words }: Entry): HostEvent {
    const { raw, ...event } = record;
    return {
      ...{ host: this.#parts.host, id, kind: 'sel', record: digitsOf(raw) },
      at: new Date(this.#parts.wallMs()).toISOString(),
      event: plainOf({ ...event, words }),
    };
  }
}

/**
 * The id of a record is what it says, so that an agent that has lost its files gives the same. A
 * time since the start of the BMC comes again after each start: the last erasure tells them apart.
 */
function idOf({ record }: Entry, { lastErase }: SelInfo): string {
  const digits = digitsOf(record.raw);
  if (record.timestamp !== undefined) return digits;
  return `${digits}-${lastErase.kind === 'unspecified' ? '' : lastErase.seconds}`;
}
