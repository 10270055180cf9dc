/**
 * The commands of a simulated BMC without the interface between, on a virtual clock: for what takes
 * seconds, and for BMCs with habits of their own.
 */

import { commands } from '../../src/commands/index.ts';
import type { Commands } from '../../src/commands/index.ts';
import type { Reply } from '../../src/ipmi/message.ts';
import type { RequestInput, RequestOptions, Requester } from '../../src/ipmi/requester.ts';
import { CommandProcessor, SPEC_COMMANDS } from '../../src/sim/commands.ts';
import type { SimNetworkOptions } from '../../src/sim/network-options.ts';
import { VirtualClock } from '../../src/sim/virtual-clock.ts';

const NO_DATA = new Uint8Array();

/** A request, as the numbers of its bytes. */
export type Sent = readonly [netFn: number, cmd: number, ...data: number[]];

/** Answers in place of the BMC; undefined: the BMC answers. May throw, as a request fails. */
export type Intercept = (sent: Sent) => readonly number[] | undefined;

/** A simulated BMC, its commands, and what it was sent. */
export interface NetworkRig {
  readonly bmc: Commands;
  readonly clock: VirtualClock;
  /** Every request, in order; may be emptied. */
  readonly sent: Sent[];
  readonly options: RequestOptions[];
  /** Executes a command as another program would. */
  readonly execute: (...sent: Sent) => readonly number[];
}

/** Makes a BMC of these habits. */
export function networkRig(network: SimNetworkOptions = {}, intercept?: Intercept): NetworkRig {
  const clock = new VirtualClock();
  const effects = { setSmsAttention: nothing, dropInterrupts: nothing, restart: nothing };
  const facts = { capabilities: [1, 255, 255, 10, 0], guid: [], satellites: [], network };
  const processor = new CommandProcessor(SPEC_COMMANDS, effects, facts);
  const execute = (...[netFn, cmd, ...data]: Sent): readonly number[] => {
    const command = { netFn, cmd, lun: 0, seq: 0, data: Uint8Array.from(data) };
    return processor.execute({ ...command, atMs: clock.now() });
  };
  const sent: Sent[] = [];
  const options: RequestOptions[] = [];
  const requester: Requester = {
    request: async ({ netFn, cmd, data = NO_DATA }: RequestInput, given: RequestOptions = {}) => {
      await Promise.resolve();
      if (given.signal?.aborted === true) throw new Error('aborted');
      const one: Sent = [netFn, cmd, ...data];
      sent.push(one);
      options.push(given);
      return replyOf(intercept?.(one) ?? execute(...one));
    },
  };
  return { bmc: commands(requester, { clock }), clock, sent, options, execute };
}

function replyOf([completionCode = 0, ...data]: readonly number[]): Reply {
  return { completionCode, data: Uint8Array.from(data) };
}

function nothing(): void {
  // There is no interface.
}

/** Set LAN Configuration Parameters, by the numbers of the parameters. */
export function lanSets(sent: readonly Sent[]): readonly number[] {
  return sent
    .filter(([netFn, cmd]) => netFn === 0x0c && cmd === 0x01)
    .map(([, , , number]) => number ?? -1);
}
