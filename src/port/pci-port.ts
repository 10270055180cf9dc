/**
 * The ports of a PCI device. A device that no driver has may be disabled, and its ports answer only
 * while it is enabled.
 */

import { fileTrouble } from '../file-trouble.ts';
import type { System } from '../files.ts';
import type { PortIo } from './port.ts';

/** Every PCI device has a folder here. */
export const PCI_DEVICES = '/sys/bus/pci/devices';

/**
 * The ports of a PCI device, which is enabled until they are closed. The kernel counts how often it
 * was enabled: a process that is killed leaves it enabled, and nothing worse.
 */
export class PciPort implements PortIo {
  readonly #port: PortIo;
  readonly #path: string;
  readonly #system: Pick<System, 'writeNow'>;
  #enabled = true;

  /** Takes over `port`, and closes it when the device cannot be enabled. */
  constructor(port: PortIo, device: string, system: Pick<System, 'writeNow'>) {
    this.#port = port;
    this.#path = `${PCI_DEVICES}/${device}/enable`;
    this.#system = system;
    try {
      system.writeNow(this.#path, '1');
    } catch (cause) {
      port.close();
      throw fileTrouble(`cannot enable the PCI device ${device}`, cause);
    }
  }

  inb(port: number): number {
    return this.#port.inb(port);
  }

  outb(port: number, value: number): void {
    this.#port.outb(port, value);
  }

  readBytes(port: number, target: Uint8Array, count: number): void {
    this.#port.readBytes(port, target, count);
  }

  writeBytes(port: number, source: Uint8Array, count: number): void {
    this.#port.writeBytes(port, source, count);
  }

  close(): void {
    this.#port.close();
    if (!this.#enabled) return;
    this.#enabled = false;
    try {
      this.#system.writeNow(this.#path, '0');
    } catch {
      // The device is gone, or a driver has it meanwhile: there is nothing to put back.
    }
  }
}
