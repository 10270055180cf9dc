/** The LAN configuration of a simulated BMC, on channel 1 (IPMI 2.0 chapter 23). */

import { LAN_CHANNEL, channelOf } from './channels.ts';
import { DATA_LENGTH_INVALID, INVALID_FIELD, NODE_BUSY, OK } from './command-record.ts';
import type { SimReply } from './command-record.ts';
import type { SimNetworkOptions } from './network-options.ts';
import type { PartTable } from './part.ts';

const NO_PARAMETER = 0x80;
const IN_PROGRESS = 0x81;
const READ_ONLY = 0x82;

/** Present revision 1, compatible with revision 1. */
const REVISION = 0x11;

const SET_IN_PROGRESS = 0;
const IPV6_FIRST = 50;

/** Parameters that a host only reads (table 23-4). */
const READ_ONLY_PARAMETERS: readonly number[] = [1, 17, 22, 23, 50, 55, 57, 59, 60, 62, 73, 79];

/** Parameters whose data begins with a set selector: so many sets there are of each. */
const SETS: Readonly<Record<number, number>> = { 56: 2, 59: 1 };

const STATIC_ADDRESS = 56;
const SET_BYTES = 20;

/** State of an IPv6 address: in use, or disabled. */
const ACTIVE = 0;
const DISABLED = 1;

const NO_MAC = [0, 0, 0, 0, 0, 0];
const NO_IPV6 = new Array<number>(16).fill(0);
const COMMUNITY = Array.from('public', (letter) => letter.charCodeAt(0));

/** Straight password, MD5, MD2; for IPMI 1.5 sessions. */
const AUTH_TYPES = 0x16;

/** The link-local address of the MAC address, by SLAAC, in use. */
const LINK_LOCAL = [0xfe, 0x80, 0, 0, 0, 0, 0, 0, 0, 0, 0x5e, 0xff, 0xfe, 0x10, 0, 1];

/** Parameters by number; those with sets, by 256 times their number and the set. */
const PARAMETERS: Readonly<Record<number, readonly number[]>> = {
  1: [AUTH_TYPES],
  2: [AUTH_TYPES, AUTH_TYPES, AUTH_TYPES, AUTH_TYPES, 0x00],
  3: [192, 0, 2, 10],
  4: [0x01],
  5: [0x02, 0x00, 0x5e, 0x10, 0x00, 0x01],
  6: [255, 255, 255, 0],
  7: [0x40, 0x40, 0x10],
  8: [0x6f, 0x02],
  9: [0x98, 0x02],
  10: [0x02],
  11: [0x04],
  12: [192, 0, 2, 1],
  13: NO_MAC,
  14: [0, 0, 0, 0],
  15: NO_MAC,
  16: [...COMMUNITY, ...new Array<number>(12).fill(0)],
  17: [0x00],
  20: [0x00, 0x00],
  21: [0x00],
  22: [0x02],
  23: [0x00, 0x03, 0x11, ...new Array<number>(14).fill(0)],
  24: [0x00, 0x44, 0, 0, 0, 0, 0, 0, 0],
  26: [0x00, 0x00, 0x00, 0x00, 0x00, 0x00],
  50: [0x02],
  51: [0x02],
  52: [0x00],
  53: [0x40],
  54: [0x00, 0x00, 0x00],
  55: [0x02, 0x01, 0x03],
  64: [0x02],
  65: NO_IPV6,
  66: NO_MAC,
  67: [0x00],
  68: NO_IPV6,
  73: [0x00],
  [56 << 8]: [0, 0x00, ...NO_IPV6, 0x00, DISABLED],
  [(56 << 8) | 1]: [1, 0x00, ...NO_IPV6, 0x00, DISABLED],
  [59 << 8]: [0, 0x01, ...LINK_LOCAL, 64, ACTIVE],
};

