/**
 * The files of a smoke run: what is to be written is known to be possible before anything runs, and
 * is put in place whole in the end, so that a file that was there stays if that fails. The baseline
 * is read no further than a baseline can reach.
 */

import {
  closeSync,
  constants,
  fstatSync,
  lstatSync,
  openSync,
  readSync,
  realpathSync,
  rmSync,
  statSync,
  type Stats,
} from 'node:fs';
import { basename, dirname, join, resolve } from 'node:path';

import { systemFiles } from '../../files.ts';
import { foreignText } from '../../foreign-text.ts';
import { shownName } from '../../shown.ts';
import { draftOf } from '../../whole-file.ts';
import type { Baseline } from '../../smoke/baseline-file.ts';
import {
  BASELINE_BYTES_MAX,
  BaselineError,
  readBaseline,
  tooLarge,
} from '../../smoke/baseline-file.ts';
import { UsageError } from '../args.ts';
import { readReason, writeReason } from '../file-reasons.ts';

/** As of a file that a shell makes; the umask of the process takes bits away. */
const NEW_MODE = 0o666;

/** Standard output and standard error, when they lead to a file. */
const STREAMS = [1, 2];

const ANY_OTHER = 'name a file of its own';

/** Elsewhere `-` is standard input, so that here it is hardly meant as the name of a file. */
const NO_STREAM = 'standard output has the report of the run; name a file, ./- if it is called so';

/** The next comparison would be with the difference, and not find it any more. */
const BASELINE_LOST = 'what the run is compared with would be lost';

/** A file that is written in the end. */
export interface OutputFile {
  readonly option: string;
  /** As the user wrote it. */
  readonly name: string;
  /** Links followed. */
  readonly path: string;
  /** Two names of one file have the same. */
  readonly identity: string;
  /** Owner and mode, of the file that is there or that would be made. */
  readonly as: Pick<Stats, 'uid' | 'gid' | 'mode'>;
}

/** A baseline, and the file that it comes from. */
export interface ReadBaseline {
  readonly baseline: Baseline;
  readonly identity: string;
}

/**
 * Finds out whether a file can be written, and changes nothing. A link of this user to a file of
 * this user is followed, so that it stays a link. Throws a `UsageError` when the file cannot be
 * replaced as a whole.
 */
export function outputFile(option: string, name: string): OutputFile {
  try {
    if (name === '-') throw new Error(NO_STREAM);
    // The kernel may refuse to follow a link of another user, and does so here.
    const there = statSync(name, { throwIfNoEntry: false });
    if (there !== undefined) return { option, name, ...existing(name, there) };
    return { option, name, ...fresh(name) };
  } catch (error) {
    throw new UsageError(
      `--${option}: ${shownName(name)} cannot be written: ${writeReason(error)}`,
    );
  }
}

/** Throws a `UsageError` when two names are one file: what is written first would be lost. */
export function refuseOneFile(files: readonly OutputFile[], baseline?: ReadBaseline): void {
  const seen = new Map<string, string>();
  if (baseline !== undefined) seen.set(baseline.identity, 'baseline');
  for (const { option, identity } of files) {
    const other = seen.get(identity);
    if (other !== undefined) {
      const why = other === 'baseline' ? BASELINE_LOST : 'one would overwrite the other';
      throw new UsageError(`--${other} and --${option} name the same file: ${why}; ${ANY_OTHER}`);
    }
    seen.set(identity, option);
  }
}

/** Puts a file in place; returns a sentence when it could not be, and then nothing has changed. */
export function writeWhole({ name, path, as }: OutputFile, text: string): string | undefined {
  try {
    systemFiles.replace(path, text, as);
    return undefined;
  } catch (error) {
    return `${shownName(name)} is not written, and is as it was: ${writeReason(error)}`;
  }
}

