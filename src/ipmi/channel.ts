/** Channels of the BMC: their medium, and the access to them (IPMI 2.0 §22.15, §22.22..§22.24). */

import { bits, bytes, choice, clearFlag, flag, nothing, range, rest, struct } from './codec.ts';
import { u24, u8 } from './codec.ts';
import type { Field, Reserved } from './codec.ts';
import type { Command } from './command.ts';
import { AppCmd, NetFn } from './commands.ts';
import { PRIVILEGES } from './privilege.ts';
import type { Privilege } from './privilege.ts';

/** The channel that a request comes by, whatever its number (§6.3). */
export const PRESENT_CHANNEL = 0x0e;

/** The channel of the system interface (§6.3). */
export const SYSTEM_CHANNEL = 0x0f;

/** The highest number of a channel that an implementation may assign (§6.3). */
export const ASSIGNED_CHANNEL_MAX = 0x0b;

/** Channel medium types by number (table 6-3). */
export const CHANNEL_MEDIA = [
  undefined,
  'ipmb',
  'icmb-1.0',
  'icmb-0.9',
  'lan-802.3',
  'serial',
  'other-lan',
  'pci-smbus',
  'smbus-1',
  'smbus-2',
  'usb-1',
  'usb-2',
  'system-interface',
] as const;

/** Channel protocol types by number (table 6-2). */
export const CHANNEL_PROTOCOLS = [
  undefined,
  'ipmb-1.0',
  'icmb-1.0',
  undefined,
  'ipmi-smbus',
  'kcs',
  'smic',
  'bt-10',
  'bt-15',
  'tmode',
] as const;

/** Session support of a channel by number. */
const SESSIONS = ['session-less', 'single-session', 'multi-session', 'session-based'] as const;

/** Medium of a channel; a number that has no name stays one. */
export type ChannelMedium = NonNullable<(typeof CHANNEL_MEDIA)[number]>;

/** Protocol of a channel. */
export type ChannelProtocol = NonNullable<(typeof CHANNEL_PROTOCOLS)[number]>;

/** Session support of a channel. */
export type SessionSupport = (typeof SESSIONS)[number];

/** The answer to Get Channel Info (§22.24). */
export interface ChannelInfo {
  /** The number of the channel; tells that of `PRESENT_CHANNEL`. */
  readonly channel: { readonly number: number } & Reserved;
  readonly medium: { readonly medium: ChannelMedium | number } & Reserved;
  readonly protocol: { readonly protocol: ChannelProtocol | number } & Reserved;
  readonly sessions: {
    readonly active: number;
    readonly support: SessionSupport | number;
  } & Reserved;
  /** IANA enterprise number of the body that has defined the protocol; 7154 is IPMI's own. */
  readonly vendorId: number;
  /** Depends on the channel; for the system interface, its interrupts. */
  readonly auxiliary: Uint8Array;
}

/** A channel has two sets of settings: those in force, and those that are so after a power-up. */
export type ChannelMemory = 'volatile' | 'non-volatile';

/** When a channel may be used (table 22-28). */
export type AccessMode = 'disabled' | 'pre-boot' | 'always' | 'shared';

const ACCESS_MODES = ['disabled', 'pre-boot', 'always', 'shared'] as const;

/** The answer to Get Channel Access (§22.23). */
export interface ChannelAccess {
  readonly settings: {
    readonly mode: AccessMode | number;
    /** User-level commands need authentication. */
    readonly hasUserAuthentication: boolean;
    /** Each message is authenticated. */
    readonly hasMessageAuthentication: boolean;
    /** Alerts of platform event filtering are sent. */
    readonly hasAlerting: boolean;
  } & Reserved;
  /** The highest privilege that a session can have. */
  readonly limit: { readonly privilege: Privilege | number } & Reserved;
}

/** The request of Set Channel Access (§22.22): each part is set where `memory` says so. */
export interface SetChannelAccess {
  readonly channel: number;
  readonly settings: ChannelAccess['settings'] & { readonly memory: SetMemory };
  readonly limit: ChannelAccess['limit'] & { readonly memory: SetMemory };
}

type SetMemory = ChannelMemory | 'unchanged' | number;

/** The request of Get Channel Cipher Suites (§22.15). */
export interface CipherSuitesQuery {
  readonly channel: number;
  /** Payload type (table 13-16); 0 is IPMI. */
  readonly payloadType: number;
  readonly list: {
    /** Which 16 bytes of the list. */
    readonly index: number;
    /** Suites with their algorithms, and not algorithms alone. */
    readonly isBySuite: boolean;
  } & Reserved;
}

const SETTINGS = {
  mode: choice(0, 3, ACCESS_MODES),
  hasUserAuthentication: clearFlag(3),
  hasMessageAuthentication: clearFlag(4),
  hasAlerting: clearFlag(5),
};
const LIMIT = { privilege: choice(0, 4, PRIVILEGES) };
const MEMORY = choice(6, 2, ['unchanged', 'non-volatile', 'volatile']);

