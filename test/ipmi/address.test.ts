/** Addresses as text and as bytes. */

import fc from 'fast-check';
import { describe, expect, test } from 'vitest';

import {
  ipv4,
  ipv4Bytes,
  ipv6,
  ipv6Bytes,
  isNetmask,
  hostTrouble,
  subnetOf,
  mac,
  macBytes,
} from '../../src/ipmi/address.ts';
import { decode, encode } from '../../src/ipmi/codec.ts';
import { expectRoundTrips } from '../support/round-trip.ts';

test('any bytes are an address, and are written as they were read', () => {
  expectRoundTrips(ipv4, [4]);
  expectRoundTrips(ipv6, [16]);
  expectRoundTrips(mac, [6]);
  expect.hasAssertions();
});

describe('IPv6 is written as RFC 5952 has it:', () => {
  test.each([
    ['2001:0db8:0:0:1:0:0:1', '2001:db8::1:0:0:1'],
    ['2001:db8:0:1:1:1:1:1', '2001:db8:0:1:1:1:1:1'],
    ['::', '::'],
    ['::1', '::1'],
    ['FE80::', 'fe80::'],
    ['::ffff:192.0.2.1', '::ffff:c000:201'],
    ['1:0:0:2:0:0:0:3', '1:0:0:2::3'],
    ['1:2:3:4:5:6:192.0.2.1', '1:2:3:4:5:6:c000:201'],
    ['1:2:3::5:6:7:8', '1:2:3:0:5:6:7:8'],
  ])('%s', (text, canonical) => {
    expect(decode(ipv6, encode(ipv6, text))).toBe(canonical);
  });
});

describe('refused:', () => {
  test.each(['10.0.0', '10.0.0.256', '10.0.0.01', '10.0.0.1.1', '', 'a.b.c.d', '10.0.0.-1'])(
    'IPv4 %s',
    (text) => {
      expect(ipv4Bytes(text)).toBeUndefined();
    },
  );

  test.each([
    ...['', ':', ':::', '1::2::3', '1:2:3:4:5:6:7', '1:2:3:4:5:6:7:8:9', '12345::', 'g::'],
    ...['::1.2.3', '1.2.3.4::', '1.2.3.4', '::1.2.3.4:5', '::1:2:3:4:5:6:7:8'],
  ])('IPv6 %s', (text) => {
    expect(ipv6Bytes(text)).toBeUndefined();
  });

  test.each([
    ...['', '02:00:5e:10:00', '2:0:5e:10:0:1', '02005e100001', '02:00:5e:10:00:0g'],
    ...['002:00:5e:10:00:01', '02:00:5e:10:00:011'],
  ])('MAC %s', (text) => {
    expect(macBytes(text)).toBeUndefined();
  });
});

test('a MAC address may have dashes, and is told with colons', () => {
  expect(decode(mac, encode(mac, '02-00-5E-10-00-01'))).toBe('02:00:5e:10:00:01');
});

test('a field refuses text that is no address', () => {
  expect(() => encode(ipv4, '10.0.0')).toThrow(new RangeError('"10.0.0" is not an address'));
});

test('a netmask is ones and then zeros', () => {
  fc.assert(
    fc.property(fc.nat(32), (length) => {
      const bits = '1'.repeat(length).padEnd(32, '0');
      const octets = [0, 8, 16, 24].map((at) => Number.parseInt(bits.slice(at, at + 8), 2));
      expect(isNetmask(octets.join('.'))).toBe(true);
    }),
  );
});

test.each(['255.0.255.0', '255.255.255', '1.0.0.0', '0.0.0.255', '255.255.255.127'])(
  '%s is no netmask',
  (text) => {
    expect(isNetmask(text)).toBe(false);
  },
);

test.each([
  ['0.0.0.0', 'is of "this network", and of no host'],
  ['0.1.2.3', 'is of "this network", and of no host'],
  ['127.0.0.1', 'is a loopback address'],
  ['224.0.0.1', 'is a multicast address'],
  ['239.255.255.255', 'is a multicast address'],
  ['240.0.0.1', 'is reserved, or for broadcasts'],
  ['255.255.255.255', 'is reserved, or for broadcasts'],
  ['1.0.0.1', undefined],
  ['128.0.0.1', undefined],
  ['223.255.255.254', undefined],
])('whether a host can have %s', (text, trouble) => {
  expect(hostTrouble(text)).toBe(trouble);
});

test('a subnet goes from its first to its last address', () => {
  expect(subnetOf('192.0.2.70', '255.255.255.192')).toEqual({
    first: '192.0.2.64',
    last: '192.0.2.127',
  });
  expect(subnetOf('10.1.2.3', '255.0.0.0')).toEqual({ first: '10.0.0.0', last: '10.255.255.255' });
});

test('text that is no address has no trouble and no subnet, but an error', () => {
  expect(() => hostTrouble('10.0.0')).toThrow('"10.0.0" is not an address');
  expect(() => subnetOf('10.0.0', '255.0.0.0')).toThrow('"10.0.0" is not an address');
  expect(() => subnetOf('10.0.0.1', '255')).toThrow('"255" is not an address');
});
