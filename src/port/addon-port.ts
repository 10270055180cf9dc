/**
 * Port I/O through the addon: `in` and `out` instructions on ports claimed with ioperm(2). The
 * addon checks every access against the claim, so that nothing is checked again here.
 */

import { IpmiError } from '../errors.ts';
import type { Files } from '../files.ts';
import { loadNative, type NativeLoad, type NativePorts } from '../native.ts';
import { denied, type SystemError } from './denied.ts';
import type { PortIo, PortRange } from './port.ts';
import { checkRange, formatRange } from './range.ts';

function closed(): never {
  throw new Error('bug: port I/O after close()');
}

/** Stands in for the addon after `close()`, which costs the open port no check. */
const CLOSED: NativePorts = {
  open: closed,
  release: closed,
  inb: closed,
  outb: closed,
  readBytes: closed,
  writeBytes: closed,
};

/** One claim of the addon's. Made by {@link openAddonPort}. */
export class AddonPort implements PortIo {
  #native: NativePorts;
  readonly #handle: number;

  /** `handle` is what `native.open()` returned; this object releases it. */
  constructor(native: NativePorts, handle: number) {
    this.#native = native;
    this.#handle = handle;
  }

  inb(port: number): number {
    return this.#native.inb(port);
  }

  outb(port: number, value: number): void {
    this.#native.outb(port, value);
  }

  readBytes(port: number, target: Uint8Array, count: number): void {
    this.#native.readBytes(port, target, count);
  }

  writeBytes(port: number, source: Uint8Array, count: number): void {
    this.#native.writeBytes(port, source, count);
  }

  close(): void {
    const native = this.#native;
    if (native === CLOSED) return;
    this.#native = CLOSED;
    native.release(this.#handle);
  }
}

/**
 * Claims `range` for this thread. Fails with PORT_UNSUPPORTED (no addon, no such instructions),
 * PORT_DENIED, PORT_LOCKED_DOWN, or DEVICE_LOCKED when this thread has some of the ports open.
 */
export function openAddonPort(range: PortRange, files: Files, load = loadNative): AddonPort {
  checkRange(range);
  const native = portsOf(load());
  try {
    return new AddonPort(native, native.open(range.base, range.count));
  } catch (error) {
    const cause = error as SystemError;
    if (cause.code === 'EBUSY') {
      const text = `ioperm ${formatRange(range)}: this process already has the ports open`;
      throw new IpmiError('DEVICE_LOCKED', `${text} (close the other device first)`, { cause });
    }
    throw denied({ backend: 'native', range, cause }, files);
  }
}

function portsOf(load: NativeLoad): NativePorts {
  switch (load.kind) {
    case 'loaded':
      return load.ports;
    case 'missing': {
      const remedy = `${load.remedy}, or use the port type dev-port`;
      const text = `the native addon cannot be loaded: ${load.reason} (${remedy})`;
      throw new IpmiError('PORT_UNSUPPORTED', text, { cause: load.cause });
    }
  }
}
