/**
 * The parameters that a wanted LAN configuration is about, in the order in which they are set: the
 * source of the address before the address, that before its netmask and gateway, and what can cut
 * the interface off, such as VLAN and protocols, behind what it needs.
 */

import { decodeFront, encode } from '../ipmi/codec.ts';
import { LAN } from '../ipmi/lan.ts';
import type { AuthEnables, CipherPrivileges, LanParameter } from '../ipmi/lan.ts';
import { LAN6 } from '../ipmi/lan-ipv6.ts';
import type { AuthTypes } from '../ipmi/privilege.ts';
import type { Shown } from './apply.ts';
import { AUTH_TYPE_NAMES, authTypesOf } from './lan-configuration.ts';
import type { AuthType } from './lan-configuration.ts';
import { ARP_UNIT_SECONDS, LOCKOUT_UNIT_SECONDS, privilegesOf } from './lan-read.ts';
import type { LanWanted, RouterWanted } from './lan-wanted.ts';

/** Settings by their names. */
export type Settings = Readonly<Record<string, Shown>>;

/** A parameter as it is wanted. */
export interface Item {
  /** The first of its settings, for errors. */
  readonly name: string;
  readonly parameter: LanParameter<unknown>;
  readonly set: number;
  /** The settings of a value. */
  readonly show: (value: unknown) => Settings;
  /** The bytes to set where the BMC has `current`, and the value that they are. */
  readonly merge: (current: unknown) => { readonly data: Uint8Array; readonly value: unknown };
}

/** The way from the value of a parameter to the wanted one, and the settings that it is. */
interface Merging<T> {
  readonly name: string;
  readonly set?: number;
  readonly merge: (current: T) => T;
  readonly show: (value: T) => Settings;
}

function item<T>(parameter: LanParameter<T>, { name, set = 0, merge, show }: Merging<T>): Item {
  return {
    name,
    parameter,
    set,
    // The value was read by the layout of this parameter.
    show: (value) => show(value as T),
    merge: (current) => {
      const data = encode(parameter.layout, merge(current as T));
      return { data, value: decodeFront(parameter.layout, data) };
    },
  };
}

/** A parameter that is one setting. */
function whole<T extends Shown>(
  parameter: LanParameter<T>,
  name: string,
  wanted: T | undefined,
): readonly Item[] {
  if (wanted === undefined) return [];
  return [item(parameter, { name, merge: () => wanted, show: (value) => ({ [name]: value }) })];
}

/** The items, in the order in which they are set; `suites`: the cipher suites of the BMC. */
export function itemsOf(wanted: LanWanted, suites: readonly number[]): readonly Item[] {
  return [
    ...whole(LAN.mac, 'mac', wanted.mac),
    ...ipv4Items(wanted.ipv4 ?? {}),
    ...vlanItems(wanted.vlan),
    ...arpItems(wanted.arp ?? {}),
    ...authItems(wanted.authTypes),
    ...suiteItems(wanted.cipherSuites, suites),
    ...badPasswordItems(wanted.badPassword),
    ...whole(LAN.community, 'snmpCommunity', wanted.snmpCommunity),
    ...ipv6Items(wanted.ipv6 ?? {}),
  ];
}

function ipv4Items(wanted: NonNullable<LanWanted['ipv4']>): readonly Item[] {
  const { source } = wanted;
  const sourceItem = item(LAN.source, {
    name: 'ipv4.source',
    merge: (current) => ({ ...current, source: source ?? current.source }),
    show: (value) => ({ 'ipv4.source': value.source }),
  });
  return [
    ...(source === undefined ? [] : [sourceItem]),
    ...whole(LAN.address, 'ipv4.address', wanted.address),
    ...whole(LAN.netmask, 'ipv4.netmask', wanted.netmask),
    ...whole(LAN.gateway, 'ipv4.gateway', wanted.gateway),
    ...whole(LAN.gatewayMac, 'ipv4.gatewayMac', wanted.gatewayMac),
    ...whole(LAN.backupGateway, 'ipv4.backupGateway', wanted.backupGateway),
    ...whole(LAN.backupGatewayMac, 'ipv4.backupGatewayMac', wanted.backupGatewayMac),
  ];
}

