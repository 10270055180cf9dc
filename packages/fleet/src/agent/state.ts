/**
 * The folder of state of an agent: the journal and the events that wait. It is opened before
 * anything is answered, and an error says which folder it is.
 */

import { statSync } from 'node:fs';

import type { Clock } from 'ipmi-bt';

import { FolderDisk } from '../disk/disk.ts';
import { Journal } from './journal.ts';
import { lockFolder } from './lock.ts';
import { Spool } from './spool.ts';

/** The folder cannot be used. */
export class StateError extends Error {
  override readonly name = 'StateError';
}

/** The content of the folder, for this process alone. */
export interface State {
  readonly journal: Journal;
  readonly spool: Spool;
  /** Lets another agent have the folder. */
  readonly release: () => void;
}

/** Everything that a {@link State} needs besides its folder. */
export interface StateParts {
  readonly clock: Clock;
  /** Told of what is damaged, and of what cannot be written. */
  readonly onError: (error: unknown) => void;
}

/** Bits of the mode by which others read or write: they could hold the lock, or change answers. */
const OPEN_MODE = 0o077;

/** Opens the folder, which is made if it is not there. Throws a {@link StateError}. */
export function openState(folder: string, parts: StateParts): State {
  try {
    const disk = new FolderDisk(folder);
    checkOwner(folder);
    const release = lockFolder(folder);
    try {
      return { ...openFiles(disk, parts), release };
    } catch (error) {
      release();
      throw error;
    }
  } catch (cause) {
    const { message } = cause as Error;
    throw new StateError(`--state ${folder}: ${message}`, { cause });
  }
}

function openFiles(disk: FolderDisk, { clock, onError }: StateParts) {
  const nowMs = (): number => clock.now();
  return { journal: new Journal({ disk, nowMs, onError }), spool: new Spool(disk, onError) };
}

function checkOwner(folder: string): void {
  const { uid, mode } = statSync(folder);
  if (uid === process.geteuid?.() && (mode & OPEN_MODE) === 0) return;
  throw new Error('it must be of the user of the agent, and open to no other: chown and chmod 700');
}
