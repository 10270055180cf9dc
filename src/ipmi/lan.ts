/** LAN configuration: its two commands, and the parameters of IPv4 (IPMI 2.0 §23.1, §23.2). */

import { ipv4, mac } from './address.ts';
import { bits, choice, flag, nothing, range, rest, struct } from './codec.ts';
import { times, u16, u8 } from './codec.ts';
import type { Field, Reserved } from './codec.ts';
import type { Command } from './command.ts';
import { NetFn, TransportCmd } from './commands.ts';
import { PARAMETER_CODES, SET_IN_PROGRESS } from './parameter.ts';
import { AUTH_TYPES, PRIVILEGES } from './privilege.ts';
import type { AuthTypes, Privilege } from './privilege.ts';
import { paddedText } from './text.ts';

/** A parameter of the LAN configuration (table 23-4). */
export interface LanParameter<T> {
  readonly number: number;
  readonly name: string;
  /** The data; the set selector is part of it where there are sets. */
  readonly layout: Field<T>;
  /** The parameter holds a secret. */
  readonly isSecret?: boolean;
}

/** The request of Get LAN Configuration Parameters (§23.2). */
export interface LanQuery {
  readonly channel: {
    readonly number: number;
    /** Only the revision is asked for. */
    readonly isRevisionOnly: boolean;
  } & Reserved;
  readonly parameter: number;
  readonly set: number;
  readonly block: number;
}

/** Get LAN Configuration Parameters (§23.2). */
export const GET_LAN_PARAMETERS: Command<
  LanQuery,
  {
    readonly revision: { readonly present: number; readonly oldest: number };
    readonly data: Uint8Array;
  }
> = {
  netFn: NetFn.TRANSPORT,
  cmd: TransportCmd.GET_LAN_PARAMETERS,
  section: '§23.2',
  codes: PARAMETER_CODES,
  request: struct({
    channel: bits({ number: range(0, 4), isRevisionOnly: flag(7) }),
    parameter: u8,
    set: u8,
    block: u8,
  }),
  response: struct({ revision: bits({ oldest: range(0, 4), present: range(4, 4) }), data: rest }),
};

/** Set LAN Configuration Parameters (§23.1). */
export const SET_LAN_PARAMETERS: Command<
  { readonly channel: number; readonly parameter: number; readonly data: Uint8Array },
  void
> = {
  netFn: NetFn.TRANSPORT,
  cmd: TransportCmd.SET_LAN_PARAMETERS,
  section: '§23.1',
  codes: PARAMETER_CODES,
  request: struct({ channel: u8, parameter: u8, data: rest }),
  response: nothing,
};

/** Sources of an IPv4 address by number. */
export const IP_SOURCES = ['unspecified', 'static', 'dhcp', 'bios', 'other'] as const;

/** Source of an IPv4 address. */
export type IpSource = (typeof IP_SOURCES)[number];

/** Authentication types that sessions of each privilege may use, parameter 2. */
export interface AuthEnables {
  readonly callback: AuthTypes;
  readonly user: AuthTypes;
  readonly operator: AuthTypes;
  readonly administrator: AuthTypes;
  readonly oem: AuthTypes;
}

/** VLAN, parameter 20. */
export interface VlanId extends Reserved {
  readonly id: number;
  readonly isEnabled: boolean;
}

/** Header of packets that the BMC sends, parameter 7. */
export interface Ipv4Header {
  readonly ttl: number;
  readonly flags: { readonly flags: number } & Reserved;
  readonly service: { readonly precedence: number; readonly typeOfService: number } & Reserved;
}

/** ARP that the BMC does itself, parameter 10. */
export interface ArpControl extends Reserved {
  readonly sendsGratuitous: boolean;
  readonly sendsResponses: boolean;
}

/** Reaction to wrong passwords, parameter 26; times in units of 10 s. */
export interface BadPassword {
  readonly event: { readonly isLogged: boolean } & Reserved;
  /** Wrong passwords after which the user is disabled; 0: never. */
  readonly threshold: number;
  readonly resetInterval: number;
  readonly lockoutInterval: number;
}

/** Kind of a destination of alerts, parameter 18. */
export interface DestinationType {
  readonly destination: { readonly set: number } & Reserved;
  readonly type: { readonly type: 'pet' | 'oem-1' | 'oem-2' | number; readonly acked: boolean };
  /** Time to wait for an acknowledgement, seconds. */
  readonly timeoutSeconds: number;
  readonly retries: { readonly retries: number } & Reserved;
}

/** Address of a destination of alerts, parameter 19. */
export interface DestinationAddress {
  readonly destination: { readonly set: number } & Reserved;
  readonly format: { readonly format: 'ipv4' | 'ipv6' | number } & Reserved;
  /** The rest depends on the format: for IPv4 gateway selector, address and MAC address. */
  readonly address: Uint8Array;
}

/** Sixteen nibbles of privileges, the lower of a byte first, behind a reserved byte. */
export interface CipherPrivileges {
  readonly reserved: number;
  readonly pairs: readonly {
    readonly first: Privilege | 'unused' | number;
    readonly second: Privilege | 'unused' | number;
  }[];
}

const SUITE_PRIVILEGES = ['unused', ...PRIVILEGES.slice(1)] as const;

