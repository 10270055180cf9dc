/** SMBIOS type 38, as QEMU writes it, as the specification allows, and as it must not be. */

import { describe, expect, test } from 'vitest';

import { decodeTable, decodeType38, readSmbios } from '../../src/discover/smbios.ts';
import { DENIED, fakeFiles } from '../support/fake-files.ts';
import {
  BT_RECORD,
  ENTRY,
  TABLE,
  captured,
  smbios,
  structure,
  type38,
  without,
} from '../support/hosts.ts';
import type { HostFiles, Type38 } from '../support/hosts.ts';

const BT = { source: 'smbios', where: 'here', ...BT_RECORD };

function decode(fields: Partial<Type38>): unknown {
  const decoded = decodeType38(type38(fields), 'here');
  return decoded.kind === 'record' ? decoded.record : decoded.text;
}

function read(host: HostFiles) {
  return readSmbios(fakeFiles(host));
}

describe('a structure says', () => {
  test.each<[string, Partial<Type38>, object]>([
    ['BT at I/O ports', {}, {}],
    ['an even port', { base: 0xe5n }, { address: 0xe4 }],
    ['an odd port, by bit 4 of the modifier', { modifier: 0x10 }, { address: 0xce5 }],
    ['memory, by bit 0', { base: 0xce4n }, { space: 'memory' }],
    ['memory high up', { base: 0xf_ffff_ffff_fffen }, { space: 'memory', address: 2 ** 52 - 2 }],
    ['registers 4 apart', { modifier: 0x40 }, { spacing: 4 }],
    ['registers 16 apart', { modifier: 0x80 }, { spacing: 16 }],
    ['a spacing that is reserved', { modifier: 0xc0 }, { spacing: undefined }],
    ['no interrupt', { irq: 0 }, { irq: undefined }],
    ['no interrupt, by all ones', { irq: 0xff }, { irq: undefined, wrongIrq: 255 }],
    ['nothing of modifier and interrupt', { length: 16 }, { irq: undefined }],
    ['nothing of the interrupt', { length: 17, modifier: 0x40 }, { spacing: 4, irq: undefined }],
    ['KCS', { type: 1 }, { type: 'kcs' }],
    ['SMIC', { type: 2 }, { type: 'smic' }],
    ['SSIF and its slave address', { type: 4, base: 0x40n }, SSIF_AT_20],
    ['SSIF, its slave address only where the IPMB address is', { type: 4, base: 0n }, SSIF_AT_10],
    ['unknown', { type: 0 }, { type: 'unknown' }],
    ['a type of times to come', { type: 0xff }, { type: 'unknown' }],
  ])('%s', (_, fields, expected) => {
    expect(decode(fields)).toEqual({ ...BT, ...expected });
  });

  test.each<[string, Partial<Type38>, string]>([
    [
      'an address no host has',
      { base: 1n << 63n },
      'the address 0x8000000000000000 has more than 52 bits',
    ],
    ['too little', { length: 15 }, '15 bytes, too short for a base address'],
  ])('nothing that can be believed: %s', (_, fields, text) => {
    expect(decode(fields)).toBe(`here: ${text}`);
  });

  test.each([
    [0x20, '2.0'],
    [0x15, '1.5'],
    [0x10, '1.0'],
    [0x02, '2.0'],
    [0x51, '1.5'],
    [0x00, undefined],
    [0xff, undefined],
    [0x30, undefined],
  ])('revision 0x%x: version %s', (revision, ipmiVersion) => {
    const bytes = type38();
    bytes[5] = revision;

    expect(decodeType38(bytes, 'here')).toMatchObject({ record: { ipmiVersion } });
  });

  test('nothing, cut off at any byte', () => {
    const whole = type38().subarray(0, 18);

    for (let length = 0; length < whole.length; length += 1) {
      expect(decodeType38(whole.subarray(0, length), 'here').kind).toBe('problem');
    }
    expect(decodeType38(whole, 'here').kind).toBe('record');
  });

  test('only what stands in it, and not what stands behind', () => {
    const short = Buffer.concat([type38({ length: 16 }).subarray(0, 16), Buffer.alloc(8, 0xff)]);

    expect(decodeType38(short, 'here')).toMatchObject({ record: { spacing: 1, irq: undefined } });
  });
});

