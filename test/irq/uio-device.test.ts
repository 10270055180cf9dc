/** The UIO device that the interrupt of an interface comes to, on hosts described in tables. */

import { describe, expect, test } from 'vitest';

import { findUio, uioEvents, uioOf } from '../../src/irq/uio-device.ts';
import { fakeFiles } from '../support/fake-files.ts';
import type { FakeTable } from '../support/fake-files.ts';
import { FREE, IPI, SLOT, UIO, uioAt } from '../support/irq-bench.ts';

const PORTIO = `${UIO}/portio/port0/start`;
const HIDDEN = { '/proc/ioports': '0000-0000 : IPI0001:00\n' };

describe('the UIO device of an interface is found', () => {
  const cases: readonly (readonly [string, FakeTable, number, string | undefined])[] = [
    ['by the ports that our module names', { [PORTIO]: '0xce4\n' }, 0xce4, '/dev/uio0'],
    ['by that alone without root', { ...HIDDEN, [PORTIO]: '0xce4\n' }, 0xce4, '/dev/uio0'],
    ['by its PCI device', { ...FREE, ...uioAt(SLOT) }, 0xc010, '/dev/uio0'],
    ['by its ACPI device', { ...FREE, ...uioAt(IPI) }, 0xce4, '/dev/uio0'],
    ['not when it is of another device', { ...FREE, ...uioAt(SLOT) }, 0xce4, undefined],
    ['not by other ports', { [PORTIO]: '0xce5\n' }, 0xce4, undefined],
    ['not by a number of another form', { [PORTIO]: '3300\n' }, 0xce4, undefined],
    [
      'not by a name that is none',
      { '/sys/class/uio/uio0x/portio/port0/start': '0xce4\n' },
      0xce4,
      undefined,
    ],
    ['not where there is none', FREE, 0xce4, undefined],
  ];

  test.each(cases)('%s', (_, ...[table, base, path]) => {
    expect(findUio(base, fakeFiles(table))).toBe(path);
  });
});

describe('the UIO device of a bus device', () => {
  test('is the one whose link leads there', () => {
    const files = fakeFiles(uioAt(IPI));

    expect(uioOf({ bus: 'platform', device: 'IPI0001:00' }, files)).toBe('/dev/uio0');
    expect(uioOf({ bus: 'platform', device: 'IPI0001:01' }, files)).toBeUndefined();
  });
});

test.each([
  ['42\n', 42],
  ['0\n', 0],
  ['-1\n', undefined],
  ['', undefined],
])('a count of %j is %s interrupts', (text, count) => {
  expect(uioEvents('/dev/uio0', fakeFiles({ [`${UIO}/event`]: text }))).toBe(count);
  expect(uioEvents('/dev/uio1', fakeFiles({ [`${UIO}/event`]: text }))).toBeUndefined();
});
