/** Users as they are wanted, and the check of them. No error shows a password. */

import { ASSIGNED_CHANNEL_MAX } from '../ipmi/channel.ts';
import { PRIVILEGES } from '../ipmi/privilege.ts';
import type { Privilege } from '../ipmi/privilege.ts';
import { asciiTrouble } from '../ipmi/text.ts';
import {
  PASSWORD_BYTES,
  USER_ID_MAX,
  USER_NAME_BYTES_MAX,
  passwordBytes,
  passwordTrouble,
} from '../ipmi/user.ts';
import { checkNotEmpty, integerOf, list, shape, truth, word, wrong } from './wanted.ts';
import type { Wanted } from './wanted.ts';

/** A user as it is wanted; what is left out stays. */
export interface UserWanted {
  /** 1..63; 1 is the user without a name. */
  readonly id: number;
  /** Up to 16 characters of printable ASCII. */
  readonly name?: string | undefined;
  /** One line of 1 to 20 bytes; a string is stored as UTF-8. */
  readonly password?: string | Uint8Array | undefined;
  /** Size in which the password is stored; sessions of IPMI 1.5 need 16. It fits by default. */
  readonly passwordBytes?: 16 | 20 | undefined;
  /**
   * `different` (the default): the password is set if the BMC, which compares it, says that it has
   * another one. `always`: it is set each time, for BMCs that cannot compare.
   */
  readonly setPassword?: 'different' | 'always' | undefined;
  readonly enabled?: boolean | undefined;
  readonly privilege?: Privilege | 'no-access' | undefined;
  /** The user can have sessions on the channel. */
  readonly messaging?: boolean | undefined;
  readonly linkAuthentication?: boolean | undefined;
  readonly callbackOnly?: boolean | undefined;
}

/** Users as they are wanted; those that are not named stay as they are. */
export interface UsersWanted {
  /** The channel that access is meant for, 0..11; the first LAN channel by default. */
  readonly channel?: number | undefined;
  readonly users: readonly UserWanted[];
}

const name: Wanted<string> = (value, path) => {
  if (typeof value !== 'string') throw wrong(path, value, 'a string');
  const trouble = asciiTrouble(value, USER_NAME_BYTES_MAX);
  if (trouble !== undefined) throw new RangeError(`${path} ${trouble}`);
  return value;
};

const password: Wanted<string | Uint8Array> = (value, path) => {
  if (typeof value !== 'string' && !(value instanceof Uint8Array)) {
    throw new TypeError(`${path} is neither a string nor bytes`);
  }
  const trouble = passwordTrouble(passwordBytes(value));
  if (trouble !== undefined) throw new RangeError(`${path} ${trouble}`);
  return value;
};

const size: Wanted<16 | 20> = (value, path) => {
  if (value === 16 || value === 20) return value;
  throw wrong(path, value, '16 or 20');
};

const USER = shape<UserWanted>(
  {
    id: integerOf(1, USER_ID_MAX),
    name,
    password,
    passwordBytes: size,
    setPassword: word(['different', 'always']),
    enabled: truth,
    privilege: word([...PRIVILEGES.filter((one) => one !== undefined), 'no-access']),
    messaging: truth,
    linkAuthentication: truth,
    callbackOnly: truth,
  },
  ['id'],
);

const USERS = shape<UsersWanted>(
  { channel: integerOf(0, ASSIGNED_CHANNEL_MAX), users: list(USER, USER_ID_MAX) },
  ['users'],
);

/** Returns the users, or throws an error that names what is wrong with them. */
export function checkUsers(wanted: unknown): UsersWanted {
  const checked = USERS(wanted, 'user');
  if (checked.users.length === 0) throw new RangeError('user.users names no user');
  const ids = checked.users.map(({ id }) => id);
  for (const [at, user] of checked.users.entries()) {
    const path = `user.users[${at}]`;
    if (ids.indexOf(user.id) !== at) throw new RangeError(`${path}.id: ${user.id} is there twice`);
    checkPassword(user, path);
    checkNotEmpty(path, user, ['id']);
  }
  return checked;
}

function checkPassword(user: UserWanted, path: string): void {
  if (user.password === undefined) {
    const needless = user.setPassword === undefined ? 'passwordBytes' : 'setPassword';
    if (user[needless] === undefined) return;
    throw new TypeError(`${path}.${needless} is given, and no password`);
  }
  const { length } = passwordBytes(user.password);
  if (user.passwordBytes !== 16 || length <= PASSWORD_BYTES.short) return;
  throw new RangeError(`${path}.password has ${length} bytes, and passwordBytes is 16`);
}
