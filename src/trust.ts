/**
 * The files that a process obeys: one that another user has written, or can replace, would command
 * a process of root. Each check returns the reason for which a file must not be obeyed, in words
 * that end a sentence; undefined when there is none, or no such file.
 */

import type { Files, Ownership } from './files.ts';

const ROOT_UID = 0;
const OTHERS_WRITE = 0o022;

/** Only the owner of an entry, and of the folder, can remove or rename it. */
const STICKY = 0o1000;

/** The part of it that says which users can write a file. */
type Owner = Omit<Ownership, 'kind'>;

/** As many symbolic links as the kernel follows in a path (MAXSYMLINKS). */
const LINKS_MAX = 40;

/** The remedy for a file that is refused. */
export const TRUST_REMEDY = 'chown it to root and chmod go-w it, and the folders above it';

/** Checks a file and every folder and symbolic link on the way to it. */
export function distrustOfPath(path: string, files: Files): string | undefined {
  return distrustOfWay(path, 'file', files);
}

/** The same for a folder, as far as it is there. */
export function distrustOfFolder(path: string, files: Files): string | undefined {
  return distrustOfWay(path, 'folder', files);
}

/** The end of a path: a file that is obeyed, or a folder in which something is made. */
type Wanted = Extract<Ownership['kind'], 'file' | 'folder'>;

function distrustOfWay(path: string, wanted: Wanted, files: Files): string | undefined {
  // Not `resolve()`: in a path with `..` behind a link, that would look at other folders.
  const left = (path.startsWith('/') ? path : `${process.cwd()}/${path}`).split('/');
  let at = '';
  let links = 0;
  for (let name = left.shift(); name !== undefined; name = left.shift()) {
    const next = at === '' || name !== '' ? `${at}/${name}` : at;
    if (name === '.' || next === at) continue;
    if (name === '..') {
      at = at.slice(0, at.lastIndexOf('/'));
      continue;
    }
    const stat = files.stat(next);
    if (stat === undefined) return undefined;
    const reason = distrustOf(next, stat);
    if (reason !== undefined) return reason;
    if (stat.kind === 'link') {
      const target = files.linkTarget(next) ?? '';
      links += 1;
      if (links > LINKS_MAX) return `${path} leads through too many symbolic links`;
      left.unshift(...target.split('/'));
      if (target.startsWith('/')) at = '';
    } else if (left.every((rest) => rest === '')) {
      if (stat.kind === wanted) return undefined;
      return `${next} is not a ${wanted === 'file' ? 'regular file' : 'folder'}`;
    } else at = next === '/' ? '' : next;
  }
  return undefined;
}

/** Checks a file of a folder that was checked already; a link in place of it is refused. */
export function distrustOfFile(path: string, files: Files): string | undefined {
  const stat = files.stat(path);
  if (stat === undefined) return undefined;
  return stat.kind === 'file' ? distrustOf(path, stat) : `${path} is not a regular file`;
}

/** True unless other users can write `file` than can write the file `measure`, which is obeyed. */
export function isTrustedLike(file: Owner, measure: Owner): boolean {
  const isOwned = file.uid === ROOT_UID || file.uid === measure.uid;
  const isGroups = file.gid === measure.gid;
  const extra = file.mode & OTHERS_WRITE & (isGroups ? ~measure.mode : ~0);
  return isOwned && extra === 0;
}

function distrustOf(path: string, { kind, uid, mode }: Ownership): string | undefined {
  if (uid !== ROOT_UID && uid !== process.geteuid?.()) return `${path} belongs to user ${uid}`;
  if (kind === 'link' || (mode & OTHERS_WRITE) === 0) return undefined;
  if (kind === 'folder' && (mode & STICKY) !== 0) return undefined;
  return `other users may write to ${path} (mode ${(mode & 0o7777).toString(8)})`;
}
