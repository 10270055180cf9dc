/** The LAN configuration of a channel as a program reads it. */

import type { AuthTypes, Privilege } from '../ipmi/privilege.ts';
import type { IpSource, Ipv4Header } from '../ipmi/lan.ts';
import type { IpProtocols, Ipv6State, Ipv6Support } from '../ipmi/lan-ipv6.ts';
import type { SetState } from '../ipmi/parameter.ts';

/** A type of authentication. */
export type AuthType = Exclude<keyof AuthTypes, 'reserved'>;

/** The types whose bits are set. */
export function authTypesOf(types: AuthTypes): readonly AuthType[] {
  return AUTH_TYPE_NAMES.filter((name) => types[name]);
}

/** Names of authentication types, in the order of their bits. */
export const AUTH_TYPE_NAMES: readonly AuthType[] = ['none', 'md2', 'md5', 'password', 'oem'];

/** IPv4 as the BMC has it; undefined: it does not have this parameter. */
export interface Ipv4Configuration {
  readonly source: IpSource | number | undefined;
  readonly address: string | undefined;
  readonly netmask: string | undefined;
  readonly gateway: string | undefined;
  readonly gatewayMac: string | undefined;
  readonly backupGateway: string | undefined;
  readonly backupGatewayMac: string | undefined;
  readonly header: Ipv4Header | undefined;
}

/** An IPv6 address of the BMC. */
export interface Ipv6Address {
  readonly address: string;
  readonly prefixLength: number;
  readonly state: Ipv6State;
  /** `static` for one that was set. */
  readonly source: 'static' | 'slaac' | 'dhcpv6' | number;
  /** False for a static one that is not to be used. */
  readonly isEnabled: boolean;
}

/** A router of IPv6. */
export interface Ipv6Router {
  readonly address: string | undefined;
  readonly mac: string | undefined;
  readonly prefixLength: number | undefined;
  readonly prefix: string | undefined;
}

/** IPv6 as the BMC has it. */
export interface Ipv6Configuration {
  readonly support: Ipv6Support;
  readonly protocols: IpProtocols | number | undefined;
  readonly trafficClass: number | undefined;
  readonly hopLimit: number | undefined;
  readonly flowLabel: number | undefined;
  readonly hasDhcpv6: boolean | undefined;
  readonly hasSlaac: boolean | undefined;
  /** By set selector. */
  readonly staticAddresses: readonly Ipv6Address[];
  readonly dynamicAddresses: readonly Ipv6Address[];
  readonly usesStaticRouters: boolean | undefined;
  /** Routers that advertise themselves are used. */
  readonly usesDynamicRouters: boolean | undefined;
  readonly staticRouters: readonly Ipv6Router[];
  readonly dynamicRouters: readonly Ipv6Router[];
}

/** Reaction to wrong passwords. */
export interface BadPasswordConfiguration {
  /** An event is logged for a user that is disabled so. */
  readonly isLogged: boolean;
  /** Wrong passwords after which a user is disabled; 0: never. */
  readonly threshold: number;
  /** Time after which wrong passwords are forgotten; 0: never. */
  readonly resetSeconds: number;
  /** Time for which the user is disabled; 0: until enabled again. */
  readonly lockoutSeconds: number;
}

/** The LAN configuration of a channel; undefined: the BMC does not have the parameter. */
export interface LanConfiguration {
  readonly channel: number;
  readonly setInProgress: SetState | undefined;
  readonly mac: string | undefined;
  readonly ipv4: Ipv4Configuration;
  /** Undefined for a BMC without IPv6. */
  readonly ipv6: Ipv6Configuration | undefined;
  readonly vlan:
    | {
        readonly isEnabled: boolean;
        readonly id: number;
        readonly priority: number | undefined;
      }
    | undefined;
  readonly arp:
    | {
        readonly sendsResponses: boolean;
        readonly sendsGratuitous: boolean;
        readonly intervalSeconds: number | undefined;
      }
    | undefined;
  readonly authSupport: readonly AuthType[] | undefined;
  /** Types that sessions may use, by the privilege that they ask for. */
  readonly authTypes: Readonly<Record<Privilege, readonly AuthType[]>> | undefined;
  /** Suites in the order of the BMC, with the highest privilege of each. */
  readonly cipherSuites:
    | readonly {
        readonly id: number;
        readonly privilege: Privilege | 'unused' | number | undefined;
      }[]
    | undefined;
  /** UDP ports of RMCP. */
  readonly primaryPort: number | undefined;
  readonly secondaryPort: number | undefined;
  readonly badPassword: BadPasswordConfiguration | undefined;
  /** A secret: undefined unless it was asked for. */
  readonly snmpCommunity: string | undefined;
  /** Parameters whose answers could not be read, with the reasons; they are undefined above. */
  readonly problems: readonly string[];
}
