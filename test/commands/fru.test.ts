/** Reading a FRU: transactions, areas, and what is wrong with them. */

import { expect, test } from 'vitest';

import { FruInventory } from '../../src/commands/fru.ts';
import type { SimFruOptions } from '../../src/sim/fru.ts';
import { commandsRig } from '../support/commands-rig.ts';
import { directBmc } from '../support/direct-bmc.ts';
import { area, fruBytesOf, latin, record } from '../support/fru-bytes.ts';
import { greatest } from '../support/lists.ts';

const BOARD = area([25, 0xa6, 0xb2, 0xb5], [latin('Maker'), latin('Board'), latin('SN1')]);
const SUPPLY = [
  ...[0xee, 0x02, 0x20, 0x03, 0x1e, 0x05, 0x28, 0x23, 0x90, 0x33, 0x50, 0x46, 0x20, 0x67],
  ...[0x2f, 0x3f, 0x0c, 0x1b, 0x20, 0x23, 0x02, 0x00, 0x00, 0x10],
];

function fruOf(options: SimFruOptions) {
  const direct = directBmc({ fru: options });
  const reads = () =>
    direct.requests().flatMap(({ cmd, data }) => (cmd === 0x11 ? [[...(data ?? [])]] : []));
  return { ...direct, reads, fru: new FruInventory(direct.caller) };
}

test('the areas take two transactions', async () => {
  const { bmc, count } = await commandsRig();

  const { sizeBytes, isByWords, header, warnings } = await bmc.fru.areas();

  expect(count()).toBe(2);
  expect({ sizeBytes, isByWords, warnings }).toEqual({
    sizeBytes: 512,
    isByWords: false,
    warnings: [],
  });
  expect(header?.areas.map(({ kind }) => kind)).toEqual(['internal', 'board', 'product']);
});

test('a FRU of two areas before an internal one is read in four transactions', async () => {
  const { bmc, count } = await commandsRig();

  const { board, product, chassis, records, warnings } = await bmc.fru.read(0);

  expect(count()).toBe(4);
  expect(board).toMatchObject({
    manufacturedAt: Date.UTC(2018, 7, 21, 22, 14) / 1000,
    manufacturer: { text: 'ipmi-bt', encoding: 'latin-1' },
    serialNumber: { text: 'SN0001' },
    fileId: { text: '' },
    custom: [],
  });
  expect(product).toMatchObject({ version: { text: '1.0' }, serialNumber: { text: 'SN0002' } });
  expect([chassis, records, warnings]).toEqual([undefined, [], []]);
});

test('no byte is read twice, none of the internal area, and none behind the areas', async () => {
  const internal = Array<number>(16).fill(1);
  const bytes = fruBytesOf({ internal, board: BOARD, records: record(0, true, SUPPLY) });
  const { fru, reads } = fruOf({
    bytes: Uint8Array.from([...bytes, ...Array<number>(64).fill(9)]),
  });

  const { records, warnings } = await fru.read();

  expect(warnings).toEqual([]);
  expect(records).toHaveLength(1);
  const at = (offset: number, count: number) => [0, offset, 0, count];
  expect(reads()).toEqual([at(0, 8), at(24, BOARD.length), at(48, 5), at(53, 24)]);
});

test.each([0xc7, 0xc8, 0xca, 0xff])(
  'pieces that are refused with 0x%x are halved, and that is remembered',
  async (refuses) => {
    const { fru, reads } = fruOf({ bytes: fruBytesOf({ board: BOARD }), readBytesMax: 5, refuses });

    const first = await fru.read();
    const counts = reads().map(([, , , count]) => count);
    const second = await fru.read();

    expect(first.board?.productName?.text).toBe('Board');
    expect(second).toEqual(first);
    expect(counts.slice(0, 4)).toEqual([8, 4, 4, 4]);
    expect(greatest(reads().map(([, , , count = 0]) => count))).toBe(4);
  },
);

test('a FRU is read by words where it wants that', async () => {
  const { fru, reads } = fruOf({ bytes: fruBytesOf({ board: BOARD }), isByWords: true });

  const { board, isByWords, warnings } = await fru.read();

  expect([isByWords, warnings, board?.serialNumber?.text]).toEqual([true, [], 'SN1']);
  expect(reads()).toEqual([
    [0, 0, 0, 4],
    [0, 4, 0, 4],
    [0, 8, 0, 8],
  ]);
});