/** The LAN configuration; all but Set In Progress survives a restart. */
export class SimLan {
  readonly options: SimNetworkOptions;
  readonly parameters = new Map<number, readonly number[]>();
  /** Parameter 0: 0 complete, 1 in progress. */
  setInProgress = 0;
  /** Sets are refused until then. */
  busyUntilMs = 0;

  constructor(options: SimNetworkOptions) {
    this.options = options;
    for (const [key, data] of Object.entries(PARAMETERS)) this.parameters.set(Number(key), data);
  }

  /** True if it has a parameter of that number. */
  has(parameter: number): boolean {
    const { hasIpv6 = true } = this.options;
    if (parameter >= IPV6_FIRST && !hasIpv6) return false;
    return SETS[parameter] !== undefined || this.parameters.has(parameter);
  }

  restart(): void {
    this.setInProgress = 0;
    this.busyUntilMs = 0;
  }
}

/** Handlers by command. */
export const LAN_COMMANDS: PartTable<SimLan> = {
  0x01: set,
  0x02: get,
};

function get(data: Uint8Array, lan: SimLan): SimReply {
  const [channel = 0, parameter = 0, selector = 0] = data;
  if (data.length !== 4) return [DATA_LENGTH_INVALID];
  if (channelOf(channel) !== LAN_CHANNEL) return [INVALID_FIELD];
  if (parameter === SET_IN_PROGRESS && lan.options.hasSetInProgress !== false) {
    return [OK, REVISION, lan.setInProgress];
  }
  if (!lan.has(parameter)) return [NO_PARAMETER];
  const value = lan.parameters.get(keyOf(parameter, selector));
  if (value === undefined) return [INVALID_FIELD];
  const isRevisionOnly = (channel & 0x80) !== 0;
  return [OK, REVISION, ...(isRevisionOnly ? [] : value)];
}

function keyOf(parameter: number, selector: number): number {
  return SETS[parameter] === undefined ? parameter : (parameter << 8) | selector;
}

function set(data: Uint8Array, lan: SimLan, nowMs: number): SimReply {
  const [channel = 0, parameter = 0, ...value] = data;
  if (data.length < 3) return [DATA_LENGTH_INVALID];
  if (channelOf(channel) !== LAN_CHANNEL) return [INVALID_FIELD];
  if (parameter === SET_IN_PROGRESS) return setProgress(value, lan);
  if (!lan.has(parameter)) return [NO_PARAMETER];
  const { readOnly = [], forgetful = [], settleMs = 0 } = lan.options;
  if ([...READ_ONLY_PARAMETERS, ...readOnly].includes(parameter)) return [READ_ONLY];
  if (nowMs < lan.busyUntilMs) return [NODE_BUSY];
  const key = keyOf(parameter, value[0] ?? 0);
  const old = lan.parameters.get(key);
  if (old === undefined) return [INVALID_FIELD];
  if (value.length !== old.length) return [DATA_LENGTH_INVALID];
  lan.busyUntilMs = nowMs + settleMs;
  if (!forgetful.includes(parameter)) lan.parameters.set(key, kept(parameter, value));
  return [OK];
}

/** An IPv6 address is in use at once if it is enabled, whatever state the host has written. */
function kept(parameter: number, value: readonly number[]): readonly number[] {
  if (parameter !== STATIC_ADDRESS) return value;
  const isEnabled = ((value[1] ?? 0) & 0x80) !== 0;
  return [...value.slice(0, SET_BYTES - 1), isEnabled ? ACTIVE : DISABLED];
}

/** There is no rollback: `commit write` is refused. */
function setProgress([state = 0]: readonly number[], lan: SimLan): SimReply {
  if (lan.options.hasSetInProgress === false) return [NO_PARAMETER];
  if (state > 1) return [INVALID_FIELD];
  if (state === 1 && lan.setInProgress === 1) return [IN_PROGRESS];
  lan.setInProgress = state;
  return [OK];
}
