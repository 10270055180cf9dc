/** Users of the BMC: names, passwords, and access by channel (IPMI 2.0 §22.26..§22.30). */

import { bits, choice, flag, nothing, optional, range, rest, struct, u8 } from './codec.ts';
import type { Reserved } from './codec.ts';
import type { Command } from './command.ts';
import { AppCmd, NetFn } from './commands.ts';
import { USER_PRIVILEGES } from './privilege.ts';
import type { Privilege } from './privilege.ts';
import { paddedText } from './text.ts';

/** Highest number of a user: six bits. */
export const USER_ID_MAX = 0x3f;

/** Longest name, bytes. */
export const USER_NAME_BYTES_MAX = 16;

/** The two sizes of a stored password, bytes; sessions of IPMI 1.5 take only the first. */
export const PASSWORD_BYTES = { short: 16, long: 20 } as const;

/** Privilege limit of a user on a channel. */
export type UserPrivilege = Privilege | 'no-access' | number;

/** The answer to Get User Access (§22.27). */
export interface UserAccess {
  readonly most: { readonly users: number } & Reserved;
  readonly enabled: {
    /** Users that are enabled, on any channel. */
    readonly users: number;
    /** State of this user by Set User Password; older BMCs do not tell. */
    readonly state: 'unspecified' | 'enabled' | 'disabled' | number;
  } & Reserved;
  /** Users whose names cannot be changed. */
  readonly fixed: { readonly users: number } & Reserved;
  readonly access: {
    readonly privilege: UserPrivilege;
    /** The user can have sessions on this channel. */
    readonly hasMessaging: boolean;
    /** The user's name and password serve for link authentication, as of PPP. */
    readonly hasLinkAuthentication: boolean;
    /** Restricted to callback: the BMC calls the user back. */
    readonly isCallbackOnly: boolean;
  } & Reserved;
}

/** The request of Set User Access (§22.26). */
export interface SetUserAccess {
  readonly channel: {
    readonly number: number;
    readonly hasMessaging: boolean;
    readonly hasLinkAuthentication: boolean;
    readonly isCallbackOnly: boolean;
    /** The three flags are to be set; else only the privilege is. */
    readonly setsFlags: boolean;
  };
  readonly user: number;
  readonly limit: { readonly privilege: UserPrivilege } & Reserved;
  /** Most sessions of the user at a time; undefined leaves it. */
  readonly sessionLimit: number | undefined;
}

/** The request of Set User Password (§22.30). */
export interface SetUserPassword {
  readonly user: {
    readonly id: number;
    /** The password is of 20 bytes, not of 16. */
    readonly isLong: boolean;
  } & Reserved;
  readonly operation: { readonly operation: PasswordOperation | number } & Reserved;
  /** Padded with zeros; none for enable and disable. */
  readonly password: Uint8Array;
}

/** The operations of Set User Password. */
export type PasswordOperation = 'disable' | 'enable' | 'set' | 'test';

/** Completion codes of the operation `test`: the password that is stored is another one. */
export const PasswordCode = { DIFFERS: 0x80, WRONG_SIZE: 0x81 } as const;

/** Get User Access (§22.27). */
export const GET_USER_ACCESS: Command<
  { readonly channel: number; readonly user: number },
  UserAccess
> = {
  netFn: NetFn.APP,
  cmd: AppCmd.GET_USER_ACCESS,
  section: '§22.27',
  request: struct({ channel: u8, user: u8 }),
  response: struct({
    most: bits({ users: range(0, 6) }),
    enabled: bits({
      users: range(0, 6),
      state: choice(6, 2, ['unspecified', 'enabled', 'disabled']),
    }),
    fixed: bits({ users: range(0, 6) }),
    access: bits({
      privilege: choice(0, 4, USER_PRIVILEGES),
      hasMessaging: flag(4),
      hasLinkAuthentication: flag(5),
      isCallbackOnly: flag(6),
    }),
  }),
};

/** Set User Access (§22.26). */
export const SET_USER_ACCESS: Command<SetUserAccess, void> = {
  netFn: NetFn.APP,
  cmd: AppCmd.SET_USER_ACCESS,
  section: '§22.26',
  request: struct<SetUserAccess>({
    channel: bits<SetUserAccess['channel']>({
      number: range(0, 4),
      hasMessaging: flag(4),
      hasLinkAuthentication: flag(5),
      isCallbackOnly: flag(6),
      setsFlags: flag(7),
    }),
    user: u8,
    limit: bits({ privilege: choice(0, 4, USER_PRIVILEGES) }),
    sessionLimit: optional(u8),
  }),
  response: nothing,
};

/** Set User Name (§22.28). */
export const SET_USER_NAME: Command<{ readonly user: number; readonly name: string }, void> = {
  netFn: NetFn.APP,
  cmd: AppCmd.SET_USER_NAME,
  section: '§22.28',
  request: struct({ user: u8, name: paddedText(USER_NAME_BYTES_MAX) }),
  response: nothing,
};

/** Get User Name (§22.29). */
export const GET_USER_NAME: Command<{ readonly user: number }, { readonly name: string }> = {
  netFn: NetFn.APP,
  cmd: AppCmd.GET_USER_NAME,
  section: '§22.29',
  request: struct({ user: u8 }),
  response: struct({ name: paddedText(USER_NAME_BYTES_MAX) }),
};

/** Set User Password (§22.30), which also enables, disables, and compares. */
export const SET_USER_PASSWORD: Command<SetUserPassword, void> = {
  netFn: NetFn.APP,
  cmd: AppCmd.SET_USER_PASSWORD,
  section: '§22.30',
  codes: {
    [PasswordCode.DIFFERS]: 'the password that is stored is another one',
    [PasswordCode.WRONG_SIZE]: 'the password is stored in the other size',
  },
  request: struct({
    user: bits({ id: range(0, 6), isLong: flag(7) }),
    operation: bits({ operation: choice(0, 2, ['disable', 'enable', 'set', 'test']) }),
    password: rest,
  }),
  response: nothing,
};

/** The bytes of a password as they are stored, before padding. */
export function passwordBytes(password: string | Uint8Array): Uint8Array {
  return typeof password === 'string' ? new TextEncoder().encode(password) : password;
}

/** Reasons for which a password cannot be stored, none of which shows a part of it. */
export function passwordTrouble(password: Uint8Array): string | undefined {
  const { length } = password;
  if (length === 0) return 'is empty';
  if (password.includes(0)) return 'has a NUL byte, at which the BMC would cut it off';
  if (password.some((byte) => byte < 0x20 || byte === 0x7f)) {
    return 'has a control character; it must be one line, such as a person can type';
  }
  if (length <= PASSWORD_BYTES.long) return undefined;
  return `has ${length} bytes; the BMC stores ${PASSWORD_BYTES.long} at most`;
}
