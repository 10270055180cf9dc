/**
 * Sends typed commands to a BMC and reads their answers. All families of commands are written
 * against it.
 */

import { IpmiError } from '../errors.ts';
import { DecodeError, decodeFront } from '../ipmi/codec.ts';
import { codeTextOf, requestOf, titleOf } from '../ipmi/command.ts';
import type { Command, CommandTitle } from '../ipmi/command.ts';
import { Completion } from '../ipmi/completion.ts';
import type { Reply } from '../ipmi/message.ts';
import type { RequestOptions, RequestSignal, Requester } from '../ipmi/requester.ts';

/** Options of an operation of one or more requests. */
export interface CallOptions {
  /** Timeout of each request, milliseconds; that of the `Requester` by default. */
  readonly timeoutMs?: number | undefined;
  /** Aborting it ends the operation with `REQUEST_ABORTED`. */
  readonly signal?: RequestSignal | undefined;
}

/** Options of one command. */
export interface CommandOptions extends CallOptions {
  /** Logical unit, 0..3; 0 by default. */
  readonly lun?: number | undefined;
  /** As `RequestOptions.retries`. */
  readonly retries?: RequestOptions['retries'] | undefined;
}

/** The answer to a command: its completion code, and what it says if that is 0. */
export type Answer<Result> =
  | { readonly completionCode: 0; readonly value: Result }
  | { readonly completionCode: number; readonly value: undefined };

/** Sends commands through one `Requester`. */
export class Caller {
  readonly #requester: Requester;

  constructor(requester: Requester) {
    this.#requester = requester;
  }

  /**
   * Sends a command and resolves to its decoded answer. Rejects with `COMMAND_FAILED` for a
   * completion code other than 0, with `RESPONSE_MALFORMED` for data that is not an answer to this
   * command, and as `Requester.request` does.
   */
  async call<Args, Result>(
    command: Command<Args, Result>,
    args: Args,
    options: CommandOptions = {},
  ): Promise<Result> {
    const reply = await this.#send(command, args, options);
    if (reply.completionCode !== Completion.OK) throw failureOf(command, reply.completionCode);
    return decoded(command, reply.data);
  }

  /** The same for a caller that acts on completion codes: none of them is an error here. */
  async answer<Args, Result>(
    command: Command<Args, Result>,
    args: Args,
    options: CommandOptions = {},
  ): Promise<Answer<Result>> {
    const { completionCode, data } = await this.#send(command, args, options);
    if (completionCode !== Completion.OK) return { completionCode, value: undefined };
    return { completionCode: 0, value: decoded(command, data) };
  }

  async #send<Args>(
    command: Command<Args, unknown>,
    args: Args,
    { lun, ...options }: CommandOptions,
  ): Promise<Reply> {
    return await this.#requester.request(requestOf(command, args, lun), options);
  }
}

/** The error of a command that was answered with a completion code other than 0. */
export function failureOf(command: CommandTitle, completionCode: number): IpmiError {
  const text = `${titleOf(command)}: the BMC answered ${codeTextOf(command, completionCode)}`;
  return new IpmiError('COMMAND_FAILED', text, { outcome: 'answered', completionCode });
}

/** The part of a command that its answer is read with. */
type Answered<Result> = CommandTitle & Pick<Command<never, Result>, 'response'>;

function decoded<Result>(command: Answered<Result>, data: Uint8Array): Result {
  try {
    return decodeFront(command.response, data);
  } catch (cause) {
    if (!(cause instanceof DecodeError)) throw cause;
    const text = `${titleOf(command)}: in the response data ${cause.message}`;
    throw new IpmiError('RESPONSE_MALFORMED', text, { outcome: 'answered', cause });
  }
}
