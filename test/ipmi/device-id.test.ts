/** Get Device ID as BMCs send it, complete, cut short and odd. */

import { describe, expect, test } from 'vitest';

import { encode } from '../../src/ipmi/codec.ts';
import { decodeDeviceId, isSameFirmware, supportNames } from '../../src/ipmi/device-id.ts';
import type { DeviceId } from '../../src/ipmi/device-id.ts';
import { GET_DEVICE_ID } from '../../src/ipmi/device-id.ts';
import { expectRoundTrips } from '../support/round-trip.ts';

const BYTES = [
  0x20, 0x81, 0x02, 0x35, 0x51, 0xbf, 0xa2, 0x02, 0x00, 0x0d, 0x01, 0xde, 0xad, 0xbe, 0xef,
] as const;

/** The device id of `BYTES` with some of them replaced. */
function decode(replaced: Readonly<Record<number, number>> = {}): DeviceId | undefined {
  return decodeDeviceId(Uint8Array.from(BYTES, (value, index) => replaced[index] ?? value));
}

test('every field stands where IPMI 2.0 table 20-2 puts it', () => {
  expect(decode()).toEqual({
    deviceId: 0x20,
    deviceRevision: 1,
    providesSdrs: true,
    available: true,
    firmwareRevision: '2.35',
    ipmiVersion: '1.5',
    additionalSupport: 0xbf,
    manufacturerId: 674,
    productId: 269,
    auxFirmware: Uint8Array.of(0xde, 0xad, 0xbe, 0xef),
  });
});

describe('a field is read from its bits alone:', () => {
  test.each<[Record<number, number>, Partial<DeviceId>]>([
    [{ 1: 0x00 }, { deviceRevision: 0, providesSdrs: false }],
    [{ 1: 0x7f }, { deviceRevision: 15, providesSdrs: false, reserved: 0x70 }],
    [{ 1: 0x80 }, { deviceRevision: 0, providesSdrs: true }],
    [{ 2: 0x80 }, { available: false, firmwareRevision: '0.35' }],
    [{ 2: 0xff }, { available: false, firmwareRevision: '127.35' }],
    [{ 2: 0x7f }, { available: true, firmwareRevision: '127.35' }],
    [{ 3: 0x05 }, { firmwareRevision: '2.05' }],
    [{ 3: 0x00 }, { firmwareRevision: '2.00' }],
    [{ 3: 0x99 }, { firmwareRevision: '2.99' }],
    [{ 3: 0xaf }, { firmwareRevision: '2.af' }],
    [{ 4: 0x02 }, { ipmiVersion: '2.0' }],
    [{ 4: 0x01 }, { ipmiVersion: '1.0' }],
    [
      { 6: 0xff, 7: 0xff, 8: 0xff },
      { manufacturerId: 0xfffff, reserved: 0xf00000 },
    ],
    [{ 6: 0x01, 7: 0x02, 8: 0x03 }, { manufacturerId: 0x30201 }],
    [
      { 6: 0x00, 7: 0x00, 8: 0xf0 },
      { manufacturerId: 0, reserved: 0xf00000 },
    ],
    [{ 9: 0xff, 10: 0xff }, { productId: 0xffff }],
    [{ 9: 0x00, 10: 0x20 }, { productId: 0x2000 }],
  ])('%j', (replaced, fields) => {
    expect(decode(replaced)).toEqual({ ...decode(), ...fields });
  });
});

describe('each bit of the additional support is a device:', () => {
  test.each([
    [0x00, ''],
    [0x01, 'Sensor Device'],
    [0x02, 'SDR Repository Device'],
    [0x04, 'SEL Device'],
    [0x08, 'FRU Inventory Device'],
    [0x10, 'IPMB Event Receiver'],
    [0x20, 'IPMB Event Generator'],
    [0x40, 'Bridge'],
    [0x80, 'Chassis Device'],
    [0x81, 'Sensor Device, Chassis Device'],
  ])('%i: %s', (value, names) => {
    const id = decode({ 5: value });

    expect(id && supportNames(id).join(', ')).toBe(names);
  });
});

test.each([0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10])('%d bytes are no device id', (length) => {
  expect(decodeDeviceId(Uint8Array.from(BYTES.slice(0, length)))).toBeUndefined();
});

test.each([11, 12, 13, 14])('%d bytes are one without auxiliary revision', (length) => {
  const cut = decodeDeviceId(Uint8Array.from(BYTES.slice(0, length)));

  expect(cut).toEqual({ ...decode(), auxFirmware: undefined });
});

test('bytes behind the known ones are ignored', () => {
  expect(decodeDeviceId(Uint8Array.of(...BYTES, 0xff, 0xff))).toEqual(decode());
});

test('a part of a larger buffer is read in its own place', () => {
  const buffer = Uint8Array.of(0xff, 0xff, ...BYTES, 0xff);

  expect(decodeDeviceId(buffer.subarray(2, 17))).toEqual(decode());
  expect(decodeDeviceId(buffer.subarray(2, 12))).toBeUndefined();
});

test('the auxiliary revision is a copy', () => {
  const data = Uint8Array.from(BYTES);
  const id = decodeDeviceId(data);

  data.fill(0);

  expect(id?.auxFirmware).toEqual(Uint8Array.of(0xde, 0xad, 0xbe, 0xef));
});

test('a device id is read and written, with the auxiliary revision or without', () => {
  expectRoundTrips(GET_DEVICE_ID.response, [11, 15]);
  expect.hasAssertions();
});

describe('the same firmware', () => {
  const ID: DeviceId = {
    ...{ deviceId: 0x20, deviceRevision: 1, providesSdrs: false, available: true },
    ...{ firmwareRevision: '2.35', ipmiVersion: '2.0', additionalSupport: 0x9f },
    ...{ manufacturerId: 0, productId: 0xb7, auxFirmware: Uint8Array.of(1, 2, 3, 4) },
  };

  test.each<Partial<DeviceId>>([
    { deviceId: 0x21 },
    { deviceRevision: 2 },
    { providesSdrs: true },
    { firmwareRevision: '2.36' },
    { ipmiVersion: '1.5' },
    { additionalSupport: 0xbf },
    { manufacturerId: 674 },
    { productId: 0xb8 },
    { auxFirmware: Uint8Array.of(1, 2, 3, 5) },
    { auxFirmware: undefined },
  ])('has no other %j', (other) => {
    expect(isSameFirmware(ID, { ...ID, ...other })).toBe(false);
  });

  test('may be starting', () => {
    const auxFirmware = Uint8Array.of(1, 2, 3, 4);

    expect(isSameFirmware(ID, { ...ID, auxFirmware, available: false })).toBe(true);
    expect(isSameFirmware(ID, { ...ID, reserved: 0x70 })).toBe(true);
  });
});

test('a revision without its two numbers is not written', () => {
  const id = decode();
  if (id === undefined) throw new Error('the bytes of the test are no device id');

  expect(() => encode(GET_DEVICE_ID.response, { ...id, firmwareRevision: '2' })).toThrow(
    new RangeError('NaN does not fit into 1 byte(s)'),
  );
  expect(() => encode(GET_DEVICE_ID.response, { ...id, firmwareRevision: 'x.35' })).toThrow(
    new RangeError('NaN does not fit into 7 bit(s)'),
  );
});
