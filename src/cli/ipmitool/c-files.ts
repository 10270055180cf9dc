/** Files of ipmitool's commands: it reads any, and writes none through a link. */

import { closeSync, constants, lstatSync, openSync, readSync, writeFileSync } from 'node:fs';
import type { Stats } from 'node:fs';

import type { Session } from './session.ts';

/** Permissions of a new file, of which the umask takes some. */
const MODE = 0o666;

/** A longer file is none of ours: a device gives zeros without end. */
const READ_BYTES_MAX = 16 * 1024 * 1024;

const CHUNK_BYTES = 65_536;

/** The bytes of a file; undefined, with a complaint, where it cannot be read. */
export function readInput(session: Session, path: string): Buffer | undefined {
  if (statOf(path) === undefined) {
    session.complain(`File ${path} does not exist`);
    return undefined;
  }
  try {
    const bytes = readBounded(path);
    if (bytes === undefined)
      session.complain(`File ${path} is larger than ${READ_BYTES_MAX} bytes`);
    return bytes;
  } catch (error) {
    session.complain(`Unable to open file ${path}: ${reason(error)}`);
    return undefined;
  }
}

/** All bytes of a file; undefined where there are too many. */
function readBounded(path: string): Buffer | undefined {
  const fd = openSync(nameOf(path), 'r');
  try {
    const chunks: Buffer[] = [];
    for (let total = 0; total <= READ_BYTES_MAX;) {
      const chunk = Buffer.alloc(CHUNK_BYTES);
      const count = readSync(fd, chunk, 0, chunk.length, null);
      if (count === 0) return Buffer.concat(chunks);
      chunks.push(chunk.subarray(0, count));
      total += count;
    }
    return undefined;
  } finally {
    closeSync(fd);
  }
}

/** The code of the error at which reading ends; undefined where the file can be read. */
export function troubleReading(path: string): string | undefined {
  try {
    readBounded(path);
    return undefined;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code ?? String(error);
  }
}

/** A file that is empty now, and is to be written. */
export interface OutputFile {
  readonly write: (bytes: Uint8Array | string) => void;
  /** True if all was written; otherwise it has complained. */
  readonly close: () => boolean;
}

/** Makes a file, or empties a regular one; undefined, with a complaint, where it cannot. */
export function openOutput(session: Session, path: string): OutputFile | undefined {
  const found = statOf(path);
  const trouble = found === undefined ? undefined : troubleOf(found);
  if (trouble !== undefined) {
    session.complain(`File ${path} has invalid ${trouble}`);
    return undefined;
  }
  const { O_CREAT, O_NOFOLLOW, O_TRUNC, O_WRONLY } = constants;
  try {
    const fd = openSync(nameOf(path), O_WRONLY | O_CREAT | O_TRUNC | O_NOFOLLOW, MODE);
    return writerOf(fd, (error) => {
      session.complain(`Unable to write file ${path}: ${reason(error)}`);
    });
  } catch (error) {
    const purpose = found === undefined ? ' for write' : '';
    session.complain(`Unable to open file ${path}${purpose}: ${reason(error)}`);
    return undefined;
  }
}

/** Writes to a file up to the first failure, and tells of that one. */
function writerOf(fd: number, failed: (error: unknown) => void): OutputFile {
  let isWhole = true;
  const attempt = (step: () => void): void => {
    try {
      step();
    } catch (error) {
      if (isWhole) failed(error);
      isWhole = false;
    }
  };
  return {
    write: (bytes) => {
      if (!isWhole) return;
      attempt(() => {
        writeFileSync(fd, bytes);
      });
    },
    close: () => {
      attempt(() => {
        closeSync(fd);
      });
      return isWhole;
    },
  };
}

/** The name of a file for the system: words of ipmitool are bytes, a character each. */
function nameOf(path: string): Buffer {
  return Buffer.from(path, 'latin1');
}

/** Errors of files, in the words of strerror(). */
const REASONS: Readonly<Record<string, string>> = {
  EACCES: 'Permission denied',
  EDQUOT: 'Disk quota exceeded',
  EFBIG: 'File too large',
  EIO: 'Input/output error',
  EISDIR: 'Is a directory',
  ENAMETOOLONG: 'File name too long',
  ENOENT: 'No such file or directory',
  ENOSPC: 'No space left on device',
  ENOTDIR: 'Not a directory',
  EPERM: 'Operation not permitted',
  EROFS: 'Read-only file system',
};

function reason(error: unknown): string {
  const { code = '' } = error as NodeJS.ErrnoException;
  return REASONS[code] ?? code;
}

function statOf(path: string): Stats | undefined {
  try {
    return lstatSync(nameOf(path));
  } catch {
    return undefined;
  }
}

function troubleOf(found: Stats): string | undefined {
  if (!found.isFile()) return `mode: ${found.mode}`;
  return found.nlink === 1 ? undefined : `link count: ${found.nlink} != 1`;
}
