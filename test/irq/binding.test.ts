/** Binding the driver that hands an interrupt on, and what is undone when a step fails. */

import { describe, expect, test } from 'vitest';

import { bindUio, unbindUio } from '../../src/irq/binding.ts';
import { isRoot } from '../../src/file-trouble.ts';
import type { FakeTable } from '../support/fake-files.ts';
import { errno } from '../support/fake-uio.ts';
import {
  FREE,
  IPI,
  ISA,
  PCI,
  SLOT,
  boundTo,
  changesOf,
  irqBench,
  kernel,
} from '../support/irq-bench.ts';
import type { IrqBenchOptions } from '../support/irq-bench.ts';

const BINDING = [
  'modprobe ipmi_bt_uio',
  `write ${IPI}/driver_override ipmi_bt_uio`,
  'write /sys/bus/platform/drivers_probe IPI0001:00',
];
const UNBINDING = [
  `write ${IPI}/driver_override \n`,
  'write /sys/bus/platform/drivers/ipmi_bt_uio/unbind IPI0001:00',
];
const BORROWED = { bus: 'platform', device: 'IPI0001:00', driver: 'ipmi_si' } as const;

describe('bind', () => {
  test('gives the ACPI device to the module of this package, and to no other', async () => {
    const bench = irqBench();

    const bound = await bindUio(ISA, bench.host);

    expect(changesOf(bench)).toEqual(BINDING);
    expect(bound).toEqual({ ...BORROWED, driver: 'ipmi_bt_uio', uio: '/dev/uio0' });
  });

  test("gives a PCI device to the kernel's own driver", async () => {
    const bench = irqBench();

    const bound = await bindUio(PCI, bench.host);

    expect(changesOf(bench)).toEqual([
      'modprobe uio_pci_generic',
      `write ${SLOT}/driver_override uio_pci_generic`,
      'write /sys/bus/pci/drivers_probe 0000:00:02.0',
    ]);
    expect(bound).toMatchObject({ bus: 'pci', driver: 'uio_pci_generic', uio: '/dev/uio0' });
  });

  test('loads no driver that is loaded', async () => {
    const bench = irqBench({
      table: { ...FREE, '/sys/bus/platform/drivers/ipmi_bt_uio/bind': '' },
    });

    await bindUio(ISA, bench.host);

    expect(changesOf(bench)).toEqual(BINDING.slice(1));
  });

  test('tells the module how far apart the registers are', async () => {
    const bench = irqBench();

    await bindUio({ ...ISA, spacing: 4 }, bench.host);

    expect(changesOf(bench)[0]).toBe('modprobe ipmi_bt_uio spacing=4');
  });

  test.each(['ipmi_bt_uio', 'uio_pdrv_genirq'])('leaves it as it is with %s', async (driver) => {
    const bench = irqBench({ table: { ...FREE, ...boundTo(driver) } });

    await expect(bindUio(ISA, bench.host)).resolves.toMatchObject({ driver, uio: '/dev/uio0' });
    expect(changesOf(bench)).toEqual([]);
  });

  test('goes with an interface that was claimed', async () => {
    const bench = irqBench({ record: { ...BORROWED, keep: true } });

    await expect(bindUio(ISA, bench.host)).resolves.toMatchObject({ uio: '/dev/uio0' });
  });
});

describe('bind is refused, and nothing has changed, when', () => {
  const spaced = {
    '/sys/bus/platform/drivers/ipmi_bt_uio/bind': '',
    '/sys/module/ipmi_bt_uio/parameters/spacing': '4\n',
  };
  const cases: readonly (readonly [string, IrqBenchOptions, string])[] = [
    [
      'ipmi_si has the device',
      { table: { ...FREE, ...boundTo('ipmi_si') } },
      'PORT_CLAIMED: IPI0001:00 is not bound: the kernel driver ipmi_si has it ' +
        '(first: ipmi-bt claim --base 0xce4)',
    ],
    [
      'another driver has it',
      { table: { ...FREE, ...boundTo('acme') } },
      'PORT_CLAIMED: IPI0001:00 is not bound: the kernel driver acme has it (first: unbind that)',
    ],
    [
      'a command has borrowed it from ipmi_si',
      { record: { ...BORROWED, keep: false } },
      'PORT_CLAIMED: IPI0001:00 is not bound: it is borrowed from ipmi_si for one command ' +
        '(first: ipmi-bt claim --base 0xce4)',
    ],
    [
      'it is assigned to another driver',
      { table: { ...FREE, [`${IPI}/driver_override`]: 'vfio-platform\n' } },
      `PORT_CLAIMED: IPI0001:00 is not bound: ${IPI}/driver_override keeps it for vfio-platform ` +
        '(first: clear that)',
    ],
    [
      'there is no such module',
      { table: { ...FREE, ...kernel('uio_pci_generic') } },
      'PORT_UNSUPPORTED: the interrupt needs ipmi_bt_uio, which this kernel does not ' +
        'have (docs/interrupts.md)',
    ],
    [
      'the module was loaded for registers elsewhere',
      { table: { ...FREE, ...spaced } },
      'PORT_UNSUPPORTED: ipmi_bt_uio is loaded for registers 4 apart, not 1 ' +
        '(modprobe -r ipmi_bt_uio, then again)',
    ],
    [
      'no device is seen',
      { table: { ...FREE, '/proc/ioports': '0000-0000 : IPI0001:00\n' } },
      'DEVICE_ABSENT: the kernel shows no device at 0xce4, so there is nothing to bind ' +
        `(${isRoot() ? '' : 'run as root; '}ipmi-bt locate --explain)`,
    ],
  ];

  test.each(cases)('%s', async (_, options, text) => {
    const bench = irqBench(options);

    await expect(bindUio(ISA, bench.host)).rejects.toThrow(text);
    expect(changesOf(bench)).toEqual([]);
  });
});

