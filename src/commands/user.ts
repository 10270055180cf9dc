/** Users of the BMC: names, passwords, and access by channel (IPMI 2.0 §22.26..§22.30). */

import type { Clock } from '../clock.ts';
import { Completion, isAbsent, isAnswerMissing } from '../ipmi/completion.ts';
import {
  GET_USER_ACCESS,
  GET_USER_NAME,
  PASSWORD_BYTES,
  PasswordCode,
  SET_USER_ACCESS,
  SET_USER_NAME,
  SET_USER_PASSWORD,
  passwordBytes,
  passwordTrouble,
} from '../ipmi/user.ts';
import type { PasswordOperation, UserAccess } from '../ipmi/user.ts';
import { APPLY, callOptions } from './apply.ts';
import type { ApplyOptions, ApplyResult } from './apply.ts';
import { failureOf } from './caller.ts';
import type { CallOptions, Caller } from './caller.ts';
import { firstLanChannel } from './lan-channel.ts';
import { ACCESS, PASSWORD, userOf } from './user-access.ts';
import type {
  PasswordComparison,
  PasswordSetting,
  User,
  UserAccessSetting,
  UserCommands,
  UserList,
} from './user-access.ts';
import { applyUsers } from './user-apply.ts';
import type { UsersWanted } from './user-wanted.ts';
import { CALL, checkCalls } from './checked-calls.ts';

/** Commands of users. */
export class Users implements UserCommands {
  static {
    checkCalls(this, (method) => `user.${method}()`, {
      list: [undefined, CALL],
      access: [undefined, undefined, CALL],
      name: [undefined, CALL],
      setName: [undefined, undefined, CALL],
      setEnabled: [undefined, undefined, CALL],
      setAccess: [ACCESS, CALL],
      setPassword: [PASSWORD, CALL],
      testPassword: [PASSWORD, CALL],
      apply: [undefined, APPLY],
    });
  }

  readonly #caller: Caller;
  readonly #clock: Clock;

  constructor(caller: Caller, clock: Clock) {
    this.#caller = caller;
    this.#clock = clock;
  }

