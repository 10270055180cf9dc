/** The owners of ports, on hosts described in tables. */

import { describe, expect, test } from 'vitest';

import { IpmiError } from '../../src/errors.ts';
import { checkUnclaimed, findDevice } from '../../src/kernel/port-owner.ts';
import { type FakeFile, fakeFiles } from '../support/fake-files.ts';

type Table = Readonly<Record<string, FakeFile>>;

const PORTS = [0xce4, 0xce5, 0xce6];
const PLATFORM = '/sys/bus/platform';
const PCI = '/sys/bus/pci';
const PCI_DEVICE = `${PCI}/devices/0000:00:03.0`;
const BAR = '0x0000000000000ce0 0x0000000000000cef 0x0000000000040101\n';
const MEMORY_BAR = '0x0000000000000ce0 0x0000000000000cef 0x0000000000040200\n';
const HIDDEN = ioports('0000-0000 : PCI Bus 0000:00', '  0000-0000 : IPI0001:00');

function ioports(...lines: readonly string[]): Table {
  return { '/proc/ioports': lines.join('\n') + '\n' };
}

/** A guest's list, with `lines` nested in the bus. */
function host(...lines: readonly string[]): Table {
  return ioports(
    ...['0000-0cf7 : PCI Bus 0000:00', '  0000-001f : dma1', '  03f8-03ff : serial'],
    ...lines.map((line) => `  ${line}`),
    ...['0cf8-0cff : PCI conf1', '0d00-ffff : PCI Bus 0000:00', '  c000-c03f : 0000:00:02.0'],
  );
}

const REGISTERS = [4, 5, 6].map((digit) => `  0ce${digit}-0ce${digit} : IPMI Address ${digit - 3}`);
const RESERVED = [4, 5, 6].map((digit) => `  0ce${digit}-0ce${digit} : ipmi_si`);

function bound(bus: string, device: string, driver: string): Table {
  return { [`${bus}/devices/${device}/driver`]: { linkTo: `../../../bus/x/drivers/${driver}` } };
}

function params(bus: string, device: string, text: string): Table {
  return { [`${bus}/drivers/ipmi_si/${device}/params`]: `${text},irq=6,ipmb=32\n` };
}

function check(table: Table, ports = PORTS): void {
  checkUnclaimed(ports, fakeFiles(table));
}

const FREE: readonly (readonly [string, Table])[] = [
  ['nothing is listed there', host()],
  ['the range lies in no entry at all', ioports('0000-001f : dma1')],
  ['ACPI describes the interface', host('0ce4-0ce6 : IPI0001:00')],
  ['ACPI describes each register', host('0ce4-0ce6 : IPI0001:00', ...REGISTERS)],
  ['SMBIOS describes the interface', host('0ce4-0ce6 : dmi-ipmi-si.0')],
  ['parameters describe the interface', host('0ce4-0ce6 : hardcode-ipmi-si.0')],
  ['a hotplugged interface is described', host('0ce4-0ce6 : hotmod-ipmi-si.1')],
  ['plug and play describes the ports', host('0ce0-0cef : pnp 00:04')],
  ['it is a PCI device without a driver', { ...host('0ce0-0cef : 0000:00:03.0'), ...pci(BAR) }],
  ['ipmi_si has an interface elsewhere', { ...host(), ...siAt('kcs,i/o,0xca2,rsp=1') }],
  ['ipmi_si has one in memory', { ...host(), ...siAt('bt,mem,0xce4,rsp=1') }],
  [
    'our module has the interrupt of the ACPI device',
    { ...host('0ce4-0ce6 : IPI0001:00'), ...bound(PLATFORM, 'IPI0001:00', 'ipmi_bt_uio') },
  ],
  [
    "the kernel's own driver has the interrupt of the PCI device",
    {
      ...host('0ce0-0cef : 0000:00:03.0'),
      ...pci(BAR),
      ...bound(PCI, '0000:00:03.0', 'uio_pci_generic'),
    },
  ],
  [
    'addresses are hidden, but the PCI device has a driver of UIO',
    { ...HIDDEN, ...pci(BAR), ...bound(PCI, '0000:00:03.0', 'uio_pci_generic') },
  ],
  [
    'an interrupt driver of any device has the ACPI device',
    { ...host('0ce4-0ce6 : IPI0001:00'), ...bound(PLATFORM, 'IPI0001:00', 'uio_pdrv_genirq') },
  ],
  ['addresses are hidden, but it is a free PCI device', { ...HIDDEN, ...pci(BAR) }],
  ['/proc is not there, but it is a free PCI device', pci(MEMORY_BAR + BAR)],
];

