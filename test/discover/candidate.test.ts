/** Interfaces made of the records of all sources, and errors of firmware that are corrected. */

import { describe, expect, test } from 'vitest';

import { brief, firmware, found, host } from '../support/found.ts';
import { SPMI, acpiNodes, smbios, spmi, type38 } from '../support/hosts.ts';

describe('memory where no memory can be is taken as ports, and called a bug', () => {
  const memory = smbios(type38({ base: 0xce4n }));

  test('as in the kernel log of 2018, where ACPI has the ports', () => {
    const [candidate, ...others] = found(host('isa-bt', memory));

    expect(others).toEqual([]);
    expect(candidate).toMatchObject({
      type: 'bt',
      space: 'io',
      base: 0xce4,
      sources: ['smbios', 'acpi'],
      chosen: true,
      firmwareBugs: ['SMBIOS says memory 0xce4, but IPI0001:00 has ports there: treated as I/O'],
    });
  });

  test('and where no other source names the place', () => {
    expect(found(firmware(memory))).toMatchObject([
      {
        space: 'io',
        sources: ['smbios'],
        chosen: true,
        firmwareBugs: ['SMBIOS says memory 0xce4, but no device has memory there: treated as I/O'],
      },
    ]);
  });

  test('in SPMI, too, and once for a place that both have wrong', () => {
    const table = { [SPMI]: spmi({ space: 0 }) };

    expect(brief(found(firmware(memory, table)))).toEqual(['bt io 0xce4 spmi+smbios 1*']);
  });

  test('but not from 0x10000 on', () => {
    const files = firmware(smbios(type38({ base: 0x10000n })));

    expect(found(files)).toMatchObject([
      {
        space: 'memory',
        rank: undefined,
        reason: 'memory-mapped BT is not supported, only BT on I/O ports',
        firmwareBugs: [],
      },
    ]);
  });
});

describe('ACPI corrects a port', () => {
  const wrong = smbios(type38({ base: 0xca9n }));

  test('when one BT interface has no node, and one node has no interface', () => {
    const candidates = found(firmware(wrong, acpiNodes([0xce4, 0xce6])));

    expect(brief(candidates)).toEqual(['bt io 0xce4 smbios+acpi 1*', 'bt io 0xca8 smbios 2']);
    expect(candidates[0]?.firmwareBugs).toEqual([
      'SMBIOS says I/O 0xca8, but IPI0001:00 has ports at 0xce4: tried there first',
    ]);
  });

  test('that is missing', () => {
    const table = { [SPMI]: spmi({ space: 0, address: 0n }) };

    const candidates = found(firmware(table, acpiNodes([0xce4, 0xce6])));

    expect(brief(candidates)).toEqual(['bt io 0xce4 spmi+acpi 1*', 'bt memory 0x0 spmi -']);
    expect(candidates[0]?.firmwareBugs[0]).toMatch(/^SPMI says no address, but IPI0001:00/);
  });

  test.each([
    ['the node has no room for BT', [acpiNodes([0xca2, 0xca3])], 'unknown io 0xca2 acpi -'],
    ['there are two nodes', [acpiNodes([0xe4, 0xe6], [0xce4, 0xce6])], 'unknown io 0xe4 acpi -'],
    [
      'the node is of another interface',
      [
        acpiNodes([0xca2, 0xca3]),
        smbios(type38({ base: 0xca9n }), type38({ type: 1, base: 0xca3n })),
      ],
      'kcs io 0xca2 smbios+acpi -',
    ],
  ])('but not when %s', (_, more, second) => {
    const briefs = brief(found(firmware(wrong, ...more)));

    expect(briefs[0]).toBe('bt io 0xca8 smbios 1*');
    expect(briefs[1]).toBe(second);
  });
});

test('a spacing on which the sources disagree is that of the better one', () => {
  const files = firmware(smbios(type38({ modifier: 0x40 })), { [SPMI]: spmi() });

  expect(found(files)).toMatchObject([
    { spacing: 1, firmwareBugs: ['the sources disagree on its register spacing'] },
  ]);
});
