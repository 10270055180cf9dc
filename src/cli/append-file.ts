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
  writeFileSync,
} from 'node:fs';
import { dirname } from 'node:path';

import { shownName } from '../shown.ts';
import { UsageError } from './args.ts';
import { writeReason } from './file-reasons.ts';
import { NEW_FILE_MODE } from './new-file.ts';
import { OutputError, isNullDevice } from './output.ts';

const { O_APPEND, O_CREAT, O_WRONLY } = constants;

export class AppendFile {
  readonly #path: string;
  readonly #fd: number;
  /** A pipe or a terminal cannot be put onto a disk. */
  readonly #isOnDisk: boolean;

  /**
   * Opens the file, or makes it; throws a `UsageError` when it cannot be written. A FIFO is waited
   * for, as by a shell: nothing may listen for signals by then, so that one ends the process.
   */
  constructor(path: string) {
    this.#path = path;
    try {
      this.#fd = openSync(path, O_APPEND | O_CREAT | O_WRONLY, NEW_FILE_MODE);
    } catch (error) {
      throw new UsageError(this.#trouble(error));
    }
    this.#isOnDisk = fstatSync(this.#fd).isFile();
  }

  /** True for `/dev/null`: what is written is lost. */
  get isNull(): boolean {
    return isNullDevice(this.#fd);
  }

  /** Writes all of it; throws an `OutputError`. */
  write(text: string): void {
    this.#try(() => {
      writeFileSync(this.#fd, text);
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
      throw new OutputError(this.#trouble(cause), { cause });
    }
  }

  #trouble(error: unknown): string {
    return `${shownName(this.#path)} cannot be written: ${writeReason(error)}`;
  }
}
