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
  /** Its name, for errors. */
  readonly name?: string;
  readonly layout: Field<T>;
}

/** Reads the data; throws `RESPONSE_MALFORMED` if bytes are missing. */
export function parameterOf<T>(of: ParameterData<T>, data: Uint8Array): T {
  try {
    return decodeFront(of.layout, data);
  } catch (cause) {
    if (!(cause instanceof DecodeError)) throw cause;
    throw malformed(of, cause.message, cause);
  }
}

/** The error of data that cannot be read. */
export function malformed(
  { command, parameter, name }: Omit<ParameterData<unknown>, 'layout'>,
  text: string,
  cause?: unknown,
): IpmiError {
  const which = name === undefined ? '' : ` (${name})`;
  const where = `${titleOf(command)}: parameter ${parameter}${which}`;
  return new IpmiError('RESPONSE_MALFORMED', `${where}: ${text}`, { outcome: 'answered', cause });
}
