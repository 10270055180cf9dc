/** One parameter of the LAN configuration at a time (IPMI 2.0 §23.1, §23.2). */

import { GET_LAN_PARAMETERS } from '../ipmi/lan.ts';
import type { LanParameter } from '../ipmi/lan.ts';
import { isNoParameter } from '../ipmi/parameter.ts';
import { failureOf } from './caller.ts';
import type { CallOptions, Caller } from './caller.ts';
import { malformed, parameterOf } from './parameter.ts';

/** A channel whose parameters are read and set. */
export interface LanTarget {
  readonly caller: Caller;
  readonly channel: number;
  readonly call: CallOptions;
}

/** The revision of the layouts that are known (§23.2). */
const KNOWN_REVISION = 1;

/** Reads a parameter; undefined if the BMC does not have it. One transaction. */
export async function readParameter<T>(
  { caller, channel, call }: LanTarget,
  { number: parameter, name, layout }: LanParameter<T>,
  set = 0,
): Promise<T | undefined> {
  const query = {
    channel: { number: channel, isRevisionOnly: false, reserved: 0 },
    ...{ parameter, set, block: 0 },
  };
  const command = GET_LAN_PARAMETERS;
  const { completionCode, value } = await caller.answer(command, query, call);
  if (isNoParameter(completionCode)) return undefined;
  if (value === undefined) throw failureOf(command, completionCode);
  const { revision, data } = value;
  if (revision.oldest > KNOWN_REVISION) {
    const text = `its layout is of revision ${revision.present}, which is not known`;
    throw malformed({ command, parameter, name }, text);
  }
  return parameterOf({ command, parameter, name, layout }, data);
}
