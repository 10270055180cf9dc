/**
 * Hosts whose interrupt can be brought to user space, in tables, and what their kernel makes of
 * a driver that is bound and unbound.
 */

import type { Interrupted } from '../../src/irq/ways.ts';
import type { BindHost } from '../../src/irq/binding.ts';
import type { TakeoverRecord } from '../../src/kernel/takeover-record.ts';
import { FakeSystem } from './fake-files.ts';
import type { FakeTable } from './fake-files.ts';

export const ISA: Interrupted = { base: 0xce4, spacing: 1, irq: 6 };
export const PCI: Interrupted = { base: 0xc010, spacing: 1, irq: 10 };

export const IPI = '/sys/bus/platform/devices/IPI0001:00';
export const SLOT = '/sys/bus/pci/devices/0000:00:02.0';
export const UIO = '/sys/class/uio/uio0';

const RELEASE = '6.1.0-9-amd64';
export const MODULES = `/lib/modules/${RELEASE}/modules.dep`;

/** A kernel with these modules, none loaded. */
export function kernel(...names: readonly string[]): FakeTable {
  const lines = names.map((name) => `kernel/drivers/uio/${name}.ko.xz: kernel/drivers/uio/uio.ko`);
  return {
    '/proc/sys/kernel/osrelease': `${RELEASE}\n`,
    [MODULES]: ['kernel/drivers/uio/uio.ko:', ...lines, ''].join('\n'),
  };
}

/** An ACPI device and a PCI device, neither with a driver. */
export const FREE: FakeTable = {
  ...kernel('ipmi_bt_uio', 'uio_pci_generic'),
  '/proc/ioports':
    '0ce4-0ce6 : IPI0001:00\n  0ce4-0ce4 : IPMI Address 1\nc010-c017 : 0000:00:02.0\n',
  [`${IPI}/driver_override`]: '(null)\n',
  [`${SLOT}/driver_override`]: '(null)\n',
  [`${SLOT}/resource`]: '0x000000000000c010 0x000000000000c017 0x0000000000040101\n',
  [`${SLOT}/irq`]: '10\n',
};

/** The files that a driver which has a device adds. */
export function boundTo(driver: string, folder = IPI): FakeTable {
  const bus = folder === IPI ? 'platform' : 'pci';
  return {
    [`/sys/bus/${bus}/drivers/${driver}/unbind`]: '',
    [`${folder}/driver`]: { linkTo: `../../../../bus/${bus}/drivers/${driver}` },
    [`${folder}/driver_override`]: `${driver}\n`,
    ...uioAt(folder),
  };
}

/** The UIO device of a device. */
export function uioAt(folder: string): FakeTable {
  return {
    [`${UIO}/device`]: { linkTo: `../../../${folder.replace(/.*\//, '')}` },
    [`${UIO}/event`]: '0\n',
    '/dev/uio0': '',
  };
}

export interface IrqBenchOptions {
  readonly table?: FakeTable;
  readonly record?: TakeoverRecord;
  /** Another process uses the interface. */
  readonly isUsed?: boolean;
}

/** A host, and all that it was told. */
export interface IrqBench {
  readonly system: FakeSystem;
  readonly host: BindHost;
}

export function irqBench({ table = FREE, record, isUsed }: IrqBenchOptions = {}): IrqBench {
  const system = new FakeSystem(table);
  system.onChange((change) => {
    obey(system, change);
  });
  const host: BindHost = {
    system,
    recordFile: { read: () => record },
    users: {
      isAlone: () => isUsed !== true,
      others: () => 'pid 7 (node)',
      close: () => undefined,
    },
    loadModule: (name, ...parameters) => {
      system.remove(['modprobe', name, ...parameters].join(' '));
      const bus = name === 'ipmi_bt_uio' ? 'platform' : 'pci';
      system.set(`/sys/bus/${bus}/drivers/${name}/bind`, '');
    },
  };
  return { system, host };
}

/** The changes that were made; a module that is loaded is a change, too. */
export function changesOf({ system }: IrqBench): readonly string[] {
  return system.changes.map((change) => change.replace('remove modprobe', 'modprobe'));
}

/** The kernel's part: it binds what `driver_override` says when it is told to look. */
function obey(system: FakeSystem, change: string): void {
  const [verb = '', path = ''] = change.split(' ');
  if (verb !== 'write') return;
  const text = change.slice(`${verb} ${path} `.length);
  if (path.endsWith('/driver_override')) {
    system.set(path, text === '\n' ? '(null)\n' : `${text}\n`);
    return;
  }
  const folder = [IPI, SLOT].find((one) => one.endsWith(`/${text}`)) ?? '';
  if (path.endsWith('/drivers_probe')) {
    const driver = system.readText(`${folder}/driver_override`)?.trim() ?? '';
    for (const [file, content] of Object.entries(boundTo(driver, folder)))
      system.set(file, content);
  }
  if (path.endsWith('/unbind')) {
    for (const file of [`${folder}/driver`, ...Object.keys(uioAt(folder))]) {
      system.set(file, undefined);
    }
  }
}
