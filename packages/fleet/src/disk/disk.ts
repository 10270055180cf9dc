/**
 * The files that must outlive the agent. All calls return when they are done, so that the order of
 * what is on the disk and what is sent is that of the code.
 */

import {
  closeSync,
  fdatasyncSync,
  fstatSync,
  fsyncSync,
  mkdirSync,
  openSync,
  readFileSync,
  renameSync,
  statSync,
  writeSync,
} from 'node:fs';
import { dirname, join } from 'node:path';

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

/**
 * Files in a folder, which is made if it is not there. A file that was added to stays open, as long
 * as the process runs.
 */
export class FolderDisk implements Disk {
  readonly #folder: string;
  /** Descriptors that add to the end, by the names of the files. */
  readonly #open = new Map<string, number>();

  constructor(folder: string) {
    this.#folder = folder;
    this.#makeFolder();
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
    writeAll(this.#descriptor(name), text);
  }

  sync(name: string): void {
    const fd = this.#descriptor(name);
    fdatasyncSync(fd);
    const path = join(this.#folder, name);
    const { dev, ino } = fstatSync(fd);
    const there = statSync(path, { throwIfNoEntry: false });
    if (there?.ino === ino && there.dev === dev) {
      this.#with(this.#folder, 'r', fsyncSync);
      return;
    }
    this.#close(name);
    throw new Error(`${path} was moved or removed while it was in use`);
  }

  replace(name: string, text: string): void {
    const path = join(this.#folder, name);
    this.#makeFolder();
    this.#with(`${path}.new`, 'w', (fd) => {
      writeAll(fd, text);
      fdatasyncSync(fd);
    });
    renameSync(`${path}.new`, path);
    this.#close(name);
    this.#with(this.#folder, 'r', fsyncSync);
  }

  /** Also while the process runs: the folder may have been moved away. */
  #makeFolder(): void {
    makeFolder(this.#folder);
  }

  #descriptor(name: string): number {
    const fd = this.#open.get(name) ?? openSync(join(this.#folder, name), 'a', FILE_MODE);
    this.#open.set(name, fd);
    return fd;
  }

  #close(name: string): void {
    const fd = this.#open.get(name);
    this.#open.delete(name);
    if (fd !== undefined) closeSync(fd);
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

/** Not `recursive`: under `/proc`, where no folder can be made, Node would try without end. */
function makeFolder(folder: string): void {
  try {
    mkdirSync(folder, { mode: FOLDER_MODE });
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === 'EEXIST' && statSync(folder).isDirectory()) return;
    if (code === 'EEXIST') throw new Error('it is a file, and no folder', { cause: error });
    const above = dirname(folder);
    if (code !== 'ENOENT' || above === folder) throw error;
    makeFolder(above);
    mkdirSync(folder, { mode: FOLDER_MODE });
  }
}

function writeAll(fd: number, text: string): void {
  const bytes = Buffer.from(text);
  let written = 0;
  while (written < bytes.length) written += writeSync(fd, bytes, written);
}
