/**
 * The files of a made-up machine that has a BT interface and no kernel driver for it: its firmware
 * tables, which agree with each other and with the simulated BMC, and the few files of /proc and
 * /sys that checks read.
 */

import type { Files, Listing, Ownership } from '../files.ts';

/** A path is a file of this text or these bytes. */
type FileTable = Readonly<Record<string, string | Uint8Array>>;

/** Firmware's words about the interface, as they stand in the tables. */
interface FirmwareFields {
  /** The base address field of SMBIOS type 38; bit 0 says that it is an I/O port. */
  readonly smbiosBase: number;
  readonly smbiosInterrupt: number;
  /** The address space of SPMI: 1 is I/O, 0 memory. */
  readonly spmiSpace: number;
  readonly spmiBase: number;
  readonly spmiInterrupt: number;
}

/** Sound firmware of a machine with BT at 0xce4 and interrupt 6. */
const SOUND_FIRMWARE: FirmwareFields = {
  ...{ smbiosBase: 0xce5, smbiosInterrupt: 6 },
  ...{ spmiSpace: 1, spmiBase: 0xce4, spmiInterrupt: 6 },
};

/** The files of a machine with such firmware, and `more`. */
export function simulatedHost(fields: Partial<FirmwareFields> = {}, more: FileTable = {}): Files {
  const firmware = { ...SOUND_FIRMWARE, ...fields };
  return new TableFiles({
    '/sys/firmware/dmi/entries/38-0/raw': smbiosRecord(firmware),
    '/sys/firmware/acpi/tables/SPMI': spmiTable(firmware),
    '/proc/sys/kernel/osrelease': 'simulated\n',
    '/proc/ioports': '0000-0cf7 : PCI Bus 0000:00\n',
    '/sys/kernel/security/lockdown': '[none] integrity confidentiality\n',
    '/sys/devices/system/clocksource/clocksource0/current_clocksource': 'tsc\n',
    ...more,
  });
}

/** SMBIOS type 38: BT, specification 2.0, successive bytes (SMBIOS 3.7 §7.39). */
function smbiosRecord({ smbiosBase, smbiosInterrupt }: FirmwareFields): Uint8Array {
  const bytes = Buffer.from('261200300320200000000000000000000000', 'hex');
  bytes.writeBigUInt64LE(BigInt(smbiosBase), 8);
  bytes[17] = smbiosInterrupt;
  return Buffer.concat([bytes, Buffer.alloc(2)]);
}

/** SPMI: BT, specification 2.0, a global system interrupt (IPMI 2.0 appendix C3). */
function spmiTable({ spmiSpace, spmiBase, spmiInterrupt }: FirmwareFields): Uint8Array {
  const table = Buffer.alloc(64);
  table.write('SPMI');
  table.writeUInt32LE(table.length, 4);
  const hasInterrupt = spmiInterrupt === 0 ? 0 : 2;
  Buffer.from([3, 1, 0x00, 0x02, hasInterrupt]).copy(table, 36);
  table.writeUInt32LE(spmiInterrupt, 44);
  Buffer.from([spmiSpace, 8, 0, 1]).copy(table, 48);
  table.writeBigUInt64LE(BigInt(spmiBase), 52);
  table[9] = -table.reduce((sum, byte) => sum + byte, 0) & 0xff;
  return table;
}

/** A read-only file system that is a table of paths. */
class TableFiles implements Files {
  readonly #table: ReadonlyMap<string, string | Uint8Array>;

  constructor(table: FileTable) {
    this.#table = new Map(Object.entries(table));
  }

  readText(path: string): string | undefined {
    const bytes = this.readBytes(path);
    return bytes === undefined ? undefined : Buffer.from(bytes).toString('utf8');
  }

  readBytes(path: string): Uint8Array | undefined {
    const file = this.#table.get(path);
    return typeof file === 'string' ? Buffer.from(file) : file;
  }

  list(path: string): readonly string[] {
    const names = this.#below(path).map((one) => one.slice(path.length + 1).replace(/\/.*/, ''));
    return [...new Set(names)].sort();
  }

  look(path: string): Listing {
    return this.exists(path) ? { kind: 'read', names: this.list(path) } : { kind: 'gone' };
  }

  linkTarget(): undefined {
    return undefined;
  }

  stat(path: string): Ownership | undefined {
    if (this.#table.has(path)) return { kind: 'file', uid: 0, gid: 0, mode: 0o644 };
    const isFolder = path === '/' || this.exists(path);
    return isFolder ? { kind: 'folder', uid: 0, gid: 0, mode: 0o755 } : undefined;
  }

  exists(path: string): boolean {
    return this.#table.has(path) || this.#below(path).length > 0;
  }

  #below(folder: string): readonly string[] {
    return [...this.#table.keys()].filter((path) => path.startsWith(`${folder}/`));
  }
}
