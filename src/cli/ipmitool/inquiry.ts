/** Requests of ipmitool's families: a BMC that is silent is an answer there, and no error. */

import { IpmiError } from '../../errors.ts';
import { Completion, completionText } from '../../ipmi/completion.ts';
import type { Reply } from '../../ipmi/message.ts';
import type { Requester } from '../../ipmi/requester.ts';
import type { Session } from './session.ts';

/** A request with its data as numbers. */
export interface Question {
  readonly netFn: number;
  readonly cmd: number;
  readonly data?: readonly number[];
  readonly lun?: number;
  /** The one that is asked; the session's own by default. */
  readonly requester?: Requester;
}

/** Asks the BMC; undefined where no reply came. Rejects where the run was aborted. */
export async function ask(session: Session, question: Question): Promise<Reply | undefined> {
  const { netFn, cmd, data = [], lun = 0, requester = session.requester } = question;
  const { signal } = session;
  try {
    const input = { netFn, cmd, lun, data: Uint8Array.from(data) };
    return await requester.request(input, signal === undefined ? {} : { signal });
  } catch (error) {
    if (error instanceof IpmiError && error.code !== 'REQUEST_ABORTED') return undefined;
    throw error;
  }
}

/** A command as ipmitool's errors have it. */
interface Asked extends Question {
  readonly name: string;
}

/** The data of the answer; undefined, with a complaint, where the BMC did not do it. */
export async function askOrComplain(
  session: Session,
  { name, ...question }: Asked,
): Promise<Uint8Array | undefined> {
  const reply = await ask(session, question);
  if (reply?.completionCode === Completion.OK) return reply.data;
  const why = reply === undefined ? '' : `: ${completionText(reply.completionCode)}`;
  session.complain(`${name} failed${why}`);
  return undefined;
}
