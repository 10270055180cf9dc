/** Names and cells of the table of firmware. */

import { expect, test } from 'vitest';

import { discover } from '../../src/discover/discover.ts';
import { rowLine, rowName, rowsOf } from '../../src/smoke/firmware-rows.ts';
import { fakeFiles } from '../support/fake-files.ts';
import { BT_RECORD, captured } from '../support/hosts.ts';
import type { Captured } from '../support/hosts.ts';

test.each<[Captured, readonly string[]]>([
  ['isa-bt-bound', ['SMBIOS 38-0', 'kernel IPI0001:00', 'ACPI IPI0001:00']],
  ['pci-bt-bound', ['PCI 0000:00:02.0', 'kernel 0000:00:02.0']],
  ['none', []],
])('rows of %s: %j', (name, rows) => {
  const found = rowsOf(discover({ files: fakeFiles(captured(name)) })).map((row) => row.name);

  expect(found).toEqual(rows);
});

test.each([
  ['smbios', '/sys/firmware/dmi/tables/DMI at 0x1a2', 'SMBIOS at 0x1a2'],
  ['spmi', '/sys/firmware/acpi/tables/SPMI2', 'SPMI2'],
  ['explicit', '', 'command line'],
  ['config', '/etc/ipmi-bt.json', 'config file'],
] as const)('a record of %s in %s is %s', (source, where, name) => {
  expect(rowName({ ...BT_RECORD, source, where, type: 'bt', space: 'io' })).toBe(name);
});

test('a row is a line of evidence', () => {
  const [row] = rowsOf(discover({ files: fakeFiles(captured('isa-bt')) }));

  expect(row && rowLine(row)).toBe(
    'SMBIOS 38-0: type BT, address I/O 0xce4, spacing 1, interrupt 6',
  );
});
