/**
 * The open devices of this process: a name each, one owner per base, and a stack of what is to be
 * undone. While there is one, the end of the process is listened for, and leaves all of them quiet.
 */

import type { Device } from '../device/device.ts';
import { IpmiError, hex } from '../errors.ts';
import { systemFiles } from '../files.ts';
import type { PortIo } from '../port/port.ts';
import { Rollback } from '../rollback.ts';
import { beforeSignal } from '../signals.ts';

/** One interface, from before its ports are acquired until it is closed. */
export interface Entry {
  /** `bt0`, `bt1`, ...: the lowest that was free. */
  readonly name: string;
  readonly base: number;
  /** False for a `PortIo` object, of which any number may have the same base. */
  readonly isExclusive: boolean;
  /** The `PortIo` object that the caller has brought, which has one user at a time. */
  readonly port: PortIo | undefined;
  /**
   * Undoes what was done so far: at the end of the process, too, though no device came of it yet.
   */
  readonly rollback: Rollback;
  /** The device that came of it. */
  device: Device | undefined;
  /** It was taken from a kernel driver, which a signal must not keep from having it back. */
  isTaken: boolean;
}

export class OpenDevices {
  readonly #entries = new Set<Entry>();
  /** Removes the signal handlers. */
  #unwatch: (() => void) | undefined;

  /** The open devices. */
  get devices(): readonly Device[] {
    return [...this.#entries].flatMap(({ device }) => device ?? []);
  }

  /** Adds an interface and names it; throws `DEVICE_LOCKED` when base or `port` has an owner. */
  add(base: number, isExclusive: boolean, port?: PortIo): Entry {
    const entries = [...this.#entries];
    const isOwner = (entry: Entry): boolean =>
      port === undefined
        ? isExclusive && entry.isExclusive && entry.base === base
        : entry.port === port;
    this.#checkUnowned(base, entries.find(isOwner));
    const rollback = new Rollback();
    const name = this.#freeName();
    const fresh = { device: undefined, isTaken: false };
    const entry: Entry = { name, base, isExclusive, port, rollback, ...fresh };
    this.#entries.add(entry);
    rollback.add({
      run: () => {
        this.#entries.delete(entry);
        this.watchExits();
      },
    });
    this.watchExits();
    return entry;
  }

  /** Adds or removes the handlers of exit and signals, as there are devices that need them. */
  watchExits(): void {
    process.off('exit', this.#closeAll);
    if (this.#entries.size > 0) process.on('exit', this.#closeAll);
    // An interface is given back to the kernel asynchronously, which an exit handler cannot do.
    const isTaken = [...this.#entries].some((entry) => entry.isTaken);
    if (isTaken) this.#unwatch ??= beforeSignal(() => this.#giveBackAll(), systemFiles);
    else this.#unwatch?.();
    if (!isTaken) this.#unwatch = undefined;
  }

  #checkUnowned(base: number, owner: Entry | undefined): void {
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
    const entries = [...this.#entries];
    return Promise.allSettled(
      entries.map(({ device, rollback }) => device?.close() ?? rollback.run('go on')),
    );
  }

  /** An exit without `close()` must not leave H_BUSY set or a response in the buffer. */
  readonly #closeAll = (): void => {
    for (const { device, rollback } of this.#entries) {
      if (device === undefined) rollback.runNow();
      else device.closeNow();
    }
  };
}
