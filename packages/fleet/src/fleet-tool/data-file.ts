/**
 * Request data that a file or standard input has instead of the command line, which all users of
 * the machine can see. Errors name places and never what is there.
 */

import { readFileSync } from 'node:fs';

import { REQUEST_DATA_BYTES_MAX } from '../nats/protocol.ts';

/** The name that means standard input, and its descriptor. */
const STANDARD_INPUT = '-';
const STDIN = 0;

const BYTE_MAX = 0xff;

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
  try {
    return readFileSync(path === STANDARD_INPUT ? STDIN : path, 'latin1');
  } catch (error) {
    const { code = String(error) } = error as NodeJS.ErrnoException;
    throw new DataFileError(`${place} cannot be read: ${code}`);
  }
}
