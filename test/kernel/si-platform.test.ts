/**
 * The platform devices of IPMI interfaces, on hosts as Linux shows them: /proc/ioports calls the
 * ports of a device that is not of ACPI `IPMI Address 1` to `3`.
 */

import { describe, expect, test } from 'vitest';

import { checkUnclaimed, findOwner } from '../../src/kernel/port-owner.ts';
import { findPlatformDevice } from '../../src/kernel/si-platform.ts';
import { fakeFiles } from '../support/fake-files.ts';
import type { FakeTable } from '../support/fake-files.ts';
import { smbios, type38 } from '../support/hosts.ts';

const DEVICES = '/sys/bus/platform/devices';
const DRIVER = '/sys/bus/platform/drivers/ipmi_si';

/** The registers at each base, one run of ports each, as `ipmi_platform` names them. */
function ioports(...bases: readonly number[]): FakeTable {
  const lines = bases.flatMap((base) =>
    [0, 1, 2].map((index) => {
      const port = (base + index).toString(16).padStart(4, '0');
      return `${port}-${port} : IPMI Address ${index + 1}`;
    }),
  );
  return { '/proc/ioports': ['0000-001f : dma1', ...lines, ''].join('\n') };
}

function devices(...names: readonly string[]): FakeTable {
  return Object.fromEntries(
    names.map((name) => [`${DEVICES}/${name}/driver_override`, '(null)\n']),
  );
}

function bound(device: string, base: number, driver = 'ipmi_si'): FakeTable {
  const text = `bt,i/o,0x${base.toString(16)},rsp=1,rsi=1,rsh=0,irq=6,ipmb=32\n`;
  return {
    [`${DEVICES}/${device}/driver`]: { linkTo: `../../../bus/platform/drivers/${driver}` },
    ...(driver === 'ipmi_si' ? { [`${DRIVER}/${device}/params`]: text } : {}),
  };
}

function taken(device: string): FakeTable {
  const record = { bus: 'platform', device, driver: 'ipmi_si', keep: true };
  return { '/run/ipmi-bt/bt-0xce4.taken': JSON.stringify(record) };
}

function find(...tables: readonly FakeTable[]): string | undefined {
  const table = Object.assign({}, ...tables) as FakeTable;
  return findPlatformDevice(0xce4, fakeFiles(table))?.device;
}

const KCS = type38({ type: 1, base: 0xca3n });
const MEMORY_BT = type38({ base: 0xfed0_0000n });
const SSIF = type38({ type: 4, base: 0x40n });

describe('a device that only SMBIOS announces', () => {
  test('is found by its ports, which have no device name', () => {
    expect(find(ioports(0xce4), devices('dmi-ipmi-si.0'), smbios(type38()))).toBe('dmi-ipmi-si.0');
  });

  test('is found where SMBIOS cannot be read, as the only one', () => {
    expect(find(ioports(0xce4), devices('dmi-ipmi-si.0'))).toBe('dmi-ipmi-si.0');
  });

  test.each([
    ['behind KCS', [KCS, type38()], ['dmi-ipmi-si.0', 'dmi-ipmi-si.1'], 'dmi-ipmi-si.1'],
    ['before KCS', [type38(), KCS], ['dmi-ipmi-si.0', 'dmi-ipmi-si.1'], 'dmi-ipmi-si.0'],
    ['behind memory', [MEMORY_BT, type38()], ['dmi-ipmi-si.0', 'dmi-ipmi-si.1'], 'dmi-ipmi-si.1'],
    ['behind SSIF', [SSIF, type38()], ['dmi-ipmi-ssif.0', 'dmi-ipmi-si.1'], 'dmi-ipmi-si.1'],
    [
      'behind structures that the kernel makes nothing of',
      [
        type38({ type: 0 }),
        type38({ base: 0n }),
        type38({ modifier: 0xc0 }),
        type38({ type: 9 }),
        type38({ length: 15 }),
        type38(),
      ],
      ['dmi-ipmi-si.0'],
      'dmi-ipmi-si.0',
    ],
    [
      'in a short structure without bit 0',
      [KCS, type38({ base: 0xce4n, length: 16 })],
      ['dmi-ipmi-si.0', 'dmi-ipmi-si.1'],
      'dmi-ipmi-si.1',
    ],
  ] as const)('is told from others: %s', (...given) => {
    const [, structures, names, expected] = given;
    expect(find(ioports(0xca2, 0xce4), devices(...names), smbios(...structures))).toBe(expected);
  });

  test('is not guessed where the numbers of structures and devices differ', () => {
    const host = [ioports(0xca2, 0xce4), devices('dmi-ipmi-si.0', 'dmi-ipmi-si.1')];

    expect(find(...host, smbios(type38()))).toBeUndefined();
  });

  test('is not one whose registers begin elsewhere', () => {
    expect(find(ioports(0xca2), devices('dmi-ipmi-si.0'), smbios(type38()))).toBeUndefined();
    const shifted = find(ioports(0xce3), devices('dmi-ipmi-si.0'), smbios(type38()));
    expect(shifted).toBeUndefined();
  });
});

