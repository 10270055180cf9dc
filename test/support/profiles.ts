/**
 * The machines that this driver is for, a row each: where the interface is, what firmware says of
 * it, and what its BMC is like. Tests that enumerate run over all of them.
 */

import type { SimOptions } from '../../src/sim/options.ts';
import { planOf } from './plan.ts';
import type { Plan } from './plan.ts';

export interface Profile {
  readonly name: string;
  /** Port of BT_CTRL. */
  readonly base: number;
  /** Its SMBIOS structure of type 38. */
  readonly type38: string;
  readonly irq: number | undefined;
  /** The data of Get BT Interface Capabilities; undefined: a completion code alone. */
  readonly capabilities: readonly number[] | undefined;
  /** From request to response; undefined: of all kinds. */
  readonly responseMs: number | undefined;
}

/** UV-class servers. */
export const UV4: Profile = {
  name: 'UV4, 0xce4 with interrupt 6',
  base: 0xce4,
  type38: '2612003003202000e50c00000000000001060000',
  irq: 6,
  capabilities: [1, 0xff, 0xff, 10, 0],
  responseMs: undefined,
};

/** Rack servers whose BMC has BT at the specification's own address, and as little as it may. */
export const E4: Profile = {
  name: '0xe4, polled and without capabilities',
  base: 0xe4,
  type38: '26121c00032020ffe50000000000000000000000',
  irq: undefined,
  capabilities: undefined,
  responseMs: 10,
};

export const PROFILES: readonly Profile[] = [UV4, E4];

const APP = 0x06;
const GET_BT_CAPABILITIES = 0x36;
export const REFUSAL = 0xc1;

/** Options of a simulated BMC that is as the profile says. */
export function simOptions(profile: Profile, refusal = REFUSAL): SimOptions {
  const { base, capabilities, responseMs } = profile;
  return {
    base,
    ...(responseMs === undefined ? {} : { responseMs }),
    ...(capabilities === undefined ? { answer: refusing(refusal) } : { capabilities }),
  };
}

function refusing(code: number): NonNullable<SimOptions['answer']> {
  return ({ netFn, cmd }) => (netFn === APP && cmd === GET_BT_CAPABILITIES ? [code] : undefined);
}

/** The plan of a seed on such a machine; what the profile leaves open comes from the seed. */
export function planOn(profile: Profile, seed: number): Plan & SimOptions {
  const plan = planOf(seed);
  const { base } = profile;
  const { answer = () => undefined } = simOptions(profile);
  const line = profile.irq === undefined ? undefined : plan.line;
  return { ...plan, base, answer, line, responseMs: profile.responseMs ?? plan.responseMs };
}
