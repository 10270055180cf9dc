/**
 * A file that the command makes: for its user alone, because what is in it may be a secret, and
 * never in place of one that is there. As root in a folder of all users it would otherwise follow
 * a link that another user has put there.
 */

import { closeSync, openSync, writeSync } from 'node:fs';

import { UsageError } from './args.ts';
import { OutputError } from './output.ts';
import type { Output } from './output.ts';

/** Read and written by the user, and by no other. */
const MODE = 0o600;

/** The reasons for which a file cannot be made, with what to do. */
const REMEDIES: Readonly<Record<string, string>> = {
  EEXIST: 'it is there, and is not overwritten: remove it, or name another file',
  ENOENT: 'its folder is not there: make it',
  ENOTDIR: 'its folder is a file: name another one',
  EACCES: 'this user may not write in its folder',
  EROFS: 'the file system is read-only: name a file elsewhere',
  ENOSPC: 'the disk is full',
};

export class NewFile implements Output {
  readonly #path: string;
  readonly #onFailure: (failure: OutputError) => void;
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
      this.#fd = openSync(path, 'wx', MODE);
    } catch (error) {
      const { code = '', message } = error as NodeJS.ErrnoException;
      throw new UsageError(`${flag}: ${path} cannot be made: ${REMEDIES[code] ?? message}`);
    }
  }

  get isClosed(): boolean {
    return this.#fd === undefined;
  }

  get failure(): OutputError | undefined {
    return this.#failure;
  }

  write(text: string | Uint8Array): void {
    try {
      let rest: Uint8Array = typeof text === 'string' ? Buffer.from(text) : text;
      while (rest.length > 0 && this.#fd !== undefined) {
        rest = rest.subarray(writeSync(this.#fd, rest));
      }
    } catch (cause) {
      this.#fail(cause);
    }
  }

  /** Nothing is written any more. Idempotent. */
  close(): void {
    const fd = this.#fd;
    this.#fd = undefined;
    if (fd === undefined) return;
    try {
      closeSync(fd);
    } catch (cause) {
      this.#fail(cause);
    }
  }

  #fail(cause: unknown): void {
    const { message } = cause as Error;
    this.#failure ??= new OutputError(`${this.#path} is not complete: ${message}`, { cause });
    this.close();
    this.#onFailure(this.#failure);
  }
}
