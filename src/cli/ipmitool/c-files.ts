/** Files of ipmitool's commands: it reads any, and writes none through a link. */

import { closeSync, constants, lstatSync, openSync, readFileSync, writeFileSync } from 'node:fs';
import type { Stats } from 'node:fs';

import type { Session } from './session.ts';

/** Permissions of a new file, of which the umask takes some. */
const MODE = 0o666;

/** The bytes of a file; undefined, with a complaint, where it cannot be read. */
export function readInput(session: Session, path: string): Buffer | undefined {
  if (statOf(path) === undefined) {
    session.complain(`File ${path} does not exist`);
    return undefined;
  }
  try {
    return readFileSync(path);
  } catch (error) {
    session.complain(`Unable to open file ${path}: ${reason(error)}`);
    return undefined;
  }
}

/** A file that is empty now, and is to be written. */
export interface OutputFile {
  readonly write: (bytes: Uint8Array | string) => void;
  readonly close: () => void;
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
    const fd = openSync(path, O_WRONLY | O_CREAT | O_TRUNC | O_NOFOLLOW, MODE);
    return {
      write: (bytes) => {
        writeFileSync(fd, bytes);
      },
      close: () => {
        closeSync(fd);
      },
    };
  } catch (error) {
    const purpose = found === undefined ? ' for write' : '';
    session.complain(`Unable to open file ${path}${purpose}: ${reason(error)}`);
    return undefined;
  }
}

/** Errors of files, in the words of strerror(). */
const REASONS: Readonly<Record<string, string>> = {
  EACCES: 'Permission denied',
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
    return lstatSync(path);
  } catch {
    return undefined;
  }
}

function troubleOf(found: Stats): string | undefined {
  if (!found.isFile()) return `mode: ${found.mode}`;
  return found.nlink === 1 ? undefined : `link count: ${found.nlink} != 1`;
}
