/** The kernel's list of I/O ports. */

import { expect, test } from 'vitest';

import { entriesAt, readIoPorts } from '../../src/kernel/io-ports.ts';
import { fakeFiles } from '../support/fake-files.ts';

const BUS = { start: 0, end: 0xffff, name: 'PCI Bus 0000:00' };
const NODE = { start: 0xce4, end: 0xce6, name: 'IPI0001:00' };

function read(text: string) {
  return readIoPorts(fakeFiles({ '/proc/ioports': text }));
}

test('has nested entries, which may have no name', () => {
  const text = '0000-ffff : PCI Bus 0000:00\n  0010-0011 : \n  0ce4-0ce6 : IPI0001:00\n';
  const nameless = { start: 0x10, end: 0x11, name: '' };

  expect(read(text)).toEqual({ kind: 'read', entries: [BUS, nameless, NODE] });
});

test.each([
  ['is empty', '', 'not understood'],
  ['has a line of another form', '0000-ffff : PCI Bus 0000:00\nce4 acme\n', 'not understood'],
  ['has only zeros', '0000-0000 : PCI Bus 0000:00\n  0000-0000 : acme\n', 'hides the addresses'],
])('is unreadable when it %s', (_, text, reason) => {
  expect(read(text)).toEqual({
    kind: 'unreadable',
    reason: expect.stringContaining(reason) as string,
  });
});

test('is unreadable when it is missing', () => {
  expect(readIoPorts(fakeFiles({}))).toMatchObject({ reason: '/proc/ioports cannot be read' });
});

test.each([
  [0xce3, [BUS]],
  [0xce4, [BUS, NODE]],
  [0xce6, [BUS, NODE]],
  [0xce7, [BUS]],
])('holds port %d in the entries around it, outermost first', (port, entries) => {
  expect(entriesAt(port, [BUS, NODE])).toEqual(entries);
});
