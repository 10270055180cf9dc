/** Commands whose failure ipmitool tells in the same words. */

import { Completion, completionText } from '../../ipmi/completion.ts';
import { ask } from './ask.ts';
import type { Question } from './ask.ts';
import type { Session } from './session.ts';

/** A command as the complaint names it. */
interface Inquiry extends Question {
  readonly name: string;
}

/** The data of the answer; undefined, with a complaint, where the BMC did not do it. */
export async function askOrComplain(
  session: Session,
  { name, ...question }: Inquiry,
): Promise<Uint8Array | undefined> {
  const reply = await ask(session, question);
  if (reply?.completionCode === Completion.OK) return reply.data;
  const why = reply === undefined ? '' : `: ${completionText(reply.completionCode)}`;
  session.complain(`${name} failed${why}`);
  return undefined;
}
