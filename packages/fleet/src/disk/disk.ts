/**
 * The files that must outlive the agent. All calls return when they are done, so that the order of
 * what is on the disk and what is sent is that of the code.
 */

import {
  closeSync,
  fdatasyncSync,
  fsyncSync,
  mkdirSync,
  openSync,
  readFileSync,
  renameSync,
  writeSync,
} from 'node:fs';
import { join } from 'node:path';

/** A folder of files, by their names. */
export interface Disk {
  /** The content; undefined when there is no such file. */
  readonly read: (name: string) => string | undefined;
  /** Adds to the end. A loss of power may take it away until {@link Disk.sync}. */
  readonly append: (name: string, text: string) => void;
  readonly sync: (name: string) => void;
  /** Replaces the content, whole or not at all; it has come to stay. */
  readonly replace: (name: string, text: string) => void;
}

const FILE_MODE = 0o600;
const FOLDER_MODE = 0o700;

/** Files in a folder, which is made if it is not there. */
export class FolderDisk implements Disk {
  readonly #folder: string;

  constructor(folder: string) {
    this.#folder = folder;
    mkdirSync(folder, { recursive: true, mode: FOLDER_MODE });
  }

  read(name: string): string | undefined {
    try {
      return readFileSync(join(this.#folder, name), 'utf8');
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
      throw error;
    }
  }

  append(name: string, text: string): void {
    this.#with(join(this.#folder, name), 'a', (fd) => {
      writeAll(fd, text);
    });
  }

  sync(name: string): void {
    this.#with(join(this.#folder, name), 'a', fdatasyncSync);
    this.#with(this.#folder, 'r', fsyncSync);
  }

  replace(name: string, text: string): void {
    const path = join(this.#folder, name);
    this.#with(`${path}.new`, 'w', (fd) => {
      writeAll(fd, text);
      fdatasyncSync(fd);
    });
    renameSync(`${path}.new`, path);
    this.#with(this.#folder, 'r', fsyncSync);
  }

  #with(path: string, flags: string, use: (fd: number) => void): void {
    const fd = openSync(path, flags, FILE_MODE);
    try {
      use(fd);
    } finally {
      closeSync(fd);
    }
  }
}

function writeAll(fd: number, text: string): void {
  const bytes = Buffer.from(text);
  let written = 0;
  while (written < bytes.length) written += writeSync(fd, bytes, written);
}
