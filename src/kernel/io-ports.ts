/**
 * The kernel's list of I/O ports, /proc/ioports: nested runs of ports, each with the name of a bus,
 * of a device, or of the driver that reserved it.
 */

import type { Files } from '../files.ts';

/** The path, for messages. */
export const IO_PORTS = '/proc/ioports';

/** A run of ports, and its name. */
export interface IoPortsEntry {
  readonly start: number;
  readonly end: number;
  readonly name: string;
}

/** The list, or the reason why it is not known. */
export type IoPorts =
  | { readonly kind: 'read'; readonly entries: readonly IoPortsEntry[] }
  | { readonly kind: 'unreadable'; readonly reason: string };

/** Reads the list. A line of another form makes all of it unreadable: it may hold a reservation. */
export function readIoPorts(files: Files): IoPorts {
  const text = files.readText(IO_PORTS);
  if (text === undefined) return { kind: 'unreadable', reason: `${IO_PORTS} cannot be read` };
  const entries = text.trimEnd().split('\n').map(parseEntry);
  if (!entries.every((entry) => entry !== undefined)) {
    return { kind: 'unreadable', reason: `${IO_PORTS} has a line that is not understood` };
  }
  // The kernel shows zeros to readers without CAP_SYS_ADMIN.
  if (entries.every(({ end }) => end === 0)) {
    return { kind: 'unreadable', reason: `${IO_PORTS} hides the addresses` };
  }
  return { kind: 'read', entries };
}

function parseEntry(line: string): IoPortsEntry | undefined {
  const match = /^ *([\da-f]+)-([\da-f]+) : (.*)$/.exec(line);
  if (match === null) return undefined;
  const [, start = '', end = '', name = ''] = match;
  return { start: Number.parseInt(start, 16), end: Number.parseInt(end, 16), name };
}

/** Returns the entries that hold the port, outermost first. */
export function entriesAt(port: number, entries: readonly IoPortsEntry[]): readonly IoPortsEntry[] {
  // A parent comes before its children, and siblings do not overlap.
  return entries.filter(({ start, end }) => start <= port && port <= end);
}
