/**
 * The owner of a run of ports. A kernel driver and this one on the same registers mean garbage for
 * both, so ports are touched only when /proc/ioports and /sys show that no driver has them. Where
 * these cannot be read the answer is no.
 *
 * An entry of /proc/ioports with a device's name only describes, until a driver is bound.
 */

import { hex, IpmiError } from '../errors.ts';
import { isRoot } from '../file-trouble.ts';
import type { Files } from '../files.ts';
import { PCI_DEVICES } from '../port/pci-port.ts';
import { registerPorts } from '../port/register-block.ts';
import { BUSES, driverOf, driverPath } from './bus-device.ts';
import type { BusDevice, Owner } from './bus-device.ts';
import { IO_PORTS, entriesAt, readIoPorts } from './io-ports.ts';
import type { IoPortsEntry } from './io-ports.ts';
import { IPMI_SI, findSiDevices } from './ipmi-si.ts';
import type { SiDevice } from './ipmi-si.ts';
import { pciBars } from './pci-device.ts';
import type { Bar } from './pci-device.ts';
import { activeDriverOf, findPlatformDevice } from './si-platform.ts';
import { leavesPorts } from './uio-drivers.ts';

/** Innermost names that describe a device and reserve nothing. */
const DESCRIPTIONS = [
  /^IPI0001:/,
  /^IPMI Address \d/,
  /^(dmi|hardcode|hotmod)-ipmi-si\./,
  /^pnp [\da-f]/,
  /^PCI Bus [\da-f]/,
] as const;

/** No interface of `ipmi_si` has more registers. */
const REGISTERS_MAX = 3;

/**
 * Throws PORT_CLAIMED unless it is certain that no driver has any of `ports`. These are the
 * registers' own ports: they may lie 1, 4 or 16 apart, and what lies between is not asked about.
 */
export function checkUnclaimed(ports: readonly number[], files: Files): void {
  for (const port of ports) {
    const owner = findSiOwner(port, files);
    if (owner !== undefined) throw owned(port, owner);
  }

  const ioPorts = readIoPorts(files);
  switch (ioPorts.kind) {
    case 'read':
      for (const port of ports) checkEntries(port, ioPorts.entries, files);
      checkPlatform(ports, files);
      break;
    case 'unreadable':
      if (!isFreeBar(ports, files)) throw unseen(ports, ioPorts.reason);
  }
}

/** The device whose driver has any of `ports`; undefined when none is seen. */
export function findOwner(ports: readonly number[], files: Files): Owner | undefined {
  const ioPorts = readIoPorts(files);
  const entries = ioPorts.kind === 'read' ? ioPorts.entries : [];
  for (const port of ports) {
    const owner = findSiOwner(port, files) ?? ownerOf(entriesAt(port, entries), files);
    if (owner !== undefined) return owner;
  }
  return platformOwner(ports, files);
}

/** The device of the registers at `base`, with a driver or without; undefined if none is seen. */
export function findDevice(base: number, files: Files): BusDevice | undefined {
  for (const device of files.list(PCI_DEVICES)) {
    const starts = portBars(device, files).map(({ start }) => start);
    if (starts.includes(base)) return { bus: 'pci', device };
  }
  return findPlatformDevice(base, files);
}

/** The device of `ipmi_si` that has a register at `port`. */
function findSiOwner(port: number, files: Files): Owner | undefined {
  const found = findSiDevices(files).find((one) => portsOf(one).includes(port));
  return found && { bus: found.bus, device: found.device, driver: found.driver };
}

function portsOf({ parameters }: SiDevice): readonly number[] {
  if (parameters?.space !== 'io') return [];
  const { address, spacing } = parameters;
  return registerPorts({ base: address, spacing, count: REGISTERS_MAX });
}

function checkEntries(port: number, all: readonly IoPortsEntry[], files: Files): void {
  const entries = entriesAt(port, all);
  const owner = ownerOf(entries, files);
  if (owner !== undefined) throw owned(port, owner);
  const innermost = entries.at(-1);
  if (innermost !== undefined && !isDescription(innermost.name, files)) {
    throw reserved(port, innermost.name);
  }
}

function ownerOf(entries: readonly IoPortsEntry[], files: Files): Owner | undefined {
  for (const { name: device } of entries) {
    for (const bus of BUSES) {
      const driver = driverOf({ bus, device }, files);
      if (driver !== '' && !leavesPorts(driver)) return { bus, device, driver };
    }
  }
  return undefined;
}

/** A driver may have a platform device whose name /proc/ioports does not show. */
function checkPlatform(ports: readonly number[], files: Files): void {
  const [base = 0] = ports;
  const owner = platformOwner(ports, files);
  if (owner !== undefined) throw owned(base, owner);
}

function platformOwner([base = 0]: readonly number[], files: Files): Owner | undefined {
  const device = findPlatformDevice(base, files);
  const driver = device === undefined ? '' : activeDriverOf(device, files);
  if (device === undefined || driver === '' || leavesPorts(driver)) return undefined;
  return { ...device, driver };
}

function isDescription(name: string, files: Files): boolean {
  return (
    DESCRIPTIONS.some((pattern) => pattern.test(name)) || files.exists(`${PCI_DEVICES}/${name}`)
  );
}

/** True when an I/O BAR of a PCI device holds all ports, and no driver but UIO's has that. */
function isFreeBar(ports: readonly number[], files: Files): boolean {
  return files.list(PCI_DEVICES).some((device) => {
    const driver = driverOf({ bus: 'pci', device }, files);
    if (driver !== '' && !leavesPorts(driver)) return false;
    return portBars(device, files).some(({ start, end }) =>
      ports.every((port) => start <= port && port <= end),
    );
  });
}

function portBars(device: string, files: Files): readonly Bar[] {
  return pciBars(device, files).filter(({ space }) => space === 'io');
}

/** The refusal to touch a port that a driver has. */
function owned(port: number, owner: Owner): IpmiError {
  const { device, driver } = owner;
  const unbind = `echo ${device} > ${driverPath(owner)}/unbind`;
  const remedy = driver === IPMI_SI ? `borrow it with the option takeover, or ${unbind}` : unbind;
  const text = `port ${hex(port)}: the kernel driver ${driver} has ${device} (${remedy})`;
  return new IpmiError('PORT_CLAIMED', text);
}

function reserved(port: number, name: string): IpmiError {
  const remedy = name === IPMI_SI ? 'modprobe -r ipmi_si' : 'unload the driver that has it';
  const text = `port ${hex(port)}: reserved by ${name} in ${IO_PORTS} (${remedy})`;
  return new IpmiError('PORT_CLAIMED', text);
}

function unseen(ports: readonly number[], reason: string): IpmiError {
  const where = ports.map(hex).join(', ');
  const who = isRoot() ? 'root lacks CAP_SYS_ADMIN' : 'run as root';
  const remedy = `${who}; a container needs --cap-add SYS_ADMIN`;
  const text = `ports ${where}: ${reason}, a kernel driver may have them (${remedy})`;
  return new IpmiError('PORT_CLAIMED', text);
}
