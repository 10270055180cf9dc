/**
 * The resources of a PCI device, as /sys shows them: the ports and the memory it decodes, and its
 * interrupt.
 */

import type { Files } from '../files.ts';
import { interruptNumber } from '../port/interrupt-number.ts';
import { PCI_DEVICES } from '../port/pci-port.ts';

/** A base address register that the firmware or the kernel has set. */
export interface Bar {
  readonly space: 'io' | 'memory';
  /** The first and the last address. */
  readonly start: number;
  readonly end: number;
}

/** IORESOURCE_IO and IORESOURCE_MEM, in the flags of a line of `resource`. */
const SPACES: readonly (readonly [flag: number, space: Bar['space']])[] = [
  [0x100, 'io'],
  [0x200, 'memory'],
];

/** A device has six at most; further lines of `resource` are the ROM and a bridge's windows. */
const BARS_MAX = 6;

/** Returns the base address registers of a device, in order; one that is not set is left out. */
export function pciBars(device: string, files: Files): readonly Bar[] {
  const lines = files.readText(`${PCI_DEVICES}/${device}/resource`)?.split('\n', BARS_MAX) ?? [];
  return lines.flatMap(parseBar);
}

// `0x000000000000c010 0x000000000000c017 0x0000000000040101`: start, end, flags.
function parseBar(line: string): readonly Bar[] {
  const [start = 0, end = 0, flags = 0] = line.split(' ').map(Number);
  const space = SPACES.find(([flag]) => (flags & flag) !== 0)?.[1];
  const isSet = end > start && Number.isSafeInteger(end);
  return space === undefined || !isSet ? [] : [{ space, start, end }];
}

/** Returns the interrupt of a device, which may change when the device is enabled. */
export function pciIrq(device: string, files: Files): number | undefined {
  const irq = Number(files.readText(`${PCI_DEVICES}/${device}/irq`)?.trim());
  return Number.isInteger(irq) ? interruptNumber(irq) : undefined;
}
