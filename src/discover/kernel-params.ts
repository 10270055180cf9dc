/**
 * The interfaces that the kernel's own driver, `ipmi_si`, has, as a source of discovery.
 */

import type { Files } from '../files.ts';
import { findSiDevices } from '../kernel/ipmi-si.ts';
import type { SiDevice } from '../kernel/ipmi-si.ts';
import { gather, problem } from './record.ts';
import type { Decoded, InterfaceType, Testimony } from './record.ts';

const TYPES: readonly InterfaceType[] = ['kcs', 'smic', 'bt'];

/** Finds the interfaces of `ipmi_si`. */
export function readKernelParams(files: Files): Testimony {
  return gather('kernel', findSiDevices(files).map(describe));
}

function describe({ path, parameters }: SiDevice): Decoded {
  if (parameters === undefined) return problem(`${path}: not understood`);
  return {
    kind: 'record',
    record: {
      ...parameters,
      source: 'kernel',
      where: path,
      type: TYPES.find((type) => type === parameters.type) ?? 'unknown',
      ipmiVersion: undefined,
      pciDevice: undefined,
    },
  };
}
