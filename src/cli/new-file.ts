/**
 * A file that the command makes: for its user alone, because what is in it may be a secret, and
 * never in place of one that is there. As root in a folder of all users it would otherwise follow
 * a link that another user has put there.
 */

import { closeSync, fstatSync, lstatSync, openSync, unlinkSync, writeFileSync } from 'node:fs';

import { shownName } from '../shown.ts';
import { writeWhole } from '../whole-file.ts';
import { UsageError } from './args.ts';
import { writeReason } from './file-reasons.ts';
import { OutputError } from './output.ts';
import type { Output } from './output.ts';

/** Read and written by the user, and by no other. */
export const NEW_FILE_MODE = 0o600;

/** Throws a `UsageError` for the name of a file that is empty, as `"$UNSET"` is in a shell. */
export function checkFileName(name: string | undefined, flag: string): void {
  if (name !== '') return;
  throw new UsageError(`${flag} needs the name of a file, and has an empty one: name a file`);
}

/** Makes a file with this text, whole or not at all; throws a `UsageError` when it cannot. */
export function makeFile(path: string, flag: string, text: string): void {
  try {
    writeWhole(path, text, { mode: NEW_FILE_MODE, isNew: true });
  } catch (error) {
    throw notMade(path, flag, error);
  }
}

function notMade(path: string, flag: string, error: unknown): UsageError {
  return new UsageError(`${flag}: ${shownName(path)} cannot be made: ${writeReason(error)}`);
}

/** A new file that is written as text comes. One that has none by its end is removed. */
export class NewFile implements Output {
  readonly #path: string;
  readonly #onFailure: (failure: OutputError) => void;
  /** The file as such, which another may have replaced. */
  readonly #own: Place;
  #fd: number | undefined;
  #failure: OutputError | undefined;

  /**
   * Makes the file; throws a `UsageError` that begins with `flag` when it cannot be made.
   * `onFailure` is called once, when it could not be written to its end.
   */
  constructor(path: string, flag: string, onFailure: (failure: OutputError) => void) {
    this.#path = path;
    this.#onFailure = onFailure;
    try {
      this.#fd = openSync(path, 'wx', NEW_FILE_MODE);
      this.#own = fstatSync(this.#fd);
    } catch (error) {
      throw notMade(path, flag, error);
    }
  }

  get isClosed(): boolean {
    return this.#fd === undefined;
  }

  get failure(): OutputError | undefined {
    return this.#failure;
  }

  write(text: string | Uint8Array): void {
    if (this.#fd === undefined) return;
    try {
      writeFileSync(this.#fd, text);
    } catch (cause) {
      this.#fail(cause);
    }
  }

  /** Closes the file, and removes it. */
  discard(): void {
    this.close();
    if (isThere(this.#path, this.#own)) unlinkSync(this.#path);
  }

  /** Nothing is written any more. Idempotent. */
  close(): void {
    const fd = this.#fd;
    this.#fd = undefined;
    if (fd === undefined) return;
    try {
      this.#removeEmpty(fd);
      closeSync(fd);
    } catch (cause) {
      this.#fail(cause);
    }
  }

  /** An empty file would be in the way of the next attempt, and holds nothing. */
  #removeEmpty(fd: number): void {
    if (fstatSync(fd).size === 0 && isThere(this.#path, this.#own)) unlinkSync(this.#path);
  }

  #fail(cause: unknown): void {
    const text = `${shownName(this.#path)} is not complete: ${writeReason(cause)}`;
    this.#failure ??= new OutputError(text, { cause });
    this.close();
    this.#onFailure(this.#failure);
  }
}

/** A file by its device and its number there. */
interface Place {
  readonly dev: number;
  readonly ino: number;
}

function isThere(path: string, { dev, ino }: Place): boolean {
  const there = lstatSync(path, { throwIfNoEntry: false });
  return there?.ino === ino && there.dev === dev;
}
