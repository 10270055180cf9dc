/** Passwords that are not among the words: ipmitool asks for them. */

import { refuse } from './choose.ts';
import type { Session } from './session.ts';

/** Asks for the password of a user; undefined, with a complaint, where there is none. */
export async function askedPassword(session: Session, user: number): Promise<string | undefined> {
  // A terminal hides what is typed before the question can be seen.
  const typed = session.input.secret();
  session.ask(`Password for user ${user}: `);
  const text = await typed;
  if (text === undefined) refuse(session, '\nNo password is given, and nothing is sent.');
  return text;
}

/** The same for a new one, which is asked for twice. */
export async function newPassword(session: Session, user: number): Promise<string | undefined> {
  const text = await askedPassword(session, user);
  const again = text === undefined ? undefined : await askedPassword(session, user);
  if (text === again) return text;
  if (again !== undefined) refuse(session, 'Two passwords are given, and nothing is sent.');
  return undefined;
}
