/** Users of a simulated BMC (IPMI 2.0 §22.26..§22.30). */

import { LAN_CHANNEL, channelOf } from './channels.ts';
import { DATA_LENGTH_INVALID, INVALID_FIELD, OK } from './command-record.ts';
import type { SimReply } from './command-record.ts';
import type { SimNetworkOptions } from './network-options.ts';
import type { PartTable } from './part.ts';

const PASSWORD_DIFFERS = 0x80;
const PASSWORD_OF_OTHER_SIZE = 0x81;

const USERS = 10;
const NAME_BYTES = 16;
const SHORT_BYTES = 16;
const LONG_BYTES = 20;

const ADMINISTRATOR = 0x04;
const NO_ACCESS = 0x0f;
const MESSAGING = 0x10;

/** A user; the access is bits 0..6 of Get User Access. */
interface SimUser {
  name: readonly number[];
  /** Undefined until one is set. */
  password: Uint8Array | undefined;
  isEnabled: boolean;
  access: number;
}

/** The users; they survive a restart. */
export class SimUsers {
  readonly options: SimNetworkOptions;
  readonly list: readonly SimUser[];

  constructor(options: SimNetworkOptions) {
    this.options = options;
    this.list = Array.from({ length: USERS }, () => ({
      name: [],
      password: undefined,
      isEnabled: false,
      access: NO_ACCESS,
    }));
    const [, administrator] = this.list;
    if (administrator === undefined) throw new Error('bug: there are no users');
    administrator.name = Array.from('ADMIN', (letter) => letter.charCodeAt(0));
    administrator.isEnabled = true;
    administrator.access = MESSAGING | ADMINISTRATOR;
  }

  /** The user of an id, which counts from 1. */
  of(id: number): SimUser | undefined {
    return this.list[(id & 0x3f) - 1];
  }
}

/** Handlers by command. */
export const USER_COMMANDS: PartTable<SimUsers> = {
  0x43: setAccess,
  0x44: getAccess,
  0x45: setName,
  0x46: (data, users) => {
    if (data.length !== 1) return [DATA_LENGTH_INVALID];
    const user = users.of(data[0] ?? 0);
    return user === undefined ? [INVALID_FIELD] : [OK, ...padded(user.name, NAME_BYTES)];
  },
  0x47: setPassword,
};

function getAccess(data: Uint8Array, users: SimUsers): SimReply {
  const [channel = 0, id = 0] = data;
  if (data.length !== 2) return [DATA_LENGTH_INVALID];
  const user = users.of(id);
  if (user === undefined || channelOf(channel) !== LAN_CHANNEL) return [INVALID_FIELD];
  const enabled = users.list.filter(({ isEnabled }) => isEnabled).length;
  const state = users.options.tellsEnabled === false ? 0 : user.isEnabled ? 1 : 2;
  // The name of user 1 is fixed.
  return [OK, USERS, enabled | (state << 6), 1, user.access];
}

function setAccess(data: Uint8Array, users: SimUsers): SimReply {
  const [channel = 0, id = 0, limit = 0] = data;
  if (data.length !== 3 && data.length !== 4) return [DATA_LENGTH_INVALID];
  const user = users.of(id);
  if (user === undefined || channelOf(channel) !== LAN_CHANNEL) return [INVALID_FIELD];
  const privilege = limit & 0x0f;
  if (privilege === 0 || (privilege > 5 && privilege !== NO_ACCESS)) return [INVALID_FIELD];
  const flags = (channel & 0x80) === 0 ? user.access & 0x70 : channel & 0x70;
  user.access = flags | privilege;
  return [OK];
}

/** A name is there once, and the user without a name stays without. */
function setName(data: Uint8Array, users: SimUsers): SimReply {
  const [id = 0, ...name] = data;
  if (name.length !== NAME_BYTES) return [DATA_LENGTH_INVALID];
  const user = users.of(id);
  if (user === undefined || (id & 0x3f) === 1) return [INVALID_FIELD];
  const isTaken = users.list.some((other) => other !== user && textOf(other.name) === textOf(name));
  if (isTaken && textOf(name) !== '') return [INVALID_FIELD];
  user.name = name;
  return [OK];
}

function setPassword(data: Uint8Array, users: SimUsers): SimReply {
  const [id = 0, operation = 0] = data;
  if (data.length < 2) return [DATA_LENGTH_INVALID];
  const user = users.of(id);
  if (user === undefined) return [INVALID_FIELD];
  const password = data.slice(2);
  switch (operation & 0x03) {
    case 0:
    case 1:
      user.isEnabled = (operation & 0x03) === 1;
      return [OK];
    case 2:
      if (password.length !== bytesOf(id)) return [DATA_LENGTH_INVALID];
      user.password = password;
      return [OK];
    default:
      if (users.options.canTestPasswords === false) return [INVALID_FIELD];
      if (password.length !== bytesOf(id)) return [DATA_LENGTH_INVALID];
      return [comparison(user.password ?? new Uint8Array(password.length), password)];
  }
}

function bytesOf(id: number): number {
  return (id & 0x80) === 0 ? SHORT_BYTES : LONG_BYTES;
}

function comparison(stored: Uint8Array, password: Uint8Array): number {
  if (stored.length !== password.length) return PASSWORD_OF_OTHER_SIZE;
  return password.every((byte, at) => byte === stored[at]) ? OK : PASSWORD_DIFFERS;
}

function padded(bytes: readonly number[], length: number): readonly number[] {
  return Array.from({ length }, (_, at) => bytes[at] ?? 0);
}

function textOf(name: readonly number[]): string {
  return String.fromCharCode(...name).replace(/\0+$/, '');
}