function vlanItems(wanted: LanWanted['vlan']): readonly Item[] {
  if (wanted === undefined) return [];
  const priority = wanted?.priority;
  const priorityItem = item(LAN.vlanPriority, {
    name: 'vlan.priority',
    merge: (current) => ({ ...current, priority: priority ?? current.priority }),
    show: (value) => ({ 'vlan.priority': value.priority }),
  });
  const vlanItem = item(LAN.vlan, {
    name: 'vlan',
    merge: (current) => ({ ...current, id: wanted?.id ?? 0, isEnabled: wanted !== null }),
    show: (value) => ({ 'vlan.id': value.isEnabled ? value.id : null }),
  });
  return priority === undefined ? [vlanItem] : [priorityItem, vlanItem];
}

function arpItems(wanted: NonNullable<LanWanted['arp']>): readonly Item[] {
  const { sendResponses, sendGratuitous, intervalSeconds } = wanted;
  const control = item(LAN.arp, {
    name: 'arp',
    merge: (current) => ({
      ...current,
      sendsResponses: sendResponses ?? current.sendsResponses,
      sendsGratuitous: sendGratuitous ?? current.sendsGratuitous,
    }),
    show: (value) => ({
      'arp.sendResponses': value.sendsResponses,
      'arp.sendGratuitous': value.sendsGratuitous,
    }),
  });
  const interval = item(LAN.arpInterval, {
    name: 'arp.intervalSeconds',
    merge: (current) =>
      intervalSeconds === undefined ? current : intervalSeconds / ARP_UNIT_SECONDS,
    show: (value) => ({ 'arp.intervalSeconds': value * ARP_UNIT_SECONDS }),
  });
  const isControlled = sendResponses !== undefined || sendGratuitous !== undefined;
  return [...(isControlled ? [control] : []), ...(intervalSeconds === undefined ? [] : [interval])];
}

const ENABLES = ['callback', 'user', 'operator', 'administrator', 'oem'] as const;

function authItems(wanted: LanWanted['authTypes']): readonly Item[] {
  if (wanted === undefined) return [];
  const merge = (current: AuthEnables): AuthEnables => {
    const parts = ENABLES.map((name) => {
      const types = wanted[name];
      return [name, types === undefined ? current[name] : withTypes(current[name], types)];
    });
    return Object.fromEntries(parts) as AuthEnables;
  };
  const show = (value: AuthEnables): Settings =>
    Object.fromEntries(ENABLES.map((name) => [`authTypes.${name}`, typesText(value[name])]));
  return [item(LAN.authEnables, { name: 'authTypes', merge, show })];
}

function withTypes({ reserved }: AuthTypes, types: readonly AuthType[]): AuthTypes {
  const flags = AUTH_TYPE_NAMES.map((name) => [name, types.includes(name)] as const);
  return { ...Object.fromEntries(flags), reserved } as AuthTypes;
}

function typesText(types: AuthTypes): string {
  return authTypesOf(types).join(', ');
}

function suiteItems(wanted: LanWanted['cipherSuites'], suites: readonly number[]): readonly Item[] {
  if (wanted === undefined) return [];
  const merge = (current: CipherPrivileges): CipherPrivileges => {
    const all = privilegesOf(current).map((known, at) => wanted[String(suites[at])] ?? known);
    const pairs = current.pairs.map((pair, at) => ({
      ...pair,
      first: all[2 * at] ?? pair.first,
      second: all[2 * at + 1] ?? pair.second,
    }));
    return { ...current, pairs };
  };
  const show = (value: CipherPrivileges): Settings => {
    const all = privilegesOf(value);
    return Object.fromEntries(suites.map((id, at) => [`cipherSuites.${id}`, all[at] ?? null]));
  };
  return [item(LAN.suitePrivileges, { name: 'cipherSuites', merge, show })];
}

