/**
 * An interrupt by way of the kernel's UIO: a read of /dev/uioN gives the number of interrupts so
 * far, and the file is ready to be read when that has grown. Drivers of UIO differ in what they do
 * meanwhile: ours acknowledges the interrupt, others mask it until they are told.
 */

import { IpmiError } from '../errors.ts';
import { fileTrouble } from '../file-trouble.ts';
import type { Files, System } from '../files.ts';
import type { loadNative, NativeWatch } from '../native.ts';
import type { IrqLine } from './irq-line.ts';

/** Where the kernel describes its UIO devices, by the names of their files in /dev. */
export const UIO_CLASS = '/sys/class/uio';

/** Names of UIO devices, as their drivers give them. */
const HELPER_NAME = 'ipmi-bt';
const PCI_NAME = 'uio_pci_generic';

/** The command register in the configuration space of a PCI device, and Interrupt Disable in it. */
const PCI_COMMAND = 4;
const INTX_DISABLE = 0x400;

/** The parts of the host that a line needs. */
export interface UioHost {
  readonly system: System;
  readonly load: typeof loadNative;
}

/** A UIO device as the kernel knows it. */
interface UioDevice {
  /** Where the kernel describes it. */
  readonly folder: string;
  /** Of its driver. */
  readonly name: string;
}

/** The callbacks of a line. */
interface Listener {
  readonly fired: (count: number) => void;
  readonly failed: (error: Error) => void;
}

/** Undoes what masks the line. */
type Unmask = () => void;

/**
 * The UIO device that `/dev/uioN` is. Fails with `DEVICE_ABSENT` when it is none, and with
 * `PORT_UNSUPPORTED` when the kernel has the device and /dev has not.
 */
export function findUioDevice(path: string, files: Files): UioDevice {
  const file = /^\/dev\/(uio\d+)$/.exec(path)?.[1];
  const folder = `${UIO_CLASS}/${file ?? ''}`;
  const name = file === undefined ? undefined : files.readText(`${folder}/name`)?.trimEnd();
  if (name === undefined) throw new IpmiError('DEVICE_ABSENT', `${path} is no UIO device`);
  if (!files.exists(path)) {
    const text = `${path} is a UIO device that is not in /dev`;
    throw new IpmiError('PORT_UNSUPPORTED', `${text} (a container needs --device ${path})`);
  }
  return { folder, name };
}

/**
 * Opens `/dev/uioN`. Fails as {@link findUioDevice} does, with `PORT_DENIED`, or with
 * `PORT_UNSUPPORTED` where there is no addon to wait with.
 */
export function openUioLine(path: string, { system, load }: UioHost): IrqLine {
  const { folder, name } = findUioDevice(path, system);
  const native = load();
  if (native.kind === 'missing') {
    const text = `${path}: the native addon is needed to wait for interrupts and cannot be loaded: ${native.reason}`;
    throw new IpmiError('PORT_UNSUPPORTED', `${text} (${native.remedy})`);
  }
  const files: number[] = [];
  const open = (file: string): number => {
    const fd = openFile(file, system);
    files.push(fd);
    return fd;
  };
  try {
    // Read before: an interrupt from here on is counted, not missed.
    const before = parseCount(system.readText(`${folder}/event`));
    const fd = open(path);
    const config = name === PCI_NAME ? open(`${folder}/device/config`) : undefined;
    const unmask = unmaskOf(name, { fd, config }, system);
    return new UioLine({ path, name, fd, before, files, unmask, system, watch: native.watch });
  } catch (error) {
    files.forEach((fd) => {
      system.close(fd);
    });
    throw error;
  }
}

interface Parts {
  readonly path: string;
  readonly name: string;
  readonly fd: number;
  /** Interrupts that were counted before; undefined when that is not known. */
  readonly before: number | undefined;
  /** All that is to be closed. */
  readonly files: readonly number[];
  readonly unmask: Unmask;
  readonly system: System;
  readonly watch: NativeWatch;
}

class UioLine implements IrqLine {
  readonly path: string;
  readonly ownsMask: boolean;
  readonly #parts: Parts;
  #count: number | undefined;
  // The process that had the device before may have left it masked.
  #mayBeMasked = true;
  #handle: number | undefined;
  #isOpen = true;

  constructor(parts: Parts) {
    this.path = parts.path;
    this.ownsMask = parts.name === HELPER_NAME;
    this.#parts = parts;
    this.#count = parts.before;
  }

