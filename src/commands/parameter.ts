/** Decodes the data of a parameter, whose layout is chosen by its number. */

import { IpmiError } from '../errors.ts';
import { DecodeError, decodeFront } from '../ipmi/codec.ts';
import type { Field } from '../ipmi/codec.ts';
import { titleOf } from '../ipmi/command.ts';
import type { CommandTitle } from '../ipmi/command.ts';

/** A parameter in the answer to a command. */
export interface ParameterData<T> {
  readonly command: CommandTitle;
  readonly parameter: number;
  readonly layout: Field<T>;
}

/** Reads the data; throws `RESPONSE_MALFORMED` if bytes are missing. */
export function parameterOf<T>(
  { command, parameter, layout }: ParameterData<T>,
  data: Uint8Array,
): T {
  try {
    return decodeFront(layout, data);
  } catch (cause) {
    if (!(cause instanceof DecodeError)) throw cause;
    const text = `${titleOf(command)}: in parameter ${parameter} ${cause.message}`;
    throw new IpmiError('RESPONSE_MALFORMED', text, { outcome: 'answered', cause });
  }
}
