/** A user as the commands of users tell it, and the settings that they take. */

import { SYSTEM_CHANNEL } from '../ipmi/channel.ts';
import { USER_ID_MAX } from '../ipmi/user.ts';
import type { UserAccess } from '../ipmi/user.ts';
import { aBoolean, checkOptionsOf, integer, oneOf } from '../option-table.ts';
import type { OptionTable } from '../option-table.ts';
import type { CallOptions } from './caller.ts';
import type { Taken } from './checked-calls.ts';

/** A user, and the access on one channel. */
export interface User {
  readonly id: number;
  /** Empty for a user without one. */
  readonly name: string;
  /** Undefined where the BMC does not tell. */
  readonly isEnabled: boolean | undefined;
  readonly access: UserAccess['access'];
}

/** The users of a BMC, as one channel sees them. */
export interface UserList {
  readonly channel: number;
  /** Users that the BMC has, used or not. */
  readonly most: number;
  readonly enabled: number;
  /** Users whose names cannot be changed. */
  readonly fixedNames: number;
  readonly users: readonly User[];
}

/** Access of a user that is to be set. */
export interface UserAccessSetting {
  readonly channel: number;
  readonly user: number;
  readonly access: Omit<UserAccess['access'], 'reserved'>;
}

const A_USER = integer({ least: 0, most: USER_ID_MAX });

const FLAGS: OptionTable<UserAccessSetting['access']> = {
  // The layout of the command has the words.
  privilege: () => undefined,
  ...{ hasMessaging: aBoolean, hasLinkAuthentication: aBoolean, isCallbackOnly: aBoolean },
};

/** A setting of `user.setAccess()`, as it is checked. */
export const ACCESS: Taken<UserAccessSetting> = {
  example: '{ channel: 1, user: 2, access }',
  table: {
    channel: integer({ least: 0, most: SYSTEM_CHANNEL }),
    user: A_USER,
    access: (name, value) => {
      checkOptionsOf({ name, example: "{ privilege: 'user' }" }, value, FLAGS);
    },
  },
};

/** The answer of a BMC that was asked to compare a password. */
export type PasswordComparison = 'same' | 'different' | 'wrong-size' | 'unsupported';

/** A password of a user, and the size in which it is stored; that it fits into by default. */
export interface PasswordSetting {
  readonly user: number;
  readonly password: string | Uint8Array;
  readonly bytes?: 16 | 20 | undefined;
}

/** A setting of `user.setPassword()` and `user.testPassword()`, as it is checked. */
export const PASSWORD: Taken<PasswordSetting> = {
  example: '{ user: 2, password }',
  isSecret: true,
  table: {
    user: A_USER,
    // Not shown, whatever it is.
    password: (name, value) => {
      if (typeof value === 'string' || value instanceof Uint8Array) return;
      throw new TypeError(`${name} must be a string or a Uint8Array, not a ${typeof value}`);
    },
    bytes: oneOf(16, 20),
  },
};

/** The commands by which users are made as they are wanted. */
export interface UserCommands {
  access(channel: number, user: number, options?: CallOptions): Promise<UserAccess>;
  name(user: number, options?: CallOptions): Promise<string>;
  setName(user: number, name: string, options?: CallOptions): Promise<void>;
  setEnabled(user: number, isEnabled: boolean, options?: CallOptions): Promise<void>;
  setAccess(setting: UserAccessSetting, options?: CallOptions): Promise<void>;
  setPassword(setting: PasswordSetting, options?: CallOptions): Promise<void>;
  testPassword(setting: PasswordSetting, options?: CallOptions): Promise<PasswordComparison>;
}

/** Puts together the answers about a user. */
export function userOf(id: number, name: string, { enabled, access }: UserAccess): User {
  return { id, name, isEnabled: stateOf(enabled.state), access };
}

function stateOf(state: UserAccess['enabled']['state']): boolean | undefined {
  if (state === 'enabled') return true;
  return state === 'disabled' ? false : undefined;
}
