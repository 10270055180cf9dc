/** The LAN configuration as it is wanted, and the check of it. */

import { subnetOf } from '../ipmi/address.ts';
import { ASSIGNED_CHANNEL_MAX } from '../ipmi/channel.ts';
import { COMMUNITY_BYTES_MAX } from '../ipmi/lan.ts';
import type { IpSource } from '../ipmi/lan.ts';
import { IP_PROTOCOLS } from '../ipmi/lan-ipv6.ts';
import type { IpProtocols } from '../ipmi/lan-ipv6.ts';
import { PRIVILEGES } from '../ipmi/privilege.ts';
import type { Privilege } from '../ipmi/privilege.ts';
import { asciiTrouble } from '../ipmi/text.ts';
import { AUTH_TYPE_NAMES } from './lan-configuration.ts';
import type { AuthType } from './lan-configuration.ts';
import { ARP_UNIT_SECONDS, LOCKOUT_UNIT_SECONDS } from './lan-read.ts';
import { byNumber, checkNotEmpty, integerOf, ipv4Host, ipv4HostOrNone } from './wanted.ts';
import { ipv6Address, list, macAddress } from './wanted.ts';
import { multipleOf, netmask, orNull, secretText, shape, truth, word } from './wanted.ts';

/** IPv4 as it is wanted. */
export interface Ipv4Wanted {
  readonly source?: Exclude<IpSource, 'unspecified'> | undefined;
  /** Address, netmask and gateway are set only where the source is not DHCP. */
  readonly address?: string | undefined;
  readonly netmask?: string | undefined;
  readonly gateway?: string | undefined;
  readonly gatewayMac?: string | undefined;
  readonly backupGateway?: string | undefined;
  readonly backupGatewayMac?: string | undefined;
}

/** A router of IPv6 as it is wanted. */
export interface RouterWanted {
  readonly address?: string | undefined;
  readonly mac?: string | undefined;
  readonly prefixLength?: number | undefined;
  readonly prefix?: string | undefined;
}

/** A static address of IPv6 as it is wanted. */
export interface StaticAddressWanted {
  readonly address: string;
  readonly prefixLength: number;
}

/** IPv6 as it is wanted. */
export interface Ipv6Wanted {
  readonly protocols?: IpProtocols | undefined;
  /** By place; null disables the address there, and those behind the end of the list stay. */
  readonly staticAddresses?: readonly (StaticAddressWanted | null)[] | undefined;
  readonly useStaticRouters?: boolean | undefined;
  readonly useDynamicRouters?: boolean | undefined;
  readonly router1?: RouterWanted | undefined;
  readonly router2?: RouterWanted | undefined;
  readonly trafficClass?: number | undefined;
  readonly hopLimit?: number | undefined;
}

/** The LAN configuration as it is wanted; what is left out stays. */
export interface LanWanted {
  /** 0..11; the first LAN channel by default. */
  readonly channel?: number | undefined;
  readonly mac?: string | undefined;
  readonly ipv4?: Ipv4Wanted | undefined;
  readonly ipv6?: Ipv6Wanted | undefined;
  /** Null: no VLAN. */
  readonly vlan?:
    { readonly id: number; readonly priority?: number | undefined } | null | undefined;
  readonly arp?:
    | {
        readonly sendResponses?: boolean | undefined;
        readonly sendGratuitous?: boolean | undefined;
        readonly intervalSeconds?: number | undefined;
      }
    | undefined;
  /** Types that sessions may use, by the privilege that they ask for. */
  readonly authTypes?: Readonly<Partial<Record<Privilege, readonly AuthType[]>>> | undefined;
  /** Highest privilege of a suite, by its number. */
  readonly cipherSuites?: Readonly<Record<string, Privilege | 'unused'>> | undefined;
  readonly badPassword?:
    | {
        readonly log?: boolean | undefined;
        readonly threshold?: number | undefined;
        readonly resetSeconds?: number | undefined;
        readonly lockoutSeconds?: number | undefined;
      }
    | undefined;
  /** Up to 18 characters of printable ASCII. A secret. */
  readonly snmpCommunity?: string | undefined;
}

/** The gateway, the address or the netmask of a BMC that has none. */
export const NO_HOST = '0.0.0.0';

const POINT_TO_POINT: readonly string[] = ['255.255.255.254', '255.255.255.255'];

const BYTE_MAX = 0xff;
const WORD_MAX = 0xffff;
const VLAN_MAX = 4094;
const STATIC_MAX = 16;

/** The reason for which a community string cannot be stored, which shows no part of it. */
export function communityTrouble(text: string): string | undefined {
  return asciiTrouble(text, COMMUNITY_BYTES_MAX);
}

