/** Records of interfaces, and the names of numbers in firmware tables. */

import { describe, expect, test } from 'vitest';

import {
  addressOf,
  addressProblem,
  formatAddress,
  gather,
  problem,
  testify,
  typeOf,
} from '../../src/discover/record.ts';

test.each([
  [0, 'unknown'],
  [1, 'kcs'],
  [2, 'smic'],
  [3, 'bt'],
  [4, 'ssif'],
  [5, 'unknown'],
  [255, 'unknown'],
])('type %d is %s', (value, type) => {
  expect(typeOf(value)).toBe(type);
});

describe('an address', () => {
  test.each([
    [0n, 0],
    [0xce4n, 0xce4],
    [(1n << 52n) - 1n, 2 ** 52 - 1],
    [1n << 52n, undefined],
    [(1n << 64n) - 1n, undefined],
  ])('of %d is %d', (value, address) => {
    expect(addressOf(value)).toBe(address);
  });

  test('that is too large is told to the last digit', () => {
    expect(addressProblem('SPMI', 0xffff_ffff_ffff_fffen)).toEqual({
      kind: 'problem',
      text: 'SPMI: the address 0xfffffffffffffffe has more than 52 bits',
    });
  });

  test.each([
    ['io', 'I/O 0xce4'],
    ['memory', 'memory 0xce4'],
    ['smbus', 'SMBus 0xce4'],
  ] as const)('in the space %s is %j', (space, text) => {
    expect(formatAddress(space, 0xce4)).toBe(text);
  });
});

test('records and problems of a source are gathered apart, in order', () => {
  const [record] = testify('pci', 'here', { base: 0xc010, spacing: 4 }).records;
  if (record === undefined) throw new Error('bug: a testimony of nothing');

  const decoded = [problem('one'), { kind: 'record', record } as const, problem('two')];

  expect(gather('pci', decoded, ['/unseen'])).toEqual({
    source: 'pci',
    records: [record],
    problems: ['one', 'two'],
    unseen: ['/unseen'],
  });
  expect(record).toMatchObject({ type: 'bt', space: 'io', address: 0xc010, spacing: 4 });
});
