/**
 * PCI: devices of class "serial bus, IPMI" (0x0c07), whose programming interface says which kind
 * they are.
 */

import type { Files } from '../files.ts';
import { pciBars, pciIrq } from '../kernel/pci-device.ts';
import { PCI_DEVICES } from '../port/pci-port.ts';
import { gather, problem } from './record.ts';
import type { Decoded, InterfaceType, Testimony } from './record.ts';

/** Class, subclass and programming interface, as sysfs writes them. */
const CLASSES: ReadonlyMap<string | undefined, InterfaceType> = new Map([
  ['0x0c0700', 'smic'],
  ['0x0c0701', 'kcs'],
  ['0x0c0702', 'bt'],
]);

/** Finds the IPMI devices among all. */
export function readPci(files: Files): Testimony {
  const decoded = files.list(PCI_DEVICES).flatMap((device) => {
    const type = CLASSES.get(files.readText(`${PCI_DEVICES}/${device}/class`)?.trim());
    return type === undefined ? [] : [describe(device, type, files)];
  });
  return gather('pci', decoded);
}

function describe(device: string, type: InterfaceType, files: Files): Decoded {
  const bars = pciBars(device, files);
  // Ports are what this driver can use; memory is told of where there are none.
  const bar = bars.find(({ space }) => space === 'io') ?? bars[0];
  if (bar === undefined) return problem(`${device}: an IPMI device without ports or memory`);
  return {
    kind: 'record',
    record: {
      source: 'pci',
      where: device,
      type,
      space: bar.space,
      address: bar.start,
      spacing: 1,
      irq: pciIrq(device, files),
      ipmiVersion: undefined,
      pciDevice: device,
    },
  };
}
