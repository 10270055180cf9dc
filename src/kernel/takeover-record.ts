/**
 * The record of a device that was taken from a kernel driver and not yet given back: a file that is
 * written before and removed after, so that a later process can give the device back for one that
 * was killed.
 */

import { BUSES } from './bus-device.ts';
import type { Owner } from './bus-device.ts';
import { IpmiError } from '../errors.ts';
import { IPMI_SI } from './ipmi-si.ts';
import { fileTrouble } from '../file-trouble.ts';
import type { Files, System } from '../files.ts';
import { LOCK_FOLDER, lockPath } from '../share/lock-file.ts';
import { distrustOfFile } from '../trust.ts';

/** A device that its driver was unbound from. */
export interface TakeoverRecord extends Owner {
  /** Only `release` gives it back. */
  readonly keep: boolean;
  /** Its interrupt, as its driver told it; absent when it has none. */
  readonly irq?: number | undefined;
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

  /**
   * Undefined when nothing was taken. Throws `PORT_DENIED` for a file that another user has
   * written or can write, or that is a link: it would say which device root binds.
   */
  read(): TakeoverRecord | undefined {
    const reason = distrustOfFile(this.#path, this.#system);
    if (reason !== undefined) {
      const text = `the takeover record is not obeyed: ${reason}; remove it`;
      throw new IpmiError('PORT_DENIED', text);
    }
    return readRecord(this.#path, this.#system);
  }

  /** Throws `PORT_DENIED` or `DEVICE_LOCKED`: without a record nothing may be taken. */
  write({ bus, device, driver, keep, irq }: TakeoverRecord): void {
    const text = `${JSON.stringify({ bus, device, driver, keep, irq })}\n`;
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

/** Reads a record, for code that only reads files; undefined when nothing was taken. */
export function readRecord(path: string, files: Files): TakeoverRecord | undefined {
  const text = files.readText(path);
  return text === undefined ? undefined : parse(text);
}

/** The record of the interface at `base`, for code that only reads files; undefined for none. */
export function readTaken(base: number, files: Files): TakeoverRecord | undefined {
  return readRecord(lockPath(LOCK_FOLDER, base, 'taken'), files);
}

function parse(text: string): TakeoverRecord | undefined {
  try {
    const { bus: name, device, keep, irq } = JSON.parse(text) as Partial<Record<string, unknown>>;
    const bus = BUSES.find((known) => known === name);
    if (bus === undefined || typeof device !== 'string' || !DEVICE.test(device)) return undefined;
    const interrupt = Number.isSafeInteger(irq) && Number(irq) > 0 ? { irq: Number(irq) } : {};
    return { bus, device, driver: IPMI_SI, keep: keep === true, ...interrupt };
  } catch {
    return undefined;
  }
}
