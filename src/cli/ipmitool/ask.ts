/** Asks the BMC for a family of ipmitool: a BMC that gives no answer is no error there. */

import { IpmiError } from '../../errors.ts';
import type { IpmiErrorCode } from '../../errors.ts';
import { Completion, completionText } from '../../ipmi/completion.ts';
import type { Reply } from '../../ipmi/message.ts';
import type { Requester } from '../../ipmi/requester.ts';
import type { Session } from './session.ts';

/** A command: network function, number and data. */
export interface Question {
  readonly netFn: number;
  readonly cmd: number;
  readonly lun?: number;
  readonly data?: readonly number[];
  /** The controller that is asked; the one of the session by default. */
  readonly requester?: Requester;
}

/** The errors that ipmitool shows as an answer that is missing. */
const SILENCE: readonly IpmiErrorCode[] = [
  'REQUEST_TIMEOUT',
  'RESPONSE_MALFORMED',
  'BMC_UNRESPONSIVE',
];

/**
 * The answer in the place of one from a controller of `-t`, to which the BMC could not hand the
 * request: Send Message ends with lost arbitration, a bus error or a NAK (IPMI 2.0 §22.7), which
 * the kernel's driver tells as a timeout, or with another code, which it tells as no particular
 * one.
 */
function undelivered(sendCode: number): Reply {
  const isBus = sendCode >= 0x81 && sendCode <= 0x83;
  const completionCode = isBus ? Completion.TIMEOUT : Completion.UNSPECIFIED;
  return { completionCode, data: new Uint8Array() };
}

/**
 * The reply as ipmitool's interface `open` leaves it: a completion code other than 0 stays in front
 * of the data, which is no longer for it.
 */
function asRead({ completionCode, data }: Reply): Reply {
  if (completionCode === Completion.OK) return { completionCode, data };
  const length = Math.max(data.length, 1);
  return { completionCode, data: Uint8Array.of(completionCode, ...data).slice(0, length) };
}

/** Resolves to the reply; to undefined where none came, which each command tells in its words. */
export async function ask(session: Session, question: Question): Promise<Reply | undefined> {
  const { netFn, cmd, lun = 0, data = [], requester = session.requester } = question;
  const { signal } = session;
  try {
    const input = { netFn, cmd, lun, data: Uint8Array.from(data) };
    return asRead(await requester.request(input, { signal }));
  } catch (error) {
    if (!(error instanceof IpmiError)) throw error;
    if (SILENCE.includes(error.code)) return undefined;
    if (error.code !== 'COMMAND_FAILED' || error.completionCode === undefined) throw error;
    return undelivered(error.completionCode);
  }
}

/** Bytes of a reply, 0 where it ends: the length of a reply is the BMC's choice. */
export function byteAt({ data }: Pick<Reply, 'data'>, index: number): number {
  return data[index] ?? 0;
}

/** The words about a command that did not succeed. */
export interface Failing {
  /** Stands before everything: `Get Device ID command failed`. */
  readonly text: string;
  /** Stands between it and the completion code; a colon by default. */
  readonly before?: string;
  /** Stands in the place of all that where no answer came. */
  readonly silent?: string;
  /** One line more behind a completion code. */
  readonly after?: string;
}

/** The same as {@link ask}, but tells of every failure; resolves to undefined then. */
export async function askFor(
  session: Session,
  question: Question,
  { text, before = ': ', silent = text, after }: Failing,
): Promise<Reply | undefined> {
  const reply = await ask(session, question);
  if (reply?.completionCode === Completion.OK) return reply;
  if (reply === undefined) session.complain(silent);
  else {
    session.complain(`${text}${before}${completionText(reply.completionCode)}`);
    if (after !== undefined) session.complain(after);
  }
  return undefined;
}
