/**
 * A file of entries that only grows, and is replaced by a shorter one now and then. Each line has a
 * checksum: one that was cut off by the end of the process, or of the host, is no entry.
 */

import { crc32 } from 'node:zlib';

import type { Disk } from './disk.ts';

const CHECKSUM_DIGITS = 8;

/** Entries of one kind in a file. */
export class AppendLog<Entry extends object> {
  readonly #disk: Disk;
  readonly #name: string;
  #lines = 0;
  /** The last line may be cut off. */
  #isTorn = false;
  #damaged = 0;

  constructor(disk: Disk, name: string) {
    this.#disk = disk;
    this.#name = name;
  }

  /** True when the last line is cut off. */
  get isTorn(): boolean {
    return this.#isTorn;
  }

  /** Lines since the file was made. */
  get lines(): number {
    return this.#lines;
  }

  /** All entries, in their order. */
  read(): readonly Entry[] {
    const text = this.#disk.read(this.#name) ?? '';
    const lines = text.split('\n');
    this.#isTorn = lines.at(-1) !== '';
    this.#lines = lines.length - 1;
    const found = lines.map((line) => entriesIn(line) as readonly Entry[]);
    this.#damaged = found.slice(0, -1).filter((entries, at) => {
      return entries.length === 0 && lines[at] !== '';
    }).length;
    return found.flat();
  }

  /** Adds an entry, which has come to stay on return. Throws an error of the system. */
  add(entry: Entry): void {
    this.append(entry);
    this.sync();
  }

  /**
   * Adds an entry. It outlives the process on return, and a loss of power after {@link sync}.
   * Throws an error of the system.
   */
  append(entry: Entry): void {
    const line = lineOf(entry);
    const text = this.#isTorn ? `\n${line}` : line;
    this.#isTorn = true;
    this.#disk.append(this.#name, text);
    this.#isTorn = false;
    this.#lines += 1;
  }

  /** All that was appended has come to stay on return. Throws an error of the system. */
  sync(): void {
    // After an error, the end of the file may be anything.
    this.#isTorn = true;
    this.#disk.sync(this.#name);
    this.#isTorn = false;
  }

  /** The error for lines that are no entries, beside the last one; undefined if there are none. */
  get damage(): Error | undefined {
    if (this.#damaged === 0) return undefined;
    return new Error(`${this.#name}: ${this.#damaged} lines are damaged, and count for nothing`);
  }

  /** Replaces all entries. */
  rewrite(entries: readonly Entry[]): void {
    this.#disk.replace(this.#name, entries.map(lineOf).join(''));
    this.#lines = entries.length;
    this.#isTorn = false;
    this.#damaged = 0;
  }
}

function lineOf(entry: object): string {
  const json = JSON.stringify(entry);
  return `${checksum(json)} ${json}\n`;
}

function entriesIn(line: string): readonly unknown[] {
  const json = line.slice(CHECKSUM_DIGITS + 1);
  if (json === '' || line.slice(0, CHECKSUM_DIGITS) !== checksum(json)) return [];
  return [JSON.parse(json) as unknown];
}

function checksum(json: string): string {
  return crc32(json).toString(16).padStart(CHECKSUM_DIGITS, '0');
}