  /**
   * All users, with names, as the channel sees them. Two transactions for each user, and those that
   * find the first LAN channel where none is named.
   */
  async list(channel?: number, options: CallOptions = {}): Promise<UserList> {
    const on = channel ?? (await firstLanChannel(this.#caller, options));
    const first = await this.access(on, 1, options);
    const users: User[] = [];
    for (let id = 1; id <= first.most.users; id += 1) {
      const query = { channel: on, user: id };
      const answer =
        id === 1
          ? { completionCode: 0, value: first }
          : await this.#caller.answer(GET_USER_ACCESS, query, options);
      if (isAbsent(answer.completionCode)) continue;
      if (answer.value === undefined) throw failureOf(GET_USER_ACCESS, answer.completionCode);
      users.push(userOf(id, await this.name(id, options), answer.value));
    }
    const { most, enabled, fixed } = first;
    const counts = { most: most.users, enabled: enabled.users, fixedNames: fixed.users };
    return { channel: on, ...counts, users };
  }

  /** Access of a user on a channel (§22.27). One transaction. */
  async access(channel: number, user: number, options: CallOptions = {}): Promise<UserAccess> {
    return await this.#caller.call(GET_USER_ACCESS, { channel, user }, options);
  }

  /** Name of a user, empty for one without (§22.29). One transaction. */
  async name(user: number, options: CallOptions = {}): Promise<string> {
    const { completionCode, value } = await this.#caller.answer(GET_USER_NAME, { user }, options);
    if (value !== undefined) return value.name;
    if (isAbsent(completionCode)) return '';
    throw failureOf(GET_USER_NAME, completionCode);
  }

  /** Names a user (§22.28). One transaction. */
  async setName(user: number, name: string, options: CallOptions = {}): Promise<void> {
    await this.#caller.call(SET_USER_NAME, { user, name }, options);
  }

  /** Enables or disables a user (§22.30). One transaction. */
  async setEnabled(user: number, isEnabled: boolean, options: CallOptions = {}): Promise<void> {
    const operation = isEnabled ? 'enable' : 'disable';
    const args = { user, operation, data: new Uint8Array(), isLong: false } as const;
    mustBeOk(await this.#password(args, options));
  }

  /** Sets the access of a user on a channel (§22.26). One transaction. */
  async setAccess(setting: UserAccessSetting, options: CallOptions = {}): Promise<void> {
    const { channel, user, access } = setting;
    const { privilege, hasMessaging, hasLinkAuthentication, isCallbackOnly } = access;
    const flags = { hasMessaging, hasLinkAuthentication, isCallbackOnly, setsFlags: true };
    const args = {
      channel: { number: channel, ...flags },
      user,
      limit: { privilege, reserved: 0 },
      sessionLimit: undefined,
    };
    await this.#caller.call(SET_USER_ACCESS, args, options);
  }

  /**
   * Sets the password of a user (§22.30). It is never sent again after silence. One transaction.
   * Throws a `RangeError`, which shows no part of it, for one that cannot be stored.
   */
  async setPassword(setting: PasswordSetting, options: CallOptions = {}): Promise<void> {
    mustBeOk(await this.#password({ operation: 'set', ...padded(setting) }, options));
  }

  /**
   * Compares the password of a user with one that is stored (§22.30); an empty one is that of a
   * user without a password. One transaction. Rejects by `COMMAND_FAILED` if the BMC is busy.
   */
  async testPassword(
    setting: PasswordSetting,
    options: CallOptions = {},
  ): Promise<PasswordComparison> {
    const request = { operation: 'test', ...padded(setting, true) } as const;
    const code = await this.#password(request, options);
    if (code === Completion.OK) return 'same';
    if (code === PasswordCode.DIFFERS) return 'different';
    if (code === Completion.NODE_BUSY || isAnswerMissing(code)) mustBeOk(code);
    return code === PasswordCode.WRONG_SIZE ? 'wrong-size' : 'unsupported';
  }

  /**
   * Makes users as they are wanted. Transactions: for each user two reads, one or two comparisons
   * of a password (with an empty one where a user is to be enabled and no password is wanted), a
   * set for each of name, password, access and state that differs, and a read of each that was
   * set; for a name that differs, a read of the name of each other user; besides
   * those that find the first LAN channel where none is named. A name that another user has is
   * refused by `COMMAND_FAILED`, with `check` as well.
   */
  async apply(wanted: UsersWanted, options: ApplyOptions = {}): Promise<ApplyResult> {
    const find = (): Promise<number> => firstLanChannel(this.#caller, callOptions(options));
    return await applyUsers(this, wanted, { clock: this.#clock, options, find });
  }

  async #password(request: PasswordRequest, options: CallOptions): Promise<number> {
    const { user, operation, data, isLong } = request;
    const args = {
      user: { id: user, isLong, reserved: 0 },
      operation: { operation, reserved: 0 },
      password: data,
    };
    // `safe`, whatever the Requester repeats by default: the command is not on the list.
    const once = { ...options, retries: 'safe' } as const;
    return (await this.#caller.answer(SET_USER_PASSWORD, args, once)).completionCode;
  }
}

/** A request of Set User Password. */
interface PasswordRequest {
  readonly user: number;
  readonly operation: PasswordOperation;
  readonly data: Uint8Array;
  readonly isLong: boolean;
}

function mustBeOk(completionCode: number): void {
  if (completionCode !== Completion.OK) throw failureOf(SET_USER_PASSWORD, completionCode);
}

/** The password in its size, with zeros behind it. */
function padded({ user, password, bytes }: PasswordSetting, canBeEmpty = false) {
  const data = passwordBytes(password);
  const isLong = bytes === undefined ? data.length > PASSWORD_BYTES.short : bytes === 20;
  const isNone = canBeEmpty && data.length === 0;
  const trouble = isNone ? undefined : passwordTrouble(data);
  if (trouble !== undefined) throw new RangeError(`the password ${trouble}`);
  if (!isLong && data.length > PASSWORD_BYTES.short) {
    throw new RangeError(`the password has ${data.length} bytes, and is to be stored in 16`);
  }
  const all = new Uint8Array(isLong ? PASSWORD_BYTES.long : PASSWORD_BYTES.short);
  all.set(data);
  return { user, data: all, isLong };
}
