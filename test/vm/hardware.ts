/**
 * The BMCs a guest can have, and what its firmware says of them. QEMU writes SMBIOS and ACPI tables
 * for its ISA devices itself; a test may give others in their place, to make firmware lie.
 */

import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';

const DEVICE_GUID = '00112233-4455-6677-8899-aabbccddeeff';

/** QEMU's devices: BMCs, and the interfaces they are reached through. */
export const DEVICES = {
  none: [],
  sim: ['ipmi-bmc-sim,id=bmc', 'isa-ipmi-bt,bmc=bmc,ioport=0xce4,irq=6'],
  'sim at 0xe4': [`ipmi-bmc-sim,id=bmc,guid=${DEVICE_GUID}`, 'isa-ipmi-bt,bmc=bmc'],
  'polled at 0xe4': [
    `ipmi-bmc-sim,id=bmc,guid=${DEVICE_GUID}`,
    'isa-ipmi-bt,bmc=bmc,ioport=0xe4,irq=0',
  ],
  // The interrupt of the first serial port.
  'sim at irq 4': ['ipmi-bmc-sim,id=bmc', 'isa-ipmi-bt,bmc=bmc,ioport=0xce4,irq=4'],
  pci: ['ipmi-bmc-sim,id=bmc', 'pci-ipmi-bt,bmc=bmc'],
  kcs: ['ipmi-bmc-sim,id=bmc', 'isa-ipmi-kcs,bmc=bmc'],
  // Told apart by their firmware revisions.
  two: [
    ...['ipmi-bmc-sim,id=first,fwrev1=1', 'isa-ipmi-bt,bmc=first,ioport=0xce4,irq=6'],
    ...['ipmi-bmc-sim,id=second,fwrev1=2', 'pci-ipmi-bt,bmc=second'],
  ],
  // Last first: IPI0001:00 and :01 are on one interrupt line, IPI0001:02 has none.
  'shared irq': [
    ...['ipmi-bmc-sim,id=third', 'isa-ipmi-bt,bmc=third,ioport=0xcc4,irq=0'],
    ...['ipmi-bmc-sim,id=second', 'isa-ipmi-bt,bmc=second,ioport=0xcd4,irq=6'],
    ...['ipmi-bmc-sim,id=first', 'isa-ipmi-bt,bmc=first,ioport=0xce4,irq=6'],
  ],
} as const;

/** A machine by name. */
export type Hardware = keyof typeof DEVICES;

/** Tables that firmware shows the guest. */
export interface FirmwareTables {
  /** Replaces QEMU's own SMBIOS structures of the same type. */
  readonly smbios?: readonly Uint8Array[];

  /** An SPMI table without its header; QEMU has none. */
  readonly spmi?: Uint8Array;
}

/** QEMU's arguments for the BMCs of a machine. */
export function deviceArgs(hardware: Hardware): readonly string[] {
  return DEVICES[hardware].flatMap((device) => ['-device', device]);
}

/** QEMU's arguments for `tables`, which are written to `folder`. */
export async function tableArgs(tables: FirmwareTables, folder: string): Promise<string[]> {
  const { smbios = [], spmi } = tables;
  const args: string[] = [];
  for (const [index, structure] of smbios.entries()) {
    const file = join(folder, `smbios-${index}`);
    await writeFile(file, structure);
    args.push('-smbios', `file=${file}`);
  }
  if (spmi !== undefined) {
    const file = join(folder, 'spmi');
    await writeFile(file, spmi);
    args.push('-acpitable', `sig=SPMI,rev=5,data=${file}`);
  }
  return args;
}
