/** One parameter of the LAN configuration at a time (IPMI 2.0 §23.1, §23.2). */

import { IpmiError } from '../errors.ts';
import { DecodeError, decodeFront } from '../ipmi/codec.ts';
import { titleOf } from '../ipmi/command.ts';
import { GET_LAN_PARAMETERS, LanCode, SET_LAN_PARAMETERS } from '../ipmi/lan.ts';
import type { LanParameter } from '../ipmi/lan.ts';
import { failureOf } from './caller.ts';
import type { CallOptions, Caller } from './caller.ts';

/** A channel whose parameters are read and set. */
export interface LanTarget {
  readonly caller: Caller;
  readonly channel: number;
  readonly call: CallOptions;
}

/** A parameter's value, and the revision of its layout. */
export interface ParameterValue<T> {
  readonly value: T;
  /** Present revision in the upper four bits, the oldest compatible one in the lower. */
  readonly revision: number;
}

/** The revision of the layouts that are known (§23.2). */
const KNOWN_REVISION = 1;

/**
 * Completion codes of a BMC that lacks a parameter: 0x80 by the specification; some answer as if
 * the number was wrong.
 */
const ABSENT: readonly number[] = [LanCode.NOT_SUPPORTED, LanCode.WRITE_ONLY, 0xc9, 0xcc];

/** Reads a parameter; undefined if the BMC does not have it. One transaction. */
export async function readParameter<T>(
  { caller, channel, call }: LanTarget,
  parameter: LanParameter<T>,
  set = 0,
): Promise<ParameterValue<T> | undefined> {
  const query = {
    channel: { number: channel, isRevisionOnly: false, reserved: 0 },
    parameter: parameter.number,
    set,
    block: 0,
  };
  const answer = await caller.answer(GET_LAN_PARAMETERS, query, call);
  if (ABSENT.includes(answer.completionCode)) return undefined;
  if (answer.value === undefined) throw failureOf(GET_LAN_PARAMETERS, answer.completionCode);
  const { revision, data } = answer.value;
  if (revision.oldest > KNOWN_REVISION) {
    const text = `its layout is of revision ${revision.present}, which is not known`;
    throw malformed(parameter, text);
  }
  try {
    const value = decodeFront(parameter.layout, data);
    return { value, revision: (revision.present << 4) | revision.oldest };
  } catch (error) {
    if (error instanceof DecodeError) throw malformed(parameter, error.message, error);
    throw error;
  }
}

function malformed(
  { number, name }: LanParameter<unknown>,
  text: string,
  cause?: unknown,
): IpmiError {
  const where = `${titleOf(GET_LAN_PARAMETERS)}: parameter ${number} (${name})`;
  return new IpmiError('RESPONSE_MALFORMED', `${where}: ${text}`, { outcome: 'answered', cause });
}

/** Writes the bytes of a parameter; resolves to the completion code. One transaction. */
export async function writeParameter(
  { caller, channel, call }: LanTarget,
  parameter: number,
  data: Uint8Array,
): Promise<number> {
  const args = { channel, parameter, data };
  return (await caller.answer(SET_LAN_PARAMETERS, args, call)).completionCode;
}
