/** Channels of a simulated BMC: IPMB, LAN and system (IPMI 2.0 §22.15, §22.22..§22.24). */

import { DATA_LENGTH_INVALID, INVALID_FIELD, OK } from './command-record.ts';
import type { SimReply } from './command-record.ts';
import type { PartTable } from './part.ts';

const SESSIONLESS = 0x82;
const MODE_NOT_SUPPORTED = 0x83;

/** Numbers of channels; a request may name that by which it comes as `PRESENT`. */
const IPMB = 0;
export const LAN_CHANNEL = 1;
const PRESENT = 0x0e;
const SYSTEM = 0x0f;

/** IANA number of the IPMI forum, 7154. */
const IPMI_FORUM = [0xf2, 0x1b, 0x00];

/** Medium, protocol, and sessions (bits 6 and 7), by channel. */
const CHANNELS: Readonly<Record<number, readonly [number, number, number]>> = {
  [IPMB]: [0x01, 0x01, 0x00],
  [LAN_CHANNEL]: [0x04, 0x01, 0x80],
  [SYSTEM]: [0x0c, 0x08, 0x00],
};

/** Cipher suites 3 and 17, each with an algorithm of each kind. */
const CIPHER_SUITES = [0xc0, 0x03, 0x01, 0x41, 0x81, 0xc0, 0x11, 0x03, 0x44, 0x81];
const SUITE_BLOCK_BYTES = 16;

/** Sets of settings of a channel. */
const NON_VOLATILE = 1;
const VOLATILE = 2;

/** Access to the LAN channel; what is not volatile survives a restart. */
export class SimChannels {
  /** Settings by memory: always available, each authentication on; administrators may enter. */
  readonly access = {
    [NON_VOLATILE]: { settings: 0x02, limit: 0x04 },
    [VOLATILE]: { settings: 0x02, limit: 0x04 },
  };

  /** A restart puts what is stored in force. */
  restart(): void {
    this.access[VOLATILE] = { ...this.access[NON_VOLATILE] };
  }
}

/** The channel that a number of a request means. */
export function channelOf(byte: number): number {
  const number = byte & 0x0f;
  return number === PRESENT ? SYSTEM : number;
}

/** Handlers by command. */
export const CHANNEL_COMMANDS: PartTable<SimChannels> = {
  0x40: setAccess,
  0x41: getAccess,
  0x42: (data) => {
    if (data.length !== 1) return [DATA_LENGTH_INVALID];
    const number = channelOf(data[0] ?? 0);
    const found = CHANNELS[number];
    if (found === undefined) return [INVALID_FIELD];
    return [OK, number, ...found, ...IPMI_FORUM, 0x00, 0x00];
  },
  0x54: (data) => {
    const [channel = 0, , index = 0] = data;
    if (data.length !== 3) return [DATA_LENGTH_INVALID];
    if (channelOf(channel) !== LAN_CHANNEL) return [INVALID_FIELD];
    const from = (index & 0x3f) * SUITE_BLOCK_BYTES;
    return [OK, LAN_CHANNEL, ...CIPHER_SUITES.slice(from, from + SUITE_BLOCK_BYTES)];
  },
};

/** The completion code of a request for the access to a channel. */
function accessTrouble(channel: number): number {
  const number = channelOf(channel);
  if (CHANNELS[number] === undefined) return INVALID_FIELD;
  return number === LAN_CHANNEL ? OK : SESSIONLESS;
}

function getAccess(data: Uint8Array, { access }: SimChannels): SimReply {
  const [channel = 0, select = 0] = data;
  if (data.length !== 2) return [DATA_LENGTH_INVALID];
  const trouble = accessTrouble(channel);
  if (trouble !== OK) return [trouble];
  const memory = select >> 6;
  if (memory !== NON_VOLATILE && memory !== VOLATILE) return [INVALID_FIELD];
  return [OK, access[memory].settings, access[memory].limit];
}

function setAccess(data: Uint8Array, { access }: SimChannels): SimReply {
  const [channel = 0, settings = 0, limit = 0] = data;
  if (data.length !== 3) return [DATA_LENGTH_INVALID];
  const trouble = accessTrouble(channel);
  if (trouble !== OK) return [trouble];
  // The LAN is not shared with a serial port.
  if ((settings & 0x07) > 2) return [MODE_NOT_SUPPORTED];
  for (const memory of [NON_VOLATILE, VOLATILE] as const) {
    if (settings >> 6 === memory) access[memory].settings = settings & 0x3f;
    if (limit >> 6 === memory) access[memory].limit = limit & 0x0f;
  }
  return [OK];
}
