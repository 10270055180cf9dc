/**
 * The file in the lock folder that keeps an interface's sequence numbers from one process to the
 * next. Only the process that has the interface reads or writes it. A file that cannot be used
 * stops no request: what is in it guards only against replies that come very late.
 */

import { closeSync, fstatSync, readSync, writeSync } from 'node:fs';

import { openFile } from './lock-file.ts';
import { STORED_BYTES } from './sequence-numbers.ts';
import type { SequenceStore } from './sequence-numbers.ts';

export class SequenceFile implements SequenceStore {
  readonly #path: string;
  #fd: number | undefined;

  constructor(path: string) {
    this.#path = path;
  }

  read(): Uint8Array | undefined {
    try {
      const fd = this.#open();
      const bytes = new Uint8Array(STORED_BYTES);
      return bytes.subarray(0, readSync(fd, bytes, 0, bytes.length, 0));
    } catch {
      return undefined;
    }
  }

  write(bytes: Uint8Array, count: number): boolean {
    try {
      this.#fd ??= this.#open();
      return writeSync(this.#fd, bytes, 0, count, 0) === count;
    } catch {
      return false;
    }
  }

  /** Closes the file. Idempotent. */
  close(): void {
    if (this.#fd !== undefined) closeSync(this.#fd);
    this.#fd = undefined;
  }

  /** Opens the file, again if it was removed: other processes use a new one of its name then. */
  #open(): number {
    if (this.#fd !== undefined && fstatSync(this.#fd).nlink === 0) this.close();
    return (this.#fd ??= openFile(this.#path));
  }
}
