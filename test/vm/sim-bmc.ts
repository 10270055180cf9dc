/**
 * The simulated BMC of this project behind QEMU's `ipmi-bmc-extern`: its commands, without its
 * registers, which are QEMU's.
 */

import { ExternBmc } from '../qemu/extern-bmc.ts';
import type { BmcReply } from '../qemu/extern-bmc.ts';
import { VmCommand } from '../qemu/vm-protocol.ts';
import { SPEC } from '../../src/sim/personality.ts';
import { CommandProcessor } from '../../src/sim/commands.ts';
import type { SimFacts } from '../../src/sim/state.ts';

/** An OEM command that gives how many requests have come since it was given last. */
export const COUNT = { netFn: 0x30, cmd: 0x10 } as const;

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
  const effects = {
    setSmsAttention: (isDue: boolean) => {
      bmc.sendCommand(isDue ? VmCommand.ATTN : VmCommand.NO_ATTN);
    },
    dropInterrupts: () => undefined,
    restart: () => undefined,
  };
  const all: SimFacts = { capabilities: CAPABILITIES, guid: GUID, ...facts };
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
  return bmc;
}

function replyOf([completionCode = 0xff, ...data]: readonly number[]): BmcReply {
  return { completionCode, data: Uint8Array.from(data) };
}
