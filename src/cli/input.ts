/** Text that a command reads: a file, or standard input, in pieces and in lines. */

import { closeSync, fstatSync, openSync, readSync } from 'node:fs';

import { UsageError } from './args.ts';
import { InputError } from './output.ts';

/** Bytes of a file that are read at a time. */
const PIECE_BYTES = 65_536;

/** The pieces of standard input. */
export async function* standardInput(): AsyncIterable<string> {
  // Node reads a folder as if it were empty.
  if (fstatSync(0).isDirectory()) throw new UsageError('standard input is a folder');
  try {
    yield* process.stdin.setEncoding('utf8') as AsyncIterable<string>;
  } catch (cause) {
    const { message } = cause as Error;
    throw new InputError(`standard input cannot be read: ${message}`, { cause });
  }
}

/** The pieces of a file, so that one without end is refused at its first wrong line. */
export function* filePieces(name: string): Iterable<string> {
  const decoder = new TextDecoder();
  const piece = Buffer.alloc(PIECE_BYTES);
  const fd = openSync(name, 'r');
  try {
    for (;;) {
      const count = readSync(fd, piece, 0, piece.length, null);
      if (count === 0) return;
      yield decoder.decode(piece.subarray(0, count), { stream: true });
    }
  } finally {
    closeSync(fd);
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
  for (const piece of piecesOf(name)) lines.take(piece);
  return lines.rest;
}

/** The same with the words of a command for what the system refuses. */
function* piecesOf(name: string): Iterable<string> {
  const pieces = filePieces(name)[Symbol.iterator]();
  for (;;) {
    let step: IteratorResult<string>;
    try {
      step = pieces.next();
    } catch (error) {
      const { code, message } = error as NodeJS.ErrnoException;
      const reason = code === 'EISDIR' ? 'it is a folder' : message;
      throw new UsageError(`${name} cannot be read: ${reason}`);
    }
    if (step.done === true) return;
    yield step.value;
  }
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
