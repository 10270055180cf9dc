/**
 * Finds the IPMI interfaces of this host: asks every source, merges their records, and ranks them.
 * Only files are read; no port is touched.
 */

import type { BlockAddress } from '../port/register-block.ts';
import type { Files } from '../files.ts';
import { readAcpiNodes, readSpmi } from './acpi.ts';
import type { AcpiNodes } from './acpi.ts';
import { merge } from './candidate.ts';
import type { FirmwareBug } from './candidate.ts';
import { CONFIG_FILE, readConfig } from './config.ts';
import type { Config } from './config.ts';
import { readKernelParams } from './kernel-params.ts';
import { readPci } from './pci.ts';
import { rank } from './ranking.ts';
import type { Candidate } from './ranking.ts';
import { gather, testify } from './record.ts';
import type { InterfaceRecord, Testimony } from './record.ts';
import { readSmbios } from './smbios.ts';

/** Where to look. */
export interface DiscoverOptions {
  readonly files: Files;
  /** The interface that the caller names, as a source beside the others. */
  readonly named?: BlockAddress | undefined;
  /** Records of further sources. */
  readonly more?: readonly InterfaceRecord[];
}

/** The interfaces that were found, and the records of each source. */
export interface Discovery {
  /** Those that `open()` tries, in that order, then those that it does not. */
  readonly candidates: readonly Candidate[];
  readonly testimonies: readonly Testimony[];
  readonly acpi: AcpiNodes;
  /** Errors of firmware about any of the interfaces, each once. */
  readonly bugs: readonly FirmwareBug[];
  readonly config: Config | undefined;
  /** Paths that could not be read; a process with more rights may find more. */
  readonly unseen: readonly string[];
}

/** Asks all sources. Throws a `ConfigError` when the config file is wrong. */
export function discover({ files, named, more = [] }: DiscoverOptions): Discovery {
  const config = readConfig(files);
  const testimonies = [
    ...(named === undefined ? [] : [testify('explicit', '', named)]),
    config === undefined ? gather('config', []) : testify('config', CONFIG_FILE, config),
    readSpmi(files),
    readSmbios(files),
    readPci(files),
    readKernelParams(files),
  ];
  const acpi = readAcpiNodes(files);
  const records = [...testimonies.flatMap((testimony) => testimony.records), ...more];
  const drafts = merge(records, acpi.nodes);
  return {
    candidates: rank(drafts, files),
    testimonies,
    acpi,
    bugs: drafts.flatMap(({ bugs }) => bugs).filter(isFirst),
    config,
    unseen: [...testimonies.flatMap(({ unseen }) => unseen), ...acpi.unseen],
  };
}

/** An interface that is tried at ACPI's place has the errors of the record that names another. */
function isFirst({ text }: FirmwareBug, at: number, bugs: readonly FirmwareBug[]): boolean {
  return bugs.findIndex((bug) => bug.text === text) === at;
}
