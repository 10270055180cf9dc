/** What is found on a machine, whole and in short, for the tests of discovery. */

import { discover } from '../../src/discover/discover.ts';
import type { DiscoverOptions } from '../../src/discover/discover.ts';
import type { Candidate } from '../../src/discover/ranking.ts';
import { fakeFiles } from './fake-files.ts';
import { captured } from './machines.ts';
import type { Captured, Machine } from './machines.ts';

const IOPORTS = { '/proc/ioports': '0000-ffff : PCI Bus 0000:00\n' };

/** A captured machine to which something is added. */
export function machine(name: Captured, ...more: readonly Machine[]): Machine {
  return Object.assign({}, captured(name), ...more) as Machine;
}

/** Firmware alone, on a host whose ports have no owner. */
export function firmware(...tables: readonly Machine[]): Machine {
  return Object.assign({}, IOPORTS, ...tables) as Machine;
}

export function found(files: Machine, named?: DiscoverOptions['named']): readonly Candidate[] {
  return discover({ files: fakeFiles(files), named }).candidates;
}

/** `bt io 0xce4 smbios+acpi 1`: type, place, sources and rank; `*` when it is chosen. */
export function brief(candidates: readonly Candidate[]): readonly string[] {
  return candidates.map(({ type, space, base, sources, rank, chosen }) => {
    const mark = chosen ? '*' : '';
    return `${type} ${space} 0x${base.toString(16)} ${sources.join('+')} ${rank ?? '-'}${mark}`;
  });
}
