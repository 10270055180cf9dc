/**
 * Writes a file whole or not at all, as far as the system can: into a draft in the same folder,
 * which takes the place of the file once it is on the disk. A full disk or a process that is
 * killed leaves what was there before.
 */

import {
  closeSync,
  fchownSync,
  fsyncSync,
  linkSync,
  openSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs';

/** The kind of file that is made. */
export interface WholeFile {
  /** Permission bits. */
  readonly mode: number;
  /** The user and the group that get it; those of this process when absent. */
  readonly owner?: { readonly uid: number; readonly gid: number };
  /** Throws `EEXIST` where something has that name already, be it a link to nothing. */
  readonly isNew?: boolean;
}

/** File systems without hard links, such as FAT, say one of these. */
const NO_LINKS: readonly string[] = ['EPERM', 'ENOTSUP', 'EOPNOTSUPP', 'ENOSYS', 'EMLINK'];

/** Writes it; throws the system's error, and leaves no draft then. */
export function writeWhole(path: string, text: string, file: WholeFile): void {
  const draft = `${path}.${process.pid}`;
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
    if (owner !== undefined && owner.uid !== process.geteuid?.()) {
      fchownSync(fd, owner.uid, owner.gid);
    }
    writeFileSync(fd, text);
    fsyncSync(fd);
  } finally {
    closeSync(fd);
  }
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