  watch(fired: (count: number) => void, failed: (error: Error) => void): void {
    this.#check();
    if (this.#handle !== undefined) throw new Error(`bug: ${this.path} is watched already`);
    const { fd, watch } = this.#parts;
    this.#handle = watch.watchFd(fd, (isWatched) => {
      this.#ready(isWatched, { fired, failed });
    });
  }

  rearm(): void {
    this.#check();
    if (!this.#mayBeMasked) return;
    this.#parts.unmask();
    this.#mayBeMasked = false;
  }

  enable(on: boolean): void {
    this.#check();
    if (this.ownsMask) writeWord(this.#parts.fd, on ? 1 : 0, this.#parts.system);
  }

  close(): void {
    if (!this.#isOpen) return;
    this.#isOpen = false;
    this.#unwatch();
    for (const fd of this.#parts.files) this.#parts.system.close(fd);
  }

  #ready(isWatched: boolean, { fired, failed }: Listener): void {
    let count: number | undefined;
    try {
      count = this.#take();
      if (!isWatched) throw new Error(`${this.path} can no longer be waited for`);
    } catch (error) {
      this.#unwatch();
      failed(error instanceof Error ? error : new Error(String(error)));
      return;
    }
    if (count === 0) return;
    this.#mayBeMasked = true;
    fired(count);
  }

  /** The interrupts since the last time; the kernel's counter has 32 bits and wraps around. */
  #take(): number {
    const { fd, system } = this.#parts;
    const now = readWord(fd, system);
    if (now === undefined) return 0;
    const count = this.#count === undefined ? 1 : (now - this.#count) >>> 0;
    this.#count = now;
    return count;
  }

  #unwatch(): void {
    if (this.#handle === undefined) return;
    this.#parts.watch.unwatch(this.#handle);
    this.#handle = undefined;
  }

  // The number of the file may be another one's by now.
  #check(): void {
    if (!this.#isOpen) throw new Error(`bug: ${this.path} is used after close()`);
  }
}

function openFile(path: string, system: System): number {
  try {
    return system.open(path);
  } catch (cause) {
    const { code, message } = cause as NodeJS.ErrnoException;
    const isAbsent = code === 'ENOENT' || code === 'ENXIO' || code === 'ENODEV';
    if (isAbsent) throw new IpmiError('DEVICE_ABSENT', message, { cause });
    throw fileTrouble(`the interrupt line ${path} cannot be opened`, cause);
  }
}

interface UioFiles {
  readonly fd: number;
  readonly config: number | undefined;
}

function unmaskOf(name: string, { fd, config }: UioFiles, system: System): Unmask {
  if (name === HELPER_NAME) return () => undefined;
  if (config !== undefined) {
    return () => {
      unmaskIntx(config, system);
    };
  }
  return () => {
    try {
      writeWord(fd, 1, system);
    } catch (error) {
      // A driver that cannot be told anything masks nothing, or knows by itself when to stop.
      if ((error as NodeJS.ErrnoException).code !== 'ENOSYS') throw error;
    }
  };
}

/** Only we clear the bit, and the kernel sets it only while it is clear: so nothing is lost. */
function unmaskIntx(config: number, system: System): void {
  const command = new Uint8Array(2);
  system.readFrom(config, command, PCI_COMMAND);
  const [low = 0, high = 0] = command;
  const value = low | (high << 8);
  if ((value & INTX_DISABLE) === 0) return;
  command[1] = (value & ~INTX_DISABLE) >> 8;
  system.writeTo(config, command, PCI_COMMAND);
}

/** Reads a number in the host's own byte order; undefined when nothing is new. */
function readWord(fd: number, system: System): number | undefined {
  const word = new Uint32Array(1);
  try {
    const bytes = system.readFrom(fd, new Uint8Array(word.buffer));
    if (bytes !== word.byteLength) throw new Error(`a read gave ${bytes} bytes, not 4`);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EAGAIN') return undefined;
    throw error;
  }
  return word[0];
}

function writeWord(fd: number, value: number, system: System): void {
  system.writeTo(fd, new Uint8Array(Uint32Array.of(value).buffer));
}

function parseCount(text: string | undefined): number | undefined {
  return text !== undefined && /^\d{1,10}\n$/.test(text) ? Number(text) >>> 0 : undefined;
}
