/**
 * Request data that a file or standard input has instead of the command line, which all users of
 * the machine can see. Errors name places and never what is there.
 */

import { closeSync, openSync, readSync } from 'node:fs';

import { REQUEST_DATA_BYTES_MAX } from '../nats/protocol.ts';

/** The name that means standard input, and its descriptor. */
const STANDARD_INPUT = '-';
const STDIN = 0;

const BYTE_MAX = 0xff;

/** Longest text, with much room for white space: a device or a pipe may have no end. */
const TEXT_BYTES_MAX = 64 * 1024;

/** Data that cannot be had, or that is none. */
export class DataFileError extends Error {
  override readonly name = 'DataFileError';
}

/** Reads numbers that white space parts, as the command line has them: `0x02 2 0x68`. */
export function readData(path: string): readonly number[] {
  const place = path === STANDARD_INPUT ? 'standard input' : path;
  const words = textOf(path, place)
    .split(/\s+/)
    .filter((word) => word !== '');
  if (words.length > REQUEST_DATA_BYTES_MAX) {
    throw new DataFileError(
      `${place} has ${words.length} numbers: a request has at most ${REQUEST_DATA_BYTES_MAX} bytes`,
    );
  }
  return words.map((word, at) => {
    const value = /^(0x[0-9a-f]+|\d+)$/i.test(word) ? Number(word) : NaN;
    if (value <= BYTE_MAX) return value;
    throw new DataFileError(`number ${at + 1} of ${place} is none from 0 to ${BYTE_MAX}`);
  });
}

function textOf(path: string, place: string): string {
  const text = textUpToLimit(path, place);
  if (text.length <= TEXT_BYTES_MAX) return text.toString('latin1');
  throw new DataFileError(
    `${place} is longer than ${TEXT_BYTES_MAX} bytes: a request has at most ${REQUEST_DATA_BYTES_MAX} numbers`,
  );
}

/** Its bytes; one more than the limit where it is longer. */
function textUpToLimit(path: string, place: string): Buffer {
  const text = Buffer.alloc(TEXT_BYTES_MAX + 1);
  let length = 0;
  try {
    const fd = path === STANDARD_INPUT ? STDIN : openSync(path, 'r');
    try {
      let count: number;
      do {
        count = readSync(fd, text, length, text.length - length, null);
        length += count;
      } while (count > 0 && length < text.length);
    } finally {
      if (fd !== STDIN) closeSync(fd);
    }
  } catch (error) {
    const { code = String(error) } = error as NodeJS.ErrnoException;
    throw new DataFileError(`${place} cannot be read: ${code}`);
  }
  return text.subarray(0, length);
}
