/**
 * A secret that a command reads from a file or a descriptor, because a command line can be seen by
 * all users. No error shows a part of it.
 */

import { closeSync, fstatSync, openSync, readSync } from 'node:fs';

import { shownName } from '../shown.ts';
import { UsageError } from './args.ts';
import { readReason } from './file-reasons.ts';
import { tellUser } from './output.ts';

/** Longer input is no secret of this program; a file without end is not read to it. */
const BYTES_MAX = 4096;

/** Bits of the mode that let the group, or all others, read. */
const READABLE_BY_OTHERS = 0o044;

const NEWLINE = 0x0a;
const CARRIAGE_RETURN = 0x0d;

/** Where a secret is, and the words for it in errors. */
export interface SecretSource {
  /** A path, or an open descriptor. */
  readonly from: string | number;
  /** The option or the setting that names it: `--password-file`. */
  readonly name: string;
  /** Reasons for which it cannot be used, without a part of it; undefined for none. */
  readonly troubleOf: (secret: Uint8Array) => string | undefined;
}

/**
 * Reads a secret without the newline at its end; throws a `UsageError` for one that is no good. A
 * FIFO, or a pipe, is waited for: nothing may listen for signals by then, so that one ends the
 * process.
 */
export function readSecret({ from, name, troubleOf }: SecretSource): Uint8Array {
  const shown = typeof from === 'number' ? `descriptor ${from}` : shownName(from);
  const secret = withoutNewline(readAll(from, `${name}: ${shown}`));
  const trouble = troubleOf(secret);
  if (trouble === undefined) return secret;
  throw new UsageError(`${name}: the secret in ${shown} ${trouble}`);
}

function readAll(from: string | number, where: string): Uint8Array {
  try {
    const fd = typeof from === 'number' ? from : openSync(from, 'r');
    try {
      if (typeof from === 'string') warnOfReaders(fd, from);
      return readBytes(fd, where);
    } finally {
      if (typeof from === 'string') closeSync(fd);
    }
  } catch (error) {
    if (error instanceof UsageError) throw error;
    throw new UsageError(`${where} cannot be read: ${readReason(error)}`);
  }
}

function readBytes(fd: number, where: string): Uint8Array {
  const buffer = new Uint8Array(BYTES_MAX + 1);
  let length = 0;
  while (length < buffer.length) {
    const count = readSync(fd, buffer, length, buffer.length - length, null);
    if (count === 0) return buffer.slice(0, length);
    length += count;
  }
  throw new UsageError(`${where} has more than ${BYTES_MAX} bytes, and is no secret`);
}

/** A pipe has no other readers, whatever its mode. */
function warnOfReaders(fd: number, path: string): void {
  const state = fstatSync(fd);
  if (!state.isFile() || (state.mode & READABLE_BY_OTHERS) === 0) return;
  tellUser(`warning: other users can read ${shownName(path)}; chmod 600 it`);
}

function withoutNewline(bytes: Uint8Array): Uint8Array {
  const { length } = bytes;
  if (bytes[length - 1] !== NEWLINE) return bytes;
  return bytes.slice(0, bytes[length - 2] === CARRIAGE_RETURN ? length - 2 : length - 1);
}
