/**
 * Hosts for discovery: what guests of QEMU really show of themselves, kept as fixtures; and
 * tables as firmware writes them, the true and the broken, encoded here and not with the driver's
 * own numbers.
 */

import { readText } from './source-code.ts';
import type { FakeFile } from './fake-files.ts';

/** A host's files. */
export type HostFiles = Readonly<Record<string, FakeFile>>;

/** Captured by `vm/capture.ts`: with QEMU's ISA or PCI devices, and with `ipmi_si` bound. */
export type Captured =
  'isa-bt' | 'isa-bt-bound' | 'isa-bt-default' | 'kcs' | 'none' | 'pci-bt' | 'pci-bt-bound' | 'two';

export const ENTRY = '/sys/firmware/dmi/entries/38-0/raw';
export const TABLE = '/sys/firmware/dmi/tables/DMI';
export const SPMI = '/sys/firmware/acpi/tables/SPMI';

/** The record of BT at I/O 0xce4, interrupt 6, which the tables here say by default. */
export const BT_RECORD = {
  ...{ type: 'bt', space: 'io', address: 0xce4, spacing: 1 },
  ...{ irq: 6, ipmiVersion: '2.0', pciDevice: undefined },
};

type Stored = string | { readonly hex: string } | { readonly linkTo: string };

/** The files of a guest as it was. */
export function captured(name: Captured): HostFiles {
  const stored = JSON.parse(readText(`test/fixtures/machines/${name}.json`)) as Record<
    string,
    Stored
  >;
  const files = Object.entries(stored).map(([path, file]): [string, FakeFile] => {
    const isBytes = typeof file === 'object' && 'hex' in file;
    return [path, isBytes ? Buffer.from(file.hex, 'hex') : file];
  });
  return Object.fromEntries(files);
}

/** `host` without the files whose path begins so. */
export function without(host: HostFiles, ...prefixes: readonly string[]): HostFiles {
  const kept = Object.entries(host).filter(
    ([path]) => !prefixes.some((prefix) => path.startsWith(prefix)),
  );
  return Object.fromEntries(kept);
}

/** Fields of a type 38 structure as a firmware author would set them. */
export interface Type38 {
  readonly type: number;
  /** The base address field as it is, bit 0 included. */
  readonly base: bigint;
  readonly modifier: number;
  readonly irq: number;
  /** Of the structure; 18 when it is whole. */
  readonly length: number;
}

const BT_AT_CE4: Type38 = { type: 3, base: 0xce5n, modifier: 0, irq: 6, length: 18 };

/** A type 38 structure with its two zeros; by default BT at I/O 0xce4. */
export function type38(fields: Partial<Type38> = {}): Buffer {
  const { type, base, modifier, irq, length } = { ...BT_AT_CE4, ...fields };
  const bytes = Buffer.from('26000030002020000000000000000000', 'hex');
  bytes[1] = length;
  bytes[4] = type;
  bytes.writeBigUInt64LE(base, 8);
  const tail = Buffer.from([modifier, irq]);
  return Buffer.concat([Buffer.concat([bytes, tail]).subarray(0, length), Buffer.alloc(2)]);
}

/** Any other structure, with its strings. */
export function structure(type: number, body: string, ...strings: readonly string[]): Buffer {
  const formatted = Buffer.concat([Buffer.from([type, 0, 0, 0]), Buffer.from(body, 'hex')]);
  formatted[1] = formatted.length;
  const text = strings.length === 0 ? '\0\0' : `${strings.join('\0')}\0\0`;
  return Buffer.concat([formatted, Buffer.from(text)]);
}

/** A host whose SMBIOS has these type 38 structures. */
export function smbios(...structures: readonly Uint8Array[]): HostFiles {
  const files = structures.map((bytes, index) => [
    `/sys/firmware/dmi/entries/38-${index}/raw`,
    bytes,
  ]);
  return Object.fromEntries(files) as HostFiles;
}

/** Fields of an SPMI table as a firmware author would set them. */
export interface SpmiFields {
  readonly type: number;
  /** 0 memory, 1 I/O. */
  readonly space: number;
  readonly bitWidth: number;
  readonly address: bigint;
  /** Interrupt type and number. */
  readonly interruptType: number;
  readonly gsi: number;
}

const SPMI_AT_CE4: SpmiFields = {
  ...{ type: 3, space: 1, bitWidth: 8, address: 0xce4n, interruptType: 2, gsi: 6 },
};

/** The body of an SPMI table, behind its header; by default BT at I/O 0xce4. */
export function spmiBody(fields: Partial<SpmiFields> = {}): Buffer {
  const { type, space, bitWidth, address, interruptType, gsi } = { ...SPMI_AT_CE4, ...fields };
  const body = Buffer.alloc(28);
  Buffer.from([type, 1, 0x00, 0x02, interruptType]).copy(body, 0);
  body.writeUInt32LE(gsi, 8);
  Buffer.from([space, bitWidth, 0, 1]).copy(body, 12);
  body.writeBigUInt64LE(address, 16);
  return body;
}

/** A whole SPMI table, its checksum right. */
export function spmi(fields: Partial<SpmiFields> = {}): Buffer {
  const table = Buffer.concat([Buffer.alloc(36), spmiBody(fields)]);
  table.write('SPMI');
  table.writeUInt32LE(table.length, 4);
  return sealed(table);
}

/** The same table with the checksum that makes its bytes add up to 0. */
export function sealed(table: Buffer): Buffer {
  const copy = Buffer.from(table);
  copy[9] = 0;
  copy[9] = -copy.reduce((sum, byte) => sum + byte, 0) & 0xff;
  return copy;
}

/** An `IPI0001` node and the lines /proc/ioports has for it. */
export function acpiNodes(
  ...ranges: readonly (readonly [start: number, end: number])[]
): HostFiles {
  const digits = (port: number): string => port.toString(16).padStart(4, '0');
  const lines = ranges.map(([start, end], index) => {
    return `  ${digits(start)}-${digits(end)} : IPI0001:0${index}\n`;
  });
  const nodes = ranges.map((_, index) => [
    `/sys/bus/acpi/devices/IPI0001:0${index}/hid`,
    'IPI0001\n',
  ]);
  const bus = '0000-ffff : PCI Bus 0000:00\n';
  return { ...Object.fromEntries(nodes), '/proc/ioports': `${bus}${lines.join('')}` } as HostFiles;
}
