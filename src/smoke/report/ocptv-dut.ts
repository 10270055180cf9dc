/**
 * The device under test in the OCP report. Its description stands at the beginning, before the BMC
 * was asked anything; what is learnt later is a measurement of its check.
 */

import { hex } from '../../errors.ts';
import type { CheckId, RunInfo } from '../events.ts';

/** Facts that the caller knows when the run starts; without a value, the name alone is given. */
export interface Known {
  /** Release of the kernel. */
  readonly kernel?: string;
  readonly node?: string;
  readonly bmcFirmware?: string;
  readonly bmcGuid?: string;
}

/** Identifies the one hardware of a run, the BMC. */
const HARDWARE_ID = 'bmc';

/** Identifies this program, the source of all errors. */
export const SOFTWARE_ID = 'ipmi-bt';

/** Checks that say nothing of the BMC. */
const OF_HOST: readonly CheckId[] = ['host', 'event-loop'];

/** Names the BMC for what is said of it. */
export function hardwareOf(id: CheckId): { readonly hardwareInfoId?: string } {
  return OF_HOST.includes(id) ? {} : { hardwareInfoId: HARDWARE_ID };
}

export function dutInfoOf(info: RunInfo, known: Known): object {
  const { host, base, isSimulated, version } = info;
  const place = base === undefined ? {} : { location: `I/O port ${hex(base)}` };
  return {
    ...{ dutInfoId: 'host', name: host },
    platformInfos: [{ info: isSimulated ? 'simulated BMC, no hardware' : 'hardware' }],
    hardwareInfos: [
      {
        ...{ hardwareInfoId: HARDWARE_ID, computerSystem: host, name: 'BMC', partType: 'BMC' },
        ...{ ...place, ...when('serialNumber', known.bmcGuid) },
      },
    ],
    softwareInfos: [
      software(['bmc-firmware', 'FIRMWARE', 'BMC firmware'], known.bmcFirmware),
      software(['kernel', 'SYSTEM', 'Linux'], known.kernel),
      software(['node', 'SYSTEM', 'Node.js'], known.node),
      software([SOFTWARE_ID, 'APPLICATION', 'ipmi-bt'], version),
    ],
  };
}

function software(
  [softwareInfoId, softwareType, name]: readonly [string, string, string],
  version: string | undefined,
): object {
  return { softwareInfoId, softwareType, name, ...when('version', version) };
}

function when(name: string, value: string | undefined): object {
  return value === undefined ? {} : { [name]: value };
}
