/** From what a machine's files say to interfaces in an order: QEMU's machines, and lying ones. */

import { describe, expect, test } from 'vitest';

import { CONFIG_FILE, ConfigError } from '../src/discover/config.ts';
import { discover } from '../src/discover/discover.ts';
import type { DiscoverOptions } from '../src/discover/discover.ts';
import type { Candidate } from '../src/discover/ranking.ts';
import { DENIED, fakeFiles } from './fake-files.ts';
import { ENTRY, SPMI, acpiNodes, captured, smbios, spmi, type38 } from './machines.ts';
import type { Captured, Machine } from './machines.ts';

const IOPORTS = { '/proc/ioports': '0000-ffff : PCI Bus 0000:00\n' };
const SI = '/sys/bus/platform/drivers/ipmi_si';

/** A captured machine to which something is added. */
function machine(name: Captured, ...more: readonly Machine[]): Machine {
  return Object.assign({}, captured(name), ...more) as Machine;
}

/** Firmware alone, on a machine whose ports nobody has. */
function firmware(...tables: readonly Machine[]): Machine {
  return Object.assign({}, IOPORTS, ...tables) as Machine;
}

function found(files: Machine, named?: DiscoverOptions['named']): readonly Candidate[] {
  return discover({ files: fakeFiles(files), named }).candidates;
}

/** `bt io 0xce4 smbios+acpi 1`: type, place, sources and rank; `*` when it is chosen. */
function brief(candidates: readonly Candidate[]): readonly string[] {
  return candidates.map(({ type, space, base, sources, rank, chosen }) => {
    const mark = chosen ? '*' : '';
    return `${type} ${space} 0x${base.toString(16)} ${sources.join('+')} ${rank ?? '-'}${mark}`;
  });
}

describe('a machine of QEMU has', () => {
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
        reason: 'the first that can be used',
        firmwareBugs: [],
        pciDevice: undefined,
      },
    ]);
  });

  test('one that ipmi_si has, and says how to get it', () => {
    const [candidate] = found(captured('isa-bt-bound'));

    expect(candidate).toMatchObject({ claim: 'ipmi_si', chosen: false });
    expect(candidate?.reason).toMatch(
      /^port 0xce4: the kernel driver ipmi_si has IPI0001:00 \(echo/,
    );
  });
});

