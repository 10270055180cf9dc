/**
 * Ways of the interrupt of an interface to this process: the driver that is bound, the one that
 * could be, or the reason why none can. Only files are read.
 */

import { hex } from '../errors.ts';
import type { Files } from '../files.ts';
import { driverOf } from '../kernel/bus-device.ts';
import type { BusDevice } from '../kernel/bus-device.ts';
import { IPMI_SI } from '../kernel/ipmi-si.ts';
import { hasModule, isLoaded, kernelRelease } from '../kernel/module.ts';
import { pciIrq } from '../kernel/pci-device.ts';
import { findDevice } from '../kernel/port-owner.ts';
import { readTaken } from '../kernel/takeover-record.ts';
import {
  UIO_DRIVER,
  UIO_PCI_DRIVER,
  UIO_PLATFORM_DRIVER,
  leavesPorts,
} from '../kernel/uio-drivers.ts';
import type { BlockAddress } from '../port/register-block.ts';
import { findUio } from './uio-device.ts';

/** The document that says how to build our module, and lists the alternatives. */
const MANUAL = 'docs/interrupts.md';

/** The first kernel whose own driver for platform devices takes the device of an interface. */
const GENERIC_SINCE = [6, 10] as const;

/** The driver that `irq bind` binds to a device of a bus. */
export const BOUND_BY: Readonly<Record<BusDevice['bus'], string>> = {
  platform: UIO_DRIVER,
  pci: UIO_PCI_DRIVER,
};

/** An interface, as far as its interrupt is concerned. */
export interface Interrupted extends BlockAddress {
  /** Number of the interrupt; undefined when no source names one. */
  readonly irq: number | undefined;
}

/** The state of the interrupt of an interface. */
export type Way =
  /** It comes to the UIO device `uio`. */
  | { readonly state: 'bound'; readonly driver: string; readonly uio: string }
  /** `irq bind` would bind `driver`, which is there. */
  | { readonly state: 'ready'; readonly driver: string }
  /** Another driver has the device. */
  | { readonly state: 'claimed'; readonly driver: string }
  /** There is no such module for this kernel. */
  | { readonly state: 'missing'; readonly driver: string }
  /** No source names an interrupt, or its device. */
  | { readonly state: 'none'; readonly reason: string };

/**
 * The number of the interrupt now: the kernel may have given a PCI device another since it was
 * found, and only the record of a takeover tells that of a device that is not firmware's.
 */
export function interruptOf({ base, irq }: Interrupted, files: Files): number | undefined {
  const device = findDevice(base, files);
  if (device?.bus === 'pci') return pciIrq(device.device, files) ?? irq;
  return irq ?? readTaken(base, files)?.irq;
}

/** The best way there is. */
export function findWay(interrupted: Interrupted, files: Files): Way {
  const { base } = interrupted;
  const irq = interruptOf(interrupted, files);
  const device = findDevice(base, files);
  const driver = device === undefined ? '' : driverOf(device, files);
  const uio = findUio(base, files);
  if (uio !== undefined) return { state: 'bound', driver: driver === '' ? 'UIO' : driver, uio };
  if (device === undefined)
    return { state: 'none', reason: 'the kernel shows no device at these ports' };
  if (driver !== '' && !leavesPorts(driver)) return { state: 'claimed', driver };
  if (irq === undefined) return { state: 'none', reason: 'firmware names no interrupt' };
  const own = BOUND_BY[device.bus];
  const isThere = isLoaded(device.bus, own, files) || hasModule(own, files);
  return { state: isThere ? 'ready' : 'missing', driver: own };
}

/** The same in a sentence. */
export function tellWay(interrupted: Interrupted, files: Files): string {
  const { base } = interrupted;
  const irq = interruptOf(interrupted, files);
  const subject = `Interrupt${irq === undefined ? '' : ` ${irq}`} of ${hex(base)}`;
  const bind = `ipmi-bt irq bind --base ${hex(base)}`;
  const way = findWay(interrupted, files);
  switch (way.state) {
    case 'bound':
      return `${subject} comes to ${way.uio} (${way.driver}).`;
    case 'ready':
      return `${subject} is available through ${way.driver}: ${bind}.`;
    case 'claimed':
      return `${subject} belongs to the driver ${way.driver}: ${releaseFrom(way.driver, base)}${bind}.`;
    case 'missing':
      return `${subject} needs ${whyMissing(way.driver, files)}.`;
    case 'none':
      return `${subject} is not available: ${way.reason}.`;
  }
}

function releaseFrom(driver: string, base: number): string {
  return driver === IPMI_SI ? `ipmi-bt claim --base ${hex(base)}, then ` : 'unbind it, then ';
}

/** Says that the kernel has no such driver, and names the alternatives. */
export function whyMissing(driver: string, files: Files): string {
  const text = `${driver}, which this kernel does not have (${MANUAL})`;
  const hasOther = driver === UIO_DRIVER && takesOurs(files) && hasGenericDriver(files);
  return hasOther ? `${text}, or its own ${UIO_PLATFORM_DRIVER}, bound by hand` : text;
}

function takesOurs(files: Files): boolean {
  const [, major = 0, minor = 0] = (/^(\d+)\.(\d+)/.exec(kernelRelease(files)) ?? []).map(Number);
  return major > GENERIC_SINCE[0] || (major === GENERIC_SINCE[0] && minor >= GENERIC_SINCE[1]);
}

function hasGenericDriver(files: Files): boolean {
  return isLoaded('platform', UIO_PLATFORM_DRIVER, files) || hasModule(UIO_PLATFORM_DRIVER, files);
}
