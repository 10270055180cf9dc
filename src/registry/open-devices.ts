/**
 * The open devices of this process, each with a name of its own, at most one for each base. While
 * there is one, an exit handler leaves all of them quiet when the process ends.
 */

import type { Device } from '../device/device.ts';
import { IpmiError, hex } from '../errors.ts';
import { systemFiles } from '../files.ts';
import { beforeSignal } from '../signals.ts';

/** One interface, from before its ports are acquired until it is closed. */
export interface Entry {
  /** `bt0`, `bt1`, ...: the lowest that was free. */
  readonly name: string;
  readonly base: number;
  /** False for a `PortIo` object, of which any number may have the same base. */
  readonly isExclusive: boolean;
  /** The device to close when the process ends. */
  device: Device | undefined;
}

export class OpenDevices {
  readonly #entries = new Set<Entry>();
  /** Removes the signal handlers. */
  #unwatch: (() => void) | undefined;

  /** The open devices. */
  get devices(): readonly Device[] {
    return [...this.#entries].flatMap(({ device }) => device ?? []);
  }

  /** Adds an interface and names it; throws `DEVICE_LOCKED` when the base has an owner. */
  add(base: number, isExclusive: boolean): Entry {
    if (isExclusive) this.#checkUnowned(base);
    const entry: Entry = { name: this.#freeName(), base, isExclusive, device: undefined };
    this.#entries.add(entry);
    this.watchExits();
    return entry;
  }

  /** Frees the name and the base. Idempotent. */
  remove(entry: Entry): void {
    this.#entries.delete(entry);
    this.watchExits();
  }

  /** Adds or removes the handlers of exit and signals, as there are devices that need them. */
  watchExits(): void {
    process.off('exit', this.#closeAll);
    if (this.#entries.size > 0) process.on('exit', this.#closeAll);
    // An interface is given back to the kernel asynchronously, which an exit handler cannot do.
    const isTaken = this.devices.some(({ takenDevice }) => takenDevice !== undefined);
    if (isTaken) this.#unwatch ??= beforeSignal(() => this.#giveBackAll(), systemFiles);
    else this.#unwatch?.();
    if (!isTaken) this.#unwatch = undefined;
  }

  #checkUnowned(base: number): void {
    const entries = [...this.#entries];
    const owner = entries.find((entry) => entry.isExclusive && entry.base === base);
    if (owner === undefined) return;
    const { name, device } = owner;
    // The caller waits to learn whether that device's BMC answers.
    device?.hurry();
    const state = device?.state === 'lost' ? ', and its BMC is lost' : '';
    const text = `${name} of this process (pid ${process.pid}) has ${hex(base)} open${state}`;
    throw new IpmiError('DEVICE_LOCKED', `${text}; use that one, or close it first`);
  }

  #freeName(): string {
    const taken = new Set([...this.#entries].map(({ name }) => name));
    for (let number = 0; ; number += 1) {
      const name = `bt${number}`;
      if (!taken.has(name)) return name;
    }
  }

  #giveBackAll(): Promise<unknown> {
    return Promise.allSettled(this.devices.map((device) => device.close()));
  }

  /** An exit without `close()` must not leave H_BUSY set or a response in the buffer. */
  readonly #closeAll = (): void => {
    for (const device of this.devices) device.closeNow();
  };
}
