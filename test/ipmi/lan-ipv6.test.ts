/** Layouts of the parameters of IPv6 in the LAN configuration. */

import { expect, test } from 'vitest';

import { decode, encode } from '../../src/ipmi/codec.ts';
import type { Field } from '../../src/ipmi/codec.ts';
import { LAN6 } from '../../src/ipmi/lan-ipv6.ts';
import { expectRoundTrips } from '../support/round-trip.ts';

const { router1, router2, ...others } = LAN6;
const PARAMETERS = [...Object.values(others), ...Object.values(router1), ...Object.values(router2)];

test('every parameter of IPv6 is read and written', () => {
  const variable = [58, 61, 63, 80];
  const bytes: Readonly<Record<number, number>> = {
    ...{ 54: 3, 55: 3, 56: 20, 59: 20, 65: 16, 66: 6, 68: 16, 69: 16, 70: 6, 72: 16 },
    ...{ 74: 17, 75: 7, 76: 2, 77: 17 },
  };

  for (const { number, layout } of PARAMETERS.filter((one) => !variable.includes(one.number))) {
    expectRoundTrips<unknown>(layout, [bytes[number] ?? 1]);
  }

  const numbers = PARAMETERS.map(({ number }) => number).sort((one, other) => one - other);
  expect(numbers).toEqual(Array.from({ length: 31 }, (_, at) => 50 + at));
});

type Case = readonly [number: number, bytes: readonly number[], value: unknown];

/** ::1, and 2001:db8::2. */
const ONE = [...new Array<number>(15).fill(0), 1];
const TWO = [0x20, 0x01, 0x0d, 0xb8, ...new Array<number>(11).fill(0), 2];

const MAC = [2, 0, 0x5e, 0x10, 0, 1];
const STATES = ['active', 'disabled', 'pending', 'failed', 'deprecated', 'invalid', 6];
const SUPPORT = { canIpv6Only: false, canBoth: false, canAlert: false, reserved: 0 };
const BLOCK = { set: 1, block: 2, data: Uint8Array.of(3, 4) };

/** The four parameters of a static router. */
const routerAt = (first: number): readonly Case[] => [
  [first, TWO, '2001:db8::2'],
  [first + 1, MAC, '02:00:5e:10:00:01'],
  [first + 2, [64], 64],
  [first + 3, ONE, '::1'],
];

const VALUES: readonly Case[] = [
  [50, [0x01], { ...SUPPORT, canIpv6Only: true }],
  [50, [0x02], { ...SUPPORT, canBoth: true }],
  [50, [0x14], { ...SUPPORT, canAlert: true, reserved: 0x10 }],
  ...['ipv4', 'ipv6', 'both', 3].map((protocols, value): Case => {
    return [51, [value], { protocols, reserved: 0 }];
  }),
  [52, [7], 7],
  [53, [64], 64],
  [54, [0x0a, 0xbc, 0xde], 0x0abcde],
  [
    55,
    [4, 5, 0x01],
    { staticMax: 4, dynamicMax: 5, sources: { hasDhcpv6: true, hasSlaac: false, reserved: 0 } },
  ],
  [
    55,
    [4, 5, 0x42],
    { staticMax: 4, dynamicMax: 5, sources: { hasDhcpv6: false, hasSlaac: true, reserved: 0x40 } },
  ],
  ...STATES.map((state, value): Case => {
    const told = {
      set: 3,
      source: { source: 1, isEnabled: true, reserved: 0x10 },
      address: '::1',
      prefixLength: 64,
      state: { state, reserved: 0 },
    };
    return [56, [3, 0x91, ...ONE, 64, value], told];
  }),
  [57, [1], 1],
  [58, [1, 2, 3, 4], BLOCK],
  ...[0, 'slaac', 'dhcpv6', 3].map((source, value): Case => {
    const told = {
      set: 1,
      source: { source, reserved: 0x20 },
      address: '2001:db8::2',
      prefixLength: 48,
      state: { state: 'active', reserved: 0 },
    };
    return [59, [1, 0x20 | value, ...TWO, 48, 0], told];
  }),
  [60, [2], 2],
  [61, [1, 2, 3, 4], BLOCK],
  [62, [1], 1],
  [63, [1, 2, 3, 4], BLOCK],
  [64, [0x01], { usesStatic: true, usesDynamic: false, reserved: 0 }],
  [64, [0x82], { usesStatic: false, usesDynamic: true, reserved: 0x80 }],
  ...routerAt(65),
  ...routerAt(69),
  [73, [2], 2],
  [74, [1, ...TWO], { set: 1, value: '2001:db8::2' }],
  [75, [1, ...MAC], { set: 1, value: '02:00:5e:10:00:01' }],
  [76, [1, 64], { set: 1, value: 64 }],
  [77, [1, ...ONE], { set: 1, value: '::1' }],
  [78, [255], 255],
  [79, [1], 1],
  [80, [1, 2, 3, 4], BLOCK],
];

test.each(VALUES)('parameter %i has each bit where table 23-4 has it: %j', (...given) => {
  const [number, bytes, value] = given;
  const found = PARAMETERS.find((one) => one.number === number);
  if (found === undefined) throw new Error(`there is no parameter ${number}`);
  const layout = found.layout as Field<unknown>;

  expect(decode(layout, Uint8Array.from(bytes))).toEqual(value);
  expect([...encode(layout, value)]).toEqual(bytes);
});

test('the parameters of both static routers have the names of the table', () => {
  const routers = [...Object.values(router1), ...Object.values(router2)];

  expect(routers.map(({ number, name }) => [number, name])).toEqual([
    [65, 'IPv6 Static Router 1 IP Address'],
    [66, 'IPv6 Static Router 1 MAC Address'],
    [67, 'IPv6 Static Router 1 Prefix Length'],
    [68, 'IPv6 Static Router 1 Prefix Value'],
    [69, 'IPv6 Static Router 2 IP Address'],
    [70, 'IPv6 Static Router 2 MAC Address'],
    [71, 'IPv6 Static Router 2 Prefix Length'],
    [72, 'IPv6 Static Router 2 Prefix Value'],
  ]);
});
