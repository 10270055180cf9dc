/** The interfaces that are found on a host, whole and in short, for the tests of discovery. */

import { discover } from '../../src/discover/discover.ts';
import type { DiscoverOptions } from '../../src/discover/discover.ts';
import type { Candidate } from '../../src/discover/ranking.ts';
import { fakeFiles } from './fake-files.ts';
import { captured } from './hosts.ts';
import type { Captured, HostFiles } from './hosts.ts';

const IOPORTS = { '/proc/ioports': '0000-ffff : PCI Bus 0000:00\n' };

/** A captured host to which something is added. */
export function host(name: Captured, ...more: readonly HostFiles[]): HostFiles {
  return Object.assign({}, captured(name), ...more) as HostFiles;
}

/** Firmware alone, on a host whose ports no driver has. */
export function firmware(...tables: readonly HostFiles[]): HostFiles {
  return Object.assign({}, IOPORTS, ...tables) as HostFiles;
}

export function found(files: HostFiles, named?: DiscoverOptions['named']): readonly Candidate[] {
  return discover({ files: fakeFiles(files), named }).candidates;
}

/** `bt io 0xce4 smbios+acpi 1`: type, place, sources and rank; `*` when it is chosen. */
export function brief(candidates: readonly Candidate[]): readonly string[] {
  return candidates.map(({ type, space, base, sources, rank, chosen }) => {
    const mark = chosen ? '*' : '';
    return `${type} ${space} 0x${base.toString(16)} ${sources.join('+')} ${rank ?? '-'}${mark}`;
  });
}
