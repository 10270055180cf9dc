/**
 * An IPMI command as a value: its numbers, the layouts of its request and of its response, and its
 * completion codes. The same description serves to send a command and to answer it.
 */

import { hexByte } from './hex.ts';
import { encode } from './codec.ts';
import type { Field } from './codec.ts';
import { commandText } from './command-names.ts';
import { codeText } from './completion.ts';
import type { RequestInput } from './requester.ts';

/** The name of a command: its numbers, where it is specified, and its completion codes. */
export interface CommandTitle {
  readonly netFn: number;
  readonly cmd: number;
  /** The name of a command whose numbers do not say it: those of groups. */
  readonly name?: string;
  /** Where it is specified, such as `§31.2` of IPMI 2.0. */
  readonly section: string;
  /** Completion codes that mean something of its own for this command, such as 0x80. */
  readonly codes?: Readonly<Record<number, string>>;
}

/** A command whose request data is `Args`, and whose response data `Result`. */
export interface Command<Args, Result> extends CommandTitle {
  readonly request: Field<Args>;
  /** The response data without the completion code. */
  readonly response: Field<Result>;
}

/** Writes the request of a command. */
export function requestOf<Args>(
  { netFn, cmd, request }: Command<Args, unknown>,
  args: Args,
  lun = 0,
): RequestInput {
  return { netFn, cmd, lun, data: encode(request, args) };
}

/** A completion code in the words of this command: `0x82 (the parameter is read-only)`. */
export function codeTextOf(command: CommandTitle, completionCode: number): string {
  const own = command.codes?.[completionCode];
  return own === undefined ? codeText(completionCode) : `${hexByte(completionCode)} (${own})`;
}

/** The command with its numbers and its section: `Get SEL Info (netFn 0x0a cmd 0x40), §31.2`. */
export function titleOf({ netFn, cmd, name, section }: CommandTitle): string {
  const numbers = commandText(netFn, cmd);
  return `${name === undefined ? numbers : `${name} (${numbers})`}, ${section}`;
}
