/**
 * Records of IPMI interfaces as each source gives them, before anything is concluded from them; and
 * the names of the numbers in firmware tables.
 */

import type { BlockAddress } from '../port/register-block.ts';
import { hex } from '../errors.ts';

/** The sources that can name an interface. */
export type SourceName =
  'explicit' | 'config' | 'spmi' | 'smbios' | 'pci' | 'kernel' | 'acpi' | 'default';

/** The kinds of system interface (IPMI 2.0 §C1.1). */
export type InterfaceType = 'kcs' | 'smic' | 'bt' | 'ssif' | 'unknown';

/** The space that an address lies in. */
export type AddressSpace = 'io' | 'memory' | 'smbus';

/** One interface, as one source describes it. */
export interface InterfaceRecord {
  readonly source: SourceName;
  /** The file, table or device that says so. */
  readonly where: string;
  readonly type: InterfaceType;
  readonly space: AddressSpace;
  /** Of the first register; 0 is no address. */
  readonly address: number;
  /** Addresses from one register to the next; undefined when the source's value is reserved. */
  readonly spacing: number | undefined;
  /** Interrupt number, or undefined when there is none. */
  readonly irq: number | undefined;
  /** A number that stands in the place of one and is none, such as 255; absent when none does. */
  readonly wrongIrq?: number;
  /** IPMI version the interface follows, such as `2.0`. */
  readonly ipmiVersion: string | undefined;
  /** Name of the PCI device, such as `0000:00:02.0`, when it is one. */
  readonly pciDevice: string | undefined;
}

/** All that one source says. */
export interface Testimony {
  readonly source: SourceName;
  readonly records: readonly InterfaceRecord[];
  /** Records that are malformed, and the reason. */
  readonly problems: readonly string[];
  /** Paths that are there and could not be read. */
  readonly unseen: readonly string[];
}

/** The result of decoding one record of a table. */
export type Decoded =
  | { readonly kind: 'record'; readonly record: InterfaceRecord }
  | { readonly kind: 'problem'; readonly text: string };

/** Names of the sources, for people. */
export const SOURCE_NAMES: Readonly<Record<SourceName, string>> = {
  explicit: 'command line',
  config: 'config file',
  spmi: 'SPMI',
  smbios: 'SMBIOS',
  pci: 'PCI',
  kernel: 'kernel',
  acpi: 'ACPI',
  default: 'default',
};

/** Interface types by the number that SMBIOS type 38 and SPMI give them. */
const TYPES: readonly InterfaceType[] = ['unknown', 'kcs', 'smic', 'bt', 'ssif'];

/** Most bits of a physical address on x86-64. */
const ADDRESS_BITS = 52n;

/** The type of a number; numbers to come are unknown. */
export function typeOf(value: number): InterfaceType {
  return TYPES[value] ?? 'unknown';
}

/** Versions of the IPMI specification. */
const VERSIONS: readonly string[] = ['1.0', '1.5', '2.0'];

/**
 * The version of a revision of two bytes, which firmware writes in either order; undefined when it
 * is none that exists. The minor digit stands in the upper or in the lower half of its byte.
 */
export function versionOf(major: number, minor: number): string | undefined {
  const [reverse, straight] = [versionText(minor, major), versionText(major, minor)];
  const packed = minor === 0 ? packedVersion(major) : major === 0 ? packedVersion(minor) : '';
  return [straight, reverse, packed].find((text) => VERSIONS.includes(text));
}

/** The version of a revision in one byte, two BCD digits, which some firmware has in reverse. */
export function packedVersionOf(revision: number): string | undefined {
  const texts = [packedVersion(revision), packedVersion((revision >> 4) | ((revision & 15) << 4))];
  return texts.find((text) => VERSIONS.includes(text));
}

function packedVersion(revision: number): string {
  return `${revision >> 4}.${revision & 0x0f}`;
}

function versionText(major: number, minor: number): string {
  return `${major}.${minor % 16 === 0 ? minor >> 4 : minor}`;
}

/** Returns the address, or undefined when no x86-64 host can have it. */
export function addressOf(value: bigint): number | undefined {
  return value >> ADDRESS_BITS === 0n ? Number(value) : undefined;
}

/** `I/O 0xce4`: space and number. */
export function formatAddress(space: AddressSpace, address: number): string {
  return `${SPACE_NAMES[space]} ${hex(address)}`;
}

const SPACE_NAMES: Readonly<Record<AddressSpace, string>> = {
  io: 'I/O',
  memory: 'memory',
  smbus: 'SMBus',
};

/** Collects the decoded records of one source. */
export function gather(
  source: SourceName,
  decoded: readonly Decoded[],
  unseen: readonly string[] = [],
): Testimony {
  return {
    source,
    records: decoded.flatMap((one) => (one.kind === 'record' ? [one.record] : [])),
    problems: decoded.flatMap((one) => (one.kind === 'problem' ? [one.text] : [])),
    unseen,
  };
}

/** Makes the testimony of a source that names one BT interface. */
export function testify(
  source: SourceName,
  where: string,
  { base, spacing }: BlockAddress,
): Testimony {
  const record: InterfaceRecord = {
    source,
    where,
    type: 'bt',
    space: 'io',
    address: base,
    spacing,
    irq: undefined,
    ipmiVersion: undefined,
    pciDevice: undefined,
  };
  return gather(source, [{ kind: 'record', record }]);
}

/** The problem of an address that no x86-64 host can have. */
export function addressProblem(where: string, address: bigint): Decoded {
  return problem(
    `${where}: the address 0x${address.toString(16)} has more than ${ADDRESS_BITS} bits`,
  );
}

export function problem(text: string): Decoded {
  return { kind: 'problem', text };
}