/** Longest community string, bytes. */
export const COMMUNITY_BYTES_MAX = 18;

const SET = bits<{ set: number }>({ set: range(0, 4) });

/** A parameter, its number first. */
export function parameter<T>(number: number, name: string, layout: Field<T>): LanParameter<T> {
  return { number, name, layout };
}

/** The standard parameters up to those of IPv6 (table 23-4). */
export const LAN = {
  setInProgress: parameter(0, 'Set In Progress', SET_IN_PROGRESS),
  authSupport: parameter(1, 'Authentication Type Support', AUTH_TYPES),
  authEnables: parameter<AuthEnables>(
    2,
    'Authentication Type Enables',
    struct({
      callback: AUTH_TYPES,
      user: AUTH_TYPES,
      operator: AUTH_TYPES,
      administrator: AUTH_TYPES,
      oem: AUTH_TYPES,
    }),
  ),
  address: parameter(3, 'IP Address', ipv4),
  source: parameter<{ readonly source: IpSource | number } & Reserved>(
    4,
    'IP Address Source',
    bits({ source: choice(0, 4, IP_SOURCES) }),
  ),
  mac: parameter(5, 'MAC Address', mac),
  netmask: parameter(6, 'Subnet Mask', ipv4),
  header: parameter<Ipv4Header>(
    7,
    'IPv4 Header Parameters',
    struct({
      ttl: u8,
      flags: bits({ flags: range(5, 3) }),
      service: bits({ typeOfService: range(1, 4), precedence: range(5, 3) }),
    }),
  ),
  primaryPort: parameter(8, 'Primary RMCP Port Number', u16),
  secondaryPort: parameter(9, 'Secondary RMCP Port Number', u16),
  arp: parameter<ArpControl>(
    10,
    'BMC-generated ARP Control',
    bits({ sendsGratuitous: flag(0), sendsResponses: flag(1) }),
  ),
  arpInterval: parameter(11, 'Gratuitous ARP Interval', u8),
  gateway: parameter(12, 'Default Gateway Address', ipv4),
  gatewayMac: parameter(13, 'Default Gateway MAC Address', mac),
  backupGateway: parameter(14, 'Backup Gateway Address', ipv4),
  backupGatewayMac: parameter(15, 'Backup Gateway MAC Address', mac),
  community: {
    ...parameter(16, 'Community String', paddedText(COMMUNITY_BYTES_MAX)),
    isSecret: true,
  },
  destinations: parameter<{ readonly count: number } & Reserved>(
    17,
    'Number of Destinations',
    bits({ count: range(0, 4) }),
  ),
  destinationType: parameter<DestinationType>(
    18,
    'Destination Type',
    struct<DestinationType>({
      destination: SET,
      type: bits<DestinationType['type']>({
        type: choice(0, 3, [
          'pet',
          undefined,
          undefined,
          undefined,
          undefined,
          undefined,
          'oem-1',
          'oem-2',
        ]),
        acked: flag(7),
      }),
      timeoutSeconds: u8,
      retries: bits({ retries: range(0, 3) }),
    }),
  ),
  destinationAddress: parameter<DestinationAddress>(
    19,
    'Destination Addresses',
    struct({
      destination: SET,
      format: bits({ format: choice(4, 4, ['ipv4', 'ipv6']) }),
      address: rest,
    }),
  ),
  vlan: parameter<VlanId>(
    20,
    '802.1q VLAN ID',
    bits<Omit<VlanId, 'reserved'>>({ id: range(0, 12), isEnabled: flag(15) }, 2),
  ),
  vlanPriority: parameter<{ readonly priority: number } & Reserved>(
    21,
    '802.1q VLAN Priority',
    bits({ priority: range(0, 3) }),
  ),
  suiteCount: parameter<{ readonly count: number } & Reserved>(
    22,
    'Cipher Suite Entry Support',
    bits({ count: range(0, 5) }),
  ),
  suites: parameter<{ readonly reserved: number; readonly ids: Uint8Array }>(
    23,
    'Cipher Suite Entries',
    struct({ reserved: u8, ids: rest }),
  ),
  suitePrivileges: parameter<CipherPrivileges>(
    24,
    'Cipher Suite Privilege Levels',
    struct<CipherPrivileges>({
      reserved: u8,
      pairs: times(
        8,
        bits<{ first: Privilege | 'unused' | number; second: Privilege | 'unused' | number }>({
          first: choice(0, 4, SUITE_PRIVILEGES),
          second: choice(4, 4, SUITE_PRIVILEGES),
        }),
      ),
    }),
  ),
  destinationVlan: parameter<{
    readonly destination: { readonly set: number } & Reserved;
    readonly format: { readonly format: number } & Reserved;
    readonly tag: { readonly id: number; readonly priority: number } & Reserved;
  }>(
    25,
    'Destination Address VLAN TAGs',
    struct({
      destination: SET,
      format: bits({ format: range(4, 4) }),
      tag: bits({ id: range(0, 12), priority: range(13, 3) }, 2),
    }),
  ),
  badPassword: parameter<BadPassword>(
    26,
    'Bad Password Threshold',
    struct({
      event: bits({ isLogged: flag(0) }),
      threshold: u8,
      resetInterval: u16,
      lockoutInterval: u16,
    }),
  ),
} as const;
