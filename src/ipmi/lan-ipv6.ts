/** The parameters of IPv6 of the LAN configuration (IPMI 2.0 table 23-4, 50 to 80). */

import { ipv6, mac } from './address.ts';
import { bits, bytes, choice, flag, mapped, range, rest, struct, u8 } from './codec.ts';
import type { Field, Reserved } from './codec.ts';
import { parameter } from './lan.ts';

/** Abilities of the BMC, parameter 50. */
export interface Ipv6Support extends Reserved {
  /** It can be set to use IPv6 alone. */
  readonly canIpv6Only: boolean;
  /** It can use IPv4 and IPv6 at the same time. */
  readonly canBoth: boolean;
  /** Alerts can go to IPv6 addresses. */
  readonly canAlert: boolean;
}

/** Protocols in use, parameter 51. */
export type IpProtocols = 'ipv4' | 'ipv6' | 'both';

/** Names of parameter 51 by number. */
export const IP_PROTOCOLS = ['ipv4', 'ipv6', 'both'] as const satisfies readonly IpProtocols[];

/** Numbers of addresses, parameter 55. */
export interface Ipv6Status {
  readonly staticMax: number;
  readonly dynamicMax: number;
  readonly sources: { readonly hasDhcpv6: boolean; readonly hasSlaac: boolean } & Reserved;
}

/** State of an address. */
export type Ipv6State =
  'active' | 'disabled' | 'pending' | 'failed' | 'deprecated' | 'invalid' | number;

/** An address that was set, parameter 56. */
export interface Ipv6Static {
  readonly set: number;
  readonly source: { readonly source: number; readonly isEnabled: boolean } & Reserved;
  readonly address: string;
  readonly prefixLength: number;
  readonly state: { readonly state: Ipv6State };
}

/** An address that the BMC has got, parameter 59. */
export interface Ipv6Dynamic {
  readonly set: number;
  readonly source: { readonly source: 'slaac' | 'dhcpv6' | number } & Reserved;
  readonly address: string;
  readonly prefixLength: number;
  readonly state: { readonly state: Ipv6State };
}

/** Routers that are used, parameter 64. */
export interface RouterControl extends Reserved {
  readonly usesStatic: boolean;
  /** Routers that advertise themselves. */
  readonly usesDynamic: boolean;
}

/** A part with a set selector in front. */
interface OfSet<T> {
  readonly set: number;
  readonly value: T;
}

/** A block of 16 bytes of one of several sets. */
interface OfBlock {
  readonly set: number;
  readonly block: number;
  readonly data: Uint8Array;
}

const STATE: Field<{ readonly state: Ipv6State }> = bits<{ state: Ipv6State }>({
  state: choice(0, 8, ['active', 'disabled', 'pending', 'failed', 'deprecated', 'invalid']),
});

const BLOCK: Field<OfBlock> = struct({ set: u8, block: u8, data: rest });

/** Twenty bits, the most significant byte first, unlike other numbers. */
const FLOW_LABEL: Field<number> = mapped(
  bytes(3),
  ([high = 0, middle = 0, low = 0]) => (high << 16) | (middle << 8) | low,
  (value) => Uint8Array.of(value >> 16, (value >> 8) & 0xff, value & 0xff),
);

function ofSet<T>(value: Field<T>): Field<OfSet<T>> {
  return struct<OfSet<T>>({ set: u8, value });
}

/** The four parameters of a static router, from `first` on. */
function router(first: number, name: string) {
  return {
    address: parameter(first, `${name} IP Address`, ipv6),
    mac: parameter(first + 1, `${name} MAC Address`, mac),
    prefixLength: parameter(first + 2, `${name} Prefix Length`, u8),
    prefix: parameter(first + 3, `${name} Prefix Value`, ipv6),
  };
}

/** The parameters of IPv6. */
export const LAN6 = {
  support: parameter<Ipv6Support>(
    50,
    'IPv6/IPv4 Support',
    bits({ canIpv6Only: flag(0), canBoth: flag(1), canAlert: flag(2) }),
  ),
  protocols: parameter<{ readonly protocols: IpProtocols | number }>(
    51,
    'IPv6/IPv4 Addressing Enables',
    bits<{ protocols: IpProtocols | number }>({ protocols: choice(0, 8, IP_PROTOCOLS) }),
  ),
  trafficClass: parameter(52, 'IPv6 Header Static Traffic Class', u8),
  hopLimit: parameter(53, 'IPv6 Header Static Hop Limit', u8),
  flowLabel: parameter(54, 'IPv6 Header Flow Label', FLOW_LABEL),
  status: parameter<Ipv6Status>(
    55,
    'IPv6 Status',
    struct({
      staticMax: u8,
      dynamicMax: u8,
      sources: bits({ hasDhcpv6: flag(0), hasSlaac: flag(1) }),
    }),
  ),
  staticAddress: parameter<Ipv6Static>(
    56,
    'IPv6 Static Addresses',
    struct<Ipv6Static>({
      set: u8,
      source: bits({ source: range(0, 4), isEnabled: flag(7) }),
      address: ipv6,
      prefixLength: u8,
      state: STATE,
    }),
  ),
  staticDuidBlocks: parameter(57, 'IPv6 DHCPv6 Static DUID Storage Length', u8),
  staticDuid: parameter(58, 'IPv6 DHCPv6 Static DUIDs', BLOCK),
  dynamicAddress: parameter<Ipv6Dynamic>(
    59,
    'IPv6 Dynamic Address',
    struct<Ipv6Dynamic>({
      set: u8,
      source: bits({ source: choice(0, 4, [undefined, 'slaac', 'dhcpv6']) }),
      address: ipv6,
      prefixLength: u8,
      state: STATE,
    }),
  ),
  dynamicDuidBlocks: parameter(60, 'IPv6 DHCPv6 Dynamic DUID Storage Length', u8),
  dynamicDuid: parameter(61, 'IPv6 DHCPv6 Dynamic DUIDs', BLOCK),
  dhcpv6TimingSupport: parameter(62, 'IPv6 DHCPv6 Timing Configuration Support', u8),
  dhcpv6Timing: parameter(63, 'IPv6 DHCPv6 Timing Configuration', BLOCK),
  routerControl: parameter<RouterControl>(
    64,
    'IPv6 Router Address Configuration Control',
    bits({ usesStatic: flag(0), usesDynamic: flag(1) }),
  ),
  router1: router(65, 'IPv6 Static Router 1'),
  router2: router(69, 'IPv6 Static Router 2'),
  dynamicRouters: parameter(73, 'Number of Dynamic Router Info Sets', u8),
  dynamicRouterAddress: parameter(74, 'IPv6 Dynamic Router Info IP Address', ofSet(ipv6)),
  dynamicRouterMac: parameter(75, 'IPv6 Dynamic Router Info MAC Address', ofSet(mac)),
  dynamicRouterPrefixLength: parameter(76, 'IPv6 Dynamic Router Info Prefix Length', ofSet(u8)),
  dynamicRouterPrefix: parameter(77, 'IPv6 Dynamic Router Info Prefix Value', ofSet(ipv6)),
  dynamicHopLimit: parameter(78, 'IPv6 Dynamic Router Received Hop Limit', u8),
  slaacTimingSupport: parameter(79, 'IPv6 ND/SLAAC Timing Configuration Support', u8),
  slaacTiming: parameter(80, 'IPv6 ND/SLAAC Timing Configuration', BLOCK),
} as const;
