/** The rules on discoveries alone: what is told once, and what is of no account. */

import { expect, test } from 'vitest';

import { discover } from '../../src/discover/discover.ts';
import { disagreements } from '../../src/smoke/firmware-rules.ts';
import { fakeFiles } from '../support/fake-files.ts';
import { firmware } from '../support/found.ts';
import { SPMI, acpiNodes, captured, smbios, spmi, type38 } from '../support/hosts.ts';
import type { Captured, HostFiles } from '../support/hosts.ts';

function rules(files: HostFiles, base: number | undefined = 0xce4, named?: number) {
  const block = named === undefined ? undefined : { base: named, spacing: 1 };
  return disagreements(discover({ files: fakeFiles(files), named: block }), base);
}

test.each<Captured>(['isa-bt', 'isa-bt-bound', 'isa-bt-default', 'pci-bt', 'none', 'kcs'])(
  'a guest of QEMU, %s, contradicts itself nowhere',
  (name) => {
    expect(rules(captured(name), undefined)).toEqual([]);
  },
);

test('a lie of discovery is told once, with its rows', () => {
  const files = firmware(smbios(type38({ base: 0xca2n })), acpiNodes([0xce4, 0xce6]));

  expect(rules(files).map(({ severity, text }) => `${severity} ${text}`)).toEqual([
    expect.stringMatching(/^fail SMBIOS says memory 0xca2, but no device has memory there/),
    expect.stringMatching(/^fail SMBIOS says .*0xca2, but IPI0001:00 has ports at 0xce4/),
  ]);
});

test('a lie about an interface that is not under test is a warning', () => {
  const files = firmware(smbios(type38({ type: 1, base: 0xca2n })), { [SPMI]: spmi() });

  expect(rules(files).map(({ severity }) => severity)).toEqual(['warning']);
});

test('a port that the user names, and no table', () => {
  const files = firmware(smbios(type38()));

  expect(rules(files, 0xe4, 0xe4)).toEqual([
    {
      severity: 'warning',
      text: 'the command line names I/O 0xe4, which no table does: SMBIOS 38-0 says I/O 0xce4',
    },
  ]);
  expect(rules(files, 0xce4, 0xce4)).toEqual([]);
});
