/** `ipmitool sel list`, `save` and `writeraw`: reads the SEL (IPMI 2.0 §31.5), and prints it. */

import { GET_SEL_ENTRY, GET_SEL_INFO } from '../../ipmi/sel.ts';
import { FIRST_RECORD, NO_RECORD, WHOLE_RECORD } from '../../ipmi/record-read.ts';
import { openOutput } from './c-files.ts';
import { hex } from './c-text.ts';
import { askFor, byteAt } from './ask.ts';
import { Repository } from './sdr-repository.ts';
import type { Entry as SdrEntry } from './sdr-repository.ts';
import { entryLine, isEvent, receivedEntry, withWords } from './sel-entry.ts';
import type { SelEntry, WordedEntry } from './sel-entry.ts';
import { entryLines } from './sel-verbose.ts';
import type { Session } from './session.ts';

/** Where entries are written, besides being printed. */
export interface SaveTo {
  readonly path: string;
  /** The bytes of the entries, and not text. */
  readonly isBinary: boolean;
}

/** The entries that are wanted. */
export interface ListOptions {
  /** So many from the first on; with a minus so many up to the last; 0 is all. */
  readonly count: number;
  /** Sensors are named, and readings converted. */
  readonly isExtended: boolean;
  readonly saveTo?: SaveTo | undefined;
}

/** Prints entries. */
export async function listEntries(session: Session, options: ListOptions): Promise<number> {
  const total = await countOf(session);
  if (total === undefined) return 1;
  if (total === 0) {
    session.complain('SEL has no entries');
    return 0;
  }
  const walk = new Walk(session);
  if (options.count < 0) await walk.skip(total + Math.max(options.count, -total));
  return (await print(session, walk, options)) ? 0 : 1;
}

async function countOf(session: Session): Promise<number | undefined> {
  const { netFn, cmd } = GET_SEL_INFO;
  const info = await askFor(session, { netFn, cmd }, { text: 'Get SEL Info command failed' });
  return info && byteAt(info, 1) | (byteAt(info, 2) << 8);
}

/** Resolves to true if the file, where there is one, has all entries. */
async function print(session: Session, walk: Walk, options: ListOptions): Promise<boolean> {
  const { count, saveTo } = options;
  const printer = new EntryPrinter(session, options.isExtended);
  const file = saveTo && openOutput(session, saveTo.path);
  for (let printed = 0; ;) {
    const entry = await walk.next();
    if (entry === undefined) break;
    const worded = await printer.print(entry);
    file?.write(saveTo?.isBinary === true ? entry.bytes : savedText(worded));
    printed += 1;
    if (printed === count) break;
  }
  return file?.close() ?? true;
}

/** An entry in the form that `sel add` and `event file` read. */
function savedText(entry: WordedEntry): string {
  const { version, words, sensor, bytes, data } = entry;
  const numbers = [version, entry.sensorType, sensor, bytes[12] ?? 0, ...data];
  const text = numbers.map((byte) => `0x${hex(byte)}`).join(' ');
  const name = words.event ?? 'Unknown';
  return `${text} # ${words.sensorType} #0x${hex(sensor)} ${name}\n`;
}

/** Prints entries one after the other. */
export class EntryPrinter {
  readonly #session: Session;
  readonly #repository: Repository | undefined;

  constructor(session: Session, isExtended: boolean) {
    this.#session = session;
    this.#repository = isExtended ? new Repository(session) : undefined;
  }

  /** Resolves to the entry with the words that were printed. */
  async print(entry: SelEntry): Promise<WordedEntry> {
    const session = this.#session;
    const { verbose, csv } = session.choices;
    const worded = await withWords(session, entry);
    if (verbose > 0) {
      session.print(entryLines(worded));
      return worded;
    }
    const isNamed = this.#repository !== undefined && isEvent(entry);
    const sensor = isNamed ? await sensorOf(session, this.#repository, entry) : undefined;
    session.print(entryLine(worded, csv, sensor));
    return worded;
  }
}

/** The record of the sensor of an entry; complains where there are no records to be had. */
export async function sensorOf(
  session: Session,
  repository: Repository,
  { generator, sensor, sensorType }: SelEntry,
): Promise<SdrEntry | undefined> {
  if (!(await repository.start())) {
    session.complain('Unable to open SDR for reading');
    return undefined;
  }
  for await (const entry of repository.records()) {
    const { record } = entry;
    if (!('sensorType' in record) || record.sensorType !== sensorType) continue;
    const owner = record.owner.id.id * 2 + (record.owner.id.isSoftware ? 1 : 0);
    if (record.number === sensor && owner === (generator & 0xff)) return entry;
  }
  return undefined;
}

/** Reads entries one after the other. */
class Walk {
  readonly #session: Session;
  readonly #seen = new Set<number>();
  #next = FIRST_RECORD;

  constructor(session: Session) {
    this.#session = session;
  }

  /** Passes over so many. */
  async skip(count: number): Promise<void> {
    for (let skipped = 0; skipped < count; skipped += 1) {
      if ((await this.next()) === undefined) return;
    }
  }

  /** The next entry; one whose successor is 0 is asked for again, as some BMCs err there. */
  async next(): Promise<SelEntry | undefined> {
    const id = this.#next;
    if (id === NO_RECORD || this.#seen.has(id)) return undefined;
    this.#seen.add(id);
    const first = await readEntry(this.#session, id);
    const read = first.next === FIRST_RECORD ? await readEntry(this.#session, id) : first;
    this.#next = read.next === FIRST_RECORD ? NO_RECORD : read.next;
    return read.next === FIRST_RECORD ? undefined : read.entry;
  }
}

/** An entry and the number of the one behind it, which is 0 where it could not be read. */
export interface ReadEntry {
  readonly next: number;
  readonly entry?: SelEntry;
}

/** Reads an entry. */
export async function readEntry(session: Session, id: number): Promise<ReadEntry> {
  const { netFn, cmd } = GET_SEL_ENTRY;
  const data = [0, 0, id & 0xff, id >> 8, 0, WHOLE_RECORD];
  const failing = { text: `Get SEL Entry ${id.toString(16)} command failed` };
  const reply = await askFor(session, { netFn, cmd, data }, failing);
  if (reply === undefined) return { next: FIRST_RECORD };
  const [low = 0, high = 0] = reply.data;
  return { next: low | (high << 8), entry: receivedEntry(reply.data.subarray(2)) };
}
