/** ACPI: the SPMI table, and the IPI0001 nodes. */

import { describe, expect, test } from 'vitest';

import { decodeSpmi, readAcpiNodes, readSpmi } from '../../src/discover/acpi.ts';
import { DENIED, fakeFiles } from '../support/fake-files.ts';
import { BT_RECORD, SPMI, acpiNodes, captured, sealed, spmi } from '../support/hosts.ts';
import type { HostFiles, SpmiFields } from '../support/hosts.ts';

const BT = { source: 'spmi', where: 'here', ...BT_RECORD };

function decode(table: Uint8Array): unknown {
  const decoded = decodeSpmi(table, 'here');
  return decoded.kind === 'record' ? decoded.record : decoded.text;
}

function patched(change: (table: Buffer) => void): Buffer {
  const table = spmi();
  change(table);
  return sealed(table);
}

function nodes(host: HostFiles) {
  return readAcpiNodes(fakeFiles(host));
}

describe('SPMI says', () => {
  test.each<[string, Partial<SpmiFields>, object]>([
    ['BT at I/O ports', {}, {}],
    ['BT in memory', { space: 0, address: 0xfed0_0000n }, { space: 'memory', address: 0xfed00000 }],
    ['registers 4 apart', { bitWidth: 32 }, { spacing: 4 }],
    ['registers 16 apart', { bitWidth: 128 }, { spacing: 16 }],
    ['no bit width, which means 8', { bitWidth: 0 }, { spacing: 1 }],
    ['a bit width that is no spacing', { bitWidth: 16 }, { spacing: undefined }],
    ['no interrupt', { interruptType: 0 }, { irq: undefined }],
    ['a general purpose event, which is no interrupt', { interruptType: 1 }, { irq: undefined }],
    ['KCS', { type: 1 }, { type: 'kcs' }],
    [
      'SSIF',
      { type: 4, space: 4, address: 0x20n },
      { type: 'ssif', space: 'smbus', address: 0x20 },
    ],
    ['no address', { space: 0, address: 0n }, { space: 'memory', address: 0 }],
  ])('%s', (_, fields, expected) => {
    expect(decode(spmi(fields))).toEqual({ ...BT, ...expected });
  });

  test.each<[string, Buffer, string]>([
    ['a wrong checksum', Buffer.from(spmi()).fill(1, 9, 10), 'its checksum is wrong'],
    ['another signature', Buffer.from(spmi()).fill('X', 0, 1), 'the signature is not SPMI'],
    ['a space of its own', spmi({ space: 0x7f }), 'address space 0x7f is unknown'],
    [
      'an absurd address',
      spmi({ address: ~0n & 0xffff_ffff_ffff_ffffn }),
      'the address 0xffffffffffffffff has',
    ],
    [
      'more bytes than it has',
      patched((t) => t.writeUInt32LE(2 ** 32 - 1, 4)),
      'its length field says 4294967295 bytes',
    ],
    [
      'fewer bytes than it needs',
      patched((t) => t.writeUInt32LE(59, 4)),
      'its length field says 59 bytes, and',
    ],
  ])('nothing that can be believed: %s', (_, table, text) => {
    expect(decode(table)).toContain(`here: ${text}`);
  });

  test('nothing, cut off at any byte', () => {
    for (let length = 0; length < 64; length += 1) {
      expect(decodeSpmi(spmi().subarray(0, length), 'here').kind).toBe('problem');
    }
  });

  test('as much in each of several tables', () => {
    const host = {
      [`${SPMI}1`]: spmi(),
      [`${SPMI}2`]: spmi({ address: 0xe4n }),
      [`${SPMI}X`]: '',
    };

    expect(readSpmi(fakeFiles(host)).records.map(({ address }) => address)).toEqual([0xce4, 0xe4]);
  });

  test('something that we may not see', () => {
    expect(readSpmi(fakeFiles({ [SPMI]: DENIED }))).toMatchObject({ records: [], unseen: [SPMI] });
  });
});

describe('the version in SPMI, in either order of its bytes:', () => {
  // Of a Supermicro X7DB8 and of a Fujitsu PRIMERGY.
  const X7DB8 =
    '53504D494100000005AC50544C54442050544C2D53504D490000040650544C20' +
    '0100000001010200000000000000000001080001A20C0000000000000000000000';
  const PRIMERGY =
    '53504D4940000000057041204D2049204F454D53504D490000000000414D492E' +
    '0000000001010002000000000000000001080001A20C00000000000000000000';

  test.each([X7DB8, PRIMERGY])('%s', (table) => {
    expect(decode(Buffer.from(table, 'hex'))).toMatchObject({
      ...{ type: 'kcs', address: 0xca2, ipmiVersion: '2.0', irq: undefined },
    });
  });

  test.each([
    ['01 50', '1.5'],
    ['50 01', '1.5'],
    ['05 01', '1.5'],
    ['01 00', '1.0'],
    ['00 01', '1.0'],
    ['20 00', '2.0'],
    ['00 20', '2.0'],
    ['00 00', undefined],
    ['ff ff', undefined],
    ['03 00', undefined],
    ['01 20', undefined],
  ])('%s', (bytes, ipmiVersion) => {
    const table = patched((t) => Buffer.from(bytes.replace(' ', ''), 'hex').copy(t, 38));

    expect(decode(table)).toMatchObject({ ipmiVersion });
  });

  test.each([0, 0xffff_ffff])('an interrupt number of %d is none', (gsi) => {
    expect(decode(spmi({ gsi }))).toMatchObject({ irq: undefined, wrongIrq: gsi });
  });
});

describe('IPI0001 nodes', () => {
  test.each([
    ['isa-bt', 0xce4, 0xce6],
    ['isa-bt-bound', 0xce4, 0xce6],
    ['kcs', 0xca2, 0xca3],
  ] as const)('of QEMU stand where it has its device: %s', (name, start, end) => {
    expect(nodes(captured(name))).toEqual({
      nodes: [{ name: 'IPI0001:00', ranges: [{ start, end }] }],
      unseen: [],
    });
  });

  test.each(['none', 'pci-bt'] as const)('are not there: %s', (name) => {
    expect(nodes(captured(name))).toEqual({ nodes: [], unseen: [] });
  });

  test('are told apart', () => {
    const found = nodes(acpiNodes([0xca2, 0xca3], [0xce4, 0xce6])).nodes;

    expect(found.map(({ ranges }) => ranges[0]?.start)).toEqual([0xca2, 0xce4]);
  });

  test('are somewhere, where /proc/ioports hides the addresses', () => {
    expect(nodes(acpiNodes([0, 0])).unseen).toEqual([]);

    const hidden = { ...acpiNodes([0, 0]), '/proc/ioports': '0000-0000 : IPI0001:00\n' };
    expect(nodes(hidden)).toEqual({
      nodes: [{ name: 'IPI0001:00', ranges: [] }],
      unseen: ['/proc/ioports hides the addresses'],
    });
  });
});
