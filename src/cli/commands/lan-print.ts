/** The output of `lan print`: rows with the labels of ipmitool, or the fields of JSON. */

import type { Ipv6Address, Ipv6Configuration, LanConfiguration } from '../../commands/index.ts';
import { hex } from '../../errors.ts';
import { hexByte, table } from '../format.ts';
import type { LAN_PRINT_SCHEMA } from '../schemas/lan.ts';
import type { FieldsOf } from '../schemas/schema.ts';

type Row = readonly [label: string, value: string];

/** Width of the labels of `ipmitool lan print`. */
const LABEL_WIDTH = 24;

/** The sources of an address, as `ipmitool` words them. */
const SOURCES: Readonly<Record<string, string>> = {
  unspecified: 'Unspecified',
  static: 'Static Address',
  dhcp: 'DHCP Address',
  bios: 'BIOS Assigned Address',
  other: 'Other',
};

/** The states of Set In Progress, as `ipmitool` words them. */
const SET_STATES: Readonly<Record<string, string>> = {
  complete: 'Set Complete',
  'in-progress': 'Set In Progress',
  commit: 'Commit Write',
};

/** Letters of privileges in `Cipher Suite Priv Max`. */
const SUITE_LETTERS: Readonly<Record<string, string>> = {
  unused: 'X',
  callback: 'c',
  user: 'u',
  operator: 'o',
  administrator: 'a',
  oem: 'O',
};
const SUITES_MAX = 15;

/** The rows of all that the BMC has. */
export function lanText(lan: LanConfiguration): string {
  const rows = [
    ...rowOf('Set in Progress', lan.setInProgress, (state) => SET_STATES[state] ?? String(state)),
    ...rowOf('Auth Type Support', lan.authSupport, typesText),
    ...authRows(lan),
    ...ipv4Rows(lan),
    ...rowOf('SNMP Community String', lan.snmpCommunity, String),
    ...headerRows(lan),
    ...arpRows(lan),
    ...gatewayRows(lan),
    ...vlanRows(lan),
    ...suiteRows(lan),
    ...badPasswordRows(lan),
    ...(lan.ipv6 === undefined ? [] : ipv6Rows(lan.ipv6)),
  ];
  return table(rows, LABEL_WIDTH);
}

function rowOf<T>(label: string, value: T | undefined, textOf: (value: T) => string) {
  return value === undefined ? [] : ([[label, textOf(value)]] as const satisfies readonly Row[]);
}

function typesText(types: readonly string[]): string {
  return types.map((type) => `${type.toUpperCase()} `).join('');
}

function authRows({ authTypes }: LanConfiguration): readonly Row[] {
  if (authTypes === undefined) return [];
  const names = { callback: 'Callback', user: 'User', operator: 'Operator' } as const;
  const more = { administrator: 'Admin', oem: 'OEM' } as const;
  const entries = Object.entries({ ...names, ...more }) as [keyof typeof authTypes, string][];
  return entries.map(([name, label], at) => [
    at === 0 ? 'Auth Type Enable' : '',
    `${label.padEnd(9)}: ${typesText(authTypes[name])}`,
  ]);
}

function ipv4Rows({ ipv4, mac }: LanConfiguration): readonly Row[] {
  return [
    ...rowOf('IP Address Source', ipv4.source, (source) => SOURCES[source] ?? String(source)),
    ...rowOf('IP Address', ipv4.address, String),
    ...rowOf('Subnet Mask', ipv4.netmask, String),
    ...rowOf('MAC Address', mac, String),
  ];
}

function headerRows({ ipv4: { header } }: LanConfiguration): readonly Row[] {
  return rowOf('IP Header', header, ({ ttl, flags, service }) => {
    const { precedence, typeOfService } = service;
    const parts = [`TTL=0x${hexByte(ttl)}`, `Flags=0x${hexByte(flags.flags << 5)}`];
    const kinds = [`Precedence=0x${hexByte(precedence)}`, `TOS=0x${hexByte(typeOfService << 1)}`];
    return [...parts, ...kinds].join(' ');
  });
}

