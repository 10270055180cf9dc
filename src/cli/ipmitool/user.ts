/** `ipmitool user`: users, their passwords and privileges (IPMI 2.0 §22.26 to §22.30). */

import { PRESENT_CHANNEL } from '../../ipmi/channel.ts';
import { AppCmd, NetFn } from '../../ipmi/commands.ts';
import { PASSWORD_BYTES, PasswordCode, USER_NAME_BYTES_MAX } from '../../ipmi/user.ts';
import { channelOf, fixedBytes, good } from './arguments.ts';
import { privilegeName, privilegeOf, userOf } from './arguments.ts';
import { ask, askFor } from './ask.ts';
import { choose, refuse } from './choose.ts';
import type { Family, Session } from './session.ts';
import { userAccess, userName } from './user-access.ts';
import type { UserAccess } from './user-access.ts';
import { USER_HELP } from './user-help.ts';
import { askedPassword, newPassword } from './user-secret.ts';

/** Set in the user's number for a password of 20 bytes. */
const IS_LONG = 0x80;

/** Operations of Set User Password. */
const Operation = { DISABLE: 0, ENABLE: 1, SET: 2, TEST: 3 } as const;

const help = (session: Session): number => refuse(session, USER_HELP);

/** Reads a channel that may be left out. */
function optionalChannel(session: Session, words: readonly string[]): number | undefined {
  const [word] = words;
  return word === undefined ? PRESENT_CHANNEL : channelOf(session, word);
}

const list: Family = async (session, words) => {
  if (words.length > 1) return help(session);
  const channel = optionalChannel(session, words);
  if (channel === undefined) return 1;
  let most = 1;
  for (let user = 1; user <= most; user += 1) {
    const access = await userAccess(session, channel, user);
    const name = access && (await userName(session, user));
    if (access === undefined || name === undefined) return 1;
    most = access.most;
    if (user === 1 && !session.choices.csv) {
      session.print('ID  Name\t     Callin  Link Auth\tIPMI Msg   Channel Priv Limit\n');
    }
    session.print(userRow(session, { user, name, access }));
  }
  return 0;
};

function userRow(
  session: Session,
  { user, name, access }: { user: number; name: string; access: UserAccess },
): string {
  const { isCallbackOnly, hasLink, hasMessaging, privilege } = access;
  const cells = [String(user), name, !isCallbackOnly, hasLink, hasMessaging].map(String);
  const last = privilegeName(privilege);
  if (session.choices.csv) return `${[...cells, last].join(',')}\n`;
  const widths = [4, 17, 8, 11, 11];
  return `${cells.map((cell, index) => cell.padEnd(widths[index] ?? 0)).join('')}${last}\n`;
}

const summary: Family = async (session, words) => {
  if (words.length > 1) return help(session);
  const channel = optionalChannel(session, words);
  const access = channel === undefined ? undefined : await userAccess(session, channel, 1);
  if (access === undefined) return 1;
  const { most, enabled, fixed } = access;
  session.print(
    session.choices.csv
      ? `${most},${enabled},${fixed}\n`
      : `Maximum IDs\t    : ${most}\nEnabled User Count  : ${enabled}\nFixed Name Count    : ${fixed}\n`,
  );
  return 0;
};

const setName: Family = async (session, [word = '', name = '', ...more]) => {
  if (more.length > 0) return help(session);
  const user = userOf(session, word);
  if (user === undefined) return 1;
  if (name.length > USER_NAME_BYTES_MAX) {
    return refuse(session, `Username is too long (> ${USER_NAME_BYTES_MAX} bytes)`);
  }
  const failing = { text: `Set User Name command failed (user ${user}, name ${name})` };
  const data = [user, ...fixedBytes(name, USER_NAME_BYTES_MAX)];
  const question = { netFn: NetFn.APP, cmd: AppCmd.SET_USER_NAME, data };
  return (await askFor(session, question, failing)) === undefined ? 1 : 0;
};

/** Data of Set User Password. */
function passwordData(
  user: number,
  operation: number,
  { text = '', isLong = false }: { readonly text?: string; readonly isLong?: boolean } = {},
): readonly number[] {
  const bytes = fixedBytes(text, isLong ? PASSWORD_BYTES.long : PASSWORD_BYTES.short);
  return [isLong ? user | IS_LONG : user, operation, ...bytes];
}

