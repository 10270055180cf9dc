/** Layouts of the LAN configuration. */

import { expect, test } from 'vitest';

import { decode, encode } from '../../src/ipmi/codec.ts';
import { GET_LAN_PARAMETERS, LAN, SET_LAN_PARAMETERS } from '../../src/ipmi/lan.ts';
import { LAN6 } from '../../src/ipmi/lan-ipv6.ts';
import { expectRoundTrips } from '../support/round-trip.ts';

test('the two commands are read and written', () => {
  expectRoundTrips(GET_LAN_PARAMETERS.request, [4]);
  expectRoundTrips(GET_LAN_PARAMETERS.response, [1, 5]);
  expectRoundTrips(SET_LAN_PARAMETERS.request, [2, 6]);
  expect.hasAssertions();
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

test('every parameter of IPv6 is read and written', () => {
  const { router1, router2, ...others } = LAN6;
  const parameters = [
    ...Object.values(others),
    ...Object.values(router1),
    ...Object.values(router2),
  ];
  const variable = [58, 61, 63, 80];
  const bytes: Readonly<Record<number, number>> = {
    ...{ 54: 3, 55: 3, 56: 20, 59: 20, 65: 16, 66: 6, 68: 16, 69: 16, 70: 6, 72: 16 },
    ...{ 74: 17, 75: 7, 76: 2, 77: 17 },
  };

  for (const { number, layout } of parameters.filter((one) => !variable.includes(one.number))) {
    expectRoundTrips<unknown>(layout, [bytes[number] ?? 1]);
  }

  const numbers = parameters.map(({ number }) => number).sort((one, other) => one - other);
  expect(numbers).toEqual(Array.from({ length: 31 }, (_, at) => 50 + at));
});

test('each bit stands where table 23-4 has it', () => {
  expect(decode(LAN.vlan.layout, Uint8Array.of(0x64, 0x81))).toEqual({
    id: 0x164,
    isEnabled: true,
    reserved: 0,
  });
  expect(decode(LAN.header.layout, Uint8Array.of(0x40, 0x40, 0xb0))).toEqual({
    ttl: 64,
    flags: { flags: 2, reserved: 0 },
    service: { typeOfService: 8, precedence: 5, reserved: 0 },
  });
  const privileges = decode(
    LAN.suitePrivileges.layout,
    Uint8Array.of(0, 0x43, 0, 0, 0, 0, 0, 0, 5),
  );
  expect(privileges.pairs.map(({ first, second }) => [first, second])).toEqual([
    ['operator', 'administrator'],
    ...Array.from({ length: 6 }, () => ['unused', 'unused']),
    ['oem', 'unused'],
  ]);
  expect(decode(LAN.badPassword.layout, Uint8Array.of(1, 3, 6, 0, 0, 1))).toEqual({
    event: { isLogged: true, reserved: 0 },
    threshold: 3,
    resetInterval: 6,
    lockoutInterval: 256,
  });
  expect(decode(LAN.arp.layout, Uint8Array.of(2))).toMatchObject({ sendsResponses: true });
  expect([...encode(LAN.primaryPort.layout, 623)]).toEqual([0x6f, 0x02]);
});

test('those of IPv6, too; the flow label has its first byte first', () => {
  const bytes = [3, 0x81, ...new Array<number>(15).fill(0), 1, 64, 2];

  expect(decode(LAN6.staticAddress.layout, Uint8Array.from(bytes))).toEqual({
    set: 3,
    source: { source: 1, isEnabled: true, reserved: 0 },
    address: '::1',
    prefixLength: 64,
    state: { state: 'pending', reserved: 0 },
  });
  expect(decode(LAN6.flowLabel.layout, Uint8Array.of(1, 2, 3))).toBe(0x010203);
  expect(decode(LAN6.status.layout, Uint8Array.of(4, 5, 2))).toMatchObject({
    staticMax: 4,
    dynamicMax: 5,
    sources: { hasDhcpv6: false, hasSlaac: true },
  });
});
