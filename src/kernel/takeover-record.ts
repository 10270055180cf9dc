/**
 * The record of a device that was taken from a kernel driver and not yet given back: a file that is
 * written before and removed after, so that a later process can give the device back for one that
 * was killed.
 */

import { BUSES } from './bus-device.ts';
import type { Owner } from './bus-device.ts';
import { IPMI_SI } from './ipmi-si.ts';
import type { System } from '../files.ts';
import { LOCK_FOLDER, lockPath } from '../share/lock-file.ts';

/** A device that its driver was unbound from. */
export interface TakeoverRecord extends Owner {
  /** Only `release` gives it back. */
  readonly keep: boolean;
}

/** A name has no slash and does not begin with a dot, so that it cannot lead out of its folder. */
const DEVICE = /^[\w:-][\w:.-]*$/;

export class TakeoverRecordFile {
  readonly #path: string;
  readonly #system: System;

  constructor(base: number, system: System, folder = LOCK_FOLDER) {
    this.#path = lockPath(folder, base, 'taken');
    this.#system = system;
  }

  /** Undefined when nothing was taken. */
  read(): TakeoverRecord | undefined {
    const text = this.#system.readText(this.#path);
    return text === undefined ? undefined : parse(text);
  }

  write({ bus, device, driver, keep }: TakeoverRecord): void {
    this.#system.replace(this.#path, `${JSON.stringify({ bus, device, driver, keep })}\n`);
  }

  remove(): void {
    this.#system.remove(this.#path);
  }
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
