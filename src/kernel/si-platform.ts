/**
 * The platform devices that the kernel makes of IPMI interfaces, and their ports. The kernel names
 * a device by where it knows the interface from: `IPI0001:00` from ACPI, `dmi-ipmi-si.0` from
 * SMBIOS, `hardcode-ipmi-si.0` from parameters of `ipmi_si`, `hotmod-ipmi-si.1` from its `hotmod`
 * file. /proc/ioports has the name of an ACPI device only: the ports of the others are all called
 * `IPMI Address 1` to `3`, and /sys does not show the ports of a platform device.
 */

import type { Files } from '../files.ts';
import { SPACINGS } from '../port/register-block.ts';
import { driverOf } from './bus-device.ts';
import type { BusDevice } from './bus-device.ts';
import { entriesAt, readIoPorts } from './io-ports.ts';
import type { IoPortsEntry } from './io-ports.ts';
import { IPMI_SI, findSiDevices } from './ipmi-si.ts';
import { readTaken } from './takeover-record.ts';
import { readType38 } from './type38.ts';
import type { Structure } from './type38.ts';

const PLATFORM_DEVICES = '/sys/bus/platform/devices';

/** Names of the devices. */
const IPMI_DEVICE = /^(IPI0001:[\da-f]+|(dmi|hardcode|hotmod)-ipmi-si\.\d+)$/i;

/** Devices of which no file tells the ports while they have no driver. */
const OF_IPMI_SI = /^(hardcode|hotmod)-ipmi-si\.\d+$/;

/** Made of SMBIOS structures, and numbered together. */
const OF_SMBIOS = /^dmi-ipmi-(?:si|ssif)\.(\d+)$/;

/** The name of the first register in /proc/ioports. */
const FIRST_REGISTER = 'IPMI Address 1';

/**
 * The platform device whose first register is at port `base`: the one that has a driver, where
 * there are several. Undefined when none is seen, or it cannot be told which it is.
 */
export function findPlatformDevice(base: number, files: Files): BusDevice | undefined {
  const ioPorts = readIoPorts(files);
  const all = ioPorts.kind === 'read' ? ioPorts.entries : [];
  const entries = entriesAt(base, all);
  const names = entries.map(({ name }) => name).filter((name) => IPMI_DEVICE.test(name));
  if (entries.some(({ name, start }) => name === FIRST_REGISTER && start === base)) {
    names.push(...namelessAt(base, all, files));
  }
  const devices = names.map((device) => ({ bus: 'platform' as const, device }));
  return devices.find((device) => activeDriverOf(device, files) !== '') ?? devices[0];
}

/**
 * The driver that drives a device; empty when none does. Where ACPI and SMBIOS describe the same
 * interface, `ipmi_si` stays bound to the device of SMBIOS and drives that of ACPI: a device that
 * it drives has parameters.
 */
export function activeDriverOf(device: BusDevice, files: Files): string {
  const driver = driverOf(device, files);
  if (driver !== IPMI_SI || device.bus !== 'platform') return driver;
  const isDriven = findSiDevices(files).some((one) => one.device === device.device);
  return isDriven ? driver : '';
}

/** Devices with an `IPMI Address 1` at `base`, by all that tells the ports of a device. */
function namelessAt(base: number, all: readonly IoPortsEntry[], files: Files): readonly string[] {
  const names = files.list(PLATFORM_DEVICES);
  const known = new Map([...portsBySmbios(names, files), ...portsByDriver(files)]);
  const taken = readTaken(base, files)?.device;
  if (taken !== undefined && OF_IPMI_SI.test(taken) && names.includes(taken)) {
    known.set(taken, base);
  }
  const found = [...known].filter(([, port]) => port === base).map(([name]) => name);
  if (found.length > 0) return found;
  // One device that nothing tells of, and one register that belongs to no other: they are a pair.
  const rest = names.filter((name) => IPMI_DEVICE.test(name) && isUnknown(name, known, all));
  const ports = new Set(known.values());
  const starts = all.filter(({ name, start }) => name === FIRST_REGISTER && !ports.has(start));
  return rest.length === 1 && starts.length === 1 ? rest : [];
}

function isUnknown(
  name: string,
  known: ReadonlyMap<string, number | undefined>,
  all: readonly IoPortsEntry[],
): boolean {
  return !known.has(name) && !all.some((entry) => entry.name === name);
}

/** `ipmi_si` tells the ports of each device that it has. */
function portsByDriver(files: Files): readonly (readonly [string, number | undefined])[] {
  const devices = findSiDevices(files).filter(({ bus }) => bus === 'platform');
  return devices.map(({ device, parameters }) => [
    device,
    parameters?.space === 'io' ? parameters.address : undefined,
  ]);
}

/**
 * The kernel makes a device of each structure that it understands, and numbers them in order. None
 * is believed when their numbers are others.
 */
function portsBySmbios(
  names: readonly string[],
  files: Files,
): readonly (readonly [string, number | undefined])[] {
  const devices = names.filter((name) => OF_SMBIOS.test(name));
  const ports = readType38(files).structures.flatMap(({ bytes }) => portOf({ bytes }));
  if (devices.length !== ports.length) return [];
  return devices.map((name) => [name, ports[Number(OF_SMBIOS.exec(name)?.[1])] ?? undefined]);
}

/** Fields of a structure (IPMI 2.0 table C1-1), by their offset. */
const Field = { LENGTH: 1, TYPE: 4, BASE: 8, MODIFIER: 0x10, END: 0x12 } as const;

const SSIF = 4;
const TYPE_MAX = SSIF;

/**
 * The port that the kernel takes from a structure, null for memory and SMBus; none when it makes no
 * device of it. Its rules are not those of discovery: it takes a short structure for I/O ports.
 */
function portOf({ bytes }: Pick<Structure, 'bytes'>): readonly (number | null)[] {
  const length = bytes[Field.LENGTH] ?? 0;
  const type = bytes[Field.TYPE] ?? 0;
  if (length < Field.MODIFIER || bytes.length < length || type === 0 || type > TYPE_MAX) return [];
  const base = new DataView(bytes.buffer, bytes.byteOffset).getBigUint64(Field.BASE, true);
  if (base === 0n) return [];
  if (type === SSIF) return [null];
  if (length < Field.END) return [Number(base & 0xfffen)];
  const modifier = bytes[Field.MODIFIER] ?? 0;
  if (SPACINGS[modifier >> 6] === undefined) return [];
  if ((base & 1n) === 0n) return [null];
  return [Number((base & ~1n) | BigInt((modifier >> 4) & 1))];
}
