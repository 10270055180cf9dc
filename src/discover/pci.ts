/**
 * PCI: devices of class "serial bus, IPMI" (0x0c07), whose programming interface says which kind
 * they are.
 */

import type { Files } from '../files.ts';
import { PCI_DEVICES } from '../port/pci-port.ts';
import { gather, problem } from './record.ts';
import type { AddressSpace, Decoded, InterfaceType, Testimony } from './record.ts';

/** Class, subclass and programming interface, as sysfs writes them. */
const CLASSES: Readonly<Record<string, InterfaceType>> = {
  '0x0c0700': 'smic',
  '0x0c0701': 'kcs',
  '0x0c0702': 'bt',
};

/** IORESOURCE_IO and IORESOURCE_MEM, in the flags of a line of `resource`. */
const SPACES: readonly (readonly [flag: number, space: AddressSpace])[] = [
  [0x100, 'io'],
  [0x200, 'memory'],
];

/** Base address registers of a device; further lines of `resource` are of other things. */
const BARS = 6;

/** Finds the IPMI devices among all. */
export function readPci(files: Files): Testimony {
  const decoded = files.list(PCI_DEVICES).flatMap((device) => {
    const type = CLASSES[files.readText(`${PCI_DEVICES}/${device}/class`)?.trim() ?? ''];
    return type === undefined ? [] : [describe(device, type, files)];
  });
  return gather('pci', decoded);
}

function describe(device: string, type: InterfaceType, files: Files): Decoded {
  const folder = `${PCI_DEVICES}/${device}`;
  const bars = parseBars(files.readText(`${folder}/resource`) ?? '');
  // Ports are what this driver can use; memory is told of where there are none.
  const bar = bars.find(({ space }) => space === 'io') ?? bars[0];
  if (bar === undefined) return problem(`${device}: an IPMI device without ports or memory`);
  const irq = Number(files.readText(`${folder}/irq`)?.trim() ?? 0);
  return {
    kind: 'record',
    record: {
      source: 'pci',
      where: device,
      type,
      ...bar,
      spacing: 1,
      irq: Number.isInteger(irq) && irq > 0 ? irq : undefined,
      ipmiVersion: undefined,
      pciDevice: device,
    },
  };
}

interface Bar {
  readonly space: AddressSpace;
  readonly address: number;
}

// `0x000000000000c010 0x000000000000c017 0x0000000000040101`: start, end, flags.
function parseBars(text: string): readonly Bar[] {
  return text
    .split('\n', BARS)
    .flatMap((line) => {
      const [start = 0, end = 0, flags = 0] = line.split(' ').map(Number);
      const space = SPACES.find(([flag]) => (flags & flag) !== 0)?.[1];
      return space === undefined || !(end > start) ? [] : [{ space, address: start }];
    })
    .filter(({ address }) => Number.isSafeInteger(address));
}
