/**
 * The simulated BMC of this project behind QEMU's `ipmi-bmc-extern`: its commands, without its
 * registers, which are QEMU's.
 */

import { ExternBmc } from '../qemu/extern-bmc.ts';
import type { BmcReply } from '../qemu/extern-bmc.ts';
import { VmCommand } from '../qemu/vm-protocol.ts';
import { SPEC } from '../../src/sim/personality.ts';
import { CommandProcessor } from '../../src/sim/commands.ts';
import type { SimSdrOptions } from '../../src/sim/sdrs.ts';
import type { SimFacts } from '../../src/sim/state.ts';

/** An OEM command that gives how many requests have come since it was given last. */
export const COUNT = { netFn: 0x30, cmd: 0x10 } as const;

/** An OEM command that sets the most bytes of a record that are read at once; 0: all of them. */
export const PIECES = { netFn: 0x30, cmd: 0x11 } as const;

/** A record cannot be returned in so long a piece. */
const CANNOT_RETURN = 0xca;

/** Capabilities, which QEMU answers itself. */
const CAPABILITIES = [1, 255, 255, 10, 0];

const GUID = Array.from({ length: 16 }, (_, at) => 0xa0 + at);

/** Its data, and the time that each answer takes. */
export interface SimBehindQemu extends Partial<SimFacts> {
  readonly delayMs?: number;
}

/** A BMC that counts the requests which reach it. */
export function simBmc({ delayMs = 0, ...facts }: SimBehindQemu): ExternBmc {
  let count = 0;
  let pieceBytes = 0;
  const effects = {
    setSmsAttention: (isDue: boolean) => {
      bmc.sendCommand(isDue ? VmCommand.ATTN : VmCommand.NO_ATTN);
    },
    dropInterrupts: () => undefined,
    restart: () => undefined,
  };
  const sdrs: SimSdrOptions = {
    ...facts.sdrs,
    refuse: (read) => {
      if (pieceBytes > 0 && read.count > pieceBytes) return CANNOT_RETURN;
      return facts.sdrs?.refuse?.(read);
    },
  };
  const all: SimFacts = { capabilities: CAPABILITIES, guid: GUID, ...facts, sdrs };
  const commands = new CommandProcessor(SPEC.commands, effects, all);
  const bmc = new ExternBmc({
    plan: () => {
      count += 1;
      return { delayMs };
    },
    otherwise: (request) => replyOf(commands.execute({ ...request, seq: 0, atMs: 0 })),
  });
  bmc.handle(0x06, 0x01, (request) => replyOf(commands.execute({ ...request, seq: 0, atMs: 0 })));
  bmc.handle(COUNT.netFn, COUNT.cmd, () => {
    const since = count;
    count = 0;
    return replyOf([0, since & 0xff, since >> 8]);
  });
  bmc.handle(PIECES.netFn, PIECES.cmd, ({ data: [bytes = 0] }) => {
    pieceBytes = bytes;
    return replyOf([0]);
  });
  return bmc;
}

function replyOf([completionCode = 0xff, ...data]: readonly number[]): BmcReply {
  return { completionCode, data: Uint8Array.from(data) };
}
