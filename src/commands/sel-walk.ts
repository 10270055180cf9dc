/**
 * Goes through the entries of a SEL from one to the next. It survives entries that cannot be read,
 * numbers that lead in a circle, and a SEL that is cleared meanwhile; no entry is given twice.
 */

import { IpmiError, hex } from '../errors.ts';
import { entryWords } from '../ipmi/entry-words.ts';
import type { EntryWords, SensorLookup } from '../ipmi/entry-words.ts';
import { decodeEventRecord } from '../ipmi/event-record.ts';
import type { EventRecord } from '../ipmi/event-record.ts';
import { FIRST_RECORD, NO_RECORD } from '../ipmi/record-read.ts';
import type { SelReader } from './sel-reader.ts';

/** An entry of the SEL, or the error in its place. */
export type SelItem =
  | {
      readonly kind: 'entry';
      /** The entry's number. */
      readonly id: number;
      readonly record: EventRecord;
      /** The record in words. */
      readonly words: EntryWords;
    }
  | { readonly kind: 'error'; readonly id: number; readonly error: IpmiError };

/** So often the SEL may change under one reading in a way that it must begin again. */
const RESTARTS_MAX = 4;

/** Numbers that are tried behind an entry that does not name the next one. */
const GUESSES_MAX = 16;

export class SelWalk {
  readonly #reader: SelReader;
  readonly #lookup: SensorLookup | undefined;
  /** The bytes of all entries that were given. */
  readonly #given = new Set<string>();
  /** Numbers that were tried since the last beginning, and how many of them were entries. */
  readonly #visited = new Set<number>();
  #present = 0;
  /** The last entry that was read: the reading of what is new begins behind it. */
  #last: { readonly id: number; readonly key: string } | undefined;
  #restarts = 0;
  #guesses = 0;
  /** Entries that the BMC says to have. */
  #expected = 0;

  constructor(reader: SelReader, lookup: SensorLookup | undefined) {
    this.#reader = reader;
    this.#lookup = lookup;
  }

  /** Entries that were given. */
  get given(): number {
    return this.#given.size;
  }

  /** Entries that were read since the last beginning: so many there are at least. */
  get present(): number {
    return this.#present;
  }

  /** Gives the entries from one on; `expected` is their number by Get SEL Info. */
  async *items(fromId: number, expected: number): AsyncGenerator<SelItem, void> {
    this.#expected = expected;
    /** A circle is an error only if there is no way out of it. */
    let inCircle: SelItem | undefined;
    for (let id: number | undefined = fromId; id !== undefined && id !== NO_RECORD;) {
      const reading = await this.#reader.read(id);
      switch (reading.kind) {
        case 'gone':
          if (id === FIRST_RECORD) return;
          if (this.#guesses > 0) id = this.#guess(id);
          else if (this.#restarts < RESTARTS_MAX) id = this.#restart();
          else {
            yield { kind: 'error', id, error: changing(id) };
            return;
          }
          break;
        case 'failed':
          yield { kind: 'error', id, error: reading.error };
          this.#visited.add(id === FIRST_RECORD ? 1 : id);
          this.#present += 1;
          id = this.#isNew(reading.nextId) ? reading.nextId : this.#guess(id);
          break;
        case 'read': {
          const item = this.#take(id, reading.bytes);
          if (item !== undefined) yield item;
          inCircle = undefined;
          const next = reading.nextId;
          if (this.#isNew(next)) id = next;
          else if (this.#present >= this.#expected) return;
          else {
            const ownId = this.#last?.id ?? id;
            inCircle = { kind: 'error', id: ownId, error: circle(ownId, next) };
            id = this.#guess(ownId);
          }
        }
      }
    }
    if (inCircle !== undefined) yield inCircle;
  }

  /** Gives what has been added since the last entry, or all that is new if the SEL was changed. */
  async *news(expected: number): AsyncGenerator<SelItem, void> {
    const last = this.#last;
    this.#restarts = 0;
    this.#guesses = 0;
    if (last === undefined || !(await this.#isStillThere(last))) {
      yield* this.items(this.#begin(), expected);
      return;
    }
    this.#visited.delete(last.id);
    this.#present -= 1;
    yield* this.items(last.id, expected);
  }

  async #isStillThere(last: { readonly id: number; readonly key: string }): Promise<boolean> {
    const reading = await this.#reader.read(last.id);
    return reading.kind === 'read' && keyOf(reading.bytes) === last.key;
  }

  /** Returns the item of an entry; undefined if it was given before. */
  #take(id: number, bytes: Uint8Array): SelItem | undefined {
    const record = decodeEventRecord(bytes);
    // An entry of a wrong number was read by the number that led to it.
    const ownId = record.recordId ?? id;
    const key = keyOf(bytes);
    this.#visited.add(ownId);
    if (id !== FIRST_RECORD) this.#visited.add(id);
    this.#present += 1;
    this.#last = { id: ownId, key };
    this.#guesses = 0;
    if (this.#given.has(key)) return undefined;
    this.#given.add(key);
    return { kind: 'entry', id: ownId, record, words: entryWords(record, this.#lookup) };
  }

  #isNew(nextId: number | undefined): nextId is number {
    if (nextId === NO_RECORD) return true;
    return nextId !== undefined && nextId !== FIRST_RECORD && !this.#visited.has(nextId);
  }

  /** The number to try where no entry leads on: most BMCs count; undefined if all were read. */
  #guess(id: number): number | undefined {
    if (this.#present >= this.#expected || this.#guesses >= GUESSES_MAX) return undefined;
    let guess = id;
    do guess = Math.max(guess + 1, 2);
    while (this.#visited.has(guess));
    this.#guesses += 1;
    return guess < NO_RECORD ? guess : undefined;
  }

  #restart(): number {
    this.#restarts += 1;
    return this.#begin();
  }

  #begin(): number {
    this.#visited.clear();
    this.#present = 0;
    this.#guesses = 0;
    return FIRST_RECORD;
  }
}

function keyOf(bytes: Uint8Array): string {
  return String.fromCharCode(...bytes);
}

function changing(id: number): IpmiError {
  const text =
    `entry ${hex(id)} of the SEL is gone, and the SEL has changed ` +
    `${RESTARTS_MAX} times while it was read; stop what clears it, and read it again`;
  return new IpmiError('RESPONSE_MALFORMED', text, { outcome: 'answered' });
}

function circle(id: number, nextId: number): IpmiError {
  const text =
    `entry ${hex(id)} of the SEL names ${hex(nextId)} as the next one, ` +
    'which is behind it already; update the firmware of the BMC';
  return new IpmiError('RESPONSE_MALFORMED', text, { outcome: 'answered' });
}