describe('a device that parameters of ipmi_si made', () => {
  test.each(['hardcode-ipmi-si.0', 'hotmod-ipmi-si.1'])('%s: is found while bound', (name) => {
    expect(find(ioports(0xce4), devices(name), bound(name, 0xce4))).toBe(name);
  });

  test.each(['hardcode-ipmi-si.0', 'hotmod-ipmi-si.1'])(
    '%s: is found by the record of its takeover, beside another of its kind',
    (name) => {
      const host = [ioports(0xca2, 0xce4), devices('hardcode-ipmi-si.7', name)];

      expect(find(...host)).toBeUndefined();
      expect(find(...host, taken(name))).toBe(name);
      expect(find(...host, taken('hotmod-ipmi-si.9'))).toBeUndefined();
    },
  );

  test('is found when it was unbound by hand, as the one left over', () => {
    const host = [ioports(0xca2, 0xce4), devices('dmi-ipmi-si.0', 'hardcode-ipmi-si.0')];

    expect(find(...host, smbios(KCS))).toBe('hardcode-ipmi-si.0');
  });

  test('is preferred to the same interface of SMBIOS while a driver has it', () => {
    const host = [
      ioports(0xce4, 0xce4),
      devices('dmi-ipmi-si.0', 'hardcode-ipmi-si.0'),
      smbios(type38()),
    ];

    expect(find(...host, bound('hardcode-ipmi-si.0', 0xce4))).toBe('hardcode-ipmi-si.0');
    // SMBIOS may give an interrupt, parameters of `ipmi_si` do not.
    expect(find(...host, taken('hardcode-ipmi-si.0'))).toBe('dmi-ipmi-si.0');
  });
});

test('a device of ACPI goes before that of SMBIOS at the same ports', () => {
  const ports = '0ce4-0ce6 : IPI0001:00\n  0ce4-0ce4 : IPMI Address 1\n';
  const host = [
    { '/proc/ioports': ports },
    devices('IPI0001:00', 'dmi-ipmi-si.0'),
    smbios(type38()),
  ];

  expect(find(...host)).toBe('IPI0001:00');
  expect(find(...host, bound('dmi-ipmi-si.0', 0xce4, 'ipmi_bt_uio'))).toBe('dmi-ipmi-si.0');
});

test('ipmi_si stays bound to the device of SMBIOS, and drives the one of ACPI', () => {
  const ports = '0ce4-0ce6 : IPI0001:00\n  0ce4-0ce4 : IPMI Address 1\n';
  const shadow = { linkTo: '../../../bus/platform/drivers/ipmi_si' };
  const host = {
    '/proc/ioports': ports,
    ...devices('IPI0001:00', 'dmi-ipmi-si.0'),
    ...smbios(type38()),
    [`${DEVICES}/dmi-ipmi-si.0/driver`]: shadow,
  };
  const files = fakeFiles(host);

  expect(find(host, bound('IPI0001:00', 0xce4))).toBe('IPI0001:00');
  // Taken from ipmi_si.
  expect(find(host)).toBe('IPI0001:00');
  expect(findOwner([0xce4, 0xce5, 0xce6], files)).toBeUndefined();
  expect(() => {
    checkUnclaimed([0xce4, 0xce5, 0xce6], files);
  }).not.toThrow();
});

test('a driver that has a device of SMBIOS has its ports, although it reserves none', () => {
  const host = {
    ...ioports(0xce4),
    ...devices('dmi-ipmi-si.0'),
    ...bound('dmi-ipmi-si.0', 0xce4, 'acme'),
  };

  expect(() => {
    checkUnclaimed([0xce4, 0xce5, 0xce6], fakeFiles(host));
  }).toThrow('port 0xce4: the kernel driver acme has dmi-ipmi-si.0');
});

test('nothing is found where addresses are hidden', () => {
  const hidden = { '/proc/ioports': '0000-0000 : IPMI Address 1\n' };

  expect(find(hidden, devices('dmi-ipmi-si.0'), smbios(type38()))).toBeUndefined();
});