describe('memory where no memory can be is taken as ports, and called a bug', () => {
  const memory = smbios(type38({ base: 0xce4n }));

  test('as in the kernel log of 2018, where ACPI has the ports', () => {
    const [candidate, ...others] = found(machine('isa-bt', memory));

    expect(others).toEqual([]);
    expect(candidate).toMatchObject({
      type: 'bt',
      space: 'io',
      base: 0xce4,
      sources: ['smbios', 'acpi'],
      chosen: true,
      firmwareBugs: ['SMBIOS says memory 0xce4, but IPI0001:00 has ports there: taken as I/O'],
    });
  });

  test('and where nobody else knows the place', () => {
    expect(found(firmware(memory))).toMatchObject([
      {
        space: 'io',
        sources: ['smbios'],
        chosen: true,
        firmwareBugs: ['SMBIOS says memory 0xce4, but no device has memory there: taken as I/O'],
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
        reason: 'BT in memory is not supported, only BT on ports',
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

describe('the order is by who says it', () => {
  const everywhere = firmware(
    { [CONFIG_FILE]: '{"base": "0x100"}', [SPMI]: spmi({ address: 0x200n }) },
    smbios(type38({ base: 0x301n }), type38({ base: 0x401n })),
    acpiNodes([0x400, 0x402]),
    {
      '/sys/bus/pci/devices/0000:00:05.0/class': '0x0c0702\n',
      '/sys/bus/pci/devices/0000:00:05.0/resource': '0x500 0x507 0x101\n',
      [`${SI}/a/params`]: 'bt,i/o,0x600,rsp=1,rsi=1,rsh=0,irq=0,ipmb=32',
    },
  );

  test('whoever names one, SPMI and SMBIOS with ACPI, SMBIOS, PCI, the kernel', () => {
    expect(brief(found(everywhere, { base: 0x50, spacing: 1 }))).toEqual([
      'bt io 0x50 explicit 1*',
      'bt io 0x100 config 2',
      'bt io 0x400 smbios+acpi 3',
      'bt io 0x200 spmi 4',
      'bt io 0x300 smbios 5',
      'bt io 0x500 pci 6',
      'bt io 0x600 kernel 7',
    ]);
  });

  test('and nothing else is tried when one is named', () => {
    const reasons = found(everywhere).map(({ reason }) => reason);

    expect(reasons.slice(0, 2)).toEqual([
      'the first that can be used',
      'not tried: another is named',
    ]);
  });

  test('nor when ipmi_si has a better one', () => {
    const files = machine('two', {
      [`${SI}/IPI0001:00/params`]: 'bt,i/o,0xce4,rsp=1,rsi=1,rsh=0,irq=6,ipmb=32',
    });

    expect(found(files)).toMatchObject([
      { base: 0xce4, claim: 'ipmi_si', chosen: false },
      { base: 0xc010, chosen: false, reason: 'not tried: ipmi_si has a better one' },
    ]);
  });

  test('but one in whose place another driver is, is passed over', () => {
    const files = machine('pci-bt', smbios(type38({ base: 0x3f9n })));

    const [serial, pci] = found(files);

    expect(serial).toMatchObject({ base: 0x3f8, rank: 1, chosen: false });
    expect(serial?.claim).toMatch(/^port 0x3f8: reserved by serial in/);
    expect(pci).toMatchObject({ base: 0xc010, rank: 2, chosen: true });
  });
});

describe('is listed and never tried:', () => {
  const OTHERS = "this driver speaks BT only; the kernel's";

  test.each<[string, Machine, string]>([
    ['KCS', smbios(type38({ type: 1 })), `${OTHERS} ipmi_si drives KCS`],
    ['SSIF', smbios(type38({ type: 4, base: 0x20n })), `${OTHERS} ipmi_ssif drives SSIF`],
    [
      'an unknown type',
      smbios(type38({ type: 9 })),
      'nobody says for sure that it is BT: --base takes it',
    ],
    [
      'a node of ACPI alone',
      acpiNodes([0xce4, 0xce6]),
      'ACPI says where something is, and not what: --base takes it',
    ],
    ['no address', smbios(type38({ base: 1n })), 'no address is given'],
    ['a port too high', smbios(type38({ base: 0xffffn })), 'there are no such ports'],
    ['a port far too high', smbios(type38({ base: 0x123_4567n })), 'there are no such ports'],
    [
      'a reserved spacing',
      smbios(type38({ modifier: 0xc0 })),
      'its register spacing is a reserved value',
    ],
  ])('%s', (_, tables, reason) => {
    expect(found(firmware(tables))).toMatchObject([{ rank: undefined, chosen: false, reason }]);
  });

  test('what two sources call by different names', () => {
    const files = firmware(smbios(type38()), { [SPMI]: spmi({ type: 1 }) });

    expect(found(files)).toMatchObject([
      {
        type: 'unknown',
        rank: undefined,
        firmwareBugs: ['the sources disagree on what it is: kcs, bt'],
      },
    ]);
  });

  test('unless somebody names it', () => {
    const files = firmware(smbios(type38({ type: 1 })), { [CONFIG_FILE]: '{"base": "0xce4"}' });

    const [candidate] = found(files);

    expect(candidate).toMatchObject({ type: 'bt', sources: ['config', 'smbios'], chosen: true });
    expect(candidate?.firmwareBugs).toEqual(['the sources disagree on what it is: bt, kcs']);
  });
});

test('a spacing on which the sources disagree is that of the better one', () => {
  const files = firmware(smbios(type38({ modifier: 0x40 })), { [SPMI]: spmi() });

  expect(found(files)).toMatchObject([
    { spacing: 1, firmwareBugs: ['the sources disagree on its register spacing'] },
  ]);
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
  const files = fakeFiles(machine('isa-bt', { [CONFIG_FILE]: '{' }));

  expect(() => discover({ files })).toThrow(ConfigError);
});
