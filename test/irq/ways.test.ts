/** Ways of an interrupt to user space, on hosts described in tables. */

import { describe, expect, test } from 'vitest';

import { findWay, tellWay } from '../../src/irq/ways.ts';
import type { Interrupted } from '../../src/irq/ways.ts';
import { fakeFiles } from '../support/fake-files.ts';
import type { FakeTable } from '../support/fake-files.ts';
import { FREE, IPI, ISA, MODULES, PCI, SLOT, boundTo, kernel } from '../support/irq-bench.ts';

const HIDDEN = { '/proc/ioports': '0000-0000 : IPI0001:00\n' };

const NEWER = {
  '/proc/sys/kernel/osrelease': '6.10.2\n',
  '/lib/modules/6.10.2/modules.dep': 'kernel/drivers/uio/uio_pdrv_genirq.ko.zst: a\n',
};

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

describe('the interrupt of a device that parameters of ipmi_si made', () => {
  const device = '/sys/bus/platform/devices/hotmod-ipmi-si.1';
  const host = {
    ...kernel('ipmi_bt_uio'),
    '/proc/ioports': '0ce4-0ce4 : IPMI Address 1\n',
    [`${device}/driver_override`]: '(null)\n',
  };
  const record = { bus: 'platform', device: 'hotmod-ipmi-si.1', driver: 'ipmi_si', keep: true };
  const RECORD = '/run/ipmi-bt/bt-0xce4.taken';

  test('is known from the record of its takeover', () => {
    const files = fakeFiles({ ...host, [RECORD]: JSON.stringify({ ...record, irq: 6 }) });

    expect(tellWay({ ...ISA, irq: undefined }, files)).toBe(
      'Interrupt 6 of 0xce4 is available through ipmi_bt_uio: ipmi-bt irq bind --base 0xce4.',
    );
  });

  test.each([JSON.stringify(record), JSON.stringify({ ...record, irq: -1 }), 'no JSON'])(
    'is none where the record has none: %s',
    (text) => {
      const way = findWay({ ...ISA, irq: undefined }, fakeFiles({ ...host, [RECORD]: text }));

      expect(way).toEqual({ state: 'none', reason: 'firmware names no interrupt' });
    },
  );
});
