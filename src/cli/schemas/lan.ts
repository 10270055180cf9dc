/** JSON of `ipmi-bt lan`. */

import { Type } from 'typebox';

import { nullable, outputSchema } from './schema.ts';

const TEXT = nullable(Type.String());
const NUMBER = nullable(Type.Integer());
const TRUTH = nullable(Type.Boolean());
const TYPES = Type.Array(Type.String({ description: 'none, md2, md5, password or oem' }));

const ADDRESS = Type.Object({
  address: Type.String(),
  prefix_length: Type.Integer(),
  state: Type.String(),
  source: Type.String({ description: 'static, slaac, dhcpv6, or a number' }),
  enabled: Type.Boolean(),
});

const ROUTER = Type.Object({
  address: TEXT,
  mac: TEXT,
  prefix_length: NUMBER,
  prefix: TEXT,
});

export const LAN_PRINT_SCHEMA = outputSchema(
  'lan-print',
  'the LAN configuration of a channel (IPMI 2.0 chapter 23); null: the BMC does not have it',
  {
    channel: Type.Integer(),
    set_in_progress: TEXT,
    mac: TEXT,
    ipv4: Type.Object({
      source: TEXT,
      address: TEXT,
      netmask: TEXT,
      gateway: TEXT,
      gateway_mac: TEXT,
      backup_gateway: TEXT,
      backup_gateway_mac: TEXT,
      ttl: NUMBER,
      type_of_service: NUMBER,
      precedence: NUMBER,
      header_flags: NUMBER,
    }),
    ipv6: nullable(
      Type.Object({
        protocols: TEXT,
        traffic_class: NUMBER,
        hop_limit: NUMBER,
        flow_label: NUMBER,
        supports_dhcpv6: TRUTH,
        supports_slaac: TRUTH,
        static_addresses: Type.Array(ADDRESS),
        dynamic_addresses: Type.Array(ADDRESS),
        use_static_routers: TRUTH,
        use_dynamic_routers: TRUTH,
        static_routers: Type.Array(ROUTER),
        dynamic_routers: Type.Array(ROUTER),
      }),
    ),
    vlan_enabled: TRUTH,
    vlan_id: NUMBER,
    vlan_priority: NUMBER,
    arp_responses: TRUTH,
    arp_gratuitous: TRUTH,
    arp_interval_seconds: nullable(Type.Number()),
    auth_support: nullable(TYPES),
    auth_types: nullable(
      Type.Object({
        callback: TYPES,
        user: TYPES,
        operator: TYPES,
        administrator: TYPES,
        oem: TYPES,
      }),
    ),
    cipher_suites: nullable(Type.Array(Type.Object({ id: Type.Integer(), privilege: TEXT }))),
    primary_port: NUMBER,
    secondary_port: NUMBER,
    bad_password_log: TRUTH,
    bad_password_threshold: NUMBER,
    bad_password_reset_seconds: NUMBER,
    bad_password_lockout_seconds: NUMBER,
    snmp_community: nullable(
      Type.String({ description: 'a secret: null unless it was asked for with --show-secrets' }),
    ),
    problems: Type.Array(Type.String()),
  },
);