function arpRows({ arp }: LanConfiguration): readonly Row[] {
  if (arp === undefined) return [];
  const state = (is: boolean): string => (is ? 'Enabled' : 'Disabled');
  const { sendsResponses, sendsGratuitous, intervalSeconds } = arp;
  const control = `ARP Responses ${state(sendsResponses)}`;
  return [
    ['BMC ARP Control', `${control}, Gratuitous ARP ${state(sendsGratuitous)}`],
    ...rowOf('Gratituous ARP Intrvl', intervalSeconds, (value) => `${value.toFixed(1)} seconds`),
  ];
}

function gatewayRows({ ipv4 }: LanConfiguration): readonly Row[] {
  return [
    ...rowOf('Default Gateway IP', ipv4.gateway, String),
    ...rowOf('Default Gateway MAC', ipv4.gatewayMac, String),
    ...rowOf('Backup Gateway IP', ipv4.backupGateway, String),
    ...rowOf('Backup Gateway MAC', ipv4.backupGatewayMac, String),
  ];
}

function vlanRows({ vlan }: LanConfiguration): readonly Row[] {
  return [
    ...rowOf('802.1q VLAN ID', vlan, ({ isEnabled, id }) => (isEnabled ? String(id) : 'Disabled')),
    ...rowOf('802.1q VLAN Priority', vlan?.priority, String),
  ];
}

function suiteRows({ cipherSuites }: LanConfiguration): readonly Row[] {
  if (cipherSuites === undefined) return [];
  const letters = cipherSuites.map(({ privilege }) =>
    privilege === undefined ? '?' : (SUITE_LETTERS[privilege] ?? '?'),
  );
  const ids = cipherSuites.map(({ id }) => id).join(',');
  return [
    ['RMCP+ Cipher Suites', ids === '' ? 'None' : ids],
    ['Cipher Suite Priv Max', letters.join('').padEnd(SUITES_MAX, 'X')],
    ...Object.entries(SUITE_LETTERS).map(
      ([name, letter]) => ['', `    ${letter}=${LEGEND[name] ?? name.toUpperCase()}`] as const,
    ),
  ];
}

const LEGEND: Readonly<Record<string, string>> = {
  unused: 'Cipher Suite Unused',
  administrator: 'ADMIN',
};

function badPasswordRows({ badPassword }: LanConfiguration): readonly Row[] {
  if (badPassword === undefined) return [];
  return [
    ['Bad Password Threshold', String(badPassword.threshold)],
    ['Invalid password disable', badPassword.isLogged ? 'yes' : 'no'],
    ['Attempt Count Reset Int.', String(badPassword.resetSeconds)],
    ['User Lockout Interval', String(badPassword.lockoutSeconds)],
  ];
}

function ipv6Rows(ipv6: Ipv6Configuration): readonly Row[] {
  return [
    ...rowOf('IPv6/IPv4 Enables', ipv6.protocols, String),
    ...rowOf('IPv6 Traffic Class', ipv6.trafficClass, String),
    ...rowOf('IPv6 Hop Limit', ipv6.hopLimit, String),
    ...rowOf('IPv6 Flow Label', ipv6.flowLabel, hex),
    ...ipv6.staticAddresses.map(
      (one, at) => [`IPv6 Static Address ${at}`, addressText(one)] as const,
    ),
    ...ipv6.dynamicAddresses.map(
      (one, at) => [`IPv6 Dynamic Address ${at}`, addressText(one)] as const,
    ),
    ...rowOf('IPv6 Static Routers', ipv6.usesStaticRouters, enabledText),
    ...rowOf('IPv6 Dynamic Routers', ipv6.usesDynamicRouters, enabledText),
    ...ipv6.staticRouters.map(
      ({ address }, at) => [`IPv6 Static Router ${at + 1}`, address ?? ''] as const,
    ),
    ...ipv6.dynamicRouters.map(
      ({ address }, at) => [`IPv6 Dynamic Router ${at}`, address ?? ''] as const,
    ),
  ];
}

function enabledText(is: boolean): string {
  return is ? 'enabled' : 'disabled';
}

