/** Ways of an interrupt to user space, on hosts described in tables. */

import { describe, expect, test } from 'vitest';

import { irqStatus } from '../../src/irq/status.ts';
import { findUio } from '../../src/irq/uio-device.ts';
import { findWay, tellWay } from '../../src/irq/ways.ts';
import type { Interrupted } from '../../src/irq/ways.ts';
import { fakeFiles } from '../support/fake-files.ts';
import type { FakeTable } from '../support/fake-files.ts';
import {
  FREE,
  IPI,
  ISA,
  MODULES,
  PCI,
  SLOT,
  UIO,
  boundTo,
  kernel,
  uioAt,
} from '../support/irq-bench.ts';

const PORTIO = `${UIO}/portio/port0/start`;
const HIDDEN = { '/proc/ioports': '0000-0000 : IPI0001:00\n' };

const NEWER = {
  '/proc/sys/kernel/osrelease': '6.10.2\n',
  '/lib/modules/6.10.2/modules.dep': 'kernel/drivers/uio/uio_pdrv_genirq.ko.zst: a\n',
};

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

describe('an interrupt', () => {
  const none = { ...ISA, irq: undefined };
  const cases: readonly (readonly [string, Interrupted, FakeTable, string, string])[] = [
    [
      'that comes to user space is there',
      ISA,
      { ...FREE, ...boundTo('ipmi_bt_uio') },
      'bound',
      'Interrupt 6 of 0xce4 comes to /dev/uio0 (ipmi_bt_uio).',
    ],
    [
      'of an ACPI device can be had by our module',
      ISA,
      FREE,
      'ready',
      'Interrupt 6 of 0xce4 is available through ipmi_bt_uio: ipmi-bt irq bind --base 0xce4.',
    ],
    [
      'of a PCI device can be had by a driver of the kernel',
      PCI,
      FREE,
      'ready',
      'Interrupt 10 of 0xc010 is available through uio_pci_generic: ipmi-bt irq bind --base 0xc010.',
    ],
    [
      'can be had by a driver that is loaded, though no list has it',
      ISA,
      { ...FREE, [MODULES]: '', '/sys/bus/platform/drivers/ipmi_bt_uio/bind': '' },
      'ready',
      'Interrupt 6 of 0xce4 is available through ipmi_bt_uio: ipmi-bt irq bind --base 0xce4.',
    ],
    [
      'is that of ipmi_si while that has the device',
      ISA,
      { ...FREE, [`${IPI}/driver`]: { linkTo: '../drivers/ipmi_si' } },
      'claimed',
      'Interrupt 6 of 0xce4 belongs to the driver ipmi_si: ipmi-bt claim --base 0xce4, then ' +
        'ipmi-bt irq bind --base 0xce4.',
    ],
    [
      'is that of another driver while that has the device',
      PCI,
      { ...FREE, [`${SLOT}/driver`]: { linkTo: '../drivers/acme' } },
      'claimed',
      'Interrupt 10 of 0xc010 belongs to the driver acme: unbind it, then ' +
        'ipmi-bt irq bind --base 0xc010.',
    ],
    [
      'cannot be had without a module',
      PCI,
      { ...FREE, ...kernel('ipmi_bt_uio') },
      'missing',
      'Interrupt 10 of 0xc010 needs uio_pci_generic, which this kernel does not have ' +
        '(docs/interrupts.md).',
    ],
    [
      'cannot be had without our module, but by hand where the kernel has what will do',
      ISA,
      { ...FREE, ...NEWER },
      'missing',
      'Interrupt 6 of 0xce4 needs ipmi_bt_uio, which this kernel does not have ' +
        '(docs/interrupts.md), or its own uio_pdrv_genirq, bound by hand.',
    ],
    [
      'cannot be had so on older kernels',
      ISA,
      { ...FREE, ...kernel('uio_pdrv_genirq') },
      'missing',
      'Interrupt 6 of 0xce4 needs ipmi_bt_uio, which this kernel does not have ' +
        '(docs/interrupts.md).',
    ],
    [
      'is none where firmware names none',
      none,
      FREE,
      'none',
      'Interrupt of 0xce4 is not available: firmware names no interrupt.',
    ],
    [
      'is none where no device is seen',
      ISA,
      { ...FREE, ...HIDDEN },
      'none',
      'Interrupt 6 of 0xce4 is not available: the kernel shows no device at these ports.',
    ],
  ];

  test.each(cases)('%s', (_, ...[interrupted, table, state, text]) => {
    const files = fakeFiles(table);

    expect(findWay(interrupted, files).state).toBe(state);
    expect(tellWay(interrupted, files)).toBe(text);
  });
});

describe('the status', () => {
  const line = '  6:      12        30   IO-APIC   6-edge      acme, ipmi-bt';
  const interrupts = (text: string) => ({
    '/proc/interrupts': `           CPU0       CPU1\n  0:  1  2  IO-APIC  2-edge timer\n${text}\n`,
  });
  const openers = {
    '/proc/self/ns/pid': { linkTo: 'pid:[4026531836]' },
    '/proc/7/fd/5': { linkTo: '/dev/uio0' },
    '/proc/7/comm': 'node\n',
  };

  test('tells driver, counts, and the processes that listen', () => {
    const table = {
      ...{ ...FREE, ...boundTo('ipmi_bt_uio'), ...openers, ...interrupts(line) },
      [`${UIO}/event`]: '42\n',
    };

    expect(irqStatus(ISA, fakeFiles(table))).toEqual({
      device: { bus: 'platform', device: 'IPI0001:00' },
      driver: 'ipmi_bt_uio',
      irq: 6,
      uio: '/dev/uio0',
      events: 42,
      line: { count: 42, text: 'IO-APIC 6-edge acme, ipmi-bt' },
      openers: ['pid 7 (node) has /dev/uio0 open'],
      way: { state: 'bound', driver: 'ipmi_bt_uio', uio: '/dev/uio0' },
      verdict: 'Interrupt 6 of 0xce4 comes to /dev/uio0 (ipmi_bt_uio).',
    });
  });

  test('takes the number of a PCI interrupt from the device', () => {
    const table = { ...FREE, [`${SLOT}/irq`]: '11\n' };

    expect(irqStatus({ ...PCI, irq: 10 }, fakeFiles(table)).irq).toBe(11);
  });

  test.each([
    ['there is no such line', '  16:   1   2   IO-APIC  6-edge acme'],
    ['the line is of words', '  6:   one   two   IO-APIC'],
  ])('has no count when %s', (_, text) => {
    expect(irqStatus(ISA, fakeFiles({ ...FREE, ...interrupts(text) })).line).toBeUndefined();
  });

  test('of a host of which nothing is seen says just that', () => {
    expect(irqStatus(ISA, fakeFiles({}))).toMatchObject({
      ...{ device: undefined, driver: '', uio: undefined, events: undefined },
      ...{ line: undefined, openers: [], way: { state: 'none' } },
    });
  });
});
