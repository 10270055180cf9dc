/**
 * Who owns the ports. A kernel driver and this one on the same registers mean garbage for both, so
 * ports are touched only when the kernel's own ioPorts show that no driver has them. Where the ioPorts
 * cannot be read the answer is no.
 *
 * /proc/ioports lists nested runs of ports, each with the name of a bus, of a device, or of the
 * driver that reserved it. A run with a device's name only describes, until a driver is bound.
 */

import { hex, IpmiError } from '../errors.ts';
import type { Files } from '../files.ts';

const IOPORTS = '/proc/ioports';

/** The buses an IPMI interface can be a device of. */
export const BUSES = ['platform', 'pci'] as const;

/** Innermost names that say what is there and reserve nothing. */
const DESCRIPTIONS = [
  /^IPI0001:/,
  /^IPMI Address \d/,
  /^dmi-ipmi-si\./,
  /^pnp [\da-f]/,
  /^PCI Bus [\da-f]/,
] as const;

/** The platform devices that firmware's word makes of an IPMI interface: ACPI's and SMBIOS's. */
const IPMI_DEVICE = /^(IPI0001:[\da-f]+|dmi-ipmi-si\.\d+)$/i;

/** No interface of `ipmi_si` has more registers. */
const REGISTERS_MAX = 3;

/** IORESOURCE_IO, in the flags of a line of a PCI device's `resource` file. */
const RESOURCE_IO = 0x100;

interface Range {
  readonly start: number;
  readonly end: number;
}

interface Entry extends Range {
  readonly name: string;
}

/** A device that a driver can be bound to. */
export interface BusDevice {
  readonly bus: (typeof BUSES)[number];
  readonly device: string;
}

/** A device with a driver. */
export interface Owner extends BusDevice {
  readonly driver: string;
}

/** The driver that takes any IPMI interface, and gives it back when it is told to. */
export const IPMI_SI = 'ipmi_si';

/**
 * The module of `native/uio`, which hands the interrupt on to user space: while it is bound it
 * writes BT_INTMASK, and leaves all other registers to us.
 */
export const UIO_DRIVER = 'ipmi_bt_uio';

/** What the kernel has of its own for that, and for PCI only: it touches no register of a BAR. */
export const UIO_PCI_DRIVER = 'uio_pci_generic';

/** Drivers that hand the interrupt of a device on to user space, and the ports with it. */
const UIO_DRIVERS: readonly string[] = [UIO_DRIVER, UIO_PCI_DRIVER, 'uio_pdrv_genirq'];

/** What /proc/ioports said, or why it said nothing. */
export type IoPorts =
  | { readonly kind: 'read'; readonly entries: readonly Entry[] }
  | { readonly kind: 'closed'; readonly reason: string };

/**
 * Throws PORT_CLAIMED unless it is certain that no driver has any of `ports`. These are the
 * registers' own ports: they may lie 1, 4 or 16 apart, and what lies between is not asked about.
 */
export function checkUnclaimed(ports: readonly number[], files: Files): void {
  for (const port of ports) {
    const owner = findInterface(port, files);
    if (owner !== undefined) throw owned(port, owner);
  }

  const ioPorts = readIoPorts(files);
  switch (ioPorts.kind) {
    case 'read':
      for (const port of ports) checkEntries(port, ioPorts.entries, files);
      break;
    case 'closed':
      if (!isFreeBar(ports, files)) throw unseen(ports, ioPorts.reason);
  }
}

/** The device whose driver has any of `ports`; undefined when none is seen. */
export function findOwner(ports: readonly number[], files: Files): Owner | undefined {
  const ioPorts = readIoPorts(files);
  const entries = ioPorts.kind === 'read' ? ioPorts.entries : [];
  for (const port of ports) {
    const owner = findInterface(port, files) ?? chainOwner(chainOf(port, entries), files);
    if (owner !== undefined) return owner;
  }
  return undefined;
}

/** The device that the registers at `base` are of, whoever drives it; undefined if none is seen. */
export function findDevice(base: number, files: Files): BusDevice | undefined {
  for (const device of files.list('/sys/bus/pci/devices')) {
    const starts = portBars(device, files).map(({ start }) => start);
    if (starts.includes(base)) return { bus: 'pci', device };
  }
  const ioPorts = readIoPorts(files);
  const chain = ioPorts.kind === 'read' ? chainOf(base, ioPorts.entries) : [];
  const device = chain.map(({ name }) => name).find((name) => IPMI_DEVICE.test(name));
  return device === undefined ? undefined : { bus: 'platform', device };
}