describe('bind is undone when', () => {
  const undone = `write ${IPI}/driver_override \n`;

  test.each(['EACCES', 'EPERM', 'EROFS'])('the first write fails with %s', async (code) => {
    const bench = irqBench();
    bench.system.onChange((change) => {
      if (change.startsWith('write')) throw errno(code);
    });

    const failing = bindUio(ISA, bench.host);

    await expect(failing).rejects.toThrow(
      /^PORT_DENIED: .*driver_override: .* \((run as|a container|the file system is read-only)/,
    );
    expect(changesOf(bench)).toEqual(BINDING.slice(0, 1));
  });

  test('the driver will not have the device', async () => {
    const bench = irqBench();
    bench.system.onChange(() => undefined);

    await expect(bindUio(ISA, bench.host)).rejects.toThrow(
      'PORT_UNSUPPORTED: ipmi_bt_uio did not take IPI0001:00: the log of the kernel says why',
    );
    expect(changesOf(bench)).toEqual([...BINDING, undone]);
  });

  test('the driver is bound and there is no file in /dev', async () => {
    const bench = irqBench();
    const table = { ...boundTo('ipmi_bt_uio'), '/dev/uio0': undefined };
    bench.system.onChange((change) => {
      if (!change.includes('drivers_probe')) return;
      for (const [path, file] of Object.entries(table)) bench.system.set(path, file);
    });

    await expect(bindUio(ISA, bench.host)).rejects.toThrow('a container needs --device /dev/uio0');
    expect(changesOf(bench)).toEqual([...BINDING, UNBINDING[1], undone]);
  });
});

describe('unbind', () => {
  const bound: FakeTable = { ...FREE, ...boundTo('ipmi_bt_uio') };

  test('leaves the device without a driver, for any to take', async () => {
    const bench = irqBench({ table: bound });

    const owner = await unbindUio(ISA.base, bench.host);

    expect(changesOf(bench)).toEqual(UNBINDING);
    expect(owner).toEqual({ ...BORROWED, driver: 'ipmi_bt_uio' });
    expect(bench.system.readText(`${IPI}/driver_override`)).toBe('(null)\n');
  });

  test('undoes what bind did, to the last file', async () => {
    const bench = irqBench();

    await bindUio(PCI, bench.host);
    await unbindUio(PCI.base, bench.host);

    expect(bench.system.linkTarget(`${SLOT}/driver`)).toBeUndefined();
    expect(bench.system.readText(`${SLOT}/driver_override`)).toBe('(null)\n');
  });

  test('is refused while another process uses the interface', async () => {
    const bench = irqBench({ table: bound, isUsed: true });

    await expect(unbindUio(ISA.base, bench.host)).rejects.toThrow(
      'DEVICE_LOCKED: pid 7 (node) uses the interface at 0xce4; end it, then unbind',
    );
    expect(changesOf(bench)).toEqual([]);
  });

  test.each(['ipmi_si', 'acme'])('leaves %s alone', async (driver) => {
    const table = { ...FREE, ...boundTo(driver), [`${IPI}/driver_override`]: '(null)\n' };
    const bench = irqBench({ table });

    await expect(unbindUio(ISA.base, bench.host)).resolves.toBeUndefined();
    expect(changesOf(bench)).toEqual([]);
  });

  test('clears an override that was left behind without a driver', async () => {
    const table = { ...FREE, [`${IPI}/driver_override`]: 'ipmi_bt_uio\n' };
    const bench = irqBench({ table });

    await expect(unbindUio(ISA.base, bench.host)).resolves.toBeUndefined();
    expect(changesOf(bench)).toEqual([`write ${IPI}/driver_override \n`]);
  });
});
