/**
 * The rows of a table of what firmware, the kernel and the user say of interfaces: the same names
 * stand in the table and in the findings about it.
 */

import { hex } from '../errors.ts';
import type { AcpiNode } from '../discover/acpi.ts';
import type { Discovery } from '../discover/discover.ts';
import { SOURCE_NAMES, formatAddress } from '../discover/record.ts';
import type { InterfaceRecord } from '../discover/record.ts';
import type { Matrix } from './events.ts';

export const COLUMNS = ['type', 'address', 'spacing', 'interrupt'] as const;

type Row = Matrix['rows'][number];

/** A row for each record and each ACPI node, in the order of discovery. */
export function rowsOf({ testimonies, acpi }: Discovery): readonly Row[] {
  return [
    ...testimonies.flatMap(({ records }) => records).map(rowOf),
    ...acpi.nodes.map((node) => ({
      name: nodeName(node),
      // Linux shows only the name of the node and its ports.
      cells: ['not shown', portsText(node), 'not shown', 'not shown'],
    })),
  ];
}

function rowOf(record: InterfaceRecord): Row {
  const { type, spacing } = record;
  return {
    name: rowName(record),
    cells: [
      type === 'unknown' ? type : type.toUpperCase(),
      addressText(record),
      spacing === undefined ? 'reserved value' : String(spacing),
      irqText(record),
    ],
  };
}

/** `SMBIOS 38-0`, `SPMI`, `kernel IPI0001:00`. */
export function rowName({ source, where }: InterfaceRecord): string {
  const name = SOURCE_NAMES[source];
  switch (source) {
    case 'smbios':
      return `${name} ${/38-\d+/.exec(where)?.[0] ?? where.replace(/^.* at /, 'at ')}`;
    case 'spmi':
      return where.replace(/.*\//, '');
    case 'pci':
      return `${name} ${where}`;
    case 'kernel':
      return `${name} ${where.replace(/\/params$/, '').replace(/.*\//, '')}`;
    case 'acpi':
    case 'config':
    case 'default':
    case 'explicit':
      return name;
  }
}

export function nodeName({ name }: AcpiNode): string {
  return `ACPI ${name}`;
}

export function portsText({ ranges }: AcpiNode): string {
  const runs = ranges.map(({ start, end }) => `${hex(start)}-${hex(end)}`);
  return runs.length === 0 ? 'not shown' : `I/O ${runs.join(', ')}`;
}

/** `I/O 0xce4`, or `none (0)`. */
export function addressText({ space, address }: InterfaceRecord): string {
  return address === 0 ? `none (${formatAddress(space, 0)})` : formatAddress(space, address);
}

export function irqText({ irq, wrongIrq }: InterfaceRecord): string {
  if (irq !== undefined) return String(irq);
  return wrongIrq === undefined ? 'none' : `none (${wrongIrq})`;
}

/** A row as a line of evidence. */
export function rowLine({ name, cells }: Row): string {
  return `${name}: ${COLUMNS.map((column, at) => `${column} ${cells[at] ?? ''}`).join(', ')}`;
}