/** Who drives a device now, if anybody does. */
export function driverOf({ bus, device }: BusDevice, files: Files): string {
  const link = files.linkTarget(`/sys/bus/${bus}/devices/${device}/driver`);
  return link?.replace(/.*\//, '') ?? '';
}

/** Whether a driver hands interrupts on, so that it may have a device whose ports we use. */
export function leavesPorts(driver: string): boolean {
  return UIO_DRIVERS.includes(driver);
}

/** The device of `ipmi_si` that has a register at `port`; sysfs tells this to everyone. */
function findInterface(port: number, files: Files): Owner | undefined {
  for (const bus of BUSES) {
    const folder = `/sys/bus/${bus}/drivers/${IPMI_SI}`;
    for (const device of files.list(folder)) {
      const params = files.readText(`${folder}/${device}/params`) ?? '';
      if (registerPorts(params).includes(port)) return { bus, device, driver: IPMI_SI };
    }
  }
  return undefined;
}

// `bt,i/o,0xce4,rsp=1,rsi=1,rsh=0,irq=6,ipmb=32`: rsp is the distance between registers.
function registerPorts(params: string): readonly number[] {
  const match = /^\w+,i\/o,0x([\da-f]+),rsp=(\d+)/.exec(params);
  if (match === null) return [];
  const [base, spacing] = [Number.parseInt(match[1] ?? '', 16), Number(match[2])];
  return Array.from({ length: REGISTERS_MAX }, (_, index) => base + index * spacing);
}

/** Reads /proc/ioports. */
export function readIoPorts(files: Files): IoPorts {
  const text = files.readText(IOPORTS);
  if (text === undefined) return { kind: 'closed', reason: `${IOPORTS} cannot be read` };
  const entries = text.trimEnd().split('\n').map(parseEntry);
  if (!entries.every((entry) => entry !== undefined)) {
    return { kind: 'closed', reason: `${IOPORTS} has a line that is not understood` };
  }
  // The kernel shows zeros to readers without CAP_SYS_ADMIN.
  if (entries.every(({ end }) => end === 0)) {
    return { kind: 'closed', reason: `${IOPORTS} hides the addresses` };
  }
  return { kind: 'read', entries };
}

function parseEntry(line: string): Entry | undefined {
  const match = /^ *([\da-f]+)-([\da-f]+) : (.*)$/.exec(line);
  if (match === null) return undefined;
  const [, start = '', end = '', name = ''] = match;
  return { start: Number.parseInt(start, 16), end: Number.parseInt(end, 16), name };
}

function checkEntries(port: number, entries: readonly Entry[], files: Files): void {
  const chain = chainOf(port, entries);
  const owner = chainOwner(chain, files);
  if (owner !== undefined) throw owned(port, owner);
  const innermost = chain.at(-1);
  if (innermost !== undefined && !isDescription(innermost.name, files)) {
    throw reserved(port, innermost.name);
  }
}

/** The entries that hold the port, outermost first. */
function chainOf(port: number, entries: readonly Entry[]): readonly Entry[] {
  // A parent comes before its children, and siblings do not overlap.
  return entries.filter(({ start, end }) => start <= port && port <= end);
}

function chainOwner(chain: readonly Entry[], files: Files): Owner | undefined {
  for (const { name: device } of chain) {
    for (const bus of BUSES) {
      const driver = driverOf({ bus, device }, files);
      if (driver !== '' && !leavesPorts(driver)) return { bus, device, driver };
    }
  }
  return undefined;
}

function isDescription(name: string, files: Files): boolean {
  return (
    DESCRIPTIONS.some((pattern) => pattern.test(name)) ||
    files.exists(`/sys/bus/pci/devices/${name}`)
  );
}

/** Whether all ports lie in one I/O BAR of a PCI device without a driver, or with one of UIO's. */
function isFreeBar(ports: readonly number[], files: Files): boolean {
  return files.list('/sys/bus/pci/devices').some((device) => {
    const driver = driverOf({ bus: 'pci', device }, files);
    if (driver !== '' && !leavesPorts(driver)) return false;
    return portBars(device, files).some(({ start, end }) =>
      ports.every((port) => start <= port && port <= end),
    );
  });
}

/** The I/O BARs of a PCI device. */
function portBars(device: string, files: Files): readonly Range[] {
  const lines = files.readText(`/sys/bus/pci/devices/${device}/resource`)?.split('\n') ?? [];
  return lines.flatMap((line) => {
    const [start = 0, end = 0, flags = 0] = line.split(' ').map(Number);
    return (flags & RESOURCE_IO) === 0 ? [] : [{ start, end }];
  });
}

/** The refusal to touch a port that a driver has. */
function owned(port: number, { bus, device, driver }: Owner): IpmiError {
  const unbind = `echo ${device} > /sys/bus/${bus}/drivers/${driver}/unbind`;
  const remedy = driver === IPMI_SI ? `borrow it with --takeover, or ${unbind}` : unbind;
  const text = `port ${hex(port)}: the kernel driver ${driver} has ${device} (${remedy})`;
  return new IpmiError('PORT_CLAIMED', text);
}

function reserved(port: number, name: string): IpmiError {
  const remedy = name === IPMI_SI ? 'modprobe -r ipmi_si' : 'unload the driver that has it';
  const text = `port ${hex(port)}: reserved by ${name} in ${IOPORTS} (${remedy})`;
  return new IpmiError('PORT_CLAIMED', text);
}

function unseen(ports: readonly number[], reason: string): IpmiError {
  const where = ports.map(hex).join(', ');
  const remedy = 'run as root; a container needs --cap-add SYS_ADMIN';
  const text = `ports ${where}: ${reason}, a kernel driver may have them (${remedy})`;
  return new IpmiError('PORT_CLAIMED', text);
}
