/**
 * Probes the ports where BT interfaces usually are, on request only: the registers are read and not
 * written, and what is found there is reported and never driven. Reading a port that belongs to
 * another device may disturb it, which is why nothing does so unasked.
 */

import { BtRegisters } from '../bt/registers.ts';
import { btBlock, portRange, registerPorts } from '../port/register-block.ts';
import type { RegisterBlock } from '../port/register-block.ts';
import { IpmiError, hex } from '../errors.ts';
import type { Files } from '../files.ts';
import { checkUnclaimed } from '../kernel/port-owner.ts';
import type { PortIo } from '../port/port.ts';
import type { OpenedPort, OpenPortOptions } from '../port/open-port.ts';

/** The specification's reference address, and that of UV-class servers. */
export const DEFAULT_BASES: readonly number[] = [0xe4, 0xce4];

/** The result of a look at one of them. */
export interface Look {
  readonly base: number;
  /** The registers read as those of a BT interface do. */
  readonly isLikeBt: boolean;
  readonly text: string;
}

/** The meaning of the registers, in words. */
const MEANINGS = {
  present: 'as BT does',
  nothing: 'nothing decodes there',
  other: 'not as BT does',
} as const;

/** Opens ports; only tests bring their own. */
export type OpenPort = (options: OpenPortOptions) => OpenedPort;

/** Reads the registers at `base`, twice, unless a driver of the kernel has them. */
export function lookAt(base: number, files: Files, openPort: OpenPort): Look {
  const block = btBlock(base);
  try {
    const { port } = openPort({ kind: 'auto', range: portRange(block), files });
    try {
      checkUnclaimed(registerPorts(block), files);
      return judge(block, port);
    } finally {
      port.close();
    }
  } catch (error) {
    if (!(error instanceof IpmiError)) throw error;
    const text = `port ${hex(base)} was not read: ${error.message}`;
    return { base, isLikeBt: false, text };
  }
}

function judge(block: RegisterBlock, port: PortIo): Look {
  const { kind, seen } = new BtRegisters(port, block).presence();
  const { base } = block;
  return {
    base,
    isLikeBt: kind === 'present',
    text: `port ${hex(base)}: ${seen}: ${MEANINGS[kind]}`,
  };
}
