/**
 * Files that options name, read whole: configurations, keys, certificates. A pipe may have no
 * writer and a device no end, and no signal ends the wait of a call: neither is read.
 */

import { closeSync, constants, fstatSync, openSync, readSync } from 'node:fs';

/** Longest file; the certificates of all public authorities are a quarter of it. */
const FILE_BYTES_MAX = 1024 * 1024;

const { O_RDONLY, O_NONBLOCK, O_NOCTTY } = constants;

/** A file as it was when it was read. */
export interface SmallFile {
  readonly content: Buffer;
  readonly mode: number;
}

/**
 * Reads a regular file, of 1 MiB or `bytesMax` at most. Throws for another one, for a longer one,
 * and what the system says.
 */
export function readSmallFile(path: string, bytesMax = FILE_BYTES_MAX): SmallFile {
  const fd = openSync(path, O_RDONLY | O_NONBLOCK | O_NOCTTY);
  try {
    const stat = fstatSync(fd);
    if (!stat.isFile()) {
      throw new Error(`${path} is no file, but a folder, a pipe or a device: name a regular file`);
    }
    return { content: contentOf(fd, path, bytesMax), mode: stat.mode };
  } finally {
    closeSync(fd);
  }
}

/** Files of the kernel have no size: each is read up to its end. */
function contentOf(fd: number, path: string, bytesMax: number): Buffer {
  const bytes = Buffer.alloc(bytesMax + 1);
  let length = 0;
  let count: number;
  do {
    count = readSync(fd, bytes, length, bytes.length - length, null);
    length += count;
  } while (count > 0 && length < bytes.length);
  if (length > bytesMax) throw new Error(`${path} is longer than ${bytesMax} bytes`);
  // Without the room for more, which would stay in memory with it.
  return Buffer.from(bytes.subarray(0, length));
}