function badPasswordItems(wanted: LanWanted['badPassword']): readonly Item[] {
  if (wanted === undefined) return [];
  const { log, threshold, resetSeconds, lockoutSeconds } = wanted;
  const units = (seconds: number | undefined, current: number): number =>
    seconds === undefined ? current : seconds / LOCKOUT_UNIT_SECONDS;
  return [
    item(LAN.badPassword, {
      name: 'badPassword',
      merge: (current) => ({
        event: { ...current.event, isLogged: log ?? current.event.isLogged },
        threshold: threshold ?? current.threshold,
        resetInterval: units(resetSeconds, current.resetInterval),
        lockoutInterval: units(lockoutSeconds, current.lockoutInterval),
      }),
      show: (value) => ({
        'badPassword.log': value.event.isLogged,
        'badPassword.threshold': value.threshold,
        'badPassword.resetSeconds': value.resetInterval * LOCKOUT_UNIT_SECONDS,
        'badPassword.lockoutSeconds': value.lockoutInterval * LOCKOUT_UNIT_SECONDS,
      }),
    }),
  ];
}

function ipv6Items(wanted: NonNullable<LanWanted['ipv6']>): readonly Item[] {
  const { protocols, staticAddresses = [], useStaticRouters, useDynamicRouters } = wanted;
  const protocolsItem = item(LAN6.protocols, {
    name: 'ipv6.protocols',
    merge: (current) => ({ ...current, protocols: protocols ?? current.protocols }),
    show: (value) => ({ 'ipv6.protocols': value.protocols }),
  });
  const routersItem = item(LAN6.routerControl, {
    name: 'ipv6.useStaticRouters',
    merge: (current) => ({
      ...current,
      usesStatic: useStaticRouters ?? current.usesStatic,
      usesDynamic: useDynamicRouters ?? current.usesDynamic,
    }),
    show: (value) => ({
      'ipv6.useStaticRouters': value.usesStatic,
      'ipv6.useDynamicRouters': value.usesDynamic,
    }),
  });
  const isRouting = useStaticRouters !== undefined || useDynamicRouters !== undefined;
  return [
    ...whole(LAN6.trafficClass, 'ipv6.trafficClass', wanted.trafficClass),
    ...whole(LAN6.hopLimit, 'ipv6.hopLimit', wanted.hopLimit),
    ...staticAddresses.map(staticItem),
    ...routerItems('ipv6.router1', LAN6.router1, wanted.router1 ?? {}),
    ...routerItems('ipv6.router2', LAN6.router2, wanted.router2 ?? {}),
    ...(isRouting ? [routersItem] : []),
    ...(protocols === undefined ? [] : [protocolsItem]),
  ];
}

type Static = NonNullable<NonNullable<LanWanted['ipv6']>['staticAddresses']>[number];

function staticItem(wanted: Static, set: number): Item {
  return item(LAN6.staticAddress, {
    name: `ipv6.staticAddresses[${set}]`,
    set,
    merge: (current) => ({
      set,
      source: { ...current.source, source: 0, isEnabled: wanted !== null },
      address: wanted?.address ?? current.address,
      prefixLength: wanted?.prefixLength ?? current.prefixLength,
      // Read-only: the BMC ignores it.
      state: { state: 0 },
    }),
    show: ({ source, address, prefixLength }) => ({
      [`ipv6.staticAddresses[${set}]`]: source.isEnabled ? `${address}/${prefixLength}` : null,
    }),
  });
}

function routerItems(
  name: string,
  router: typeof LAN6.router1,
  wanted: RouterWanted,
): readonly Item[] {
  return [
    ...whole(router.address, `${name}.address`, wanted.address),
    ...whole(router.mac, `${name}.mac`, wanted.mac),
    ...whole(router.prefixLength, `${name}.prefixLength`, wanted.prefixLength),
    ...whole(router.prefix, `${name}.prefix`, wanted.prefix),
  ];
}
