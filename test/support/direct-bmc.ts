/**
 * The commands of a simulated BMC without an interface in between, on a virtual clock: for the hard
 * cases of a family.
 */

import { Caller } from '../../src/commands/caller.ts';
import type { RequestInput } from '../../src/ipmi/requester.ts';
import { CommandProcessor, SPEC_COMMANDS } from '../../src/sim/commands.ts';
import type { SimFruOptions } from '../../src/sim/fru.ts';
import type { SimSelOptions } from '../../src/sim/sel.ts';
import type { SimSdrOptions } from '../../src/sim/sdrs.ts';
import { VirtualClock } from '../../src/sim/virtual-clock.ts';
import { Answering } from './answering.ts';

/** A BMC, and what becomes of it while it is asked. */
export interface DirectBmcOptions {
  readonly sel?: SimSelOptions | undefined;
  readonly fru?: SimFruOptions;
  /** Options of the SDR repository. */
  readonly sdrs?: SimSdrOptions;
  /** Records of device SDRs. */
  readonly deviceSdrs?: readonly (readonly number[])[];
  /** Is called before each request is answered: things happen meanwhile. */
  readonly meanwhile?: (input: RequestInput, bmc: CommandProcessor) => void;
  /** Answers in place of the BMC: completion code and data. */
  readonly answer?: (input: RequestInput) => readonly number[] | undefined;
}

/** Makes the BMC; `requests()`, or `commandsSent()`, are those since either was last called. */
export function directBmc({ meanwhile, answer, ...storage }: DirectBmcOptions = {}) {
  const clock = new VirtualClock();
  const effects = {
    setSmsAttention: () => undefined,
    dropInterrupts: () => undefined,
    restart: () => undefined,
  };
  const facts = { capabilities: [], guid: [], ...storage };
  const bmc = new CommandProcessor(SPEC_COMMANDS, effects, facts);
  const answered = (input: RequestInput): readonly number[] => {
    meanwhile?.(input, bmc);
    const { netFn, cmd, lun = 0, data = new Uint8Array() } = input;
    const atMs = clock.now();
    return answer?.(input) ?? bmc.execute({ netFn, lun, seq: 1, cmd, data, atMs });
  };
  const requester = new Answering(answered);
  let before = 0;
  const requests = (): readonly RequestInput[] => {
    const sent = requester.asked.slice(before).map(({ input }) => input);
    before = requester.asked.length;
    return sent;
  };
  const commandsSent = (): readonly number[] => requests().map(({ cmd }) => cmd);
  return { bmc, answered, requester, caller: new Caller(requester), clock, requests, commandsSent };
}
