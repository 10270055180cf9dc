/**
 * The record of a device that was taken from a kernel driver and not yet given back: a file that is
 * written before and removed after, so that a later process can give the device back for one that
 * was killed.
 */

import { BUSES } from './bus-device.ts';
import type { Owner } from './bus-device.ts';
import { IPMI_SI } from './ipmi-si.ts';
import { fileTrouble } from '../file-trouble.ts';
import type { Files, System } from '../files.ts';
import { LOCK_FOLDER, lockPath } from '../share/lock-file.ts';

/** A device that its driver was unbound from. */
export interface TakeoverRecord extends Owner {
  /** Only `release` gives it back. */
  readonly keep: boolean;
}

/** Names of devices have no slash, so that one cannot lead out of the folder. */
const DEVICE = /^[\w:.-]+$/;

export class TakeoverRecordFile {
  readonly #path: string;
  readonly #system: System;

  constructor(base: number, system: System, folder = LOCK_FOLDER) {
    this.#path = lockPath(folder, base, 'taken');
    this.#system = system;
  }

  /** Undefined when nothing was taken. */
  read(): TakeoverRecord | undefined {
    return readRecord(this.#path, this.#system);
  }

  /** Throws `PORT_DENIED` or `DEVICE_LOCKED`: without a record nothing may be taken. */
  write({ bus, device, driver, keep }: TakeoverRecord): void {
    const text = `${JSON.stringify({ bus, device, driver, keep })}\n`;
    this.#change(() => {
      this.#system.replace(this.#path, text);
    });
  }

  /** Throws as above. */
  remove(): void {
    this.#change(() => {
      this.#system.remove(this.#path);
    });
  }

  #change(change: () => void): void {
    try {
      change();
    } catch (cause) {
      throw fileTrouble(`the takeover cannot be recorded in ${this.#path}`, cause);
    }
  }
}

/** Reads the record of a base; undefined when nothing was taken. */
export function readRecord(path: string, files: Files): TakeoverRecord | undefined {
  const text = files.readText(path);
  return text === undefined ? undefined : parse(text);
}

function parse(text: string): TakeoverRecord | undefined {
  try {
    const { bus: name, device, keep } = JSON.parse(text) as Partial<Record<string, unknown>>;
    const bus = BUSES.find((known) => known === name);
    if (bus === undefined || typeof device !== 'string' || !DEVICE.test(device)) return undefined;
    return { bus, device, driver: IPMI_SI, keep: keep === true };
  } catch {
    return undefined;
  }
}
