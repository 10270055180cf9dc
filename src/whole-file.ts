/**
 * Writes a file whole or not at all, as far as the system can: into a draft in the same folder,
 * which takes the place of the file once it is on the disk. A full disk or a process that is
 * killed leaves what was there before.
 */

import {
  closeSync,
  fchmodSync,
  fchownSync,
  fstatSync,
  fsyncSync,
  linkSync,
  openSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs';

/** Owner and mode of a file, as `stat` has them. */
export interface Owner {
  readonly uid: number;
  readonly gid: number;
  readonly mode: number;
}

/** The kind of file that is made. */
export interface WholeFile {
  /** Permission bits. */
  readonly mode: number;
  /** The user, the group and the mode that it gets in the end; those of this process if absent. */
  readonly owner?: Owner;
  /** Throws `EEXIST` where something has that name already, be it a link to nothing. */
  readonly isNew?: boolean;
}

/** The permission bits of a mode. */
const MODE_BITS = 0o7777;

/** File systems without hard links, such as FAT, say one of these. */
const NO_LINKS: readonly string[] = ['EPERM', 'ENOTSUP', 'EOPNOTSUPP', 'ENOSYS', 'EMLINK'];

/** The file that becomes the one at `path`: beside it, so that it has the same file system. */
export function draftOf(path: string): string {
  return `${path}.${process.pid}`;
}

/** Writes it; throws the system's error, and leaves no draft then. */
export function writeWhole(path: string, text: string, file: WholeFile): void {
  const draft = draftOf(path);
  // One of an earlier process of this number; a link of that name would be followed.
  rmSync(draft, { force: true });
  try {
    writeDraft(draft, text, file);
    if (file.isNew === true) placeNew(draft, path);
    else renameSync(draft, path);
  } catch (error) {
    remove(draft);
    throw error;
  }
}

function writeDraft(draft: string, text: string, { mode, owner }: WholeFile): void {
  const fd = openSync(draft, 'wx', mode);
  try {
    writeFileSync(fd, text);
    if (owner !== undefined) give(fd, owner);
    // Without it, a rename can be on the disk before the text is.
    fsyncSync(fd);
  } finally {
    closeSync(fd);
  }
}

/** The mode comes last: a new owner takes bits of it away. */
function give(fd: number, { uid, gid, mode }: Owner): void {
  const is = fstatSync(fd);
  if (is.uid !== uid || is.gid !== gid) {
    try {
      fchownSync(fd, uid, gid);
    } catch {
      // Another user's file in a folder that both may change becomes this user's.
    }
  }
  if (is.mode !== mode) fchmodSync(fd, mode & MODE_BITS);
}

/** Gives the draft its name, which must be free: a rename would replace what is there. */
function placeNew(draft: string, path: string): void {
  try {
    linkSync(draft, path);
  } catch (error) {
    if (!NO_LINKS.includes((error as NodeJS.ErrnoException).code ?? '')) throw error;
    closeSync(openSync(path, 'wx'));
    renameSync(draft, path);
    return;
  }
  remove(draft);
}

function remove(path: string): void {
  try {
    rmSync(path, { force: true });
  } catch {
    // The error that led here says more.
  }
}
