/** The files that commands read, as schemas; the library checks them, with errors of its own. */

import { Type } from 'typebox';
import type { TProperties, TSchema } from 'typebox';

import { nullable } from './schema.ts';
import type { InputSchema } from './schema.ts';

/** An object in which every name may be left out but those of `required`. */
function settings(properties: TProperties, required: readonly string[] = []): TSchema {
  const fields = Object.entries(properties).map(([name, schema]) => [
    name,
    required.includes(name) ? schema : Type.Optional(schema),
  ]);
  return Type.Object(Object.fromEntries(fields) as TProperties, {
    ...{ additionalProperties: false, minProperties: 1 },
  });
}

function words(...all: readonly string[]): TSchema {
  return Type.Union(all.map((one) => Type.Literal(one)));
}

const PRIVILEGES = ['callback', 'user', 'operator', 'administrator', 'oem'] as const;
const CHANNEL = Type.Integer({ minimum: 0, maximum: 11, description: 'the first LAN by default' });
const BYTE = Type.Integer({ minimum: 0, maximum: 255 });
const PREFIX_LENGTH = Type.Integer({ minimum: 0, maximum: 128 });
const IPV4 = Type.String({ description: 'an IPv4 address, such as 192.0.2.1' });
const IPV6 = Type.String({ description: 'an IPv6 address, such as 2001:db8::1' });
const MAC = Type.String({ description: 'a MAC address, such as 02:00:5e:10:00:01' });
const TRUTH = Type.Boolean();
const TYPES = Type.Array(words('none', 'md2', 'md5', 'password', 'oem'), { maxItems: 5 });
const ROUTER = settings({ address: IPV6, mac: MAC, prefixLength: PREFIX_LENGTH, prefix: IPV6 });
const STATIC = settings({ address: IPV6, prefixLength: PREFIX_LENGTH }, [
  'address',
  'prefixLength',
]);

const IPV4_SETTINGS = settings({
  source: words('static', 'dhcp', 'bios', 'other'),
  address: IPV4,
  netmask: Type.String({ description: 'such as 255.255.255.0' }),
  gateway: IPV4,
  gatewayMac: MAC,
  backupGateway: IPV4,
  backupGatewayMac: MAC,
});

const IPV6_SETTINGS = settings({
  protocols: words('ipv4', 'ipv6', 'both'),
  staticAddresses: Type.Array(nullable(STATIC), {
    maxItems: 16,
    description: 'by place; null disables the address there',
  }),
  useStaticRouters: TRUTH,
  useDynamicRouters: TRUTH,
  router1: ROUTER,
  router2: ROUTER,
  trafficClass: BYTE,
  hopLimit: BYTE,
});

const LAN_APPLY: InputSchema = {
  name: 'lan-apply',
  help: 'the file of lan apply; what is left out stays as it is',
  content: settings({
    channel: CHANNEL,
    mac: MAC,
    ipv4: IPV4_SETTINGS,
    ipv6: IPV6_SETTINGS,
    vlan: nullable(
      settings(
        {
          id: Type.Integer({ minimum: 1, maximum: 4094 }),
          priority: Type.Integer({ minimum: 0, maximum: 7 }),
        },
        ['id'],
      ),
    ),
    arp: settings({
      sendResponses: TRUTH,
      sendGratuitous: TRUTH,
      intervalSeconds: Type.Number({ minimum: 0, maximum: 127.5, multipleOf: 0.5 }),
    }),
    authTypes: settings(Object.fromEntries(PRIVILEGES.map((name) => [name, TYPES]))),
    cipherSuites: Type.Record(
      Type.String({ pattern: '^(0|[1-9]\\d*)$' }),
      words('unused', ...PRIVILEGES),
      {
        additionalProperties: false,
        description: 'the highest privilege of a suite, by its number',
      },
    ),
    badPassword: settings({
      log: TRUTH,
      threshold: BYTE,
      resetSeconds: Type.Integer({ minimum: 0, maximum: 655_350, multipleOf: 10 }),
      lockoutSeconds: Type.Integer({ minimum: 0, maximum: 655_350, multipleOf: 10 }),
    }),
    snmpCommunityFile: Type.String({
      description: 'path of a file with the SNMP community string, seen from this file',
    }),
  }),
};

const USER_APPLY: InputSchema = {
  name: 'user-apply',
  help: 'the file of user apply; users and settings that are left out stay as they are',
  content: settings(
    {
      channel: CHANNEL,
      users: Type.Array(
        settings(
          {
            id: Type.Integer({ minimum: 1, maximum: 63 }),
            name: Type.String({ maxLength: 16, pattern: '^[ -~]*$' }),
            passwordFile: Type.String({
              description: 'path of a file with the password, seen from this file',
            }),
            passwordBytes: Type.Union([Type.Literal(16), Type.Literal(20)]),
            setPassword: words('different', 'always'),
            enabled: TRUTH,
            privilege: words(...PRIVILEGES, 'no-access'),
            messaging: TRUTH,
            linkAuthentication: TRUTH,
            callbackOnly: TRUTH,
          },
          ['id'],
        ),
        { minItems: 1, maxItems: 63 },
      ),
    },
    ['users'],
  ),
};

const CHANNEL_APPLY: InputSchema = {
  name: 'channel-apply',
  help: 'the file of channel apply; what is left out stays as it is',
  content: settings({
    channel: CHANNEL,
    mode: words('disabled', 'pre-boot', 'always', 'shared'),
    userAuthentication: TRUTH,
    messageAuthentication: TRUTH,
    alerting: TRUTH,
    privilege: words(...PRIVILEGES),
    memory: words('both', 'volatile', 'non-volatile'),
  }),
};

export const INPUT_SCHEMAS: readonly InputSchema[] = [LAN_APPLY, USER_APPLY, CHANNEL_APPLY];