async function changePassword(session: Session, data: readonly number[]): Promise<boolean> {
  const question = { netFn: NetFn.APP, cmd: AppCmd.SET_USER_PASSWORD, data };
  if (good(session, await ask(session, question)) !== undefined) return true;
  session.complain(`Set User Password command failed (user ${(data[0] ?? 0) & ~IS_LONG})`);
  return false;
}

const setPassword: Family = async (session, [word = '', given, size]) => {
  const user = userOf(session, word);
  const text = user === undefined ? undefined : (given ?? (await newPassword(session, user)));
  if (user === undefined || text === undefined) return 1;
  if (size !== undefined && size !== '16' && size !== '20') {
    return refuse(session, `Invalid password length '${size}'`);
  }
  const isLong = size === undefined ? text.length > PASSWORD_BYTES.short : size === '20';
  const most = isLong ? PASSWORD_BYTES.long : PASSWORD_BYTES.short;
  if (text.length > most) return refuse(session, `Password is too long (> ${most} bytes)`);
  const isSet = await changePassword(session, passwordData(user, Operation.SET, { text, isLong }));
  if (!isSet) return 1;
  session.print(`Set User Password command successful (user ${user})\n`);
  return 0;
};

const set: Family = async (session, [what, ...words]) => {
  if (what === 'name' && words.length >= 2) return await setName(session, words);
  if (what === 'password' && words.length >= 1) return await setPassword(session, words);
  return help(session);
};

function switching(operation: number): Family {
  return async (session, [word, ...more]) => {
    if (word === undefined || more.length > 0) return help(session);
    const user = userOf(session, word);
    if (user === undefined) return 1;
    return (await changePassword(session, passwordData(user, operation))) ? 0 : 1;
  };
}

const priv: Family = async (session, words) => {
  const [userWord = '', limitWord = '', channelWord] = words;
  if (words.length !== 2 && words.length !== 3) return help(session);
  const channel = channelWord === undefined ? PRESENT_CHANNEL : channelOf(session, channelWord);
  if (channel === undefined) return 1;
  const limit = privilegeOf(session, limitWord);
  const user = limit === undefined ? undefined : userOf(session, userWord);
  if (limit === undefined || user === undefined) return 1;
  const data = [channel, user, limit, 0];
  const question = { netFn: NetFn.APP, cmd: AppCmd.SET_USER_ACCESS, data };
  if (good(session, await ask(session, question)) === undefined) {
    return refuse(session, `Set Privilege Level command failed (user ${user})`);
  }
  session.print(`Set Privilege Level command successful (user ${user})\n`);
  return 0;
};

const testPassword: Family = async (session, words) => {
  const [userWord = '', size = '', given] = words;
  if (words.length !== 2 && words.length !== 3) return help(session);
  const user = userOf(session, userWord);
  if (user === undefined) return 1;
  if (size !== '16' && size !== '20') {
    return refuse(
      session,
      `Given password length '${size}' is invalid.`,
      'Expected value is either 16 or 20.',
    );
  }
  const text = given ?? (await askedPassword(session, user));
  if (text === undefined) return 1;
  const data = passwordData(user, Operation.TEST, { text, isLong: size === '20' });
  const question = { netFn: NetFn.APP, cmd: AppCmd.SET_USER_PASSWORD, data };
  const code = (await ask(session, question))?.completionCode;
  session.print(`${outcomeOf(code)}\n`);
  return code === 0 ? 0 : 1;
};

function outcomeOf(code: number | undefined): string {
  if (code === 0) return 'Success';
  if (code === PasswordCode.DIFFERS) return 'Failure: password incorrect';
  return code === PasswordCode.WRONG_SIZE ? 'Failure: wrong password size' : 'Unknown error';
}

export const run = choose(
  {
    ...{ list, summary, set, priv, test: testPassword },
    disable: switching(Operation.DISABLE),
    enable: switching(Operation.ENABLE),
  },
  { help: USER_HELP, invalid: (word) => `Invalid user command: '${word}'\n` },
);
