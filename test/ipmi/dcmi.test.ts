/** Layouts of DCMI. */

import { expect, test } from 'vitest';

import { decode, encode } from '../../src/ipmi/codec.ts';
import { DCMI_ACCESS, DCMI_MANDATORY, DCMI_OPTIONAL } from '../../src/ipmi/dcmi.ts';
import { DCMI_POWER_STATISTICS, DCMI_SUPPORTED, GET_ASSET_TAG } from '../../src/ipmi/dcmi.ts';
import { GET_DCMI_CAPABILITIES, GET_TEMPERATURE_READINGS, inDcmi } from '../../src/ipmi/dcmi.ts';
import { expectRoundTrips } from '../support/round-trip.ts';

test('all are read and written', () => {
  expectRoundTrips(GET_DCMI_CAPABILITIES.request, [2]);
  expectRoundTrips(GET_DCMI_CAPABILITIES.response, [4, 7, 9]);
  expectRoundTrips(DCMI_SUPPORTED, [3]);
  expectRoundTrips(DCMI_MANDATORY, [5]);
  expectRoundTrips(DCMI_OPTIONAL, [2]);
  expectRoundTrips(DCMI_ACCESS, [3]);
  expectRoundTrips(DCMI_POWER_STATISTICS, [1, 2, 5]);
  expectRoundTrips(GET_ASSET_TAG.request, [3]);
  expectRoundTrips(GET_ASSET_TAG.response, [2, 18]);
  expectRoundTrips(GET_TEMPERATURE_READINGS.request, [5]);
  expectRoundTrips(GET_TEMPERATURE_READINGS.response, [3, 5, 7]);
  expect.hasAssertions();
});

test('a request begins with the group', () => {
  const args = inDcmi({ parameter: 1 });

  expect(encode(GET_DCMI_CAPABILITIES.request, args)).toEqual(Uint8Array.of(0xdc, 1));
});

test('the parameters stand where table 6-3 has them', () => {
  expect(decode(DCMI_SUPPORTED, Uint8Array.of(0x00, 0x01, 0x05))).toEqual({
    first: 0,
    platform: { hasPowerManagement: true, reserved: 0 },
    access: { inBand: true, serial: false, secondaryLan: true, reserved: 0 },
  });
  expect(decode(DCMI_MANDATORY, Uint8Array.of(0x00, 0x92, 0x05, 0x00, 0x0a))).toEqual({
    sel: {
      entries: 512,
      flushesRecords: false,
      flushesWhole: false,
      rollsOver: true,
      reserved: 0x1000,
    },
    identification: { assetTag: true, dhcpHostName: false, guid: true, reserved: 0 },
    fourth: 0,
    temperatureSamplingSeconds: 10,
  });
  expect(decode(DCMI_OPTIONAL, Uint8Array.of(0x20, 0x71))).toEqual({
    address: { address: 0x10, reserved: 0 },
    controller: { revision: 1, channel: 7, reserved: 0 },
  });
  expect(decode(DCMI_POWER_STATISTICS, Uint8Array.of(2, 0x05, 0x81)).periods).toEqual([
    { duration: 5, unit: 0, reserved: 0 },
    { duration: 1, unit: 2, reserved: 0 },
  ]);
});

test('each bit of the functions and of the attributes has its name', () => {
  expect(decode(DCMI_SUPPORTED, Uint8Array.of(0x07, 0xfe, 0xfa))).toEqual({
    first: 7,
    platform: { hasPowerManagement: false, reserved: 0xfe },
    access: { inBand: false, serial: true, secondaryLan: false, reserved: 0xf8 },
  });
  expect(decode(DCMI_MANDATORY, Uint8Array.of(0xff, 0x6f, 0x02, 0x01, 0x3c))).toEqual({
    sel: {
      entries: 0xfff,
      flushesRecords: true,
      flushesWhole: true,
      rollsOver: false,
      reserved: 0,
    },
    identification: { assetTag: false, dhcpHostName: true, guid: false, reserved: 0 },
    fourth: 1,
    temperatureSamplingSeconds: 60,
  });
  expect(decode(DCMI_ACCESS, Uint8Array.of(0x01, 0x02, 0xff))).toEqual({
    ...{ primaryLanChannel: 1, secondaryLanChannel: 2, serialChannel: 0xff },
  });
});

test('an answer has the version and the revision in front of the parameter', () => {
  expect(decode(GET_DCMI_CAPABILITIES.response, Uint8Array.of(0xdc, 1, 5, 2, 0xaa))).toEqual({
    ...{ group: 0xdc, major: 1, minor: 5, revision: 2 },
    data: Uint8Array.of(0xaa),
  });
});

test('a part of the asset tag stands where §6.4.2 has it', () => {
  const request = encode(GET_ASSET_TAG.request, inDcmi({ offset: 16, count: 2 }));

  expect(request).toEqual(Uint8Array.of(0xdc, 16, 2));
  expect(decode(GET_ASSET_TAG.response, Uint8Array.of(0xdc, 18, 0x41, 0x42))).toEqual({
    ...{ group: 0xdc, length: 18, data: Uint8Array.of(0x41, 0x42) },
  });
});

test('temperatures stand where §6.7.3 has them, with a sign', () => {
  const asked = inDcmi({ sensorType: 1, entity: 0x40, instance: 0, first: 3 });

  expect(encode(GET_TEMPERATURE_READINGS.request, asked)).toEqual(
    Uint8Array.of(0xdc, 0x01, 0x40, 0x00, 0x03),
  );
  expect(
    decode(GET_TEMPERATURE_READINGS.response, Uint8Array.of(0xdc, 4, 2, 0x17, 3, 0x85, 4)),
  ).toEqual({
    ...{ group: 0xdc, total: 4, count: 2 },
    readings: [
      { value: { magnitude: 23, isNegative: false, reserved: 0 }, instance: 3 },
      { value: { magnitude: 5, isNegative: true, reserved: 0 }, instance: 4 },
    ],
  });
});
