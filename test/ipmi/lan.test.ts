/** Layouts of the LAN configuration, up to the parameters of IPv6. */

import { expect, test } from 'vitest';

import { decode, encode } from '../../src/ipmi/codec.ts';
import type { Field } from '../../src/ipmi/codec.ts';
import { GET_LAN_PARAMETERS, LAN, SET_LAN_PARAMETERS } from '../../src/ipmi/lan.ts';
import { expectRoundTrips } from '../support/round-trip.ts';

test('the two commands are read and written', () => {
  expectRoundTrips(GET_LAN_PARAMETERS.request, [4]);
  expectRoundTrips(GET_LAN_PARAMETERS.response, [1, 5]);
  expectRoundTrips(SET_LAN_PARAMETERS.request, [2, 6]);

  expect(decode(GET_LAN_PARAMETERS.request, Uint8Array.of(0x93, 18, 5, 7))).toEqual({
    channel: { number: 3, isRevisionOnly: true, reserved: 0x10 },
    parameter: 18,
    set: 5,
    block: 7,
  });
  expect(decode(GET_LAN_PARAMETERS.response, Uint8Array.of(0x21, 9, 8))).toEqual({
    revision: { present: 2, oldest: 1, reserved: 0 },
    data: Uint8Array.of(9, 8),
  });
  expect(decode(SET_LAN_PARAMETERS.request, Uint8Array.of(2, 4, 1))).toEqual({
    channel: 2,
    parameter: 4,
    data: Uint8Array.of(1),
  });
});

test('every parameter of IPv4 is read and written in its length', () => {
  const bytes: Readonly<Record<keyof typeof LAN, number>> = {
    ...{ setInProgress: 1, authSupport: 1, authEnables: 5, address: 4, source: 1, mac: 6 },
    ...{ netmask: 4, header: 3, primaryPort: 2, secondaryPort: 2, arp: 1, arpInterval: 1 },
    ...{ gateway: 4, gatewayMac: 6, backupGateway: 4, backupGatewayMac: 6, community: 18 },
    ...{ destinations: 1, destinationType: 4, destinationAddress: 13, vlan: 2, vlanPriority: 1 },
    ...{ suiteCount: 1, suites: 17, suitePrivileges: 9, destinationVlan: 4, badPassword: 6 },
  };
  const variable = ['destinationAddress', 'suites'];
  const names = Object.keys(LAN) as (keyof typeof LAN)[];

  for (const name of names.filter((one) => !variable.includes(one))) {
    expectRoundTrips<unknown>(LAN[name].layout, [bytes[name]]);
  }
  expectRoundTrips(LAN.destinationAddress.layout, [2, 13]);
  expectRoundTrips(LAN.suites.layout, [1, 17]);

  expect(names.map((name) => LAN[name].number)).toEqual([
    ...Array.from({ length: 27 }, (_, number) => number),
  ]);
});

type Case = readonly [name: keyof typeof LAN, bytes: readonly number[], value: unknown];

const NO_AUTH = { none: false, md2: false, md5: false, password: false, oem: false, reserved: 0 };

/** `length` bytes, zeros behind those that are given. */
const padded = (length: number, bytes: Iterable<number>): readonly number[] => {
  const given = [...bytes];
  return [...given, ...new Array<number>(length - given.length).fill(0)];
};

