/**
 * ACPI: the SPMI table (IPMI 2.0 §C3, table C3-1), which describes an interface completely; and the
 * `IPI0001` nodes, of which Linux shows the names and, in /proc/ioports, the ports. Such a node has
 * no interface type: three ports may be SMIC.
 */

import { hex } from '../errors.ts';
import type { Files } from '../files.ts';
import { readIoPorts } from '../kernel/io-ports.ts';
import { interruptNumber } from '../port/interrupt-number.ts';
import { addressOf, addressProblem, gather, problem, typeOf, versionOf } from './record.ts';
import type { AddressSpace, Decoded, Testimony } from './record.ts';

const TABLES = '/sys/firmware/acpi/tables';
const DEVICES = '/sys/bus/acpi/devices';

/** Fields of SPMI, by their offset. */
const Spmi = {
  LENGTH: 4,
  INTERFACE_TYPE: 36,
  SPECIFICATION_REVISION: 38,
  INTERRUPT_TYPE: 40,
  GSI: 44,
  ADDRESS_SPACE: 48,
  REGISTER_BITS: 49,
  ADDRESS: 52,
  /** Where the fields read here end. */
  END: 60,
} as const;

const SIGNATURE = 'SPMI';

/** Interrupt type, bit 1: the global system interrupt field is valid. */
const HAS_GSI = 0x02;

const SPACES: Readonly<Record<number, AddressSpace>> = { 0: 'memory', 1: 'io', 4: 'smbus' };

/** Register spacing by the register bit width; 0 is left out by firmware that means 8. */
const SPACINGS: Readonly<Record<number, number>> = { 0: 1, 8: 1, 32: 4, 128: 16 };

/** An `IPI0001` node and the ports it takes. */
export interface AcpiNode {
  /** Such as `IPI0001:00`. */
  readonly name: string;
  /** In order; empty when the node has none, or they cannot be seen. */
  readonly ranges: readonly { readonly start: number; readonly end: number }[];
}

/** The nodes, and the reasons why their ports could not be read. */
export interface AcpiNodes {
  readonly nodes: readonly AcpiNode[];
  readonly unseen: readonly string[];
}

/** Reads every SPMI table: `SPMI`, or `SPMI1` and so on where there are several. */
export function readSpmi(files: Files): Testimony {
  const names = files.list(TABLES).filter((name) => /^SPMI\d*$/.test(name));
  const tables = names.map((name) => {
    const path = `${TABLES}/${name}`;
    return { path, bytes: files.readBytes(path) };
  });
  const decoded = tables.flatMap(({ path, bytes }) =>
    bytes === undefined ? [] : [decodeSpmi(bytes, path)],
  );
  const unseen = tables.filter(({ bytes }) => bytes === undefined).map(({ path }) => path);
  return gather('spmi', decoded, unseen);
}

/** Decodes one SPMI table, header included. */
export function decodeSpmi(bytes: Uint8Array, where: string): Decoded {
  if (bytes.length < Spmi.END) return problem(`${where}: cut off after ${bytes.length} bytes`);
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  const signature = String.fromCharCode(...bytes.subarray(0, SIGNATURE.length));
  const length = view.getUint32(Spmi.LENGTH, true);
  if (signature !== SIGNATURE) return problem(`${where}: the signature is not ${SIGNATURE}`);
  if (length < Spmi.END || length > bytes.length) {
    return problem(`${where}: its length field says ${length} bytes, and it has ${bytes.length}`);
  }
  const sum = bytes.subarray(0, length).reduce((total, byte) => total + byte, 0);
  if (sum % 256 !== 0) return problem(`${where}: its checksum is wrong`);
  return decodeFields(view, where);
}

function decodeFields(view: DataView, where: string): Decoded {
  const spaceId = view.getUint8(Spmi.ADDRESS_SPACE);
  const space = SPACES[spaceId];
  if (space === undefined) return problem(`${where}: address space ${hex(spaceId)} is unknown`);
  const rawAddress = view.getBigUint64(Spmi.ADDRESS, true);
  const address = addressOf(rawAddress);
  if (address === undefined) {
    return addressProblem(where, rawAddress);
  }
  const hasGsi = (view.getUint8(Spmi.INTERRUPT_TYPE) & HAS_GSI) !== 0;
  const gsi = hasGsi ? view.getUint32(Spmi.GSI, true) : undefined;
  const irq = gsi === undefined ? undefined : interruptNumber(gsi);
  const [low, high] = [0, 1].map((at) => view.getUint8(Spmi.SPECIFICATION_REVISION + at));
  return {
    kind: 'record',
    record: {
      source: 'spmi',
      where,
      type: typeOf(view.getUint8(Spmi.INTERFACE_TYPE)),
      space,
      address,
      spacing: SPACINGS[view.getUint8(Spmi.REGISTER_BITS)],
      irq,
      ...(gsi !== undefined && irq === undefined ? { wrongIrq: gsi } : {}),
      // BCD with the major digits last, or, on some servers, first.
      ipmiVersion: versionOf(high ?? 0, low ?? 0),
      pciDevice: undefined,
    },
  };
}

/** Finds the `IPI0001` nodes and their ports. */
export function readAcpiNodes(files: Files): AcpiNodes {
  const names = files.list(DEVICES).filter((name) => name.startsWith('IPI0001:'));
  if (names.length === 0) return { nodes: [], unseen: [] };
  const ioPorts = readIoPorts(files);
  const entries = ioPorts.kind === 'read' ? ioPorts.entries : [];
  const nodes = names.map((name) => {
    const own = entries.filter((entry) => entry.name === name);
    return { name, ranges: own.map(({ start, end }) => ({ start, end })) };
  });
  return { nodes, unseen: ioPorts.kind === 'unreadable' ? [ioPorts.reason] : [] };
}
