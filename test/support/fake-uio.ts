/**
 * A UIO device as the kernel shows it: its files in /sys, and /dev/uio0, which counts interrupts.
 * What its driver masks stays masked until it is told, as the test can see by `masked`.
 */

import type { NativeLoad, NativeWatch } from '../../src/native.ts';
import type { IrqLine } from '../../src/port/irq-line.ts';
import { openUioLine } from '../../src/port/uio-line.ts';
import { FakeSystem } from './fake-files.ts';
import type { FakeTable } from './fake-files.ts';
import { fakeNative } from './fake-native.ts';

const DEVICE_FD = 10;
const CONFIG_FD = 11;

/** Bit 10 of the PCI command register, in its upper byte. */
const INTX_DISABLE_HIGH = 0x04;

/** An error as a system call fails with it. */
export function errno(code: string): NodeJS.ErrnoException {
  return Object.assign(new Error(`${code}: in words, read`), { code });
}

export class FakeUio extends FakeSystem implements NativeWatch {
  /** The files that are open. */
  readonly openFiles: number[] = [];
  /** Bytes of the next reads of the device, in place of its count. */
  readonly garbage: (Uint8Array | Error)[] = [];
  /** The values written to the device, and the accesses to the configuration space. */
  readonly written: number[] = [];
  readonly configCalls: string[] = [];
  masked = false;
  #command = 0x0103;
  #events: number;
  #seen: number;
  #isBound = true;
  #refusal: Error | undefined;
  readonly #name: string;
  readonly #watches = new Map<number, (isWatched: boolean) => void>();
  #handles = 0;

  constructor(name: string, events = 0, table: FakeTable = {}) {
    super({
      '/sys/class/uio/uio0/name': `${name}\n`,
      '/sys/class/uio/uio0/event': `${events}\n`,
      '/dev/uio0': '',
      ...table,
    });
    this.#name = name;
    this.#events = this.#seen = events;
  }

  readonly load = (): NativeLoad => {
    const native = fakeNative().load();
    return native.kind === 'loaded' ? { ...native, watch: this } : native;
  };

  /** The device raises its interrupt so often; true when it came through. */
  interrupt(times = 1): boolean {
    if (this.masked) return false;
    this.#events = (this.#events + times) >>> 0;
    if (this.#name === 'uio_pci_generic') this.#command |= INTX_DISABLE_HIGH << 8;
    this.masked = this.#name !== 'ipmi-bt';
    return true;
  }

  /** The event loop looks at what is watched. */
  turn(isWatched = true): void {
    for (const ready of [...this.#watches.values()]) ready(isWatched);
  }

  /** The device's driver is unbound. */
  unbind(): void {
    this.#isBound = false;
  }

  /** From now on writes to the device fail. */
  refuse(error: Error): void {
    this.#refusal = error;
  }

  get watches(): number {
    return this.#watches.size;
  }

  override open(path: string): number {
    super.open(path);
    const fd = path === '/dev/uio0' ? DEVICE_FD : CONFIG_FD;
    this.openFiles.push(fd);
    return fd;
  }

  override close(fd?: number): void {
    this.openFiles.splice(this.openFiles.indexOf(fd ?? -1), 1);
  }

  override readFrom(fd: number, target: Uint8Array, position?: number): number {
    if (fd === CONFIG_FD) {
      this.configCalls.push(`read at ${position}`);
      target.set([this.#command & 0xff, this.#command >> 8]);
      return target.length;
    }
    const garbage = this.garbage.shift();
    if (garbage instanceof Error) throw garbage;
    if (garbage !== undefined) {
      target.set(garbage);
      return garbage.length;
    }
    if (!this.#isBound) throw errno('EIO');
    if (this.#events === this.#seen) throw errno('EAGAIN');
    this.#seen = this.#events;
    new DataView(target.buffer).setUint32(0, this.#events, true);
    return 4;
  }

  override writeTo(fd: number, source: Uint8Array, position?: number): void {
    if (this.#refusal !== undefined) throw this.#refusal;
    const [low = 0, high = 0] = source;
    if (fd === CONFIG_FD) {
      this.configCalls.push(`write ${low} ${high} at ${position}`);
      this.#command = low | (high << 8);
      this.masked = (high & INTX_DISABLE_HIGH) !== 0;
      return;
    }
    const value = new DataView(source.buffer).getInt32(0, true);
    this.written.push(value);
    this.masked = value === 0;
  }

  watchFd(fd: number, ready: (isWatched: boolean) => void): number {
    if (!this.openFiles.includes(fd)) throw errno('EBADF');
    this.#handles += 1;
    this.#watches.set(this.#handles, ready);
    return this.#handles;
  }

  unwatch(handle: number): void {
    if (!this.#watches.delete(handle)) throw errno('EBADF');
  }
}

/** A line, and what it told. */
export interface WatchedLine {
  readonly line: IrqLine;
  readonly counts: number[];
  readonly failures: Error[];
}

export function openLine(uio: FakeUio): IrqLine {
  return openUioLine('/dev/uio0', { system: uio, load: uio.load });
}

export function watchLine(uio: FakeUio): WatchedLine {
  const line = openLine(uio);
  const counts: number[] = [];
  const failures: Error[] = [];
  line.watch(
    (count) => counts.push(count),
    (error) => failures.push(error),
  );
  return { line, counts, failures };
}
