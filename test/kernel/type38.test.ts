/** The type 38 structures that a host shows, as bytes; how they are decoded is in `discover/`. */

import { expect, test } from 'vitest';

import { readType38 } from '../../src/kernel/type38.ts';
import { DENIED, fakeFiles } from '../support/fake-files.ts';
import { TABLE, smbios, structure, type38 } from '../support/hosts.ts';

test('structures come in the order of the table, also where there are more than ten', () => {
  const ports = Array.from({ length: 12 }, (_, index) => 0x101n + 16n * BigInt(index));
  const host = smbios(...ports.map((base) => type38({ base })));

  const { structures } = readType38(fakeFiles(host));

  const found = structures.map(({ bytes }) => Buffer.from(bytes).readBigUInt64LE(8));
  expect(found).toEqual(ports);
});

test('the table says the same where there are no entries', () => {
  const table = Buffer.concat([structure(0, '0000', 'a BIOS'), type38(), structure(127, '')]);

  const { structures } = readType38(fakeFiles({ [TABLE]: table }));

  expect(structures.map(({ where }) => where)).toEqual([`${TABLE} at 0xe`]);
  expect(structures[0]?.bytes.subarray(0, 20)).toEqual(Buffer.from(type38()));
});

test('what may not be read is named', () => {
  const entry = '/sys/firmware/dmi/entries/38-0/raw';

  expect(readType38(fakeFiles({ [entry]: DENIED })).unseen).toEqual([entry]);
  expect(readType38(fakeFiles({ [TABLE]: DENIED })).unseen).toEqual([TABLE]);
});