const VALUES: readonly Case[] = [
  ...['complete', 'in-progress', 'commit', 3].map((state, value): Case => {
    return ['setInProgress', [0xa0 | value], { state, reserved: 0xa0 }];
  }),
  ...(['none', 'md2', 'md5', undefined, 'password', 'oem'] as const).map((type, bit): Case => {
    const value = type === undefined ? { reserved: 1 << bit } : { [type]: true };
    return ['authSupport', [1 << bit], { ...NO_AUTH, ...value }];
  }),
  [
    'authEnables',
    [0x01, 0x02, 0x04, 0x10, 0x20],
    {
      callback: { ...NO_AUTH, none: true },
      user: { ...NO_AUTH, md2: true },
      operator: { ...NO_AUTH, md5: true },
      administrator: { ...NO_AUTH, password: true },
      oem: { ...NO_AUTH, oem: true },
    },
  ],
  ['address', [192, 0, 2, 1], '192.0.2.1'],
  ...['unspecified', 'static', 'dhcp', 'bios', 'other', 5].map((source, value): Case => {
    return ['source', [0x30 | value], { source, reserved: 0x30 }];
  }),
  ['mac', [2, 0, 0x5e, 0x10, 0, 1], '02:00:5e:10:00:01'],
  ['netmask', [255, 255, 240, 0], '255.255.240.0'],
  [
    'header',
    [0x40, 0x41, 0xb1],
    {
      ttl: 64,
      flags: { flags: 2, reserved: 1 },
      service: { typeOfService: 8, precedence: 5, reserved: 1 },
    },
  ],
  ['primaryPort', [0x6f, 0x02], 623],
  ['secondaryPort', [0x98, 0x02], 664],
  ['arp', [0x01], { sendsGratuitous: true, sendsResponses: false, reserved: 0 }],
  ['arp', [0x82], { sendsGratuitous: false, sendsResponses: true, reserved: 0x80 }],
  ['arpInterval', [3], 3],
  ['gateway', [192, 0, 2, 254], '192.0.2.254'],
  ['gatewayMac', [2, 0, 0x5e, 0x10, 0, 2], '02:00:5e:10:00:02'],
  ['backupGateway', [192, 0, 2, 253], '192.0.2.253'],
  ['backupGatewayMac', [2, 0, 0x5e, 0x10, 0, 3], '02:00:5e:10:00:03'],
  ['community', padded(18, Buffer.from('public')), 'public'],
  ['destinations', [0x14], { count: 4, reserved: 0x10 }],
  ...['pet', 1, 2, 3, 4, 5, 'oem-1', 'oem-2'].map((type, value): Case => {
    const told = {
      destination: { set: 1, reserved: 0x20 },
      type: { type, acked: true, reserved: 0x08 },
      timeoutSeconds: 30,
      retries: { retries: 5, reserved: 0x10 },
    };
    return ['destinationType', [0x21, 0x88 | value, 30, 0x15], told];
  }),
  ...['ipv4', 'ipv6', 2].map((format, value): Case => {
    const told = {
      destination: { set: 3, reserved: 0 },
      format: { format, reserved: 1 },
      address: Uint8Array.of(7, 8, 9),
    };
    return ['destinationAddress', [3, (value << 4) | 1, 7, 8, 9], told];
  }),
  ['vlan', [0x64, 0xc1], { id: 0x164, isEnabled: true, reserved: 0x4000 }],
  ['vlanPriority', [0x0d], { priority: 5, reserved: 8 }],
  ['suiteCount', [0x2f], { count: 15, reserved: 0x20 }],
  ['suites', [0, 3, 17], { reserved: 0, ids: Uint8Array.of(3, 17) }],
  [
    'suitePrivileges',
    [9, 0x10, 0x32, 0x54, 0x06, 0, 0, 0, 0xf0],
    {
      reserved: 9,
      pairs: [
        { first: 'unused', second: 'callback', reserved: 0 },
        { first: 'user', second: 'operator', reserved: 0 },
        { first: 'administrator', second: 'oem', reserved: 0 },
        { first: 6, second: 'unused', reserved: 0 },
        ...Array.from({ length: 3 }, () => ({ first: 'unused', second: 'unused', reserved: 0 })),
        { first: 'unused', second: 15, reserved: 0 },
      ],
    },
  ],
  [
    'destinationVlan',
    [0x42, 0x1f, 0x64, 0xb1],
    {
      destination: { set: 2, reserved: 0x40 },
      format: { format: 1, reserved: 0x0f },
      tag: { id: 0x164, priority: 5, reserved: 0x1000 },
    },
  ],
  [
    'badPassword',
    [0x03, 3, 6, 0, 0, 1],
    {
      event: { isLogged: true, reserved: 2 },
      threshold: 3,
      resetInterval: 6,
      lockoutInterval: 256,
    },
  ],
];

test.each(VALUES)('%s has each bit where table 23-4 has it: %j', (name, bytes, value) => {
  const layout = LAN[name].layout as Field<unknown>;

  expect(decode(layout, Uint8Array.from(bytes))).toEqual(value);
  expect([...encode(layout, value)]).toEqual(bytes);
});

test('each parameter has its values in the table above, and one is a secret', () => {
  const names = Object.keys(LAN) as (keyof typeof LAN)[];

  expect([...new Set(VALUES.map(([name]) => name))]).toEqual(names);
  expect(names.filter((name) => 'isSecret' in LAN[name])).toEqual(['community']);
  expect(LAN.community.isSecret).toBe(true);
});
