/** All sources together: QEMU's hosts, and what stands in the way of looking. */

import { describe, expect, test } from 'vitest';

import { ConfigError } from '../../src/config-file.ts';
import { CONFIG_FILE } from '../../src/discover/config.ts';
import { discover } from '../../src/discover/discover.ts';
import { DENIED, fakeFiles } from '../support/fake-files.ts';
import { brief, firmware, found, host } from '../support/found.ts';
import { ENTRY, SPMI, acpiNodes, captured, smbios, spmi, type38 } from '../support/hosts.ts';
import type { Captured } from '../support/hosts.ts';

describe('a host of QEMU has', () => {
  test.each<[Captured, readonly string[]]>([
    ['isa-bt', ['bt io 0xce4 smbios+acpi 1*']],
    ['isa-bt-bound', ['bt io 0xce4 smbios+acpi+kernel 1']],
    ['isa-bt-default', ['bt io 0xe4 smbios+acpi 1*']],
    ['kcs', ['kcs io 0xca2 smbios+acpi -']],
    ['none', []],
    ['pci-bt', ['bt io 0xc010 pci 1*']],
    ['pci-bt-bound', ['bt io 0xc010 pci+kernel 1']],
    ['two', ['bt io 0xce4 smbios+acpi 1*', 'bt io 0xc010 pci 2']],
  ])('%s: %j', (name, expected) => {
    expect(brief(found(captured(name)))).toEqual(expected);
  });

  test('an interface with all that is known of it', () => {
    expect(found(captured('isa-bt'))).toEqual([
      {
        type: 'bt',
        space: 'io',
        base: 0xce4,
        spacing: 1,
        irq: 6,
        ipmiVersion: '2.0',
        sources: ['smbios', 'acpi'],
        rank: 1,
        claim: undefined,
        chosen: true,
        reason: 'the first usable interface',
        firmwareBugs: [],
        pciDevice: undefined,
      },
    ]);
  });

  test('one that ipmi_si has, and says how to get it', () => {
    const [candidate] = found(captured('isa-bt-bound'));

    expect(candidate).toMatchObject({ claim: 'ipmi_si', chosen: false });
    expect(candidate?.reason).toMatch(
      /^port 0xce4: the kernel driver ipmi_si has IPI0001:00 \(borrow it with the option takeover/,
    );
  });
});

describe('errors of firmware are told by their kind, with their records:', () => {
  test.each([
    ['space', firmware(smbios(type38({ base: 0xce4n })), acpiNodes([0xce4, 0xce6])), ['smbios']],
    ['type', firmware(smbios(type38({ type: 1 })), { [SPMI]: spmi() }), ['spmi', 'smbios']],
    [
      'spacing',
      firmware(smbios(type38({ modifier: 0x40 })), { [SPMI]: spmi() }),
      ['spmi', 'smbios'],
    ],
    ['place', firmware(smbios(type38({ base: 0xca3n })), acpiNodes([0xce4, 0xce6])), ['smbios']],
  ])('%s', (kind, files, sources) => {
    const { bugs, candidates } = discover({ files: fakeFiles(files) });

    expect(bugs).toMatchObject([{ kind, records: sources.map((source) => ({ source })) }]);
    expect(candidates[0]?.firmwareBugs).toEqual([bugs[0]?.text]);
  });
});

test('what cannot be read is told', () => {
  const { unseen } = discover({
    files: fakeFiles({
      [ENTRY]: DENIED,
      [SPMI]: DENIED,
      ...acpiNodes([0xce4, 0xce6]),
      '/proc/ioports': DENIED,
    }),
  });

  expect(unseen).toEqual([SPMI, ENTRY, '/proc/ioports cannot be read']);
});

test('a config file that is wrong stops everything', () => {
  const files = fakeFiles(host('isa-bt', { [CONFIG_FILE]: '{' }));

  expect(() => discover({ files })).toThrow(ConfigError);
});
