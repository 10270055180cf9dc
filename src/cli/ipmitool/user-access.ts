/** Users and their access to a channel, as `ipmitool user` and `channel` ask for them. */

import { AppCmd, NetFn } from '../../ipmi/commands.ts';
import { Completion } from '../../ipmi/completion.ts';
import { USER_ID_MAX, USER_NAME_BYTES_MAX } from '../../ipmi/user.ts';
import { ask, byteAt } from './ask.ts';
import { fixedText, good } from './arguments.ts';
import type { Session } from './session.ts';

/** Get User Access (IPMI 2.0 §22.27). */
export interface UserAccess {
  readonly most: number;
  readonly enabled: number;
  /** Status of the user: 1 enabled, 2 disabled. */
  readonly status: number;
  readonly fixed: number;
  readonly isCallbackOnly: boolean;
  readonly hasLink: boolean;
  readonly hasMessaging: boolean;
  readonly privilege: number;
}

const STATUS_SHIFT = 6;

const ACCESS_BYTES = 4;

/** Bits of the access of a user. */
export const Access = { CALLBACK_ONLY: 0x40, LINK: 0x20, MESSAGING: 0x10 } as const;

/** Asks for the access of a user; tells of a failure, and resolves to undefined then. */
export async function userAccess(
  session: Session,
  channel: number,
  user: number,
): Promise<UserAccess | undefined> {
  const data = [channel, user];
  const question = { netFn: NetFn.APP, cmd: AppCmd.GET_USER_ACCESS, data };
  const reply = good(session, await ask(session, question), ACCESS_BYTES);
  if (reply === undefined) return undefined;
  const [most, enabled, fixed, access] = [0, 1, 2, 3].map((index) => byteAt(reply, index));
  const [bits = 0, second = 0] = [access, enabled];
  return {
    most: (most ?? 0) & USER_ID_MAX,
    enabled: second & USER_ID_MAX,
    status: second >> STATUS_SHIFT,
    fixed: (fixed ?? 0) & USER_ID_MAX,
    isCallbackOnly: (bits & Access.CALLBACK_ONLY) !== 0,
    hasLink: (bits & Access.LINK) !== 0,
    hasMessaging: (bits & Access.MESSAGING) !== 0,
    privilege: bits & 0x0f,
  };
}

/** Asks for the name of a user; tells of a failure, and resolves to undefined then. */
export async function userName(session: Session, user: number): Promise<string | undefined> {
  const question = { netFn: NetFn.APP, cmd: AppCmd.GET_USER_NAME, data: [user] };
  const reply = await ask(session, question);
  // The user has no name then.
  if (reply?.completionCode === Completion.INVALID_FIELD) return '';
  const named = good(session, reply, USER_NAME_BYTES_MAX);
  return named && fixedText(named.data);
}
