/** Text that a command reads: a file, or standard input, in pieces and in lines. */

import { closeSync, fstatSync, openSync, readSync, statSync } from 'node:fs';

import { foreignText } from '../foreign-text.ts';
import { shownName } from '../shown.ts';
import { UsageError } from './args.ts';
import { readReason } from './file-reasons.ts';
import { InputError } from './output.ts';

/** Bytes of a file that are read at a time. */
const PIECE_BYTES = 65_536;

/** The pieces of standard input. */
export async function* standardInput(): AsyncIterable<string> {
  // Node reads a folder as if it were empty.
  if (fstatSync(0).isDirectory()) throw new UsageError('standard input is a folder');
  const decoder = new PieceDecoder('standard input');
  try {
    for await (const piece of process.stdin as AsyncIterable<Uint8Array>) yield decoder.take(piece);
    yield decoder.end();
  } catch (cause) {
    if (cause instanceof UsageError) throw cause;
    throw new InputError(`standard input cannot be read: ${readReason(cause)}`, { cause });
  }
}

/** True for a file that can be read more than once, unlike a pipe. */
export function isRegularFile(name: string): boolean {
  return statSync(name, { throwIfNoEntry: false })?.isFile() ?? false;
}

/**
 * The pieces of a file, so that one without end is refused at its first wrong line. Throws a
 * `UsageError` for one that cannot be read. A FIFO is waited for, in calls of the system that keep
 * Node from its signals: nothing may listen for one by then, so that the system ends the process.
 */
export function* filePieces(name: string): Iterable<string> {
  const decoder = new PieceDecoder(shownName(name));
  const piece = Buffer.alloc(PIECE_BYTES);
  const fd = readable(name, () => openSync(name, 'r'));
  try {
    for (;;) {
      const count = readable(name, () => readSync(fd, piece, 0, piece.length, null));
      if (count === 0) break;
      yield decoder.take(piece.subarray(0, count));
    }
    yield decoder.end();
  } finally {
    closeSync(fd);
  }
}

/** The whole text of a file that is not longer than `charsMax` by more than a piece. */
export function fileText(name: string, charsMax: number): string {
  let text = '';
  for (const piece of filePieces(name)) {
    text += piece;
    if (text.length > charsMax) break;
  }
  return text;
}

function readable(name: string, read: () => number): number {
  try {
    return read();
  } catch (error) {
    throw new UsageError(`${shownName(name)} cannot be read: ${readReason(error)}`);
  }
}

/** Makes text of pieces; throws a `UsageError` for what is none, by its first bytes. */
class PieceDecoder {
  readonly #decoder = new TextDecoder();
  readonly #name: string;
  #isBegun = false;

  constructor(name: string) {
    this.#name = name;
  }

  take(piece: Uint8Array): string {
    const reason = this.#isBegun ? undefined : foreignText(piece);
    this.#isBegun = true;
    if (reason !== undefined) throw new UsageError(`${this.#name} cannot be read: ${reason}`);
    return this.#decoder.decode(piece, { stream: true });
  }

  /** Returns what is left of a character that was cut off. */
  end(): string {
    return this.#decoder.decode();
  }
}

/** Receives lines without their newline. */
export interface LineReader {
  /** Longest line, characters. */
  readonly lineMax: number;
  /** Reads a line, cut off behind `lineMax` if it is longer. */
  take(line: string): void;
}

/**
 * Hands the lines of a file, or of `-`, which is standard input, to a reader; resolves to what
 * follows the last newline. Throws a `UsageError` for a file that cannot be read.
 */
export async function readLines(name: string, reader: LineReader): Promise<string> {
  const lines = new Lines(reader);
  if (name === '-') {
    for await (const piece of standardInput()) lines.take(piece);
    return lines.rest;
  }
  for (const piece of filePieces(name)) lines.take(piece);
  return lines.rest;
}

/** Joins lines from pieces. Input without a newline takes no memory. */
class Lines {
  rest = '';
  readonly #reader: LineReader;
  /** The rest belongs to a line that was handed on already. */
  #isCutOff = false;

  constructor(reader: LineReader) {
    this.#reader = reader;
  }

  take(piece: string): void {
    const lines = (this.rest + piece).split('\n');
    this.rest = lines.pop() ?? '';
    for (const line of lines) {
      if (!this.#isCutOff) this.#reader.take(line);
      this.#isCutOff = false;
    }
    if (this.#isCutOff) this.rest = '';
    if (this.rest.length <= this.#reader.lineMax) return;
    this.#reader.take(this.rest);
    this.rest = '';
    this.#isCutOff = true;
  }
}
