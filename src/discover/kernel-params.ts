/**
 * The interfaces that the kernel's own driver, `ipmi_si`, has: each has a `params` file, which
 * everyone may read.
 */

import type { Files } from '../files.ts';
import { gather, problem } from './record.ts';
import type { Decoded, InterfaceType, Testimony } from './record.ts';

const FOLDERS = ['/sys/bus/platform/drivers/ipmi_si', '/sys/bus/pci/drivers/ipmi_si'] as const;

const TYPES: Readonly<Record<string, InterfaceType>> = { kcs: 'kcs', smic: 'smic', bt: 'bt' };

/** Finds the interfaces of `ipmi_si`. */
export function readKernelParams(files: Files): Testimony {
  const paths = FOLDERS.flatMap((folder) =>
    files.list(folder).map((device) => `${folder}/${device}/params`),
  );
  const decoded = paths.flatMap((path) => {
    const text = files.readText(path);
    return text === undefined ? [] : [parseParams(text, path)];
  });
  return gather('kernel', decoded);
}

// `bt,i/o,0xce4,rsp=1,rsi=1,rsh=0,irq=6,ipmb=32`: rsp is the distance between registers.
function parseParams(text: string, where: string): Decoded {
  const match = /^(\w+),(i\/o|mem),0x([\da-f]{1,13}),rsp=(\d+),.*irq=(\d+)/.exec(text);
  if (match === null) return problem(`${where}: not understood`);
  const [, type = '', space, address = '', spacing, irq] = match;
  return {
    kind: 'record',
    record: {
      source: 'kernel',
      where,
      type: TYPES[type] ?? 'unknown',
      space: space === 'mem' ? 'memory' : 'io',
      address: Number.parseInt(address, 16),
      spacing: Number(spacing),
      irq: Number(irq) === 0 ? undefined : Number(irq),
      ipmiVersion: undefined,
      pciDevice: undefined,
    },
  };
}