/** Reads a baseline. Throws a `UsageError` for a file that is none. */
export function baselineAt(path: string): ReadBaseline {
  try {
    const { text, identity } = readBounded(path);
    return { baseline: readBaseline(text, shownName(path)), identity };
  } catch (error) {
    if (error instanceof BaselineError) throw new UsageError(`--baseline: ${error.message}`);
    throw new UsageError(`--baseline: ${shownName(path)} cannot be read: ${readTrouble(error)}`);
  }
}

type Found = Omit<OutputFile, 'option' | 'name'>;

function existing(name: string, there: Stats): Found {
  if (!there.isFile()) throw new Error(kindOf(there));
  const identity = identityOf(there);
  if (STREAMS.some((fd) => isOpenAs(fd, identity))) {
    throw new Error(`standard output or standard error goes there; ${ANY_OTHER}`);
  }
  refuseForeignLink(name, there);
  const path = realpathSync(name);
  refuseProtected(path);
  probe(path);
  return { path, identity, as: there };
}

/** In a folder of all users, root would write for a user that may not write the file. */
function refuseForeignLink(name: string, target: Stats): void {
  const link = lstatSync(name);
  const user = process.geteuid?.();
  if (!link.isSymbolicLink() || (link.uid === user && target.uid === user)) return;
  throw new Error(`it is a link, and the link or its file is of another user; ${ANY_OTHER}`);
}

/** One that may not be written is not replaced either. */
function refuseProtected(path: string): void {
  try {
    closeSync(openSync(path, constants.O_WRONLY | constants.O_NONBLOCK));
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code !== 'EACCES') throw error;
    throw new Error(`this user may not write it; ${ANY_OTHER}`, { cause: error });
  }
}

function fresh(name: string): Found {
  if (name === '') throw new Error('it has no name');
  const folder = dirname(resolve(name));
  if (name.endsWith('/')) throw new Error('it is a folder that is not there');
  if (systemFiles.linkTarget(name) !== undefined) {
    throw new Error(`it is a link to nothing; ${ANY_OTHER}`);
  }
  const path = join(realpathSync(folder), basename(name));
  return { path, identity: `${identityOf(statSync(folder))} ${basename(name)}`, as: probe(path) };
}

/** Makes a file beside the one that is to be written, and removes it; returns its properties. */
function probe(path: string): Stats {
  const draft = draftOf(path);
  rmSync(draft, { force: true });
  const fd = openSync(draft, 'wx', NEW_MODE);
  try {
    return fstatSync(fd);
  } finally {
    closeSync(fd);
    rmSync(draft, { force: true });
  }
}

/** Opens without waiting for the writer of a FIFO, and reads no more than is needed to refuse. */
function readBounded(path: string): { readonly text: string; readonly identity: string } {
  const fd = openSync(path, constants.O_RDONLY | constants.O_NONBLOCK);
  try {
    const stats = fstatSync(fd);
    if (!stats.isFile()) throw new Error(kindOf(stats));
    // One byte more than is allowed shows that there are more.
    const bytes = Buffer.allocUnsafe(BASELINE_BYTES_MAX + 1);
    let count = 0;
    for (let read = -1; read !== 0 && count < bytes.length; count += read) {
      read = readSync(fd, bytes, count, bytes.length - count, null);
    }
    if (count > BASELINE_BYTES_MAX) throw tooLarge(shownName(path));
    const foreign = foreignText(bytes.subarray(0, count));
    if (foreign !== undefined) throw new Error(foreign);
    return { text: bytes.toString('utf8', 0, count), identity: identityOf(stats) };
  } finally {
    closeSync(fd);
  }
}

function kindOf(stats: Stats): string {
  if (stats.isDirectory()) return 'it is a folder; name a file';
  return 'it is a FIFO, a device or a socket; name a regular file';
}

function isOpenAs(fd: number, identity: string): boolean {
  try {
    return identityOf(fstatSync(fd)) === identity;
  } catch {
    return false;
  }
}

function identityOf({ dev, ino }: Stats): string {
  return `${dev} ${ino}`;
}

function readTrouble(error: unknown): string {
  const { code } = error as NodeJS.ErrnoException;
  return code === 'ENOENT' ? 'it is not there; make one with --save' : readReason(error);
}