function addressText({ address, prefixLength, state, source, isEnabled }: Ipv6Address): string {
  const kind = source === 'static' ? enabledText(isEnabled) : String(source);
  return `${address}/${prefixLength} (${kind}, ${state})`;
}

/** The fields of the JSON object. */
export function lanFields(lan: LanConfiguration): FieldsOf<typeof LAN_PRINT_SCHEMA> {
  const { vlan, arp, authTypes, badPassword, cipherSuites } = lan;
  return {
    channel: lan.channel,
    set_in_progress: textOf(lan.setInProgress),
    mac: lan.mac ?? null,
    ipv4: ipv4Fields(lan.ipv4),
    ipv6: lan.ipv6 === undefined ? null : ipv6Fields(lan.ipv6),
    vlan_enabled: vlan?.isEnabled ?? null,
    vlan_id: vlan?.id ?? null,
    vlan_priority: vlan?.priority ?? null,
    arp_responses: arp?.sendsResponses ?? null,
    arp_gratuitous: arp?.sendsGratuitous ?? null,
    arp_interval_seconds: arp?.intervalSeconds ?? null,
    auth_support: lan.authSupport === undefined ? null : [...lan.authSupport],
    auth_types: authTypes === undefined ? null : authFields(authTypes),
    cipher_suites:
      cipherSuites?.map(({ id, privilege }) => ({ id, privilege: textOf(privilege) })) ?? null,
    primary_port: lan.primaryPort ?? null,
    secondary_port: lan.secondaryPort ?? null,
    bad_password_log: badPassword?.isLogged ?? null,
    bad_password_threshold: badPassword?.threshold ?? null,
    bad_password_reset_seconds: badPassword?.resetSeconds ?? null,
    bad_password_lockout_seconds: badPassword?.lockoutSeconds ?? null,
    snmp_community: lan.snmpCommunity ?? null,
    problems: [...lan.problems],
  };
}

function textOf(value: string | number | undefined): string | null {
  return value === undefined ? null : String(value);
}

function authFields(types: NonNullable<LanConfiguration['authTypes']>) {
  return {
    callback: [...types.callback],
    user: [...types.user],
    operator: [...types.operator],
    administrator: [...types.administrator],
    oem: [...types.oem],
  };
}

function ipv4Fields(ipv4: LanConfiguration['ipv4']) {
  const { header } = ipv4;
  return {
    source: textOf(ipv4.source),
    address: ipv4.address ?? null,
    netmask: ipv4.netmask ?? null,
    gateway: ipv4.gateway ?? null,
    gateway_mac: ipv4.gatewayMac ?? null,
    backup_gateway: ipv4.backupGateway ?? null,
    backup_gateway_mac: ipv4.backupGatewayMac ?? null,
    ttl: header?.ttl ?? null,
    type_of_service: header?.service.typeOfService ?? null,
    precedence: header?.service.precedence ?? null,
    header_flags: header?.flags.flags ?? null,
  };
}

function ipv6Fields(ipv6: Ipv6Configuration) {
  const address = (one: Ipv6Address) => ({
    address: one.address,
    prefix_length: one.prefixLength,
    state: String(one.state),
    source: String(one.source),
    enabled: one.isEnabled,
  });
  const router = (one: Ipv6Configuration['staticRouters'][number]) => ({
    address: one.address ?? null,
    mac: one.mac ?? null,
    prefix_length: one.prefixLength ?? null,
    prefix: one.prefix ?? null,
  });
  return {
    protocols: textOf(ipv6.protocols),
    traffic_class: ipv6.trafficClass ?? null,
    hop_limit: ipv6.hopLimit ?? null,
    flow_label: ipv6.flowLabel ?? null,
    supports_dhcpv6: ipv6.hasDhcpv6 ?? null,
    supports_slaac: ipv6.hasSlaac ?? null,
    static_addresses: ipv6.staticAddresses.map(address),
    dynamic_addresses: ipv6.dynamicAddresses.map(address),
    use_static_routers: ipv6.usesStaticRouters ?? null,
    use_dynamic_routers: ipv6.usesDynamicRouters ?? null,
    static_routers: ipv6.staticRouters.map(router),
    dynamic_routers: ipv6.dynamicRouters.map(router),
  };
}