function pci(resource: string): Table {
  return { [`${PCI_DEVICE}/resource`]: resource };
}

function siAt(text: string): Table {
  return params(PLATFORM, 'dmi-ipmi-si.0', `${text},rsi=1,rsh=0`);
}

describe('the ports are free when', () => {
  test.each(FREE)('%s', (_, table) => {
    expect(() => {
      check(table);
    }).not.toThrow();
  });
});

const CLAIMED: readonly (readonly [string, Table, RegExp])[] = [
  [
    'ipmi_si drives the ACPI device',
    {
      ...host('0ce4-0ce6 : IPI0001:00', ...RESERVED),
      ...bound(PLATFORM, 'IPI0001:00', 'ipmi_si'),
    },
    /ipmi_si has IPI0001:00 \(borrow .* option takeover, or echo IPI0001:00 > \S+\/unbind\)$/,
  ],
  [
    'a driver is bound that has reserved nothing yet',
    {
      ...host('0ce4-0ce6 : IPI0001:00', ...REGISTERS),
      ...bound(PLATFORM, 'IPI0001:00', 'other'),
    },
    /driver other has IPI0001:00 \(echo IPI0001:00 > \S+platform\/drivers\/other\/unbind\)$/,
  ],
  [
    'another driver has reserved them of a device whose interrupt our module has',
    {
      ...host('0ce4-0ce6 : IPI0001:00', '  0ce4-0ce6 : acme_bmc'),
      ...bound(PLATFORM, 'IPI0001:00', 'ipmi_bt_uio'),
    },
    /0xce4: reserved by acme_bmc/,
  ],
  [
    'a PCI device around them has a driver',
    { ...host('0ce0-0cef : 0000:00:03.0'), ...bound(PCI, '0000:00:03.0', 'ipmi_si') },
    /has 0000:00:03\.0 \(.* 0000:00:03\.0 > \/sys\/bus\/pci\/drivers\/ipmi_si\/unbind/,
  ],
  [
    'ipmi_si has reserved a register of no device',
    host('0ce6-0ce6 : ipmi_si'),
    /0xce6: reserved by ipmi_si in \/proc\/ioports \(modprobe -r ipmi_si\)$/,
  ],
  [
    'another driver has them inside the described range',
    host('0ce4-0ce6 : IPI0001:00', '  0ce4-0ce6 : acme_bmc'),
    /0xce4: reserved by acme_bmc/,
  ],
  ['an unknown entry has the last one', host('0ce6-0cef : acme'), /0xce6: reserved by acme/],
  ['an entry has an empty name', host('0ce4-0ce4 : '), /0xce4: reserved by {2}in/],
  [
    'ipmi_si names the base in its parameters',
    { ...host(), ...siAt('bt,i/o,0xce4,rsp=1') },
    /0xce4: the kernel driver ipmi_si has dmi-ipmi-si\.0 \(/,
  ],
  [
    'ipmi_si names it as a PCI driver',
    { ...host(), ...params(PCI, '0000:00:03.0', 'bt,i/o,0xce4,rsp=1') },
    /0xce4: .* \/sys\/bus\/pci\/drivers\/ipmi_si\/unbind/,
  ],
  [
    'a register of an interface of ipmi_si with wide spacing is among them',
    { ...host(), ...siAt('kcs,i/o,0xcdc,rsp=4') },
    /0xce4: the kernel driver ipmi_si/,
  ],
  [
    'ipmi_si is bound and addresses are hidden',
    { ...HIDDEN, ...siAt('bt,i/o,0xce4,rsp=1') },
    /the kernel driver ipmi_si has dmi-ipmi-si\.0/,
  ],
  [
    'addresses are hidden',
    HIDDEN,
    /0xce4, 0xce5, 0xce6: .*hides the addresses.*(run as root|root lacks CAP_SYS_ADMIN)/,
  ],
  ['/proc/ioports cannot be read', {}, /cannot be read.*--cap-add SYS_ADMIN/],
  ['/proc/ioports is empty', { '/proc/ioports': '' }, /not understood/],
  ['a line has another form', ioports('0000-001f : dma1', 'ce4 acme'), /not understood/],
  [
    'addresses are hidden and the PCI device has a driver',
    { ...HIDDEN, ...pci(BAR), ...bound(PCI, '0000:00:03.0', 'acme') },
    /hides the addresses/,
  ],
  [
    'addresses are hidden and the BAR is of memory',
    { ...HIDDEN, ...pci(MEMORY_BAR) },
    /hides the addresses/,
  ],
  [
    'addresses are hidden and the BAR ends before the last register',
    { ...HIDDEN, ...pci('0x0000000000000ce0 0x0000000000000ce5 0x0000000000040101\n') },
    /hides the addresses/,
  ],
];

describe('the ports are claimed when', () => {
  test.each(CLAIMED)('%s', (_, table, says) => {
    let error: unknown;
    try {
      check(table);
    } catch (thrown) {
      error = thrown;
    }

    expect(error).toBeInstanceOf(IpmiError);
    expect(error).toMatchObject({ code: 'PORT_CLAIMED', outcome: 'not-sent' });
    expect((error as IpmiError).message).toMatch(says);
  });
});

test('ports between widely spaced registers are not asked about', () => {
  const table = host('0ce5-0ce7 : acme');

  expect(() => {
    check(table, [0xce4, 0xce8, 0xcec]);
  }).not.toThrow();
  expect(() => {
    check(table, [0xcdf, 0xce3, 0xce7]);
  }).toThrow('port 0xce7: reserved by acme');
});

describe('the device of an interface is', () => {
  const cases: readonly (readonly [string, Table, number, object | undefined])[] = [
    [
      'the one that ACPI describes at the ports',
      host('0ce4-0ce6 : IPI0001:00', ...REGISTERS, ...RESERVED),
      0xce4,
      { bus: 'platform', device: 'IPI0001:00' },
    ],
    [
      'the one that SMBIOS describes there',
      host('0ce4-0ce6 : dmi-ipmi-si.0'),
      0xce4,
      { bus: 'platform', device: 'dmi-ipmi-si.0' },
    ],
    [
      'the PCI device whose ports begin there',
      { ...host(), ...pci(MEMORY_BAR + BAR) },
      0xce0,
      { bus: 'pci', device: '0000:00:03.0' },
    ],
    ['not one whose ports begin elsewhere', { ...host(), ...pci(BAR) }, 0xce4, undefined],
    ['not one of memory there', { ...host(), ...pci(MEMORY_BAR) }, 0xce0, undefined],
    ['not one of another kind', host('0ce4-0ce6 : acme'), 0xce4, undefined],
    ['not a path in its place', host('0ce4-0ce6 : IPI0001:00/../acme'), 0xce4, undefined],
    ['not seen where addresses are hidden', HIDDEN, 0xce4, undefined],
  ];

  test.each(cases)('%s', (_, ...[table, base, device]) => {
    expect(findDevice(base, fakeFiles(table))).toEqual(device);
  });
});