/** Get Channel Info (§22.24). */
export const GET_CHANNEL_INFO: Command<{ readonly channel: number }, ChannelInfo> = {
  netFn: NetFn.APP,
  cmd: AppCmd.GET_CHANNEL_INFO,
  section: '§22.24',
  request: struct({ channel: u8 }),
  response: struct({
    channel: bits({ number: range(0, 4) }),
    medium: bits({ medium: choice(0, 7, CHANNEL_MEDIA) }),
    protocol: bits({ protocol: choice(0, 5, CHANNEL_PROTOCOLS) }),
    sessions: bits({ active: range(0, 6), support: choice(6, 2, SESSIONS) }),
    vendorId: u24,
    auxiliary: bytes(2),
  }),
};

/** The channel has no sessions: nothing of its access can be had or set. */
const SESSIONLESS = 'the channel has no sessions, and so no access settings';

const ACCESS_RESPONSE: Field<ChannelAccess> = struct({
  settings: bits(SETTINGS),
  limit: bits(LIMIT),
});

/** Get Channel Access (§22.23). */
export const GET_CHANNEL_ACCESS: Command<
  {
    readonly channel: number;
    readonly select: { readonly memory: ChannelMemory | number } & Reserved;
  },
  ChannelAccess
> = {
  netFn: NetFn.APP,
  cmd: AppCmd.GET_CHANNEL_ACCESS,
  section: '§22.23',
  codes: { 0x82: SESSIONLESS },
  request: struct({
    channel: u8,
    select: bits({ memory: choice(6, 2, [undefined, 'non-volatile', 'volatile']) }),
  }),
  response: ACCESS_RESPONSE,
};

/** Set Channel Access (§22.22). */
export const SET_CHANNEL_ACCESS: Command<SetChannelAccess, void> = {
  netFn: NetFn.APP,
  cmd: AppCmd.SET_CHANNEL_ACCESS,
  section: '§22.22',
  codes: { 0x82: SESSIONLESS, 0x83: 'the channel does not support this access mode' },
  request: struct({
    channel: u8,
    settings: bits({ ...SETTINGS, memory: MEMORY }),
    limit: bits({ ...LIMIT, memory: MEMORY }),
  }),
  response: nothing,
};

/** Get Channel Cipher Suites (§22.15): up to 16 bytes of records a time. */
export const GET_CHANNEL_CIPHER_SUITES: Command<
  CipherSuitesQuery,
  { readonly channel: number; readonly records: Uint8Array }
> = {
  netFn: NetFn.APP,
  cmd: AppCmd.GET_CHANNEL_CIPHER_SUITES,
  section: '§22.15',
  request: struct({
    channel: u8,
    payloadType: u8,
    list: bits({ index: range(0, 6), isBySuite: flag(7) }),
  }),
  response: struct({ channel: u8, records: rest }),
};

/** A cipher suite that a channel offers (§22.15.2). */
export interface CipherSuite {
  readonly id: number;
  /** IANA enterprise number of the maker that has defined the suite; undefined for IPMI's. */
  readonly oemId: number | undefined;
  /** Algorithm numbers (§22.15.1); several where the user has a choice. */
  readonly authentication: readonly number[];
  readonly integrity: readonly number[];
  readonly confidentiality: readonly number[];
}

const STANDARD_SUITE = 0xc0;
const OEM_SUITE = 0xc1;

/** Reads the records of cipher suites; a record that is cut off ends the list. */
export function cipherSuitesOf(records: Uint8Array): readonly CipherSuite[] {
  const suites: CipherSuite[] = [];
  let at = 0;
  for (let start = records[at]; isStart(start); start = records[at]) {
    const headBytes = start === OEM_SUITE ? 5 : 2;
    const [, id, low = 0, middle = 0, high] = records.subarray(at, at + headBytes);
    if (id === undefined || (start === OEM_SUITE && high === undefined)) return suites;
    const oemId = high === undefined ? undefined : low + (middle << 8) + (high << 16);
    const from = at + headBytes;
    at = from;
    // The end is as good as the start of another.
    while ((records[at] ?? OEM_SUITE) < STANDARD_SUITE) at += 1;
    suites.push({ id, oemId, ...algorithmsOf(records.subarray(from, at)) });
  }
  return suites;
}

function isStart(byte: number | undefined): boolean {
  return byte === STANDARD_SUITE || byte === OEM_SUITE;
}

/** Algorithms by the kind in their bits 6 and 7. */
function algorithmsOf(tagged: Uint8Array) {
  const ofKind = (kind: number): readonly number[] =>
    [...tagged].filter((byte) => byte >> 6 === kind).map((byte) => byte & 0x3f);
  return { authentication: ofKind(0), integrity: ofKind(1), confidentiality: ofKind(2) };
}
