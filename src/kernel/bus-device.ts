/**
 * Devices of the kernel's buses and the drivers bound to them, as /sys shows both.
 */

import type { Files } from '../files.ts';

/** The buses an IPMI interface can be a device of. */
export const BUSES = ['platform', 'pci'] as const;

/** A device that a driver can be bound to. */
export interface BusDevice {
  readonly bus: (typeof BUSES)[number];
  /** Such as `IPI0001:00` or `0000:00:02.0`. */
  readonly device: string;
}

/** A device with a driver. */
export interface Owner extends BusDevice {
  readonly driver: string;
}

/** The folder of a device in /sys. */
export function devicePath({ bus, device }: BusDevice): string {
  return `/sys/bus/${bus}/devices/${device}`;
}

/** The folder of a driver in /sys, which is there while the driver is loaded. */
export function driverPath({ bus, driver }: Pick<Owner, 'bus' | 'driver'>): string {
  return `/sys/bus/${bus}/drivers/${driver}`;
}

/** Returns the name of the driver that is bound to a device now; empty when none is. */
export function driverOf(device: BusDevice, files: Files): string {
  const link = files.linkTarget(`${devicePath(device)}/driver`);
  return link?.replace(/.*\//, '') ?? '';
}

/** The file that assigns a device to one driver: no other driver takes it then. */
export function overrideOf(device: BusDevice): string {
  return `${devicePath(device)}/driver_override`;
}

/** Returns the driver that a device is assigned to; empty when to none. */
export function readOverride(device: BusDevice, files: Files): string {
  const driver = files.readText(overrideOf(device))?.trimEnd() ?? '';
  return driver === '(null)' ? '' : driver;
}