const NAMED = PRIVILEGES.filter((name) => name !== undefined);
const prefixLength = integerOf(0, 128);
const authTypes = list(word(AUTH_TYPE_NAMES), AUTH_TYPE_NAMES.length);

const ROUTER = shape<RouterWanted>({
  address: ipv6Address,
  mac: macAddress,
  prefixLength,
  prefix: ipv6Address,
});

const IPV4 = shape<Ipv4Wanted>({
  source: word(['static', 'dhcp', 'bios', 'other']),
  address: ipv4Host,
  netmask,
  gateway: ipv4HostOrNone,
  gatewayMac: macAddress,
  backupGateway: ipv4HostOrNone,
  backupGatewayMac: macAddress,
});

const STATIC = shape<StaticAddressWanted>({ address: ipv6Address, prefixLength }, [
  'address',
  'prefixLength',
]);

const IPV6 = shape<Ipv6Wanted>({
  protocols: word(IP_PROTOCOLS),
  staticAddresses: list(orNull(STATIC), STATIC_MAX),
  useStaticRouters: truth,
  useDynamicRouters: truth,
  router1: ROUTER,
  router2: ROUTER,
  trafficClass: integerOf(0, BYTE_MAX),
  hopLimit: integerOf(0, BYTE_MAX),
});

const WANTED = shape<LanWanted>({
  channel: integerOf(0, ASSIGNED_CHANNEL_MAX),
  mac: macAddress,
  ipv4: IPV4,
  ipv6: IPV6,
  vlan: orNull(
    shape<NonNullable<LanWanted['vlan']>>(
      { id: integerOf(1, VLAN_MAX), priority: integerOf(0, 7) },
      ['id'],
    ),
  ),
  arp: shape<NonNullable<LanWanted['arp']>>({
    sendResponses: truth,
    sendGratuitous: truth,
    intervalSeconds: multipleOf(ARP_UNIT_SECONDS, BYTE_MAX),
  }),
  authTypes: shape<NonNullable<LanWanted['authTypes']>>({
    callback: authTypes,
    user: authTypes,
    operator: authTypes,
    administrator: authTypes,
    oem: authTypes,
  }),
  cipherSuites: byNumber(word(['unused', ...NAMED]), BYTE_MAX),
  badPassword: shape<NonNullable<LanWanted['badPassword']>>({
    log: truth,
    threshold: integerOf(0, BYTE_MAX),
    resetSeconds: multipleOf(LOCKOUT_UNIT_SECONDS, WORD_MAX),
    lockoutSeconds: multipleOf(LOCKOUT_UNIT_SECONDS, WORD_MAX),
  }),
  snmpCommunity: secretText(communityTrouble),
});

/** Settings of IPv4 that DHCP decides. */
export const DHCP_DECIDES = ['address', 'netmask', 'gateway'] as const;

/** Returns the configuration, or throws an error that names what is wrong with it. */
export function checkLan(wanted: unknown): LanWanted {
  const checked = WANTED(wanted, 'lan');
  checkNotEmpty('lan', checked, ['channel']);
  const { ipv4 } = checked;
  if (ipv4 !== undefined) checkSubnet(ipv4);
  const decided = DHCP_DECIDES.find((name) => ipv4?.[name] !== undefined);
  if (ipv4?.source !== 'dhcp' || decided === undefined) return checked;
  throw new RangeError(`lan.ipv4.${decided}: the source is dhcp, which decides it; leave it out`);
}

/** Address and gateways are hosts of one subnet, as far as the file has what says so. */
function checkSubnet(ipv4: Ipv4Wanted): void {
  const trouble = subnetTrouble(ipv4, 'lan.ipv4.address and netmask');
  if (trouble !== undefined) throw new RangeError(trouble);
}

/** Address and gateways that are not hosts of one subnet, in words; `whose` names the subnet. */
export function subnetTrouble(
  { address, netmask: mask, gateway, backupGateway }: Ipv4Wanted,
  whose: string,
): string | undefined {
  if (address === undefined || mask === undefined) return undefined;
  const { first, last } = subnetOf(address, mask);
  const subnet = `${first} to ${last}, the subnet of ${whose}`;
  // A subnet of one or two addresses has none to spare (RFC 3021).
  const isPair = POINT_TO_POINT.includes(mask);
  for (const [name, host] of Object.entries({ address, gateway, backupGateway })) {
    if (host === undefined || host === NO_HOST) continue;
    if (subnetOf(host, mask).first !== first) {
      return `lan.ipv4.${name}: ${host} is not in ${subnet}`;
    }
    if (isPair || (host !== first && host !== last)) continue;
    return `lan.ipv4.${name}: ${host} is at an end of ${subnet}, and of no host`;
  }
  return undefined;
}
