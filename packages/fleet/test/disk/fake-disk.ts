/**
 * A disk on which a process can be killed at every step, or the power cut: the step is not done, or
 * done in part; after a loss of power, what was not synchronized is gone, or there in part.
 */

import type { Disk } from '../../src/disk/disk.ts';

/** The end of the process. */
export class Killed extends Error {}

interface File {
  durable: string;
  /** The text that was appended and not synchronized. */
  volatile: string;
}

export class FakeDisk implements Disk {
  #files = new Map<string, File>();
  /** Steps until the end; undefined: it does not come. */
  #left: number | undefined;
  steps = 0;
  isDead = false;

  /** Dies at the step of that number from now on, counted from 0. */
  killAt(step: number): void {
    this.#left = step;
  }

  /** Starts again. `keeps`: the part of the volatile text that is there, 0 up to 1. */
  restart(keeps: number): void {
    this.isDead = false;
    this.#left = undefined;
    for (const file of this.#files.values()) {
      file.durable += file.volatile.slice(0, Math.round(file.volatile.length * keeps));
      file.volatile = '';
    }
  }

  /** A step of the program that is not one of the disk, such as sending. */
  step(): void {
    if (this.isDead) throw new Killed('dead');
    this.steps += 1;
    if (this.#left === undefined) return;
    if (this.#left === 0) this.isDead = true;
    this.#left -= 1;
    if (this.isDead) throw new Killed('killed');
  }

  read(name: string): string | undefined {
    const file = this.#files.get(name);
    return file === undefined ? undefined : file.durable + file.volatile;
  }

  append(name: string, text: string): void {
    const file = this.#file(name);
    try {
      this.step();
    } catch (error) {
      // It had got half-way, if the process had got there at all.
      if (error instanceof Error && error.message === 'killed') {
        file.volatile += text.slice(0, text.length / 2);
      }
      throw error;
    }
    file.volatile += text;
  }

  sync(name: string): void {
    this.step();
    const file = this.#file(name);
    file.durable += file.volatile;
    file.volatile = '';
  }

  replace(name: string, text: string): void {
    this.step();
    this.#files.set(name, { durable: text, volatile: '' });
  }

  #file(name: string): File {
    const file = this.#files.get(name) ?? { durable: '', volatile: '' };
    this.#files.set(name, file);
    return file;
  }
}