const SSIF_AT_10 = { type: 'ssif', space: 'smbus', address: 0x10 };
const SSIF_AT_20 = { type: 'ssif', space: 'smbus', address: 0x20 };

describe('a table', () => {
  const others = [structure(0, '0000', 'a BIOS', 'its date'), structure(1, '00', 'its maker')];

  function addresses(...parts: readonly Uint8Array[]) {
    const decoded = decodeTable(Buffer.concat(parts), 'T');
    return decoded.map((one) => (one.kind === 'record' ? one.record.address : one.text));
  }

  test('is walked from structure to structure, over strings and over none', () => {
    const table = [...others, type38(), structure(2, ''), type38({ base: 0xe5n })];

    expect(addresses(...table, structure(127, ''))).toEqual([0xce4, 0xe4]);
  });

  test('ends at type 127, whatever follows', () => {
    expect(addresses(type38(), structure(127, ''), type38())).toEqual([0xce4]);
  });

  test('may end without type 127', () => {
    expect(addresses(type38(), Buffer.from([38, 18]))).toEqual([0xce4]);
  });

  test.each([0, 3])('ends at a structure of %d bytes, which would lead nowhere', (length) => {
    const broken = Buffer.from([1, length, 0, 0, 0, 0]);

    expect(addresses(type38(), broken, type38())).toEqual([
      0xce4,
      `T at 0x14: a structure of ${length} bytes ends the table`,
    ]);
  });

  test('that is cut off in a structure says so', () => {
    const cut = type38().subarray(0, 17);

    expect(addresses(...others, cut)).toEqual(['T at 0x27: cut off after 17 of 18 bytes']);
  });

  test('whose length byte leads behind its end is at its end', () => {
    expect(addresses(Buffer.from([1, 255, 0, 0]), type38())).toEqual([]);
  });

  test('without the two zeros has no further structure', () => {
    const endless = Buffer.concat([Buffer.from([1, 4, 0, 0]), Buffer.alloc(64, 0x41)]);

    expect(addresses(endless)).toEqual([]);
  });
});

describe('a host', () => {
  test.each([
    ['isa-bt', { type: 'bt', address: 0xce4, irq: 6 }],
    ['isa-bt-default', { type: 'bt', address: 0xe4, irq: 5 }],
    ['kcs', { type: 'kcs', address: 0xca2, irq: 5 }],
  ] as const)('of QEMU says the same by its entries and by its table: %s', (name, expected) => {
    const host = captured(name);

    const byEntries = read(host);
    const byTable = read(without(host, '/sys/firmware/dmi/entries'));

    expect(byEntries).toMatchObject({ records: [expected], problems: [], unseen: [] });
    expect(byTable).toMatchObject({ records: [expected], problems: [], unseen: [] });
  });

  test('of QEMU without BMC has none', () => {
    expect(read(captured('none'))).toEqual(read({}));
  });

  test('may have several structures', () => {
    const host = smbios(type38(), type38({ type: 1, base: 0xca3n }), type38({ length: 5 }));

    const { records, problems } = read(host);

    expect(records.map(({ type, address }) => [type, address])).toEqual([
      ['bt', 0xce4],
      ['kcs', 0xca2],
    ]);
    expect(problems).toEqual([
      '/sys/firmware/dmi/entries/38-2/raw: 5 bytes, too short for a base address',
    ]);
  });

  test.each([ENTRY, TABLE])('that does not show %s to us has something unseen', (path) => {
    expect(read({ [path]: DENIED })).toMatchObject({ records: [], unseen: [path] });
  });
});
