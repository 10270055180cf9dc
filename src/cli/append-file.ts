/**
 * A file that text is appended to, and that is on the disk when {@link AppendFile.sync} returns:
 * what it was made from may be deleted then. It is made for its user alone if it is not there.
 */

import {
  closeSync,
  constants,
  fstatSync,
  fsyncSync,
  openSync,
  realpathSync,
  writeSync,
} from 'node:fs';
import { dirname } from 'node:path';

import { UsageError } from './args.ts';
import { OutputError } from './output.ts';

const { O_APPEND, O_CREAT, O_WRONLY } = constants;

/** Read and written by the user, and by no other. */
const MODE = 0o600;

export class AppendFile {
  readonly #path: string;
  readonly #fd: number;
  /** A pipe or a terminal cannot be put onto a disk. */
  readonly #isOnDisk: boolean;

  /** Opens the file, or makes it; throws a `UsageError` when it cannot be written. */
  constructor(path: string) {
    this.#path = path;
    try {
      this.#fd = openSync(path, O_APPEND | O_CREAT | O_WRONLY, MODE);
    } catch (error) {
      throw new UsageError(`${path} cannot be written: ${(error as Error).message}`);
    }
    this.#isOnDisk = fstatSync(this.#fd).isFile();
  }

  /** Writes all of it; throws an `OutputError`. */
  write(text: string): void {
    this.#try(() => {
      let rest: Uint8Array = Buffer.from(text);
      while (rest.length > 0) rest = rest.subarray(writeSync(this.#fd, rest));
    });
  }

  /** Puts it onto the disk, its name in the folder as well; throws an `OutputError`. */
  sync(): void {
    this.#try(() => {
      if (!this.#isOnDisk) return;
      fsyncSync(this.#fd);
      const folder = openSync(dirname(realpathSync(this.#path)), 'r');
      try {
        fsyncSync(folder);
      } finally {
        closeSync(folder);
      }
    });
  }

  close(): void {
    closeSync(this.#fd);
  }

  #try(work: () => void): void {
    try {
      work();
    } catch (cause) {
      const { message } = cause as Error;
      throw new OutputError(`${this.#path} cannot be written: ${message}`, { cause });
    }
  }
}
