/** The reasons for which the system refuses a file of the command line, in words. */

import { reasonOf } from '../shown.ts';

/** To read it. */
const READ_REASONS: ReadonlyMap<string | undefined, string> = new Map([
  ['ENOENT', 'there is no such file'],
  ['ENOTDIR', 'its folder is a file'],
  ['ELOOP', 'it is a link that leads to itself'],
  ['ENAMETOOLONG', 'its name is too long'],
  ['EBADF', 'it is not open, or not to be read'],
  ['EISDIR', 'it is a folder'],
  ['ENXIO', 'it is a socket, or a device that is not there'],
  ['EACCES', 'this user may not read it'],
  ['EPERM', 'this user may not read it'],
  ['EIO', 'its disk, or its other end, does not answer'],
  ['EMFILE', 'this process has too many open files'],
  ['ENFILE', 'the host has too many open files'],
]);

/** To make or to write it, with what to do. */
const WRITE_REASONS: ReadonlyMap<string | undefined, string> = new Map([
  ['EEXIST', 'it is there, and is not overwritten: remove it, or name another file'],
  ['ENOENT', 'its folder is not there: make it'],
  ['ENOTDIR', 'its folder is a file: name another one'],
  ['EISDIR', 'it is a folder; name a file'],
  ['ELOOP', 'it is a link that leads to itself; name another one'],
  ['EACCES', 'this user may not write there'],
  ['EPERM', 'this user may not write there'],
  ['EROFS', 'the file system is read-only: name a file elsewhere'],
  ['ENOSPC', 'the disk is full'],
  ['EDQUOT', 'the quota of this user is used up'],
  ['EFBIG', 'it becomes too large for the file system, or the limit of this user (ulimit -f)'],
  ['EIO', 'its disk, or its other end, does not answer'],
  ['ENAMETOOLONG', 'its name is too long: name another one'],
]);

/** The reason for which a file cannot be read. */
export function readReason(error: unknown): string {
  return READ_REASONS.get((error as NodeJS.ErrnoException).code) ?? reasonOf(error);
}

/** The reason for which a file cannot be made or written, in words that say what to do. */
export function writeReason(error: unknown): string {
  return WRITE_REASONS.get((error as NodeJS.ErrnoException).code) ?? reasonOf(error);
}
