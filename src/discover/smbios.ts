/**
 * SMBIOS type 38, "IPMI Device Information" (IPMI 2.0 §C1, table C1-1): decodes the structures that
 * the kernel shows.
 */

import type { Files } from '../files.ts';
import { HEADER_BYTES, IPMI_DEVICE, readType38, walkTable } from '../kernel/type38.ts';
import type { Structures } from '../kernel/type38.ts';
import { interruptNumber } from '../port/interrupt-number.ts';
import { SPACINGS } from '../port/register-block.ts';
import { addressOf, addressProblem, gather, packedVersionOf, problem, typeOf } from './record.ts';
import type { AddressSpace, Decoded, Testimony } from './record.ts';

/** To the end of the base address; the modifier and the interrupt number may be missing. */
const LEAST_BYTES = 0x10;

/** Reads all type 38 structures. */
export function readSmbios(files: Files): Testimony {
  const read = readType38(files);
  return gather('smbios', decodeAll(read), read.unseen);
}

/** Walks a whole SMBIOS table and decodes its type 38 structures. */
export function decodeTable(table: Uint8Array, where: string): readonly Decoded[] {
  return decodeAll(walkTable(table, where));
}

function decodeAll({ structures, problems }: Structures): readonly Decoded[] {
  const decoded = structures.map(({ bytes, where }) => decodeType38(bytes, where));
  return [...decoded, ...problems.map(problem)];
}

/** Decodes one structure; what follows it in `bytes` is left alone. */
export function decodeType38(bytes: Uint8Array, where: string): Decoded {
  const [type = 0, length = 0] = bytes;
  if (bytes.length < HEADER_BYTES || type !== IPMI_DEVICE) {
    return problem(`${where}: not a structure of type ${IPMI_DEVICE}`);
  }
  if (length < LEAST_BYTES) {
    return problem(`${where}: ${length} bytes, too short for a base address`);
  }
  if (bytes.length < length) {
    return problem(`${where}: cut off after ${bytes.length} of ${length} bytes`);
  }
  const [interfaceType = 0, revision = 0, slaveAddress = 0] = bytes.subarray(4);
  const base = new DataView(bytes.buffer, bytes.byteOffset).getBigUint64(8, true);
  // The last two fields came later, and read as 0 where they are missing.
  const [modifier = 0, irq = 0] = bytes.subarray(LEAST_BYTES, length);
  const kind = typeOf(interfaceType);
  const { space, address } =
    kind === 'ssif' ? smbusAddress(base, slaveAddress) : baseAddress(base, modifier);
  if (address === undefined) {
    return addressProblem(where, base);
  }
  return {
    kind: 'record',
    record: {
      source: 'smbios',
      where,
      type: kind,
      space,
      address,
      spacing: SPACINGS[modifier >> 6],
      irq: interruptNumber(irq),
      // 0 means that there is none (SMBIOS §7.39).
      ...(irq !== 0 && interruptNumber(irq) === undefined ? { wrongIrq: irq } : {}),
      ipmiVersion: packedVersionOf(revision),
      pciDevice: undefined,
    },
  };
}

interface SpaceAddress {
  readonly space: AddressSpace;
  readonly address: number | undefined;
}

/** Bit 0 says which space; bit 4 of the modifier is the address's own bit 0. */
function baseAddress(base: bigint, modifier: number): SpaceAddress {
  const space = (base & 1n) === 1n ? 'io' : 'memory';
  return { space, address: addressOf((base & ~1n) | BigInt((modifier >> 4) & 1)) };
}

/**
 * For SSIF the field is the BMC's slave address, in bits 7:1. Where firmware leaves it 0, the field
 * for the address on the IPMB has it.
 */
function smbusAddress(base: bigint, slaveAddress: number): SpaceAddress {
  const address = Number((base >> 1n) & 0x7fn);
  return { space: 'smbus', address: address === 0 ? slaveAddress >> 1 : address };
}
