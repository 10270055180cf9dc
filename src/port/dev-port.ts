/**
 * Port I/O through /dev/port: one system call a byte, and no compiler needed. The file position is
 * the port. A block call is a loop of single bytes, because the kernel moves on to the next port
 * within one read or write.
 */

import { closeSync, openSync, readSync, writeSync } from 'node:fs';

import { hex, IpmiError } from '../errors.ts';
import type { Files } from '../files.ts';
import { denied, type SystemError } from './denied.ts';
import type { PortIo, PortRange } from './port.ts';
import { checkRange, formatRange } from './range.ts';

/** The kernel's file of all 64 Ki ports. */
export const DEV_PORT = '/dev/port';

/** Elsewhere the file is a window on PCI, where a port no device decodes can crash the kernel. */
const X86: readonly string[] = ['x64', 'ia32'];

/** A run of ports of an open /dev/port. Made by {@link openDevPort}. */
export class DevPort implements PortIo {
  readonly #fd: number;
  readonly #range: PortRange;
  readonly #byte = new Uint8Array(1);
  #isOpen = true;

  /** `fd` is an open /dev/port; this object closes it. */
  constructor(fd: number, range: PortRange) {
    this.#fd = fd;
    this.#range = range;
  }

  inb(port: number): number {
    this.#check(port);
    this.#read(port, this.#byte, 0);
    return this.#byte[0] ?? 0;
  }

  outb(port: number, value: number): void {
    this.#check(port);
    this.#byte[0] = value;
    writeSync(this.#fd, this.#byte, 0, 1, port);
  }

  readBytes(port: number, target: Uint8Array, count: number): void {
    this.#check(port);
    checkCount(target, count);
    for (let i = 0; i < count; i++) this.#read(port, target, i);
  }

  writeBytes(port: number, source: Uint8Array, count: number): void {
    this.#check(port);
    checkCount(source, count);
    for (let i = 0; i < count; i++) writeSync(this.#fd, source, i, 1, port);
  }

  close(): void {
    if (!this.#isOpen) return;
    this.#isOpen = false;
    closeSync(this.#fd);
  }

  #read(port: number, target: Uint8Array, offset: number): void {
    const bytes = readSync(this.#fd, target, offset, 1, port);
    if (bytes !== 1) throw new Error(`read of port ${hex(port)} returned nothing`);
  }

  // The file gives access to every port of the host, and its number may be another file's
  // after close().
  #check(port: number): void {
    if (!this.#isOpen) throw new Error('bug: port I/O after close()');
    const { base, count } = this.#range;
    if (port >= base && port < base + count) return;
    throw new Error(`bug: port ${hex(port)} is outside ${formatRange(this.#range)}`);
  }
}

/** Opens `range` of /dev/port, or fails with PORT_UNSUPPORTED, PORT_DENIED or PORT_LOCKED_DOWN. */
export function openDevPort(range: PortRange, files: Files, path = DEV_PORT): DevPort {
  checkRange(range);
  if (!X86.includes(process.arch)) {
    const text = `${path} cannot reach a BMC on ${process.arch} (needs x86)`;
    throw new IpmiError('PORT_UNSUPPORTED', text);
  }
  try {
    return new DevPort(openSync(path, 'r+'), range);
  } catch (error) {
    throw denied({ backend: 'dev-port', range, cause: error as SystemError }, files);
  }
}

// Half a block must not be taken out of a FIFO before the mistake is noticed.
function checkCount(bytes: Uint8Array, count: number): void {
  if (count >= 0 && count <= bytes.length) return;
  throw new Error(`bug: ${count} bytes do not fit ${bytes.length}`);
}