test('wrong checksums are warnings, and the bytes are kept', async () => {
  const supply = record(0, false, SUPPLY).with(3, 0);
  const other = record(0xc0, true, [0x57, 1, 0, 9]).with(4, 0);
  supply[4] = -supply.slice(0, 4).reduce((sum, byte) => sum + byte, 0) & 0xff;
  const board = BOARD.with(-1, 0x12);
  const bytes = fruBytesOf({ board, records: [...supply, ...other] }).with(7, 0);
  const { fru } = fruOf({ bytes });

  const read = await fru.read();

  expect(read.warnings).toEqual([
    'the checksum of the header is wrong',
    'board: its checksum is wrong',
    'record at 32: its checksum is wrong',
    'record at 61: the checksum of its header is wrong',
  ]);
  expect(read.board?.manufacturer?.text).toBe('Maker');
  expect(read.board?.raw).toEqual(Uint8Array.from(board));
  expect(read.records.map(({ kind }) => kind)).toEqual(['power-supply', 'oem']);
});

test('a record whose header and bytes are wrong is not told, nor are those behind it', async () => {
  const [first, last] = [record(0xc0, false, [0x57, 1, 0, 8]), record(0xc0, true, [0x57, 1, 0, 7])];
  const broken = record(0xc0, false, [0x57, 1, 0, 9]).with(2, 2);
  const { fru } = fruOf({ bytes: fruBytesOf({ records: [...first, ...broken, ...last] }) });

  const { records, warnings } = await fru.read();

  expect(records.map(({ raw }) => [...raw])).toEqual([[0x57, 1, 0, 8]]);
  expect(warnings).toEqual([
    'record at 17: the checksum of its header is wrong',
    'record at 17: so is that of its bytes: neither it nor those behind it are told',
  ]);
});

test('nothing is read beyond the size, whatever the areas say', async () => {
  const bytes = fruBytesOf({ board: BOARD.with(1, 200), product: [], records: [] });
  const { fru, reads } = fruOf({ bytes, sizeBytes: 32 });

  const { board, warnings } = await fru.read();

  expect(board?.manufacturer?.text).toBe('Maker');
  expect(board?.raw).toHaveLength(24);
  expect(warnings).toEqual([
    expect.stringContaining('the product area begins at 32, behind the 32 bytes'),
    expect.stringContaining('the multi-record area begins at 32'),
    'board: its 1600 bytes go beyond the end of the FRU',
    'board: its checksum is wrong',
  ]);
  const ends = reads().map(([, offset = 0, , count = 0]) => offset + count);
  expect(greatest(ends)).toBe(32);
});

test('memory that was never written has no areas', async () => {
  const { fru, reads } = fruOf({ bytes: new Uint8Array(4096).fill(0xff) });

  const { board, header, warnings } = await fru.read();

  expect([board, header?.areas]).toEqual([undefined, []]);
  expect(warnings).toEqual([
    'the checksum of the header is wrong',
    'the header has version 15, and only 1 is known',
  ]);
  expect(reads()).toHaveLength(1);
});

test('records without a last one end with the FRU', async () => {
  const bytes = fruBytesOf({ records: record(0xc0, false, [1, 2, 3]) });
  const { fru } = fruOf({ bytes: bytes.subarray(0, 16) });

  const { records, warnings } = await fru.read();

  expect(records).toHaveLength(1);
  expect(warnings).toEqual([expect.stringContaining('record at 16: its header goes beyond')]);
});

test('a FRU that is not there, or answers with nothing, is an error', async () => {
  const { fru } = fruOf({});
  const silent = directBmc({ answer: ({ cmd }) => (cmd === 0x11 ? [0, 0] : undefined) });

  await expect(fru.read(3)).rejects.toMatchObject({ completionCode: 0xcb });
  await expect(fru.read(256)).rejects.toThrow(RangeError);
  await expect(new FruInventory(silent.caller).read()).rejects.toMatchObject({
    code: 'RESPONSE_MALFORMED',
  });
});
