/** The layouts of records that are not of sensors. */

import { expect, test } from 'vitest';

import { decode, encode } from '../../src/ipmi/codec.ts';
import * as layouts from '../../src/ipmi/sdr-locator.ts';
import { expectRoundTrips } from '../support/round-trip.ts';
import { named } from '../support/sdr-bytes.ts';

/** An entity as it is read. */
function entity(id: number, number: number, isLogical = false): object {
  return { id, instance: { number, isLogical, reserved: 0 } };
}

/** A name as it is read. */
function name(text: string): object {
  const [, ...bytes] = named(text);
  const form = { encoding: '8-bit', length: text.length, reserved: 0 };
  return { form, bytes: Uint8Array.from(bytes), text };
}

test('all are read and written', () => {
  expectRoundTrips(layouts.ENTITY_ASSOCIATION, [11, 12]);
  expectRoundTrips(layouts.DEVICE_ENTITY_ASSOCIATION, [21, 27]);
  expectRoundTrips(layouts.GENERIC_LOCATOR, [11, 27]);
  expectRoundTrips(layouts.FRU_LOCATOR, [11, 27]);
  expectRoundTrips(layouts.CONTROLLER_LOCATOR, [11, 27]);
  expectRoundTrips(layouts.CONTROLLER_CONFIRMATION, [27, 28]);
  expectRoundTrips(layouts.CHANNEL_RECORD, [10, 11]);
  expectRoundTrips(layouts.OEM_SDR, [3, 20]);
  expect.hasAssertions();
});

test('an association has a container and four entities (§43.4)', () => {
  const bytes = [0x17, 1, 0xe1, 4, 1, 4, 8, 0x0a, 0x82, 0, 0, 0x99];

  expect(decode(layouts.ENTITY_ASSOCIATION, Uint8Array.from(bytes))).toEqual({
    container: entity(0x17, 1),
    flags: { isRange: true, isLinked: true, isPresenceReadable: true, reserved: 1 },
    contained: [entity(4, 1), entity(4, 8), entity(10, 2, true), entity(0, 0)],
    more: Uint8Array.of(0x99),
  });
});

test.each([
  [0x20, { isRange: false, isLinked: false, isPresenceReadable: true, reserved: 0 }],
  [0x40, { isRange: false, isLinked: true, isPresenceReadable: false, reserved: 0 }],
  [0x80, { isRange: true, isLinked: false, isPresenceReadable: false, reserved: 0 }],
])('of the flags of an association, each has its bit: %i', (byte, flags) => {
  const bytes = [1, 1, byte, 0, 0, 0, 0, 0, 0, 0, 0];

  expect(decode(layouts.ENTITY_ASSOCIATION, Uint8Array.from(bytes)).flags).toEqual(flags);
});

test('one of entities of devices has the address and the channel of each (§43.5)', () => {
  const contained = [0x24, 0x10, 4, 1, 0x26, 0x20, 5, 2, 0x28, 0x30, 6, 0x83, 0, 0, 0, 0];
  const bytes = [0x17, 0x61, 0x20, 0x70, 0x40, ...contained, 1, 2, 3, 4, 5, 6];
  const at = (address: number, channel: number) => ({
    address: { address, reserved: 0 },
    channel: { channel, reserved: 0 },
  });

  expect(decode(layouts.DEVICE_ENTITY_ASSOCIATION, Uint8Array.from(bytes))).toEqual({
    container: entity(0x17, 0x61),
    ...at(0x10, 7),
    flags: { isRange: false, isLinked: true, isPresenceReadable: false, reserved: 0 },
    contained: [
      { ...at(0x12, 1), entity: entity(4, 1) },
      { ...at(0x13, 2), entity: entity(5, 2) },
      { ...at(0x14, 3), entity: entity(6, 3, true) },
      { ...at(0, 0), entity: entity(0, 0) },
    ],
    more: Uint8Array.of(1, 2, 3, 4, 5, 6),
  });
});

test('a device is found by its controller, its bus and its address (§43.7)', () => {
  const bytes = [0x20, 0xa1, 0x4b, 0x02, 3, 1, 2, 7, 0x81, 9, ...named('EEPROM')];

  expect(decode(layouts.GENERIC_LOCATOR, Uint8Array.from(bytes))).toEqual({
    access: { address: 0x10, reserved: 0 },
    device: { address: 0x50, channelHigh: 1, reserved: 0 },
    bus: { busId: 3, lun: 1, channelLow: 2, reserved: 0 },
    span: { addressSpan: 2, reserved: 0 },
    spare: 3,
    deviceType: 1,
    deviceTypeModifier: 2,
    entity: entity(7, 1, true),
    oem: 9,
    name: name('EEPROM'),
  });
});

test.each([
  [0x80, { busId: 0, lun: 0, isLogical: true, reserved: 0 }],
  [0x7b, { busId: 3, lun: 3, isLogical: false, reserved: 0x60 }],
])('a FRU device is a logical one or an EEPROM on a bus (§43.8): %i', (byte, bus) => {
  const bytes = [0x20, 0xa6, byte, 0x70, 3, 0x10, 2, 7, 1, 9, ...named('PSU')];

  expect(decode(layouts.FRU_LOCATOR, Uint8Array.from(bytes))).toEqual({
    access: { address: 0x10, reserved: 0 },
    device: 0xa6,
    bus,
    channel: { channel: 7, reserved: 0 },
    spare: 3,
    deviceType: 0x10,
    deviceTypeModifier: 2,
    entity: entity(7, 1),
    oem: 9,
    name: name('PSU'),
  });
});

test.each([
  [0x01, { eventGeneration: 1 }],
  [0x02, { eventGeneration: 2 }],
  [0x04, { logsAccessErrors: true }],
  [0x08, { logsAgentErrors: true }],
  [0x10, { reserved: 0x10 }],
  [0x20, { isStatic: true }],
  [0x40, { wantsDevicePowerState: true }],
  [0x80, { wantsSystemPowerState: true }],
])('a controller is started as its record says (§43.9): %i', (byte, start) => {
  const bytes = [0x24, 0x07, byte, 0xbf, 1, 2, 3, 0x2e, 1, 9, ...named('SMC')];

  expect(decode(layouts.CONTROLLER_LOCATOR, Uint8Array.from(bytes))).toEqual({
    access: { address: 0x12, reserved: 0 },
    channel: { channel: 7, reserved: 0 },
    start: {
      eventGeneration: 0,
      logsAccessErrors: false,
      logsAgentErrors: false,
      isStatic: false,
      wantsDevicePowerState: false,
      wantsSystemPowerState: false,
      reserved: 0,
      ...start,
    },
    support: 0xbf,
    spare: 0x030201,
    entity: entity(0x2e, 1),
    oem: 9,
    name: name('SMC'),
  });
});

test('a controller is confirmed by what it said of itself (§43.10)', () => {
  const guid = Array.from({ length: 16 }, (_, at) => at);
  const bytes = [0x20, 0x05, 0x31, 0x82, 0x35, 0x02, 0x57, 0x01, 0x00, 0xb7, 0x20, ...guid, 8];

  expect(decode(layouts.CONTROLLER_CONFIRMATION, Uint8Array.from(bytes))).toEqual({
    access: { address: 0x10, reserved: 0 },
    deviceId: 5,
    channel: { channel: 3, deviceRevision: 1, reserved: 0 },
    firmware: { major: 2, reserved: 0x80 },
    firmwareMinor: 0x35,
    ipmiVersion: 2,
    manufacturerId: 0x157,
    productId: 0x20b7,
    guid: Uint8Array.from(guid),
    more: Uint8Array.of(8),
  });
});

test('eight channels have a byte each (§43.11)', () => {
  const channel = (protocol: number, receiveLun: number, canTransmit: boolean) => ({
    ...{ protocol, receiveLun, canTransmit, reserved: 0 },
  });
  const bytes = [0xa1, 0x14, 0x7f, 0, 0, 0, 0x80, 0x04, 1, 0xff, 5];

  expect(decode(layouts.CHANNEL_RECORD, Uint8Array.from(bytes))).toEqual({
    channels: [
      ...[channel(1, 2, true), channel(4, 1, false), channel(15, 7, false), channel(0, 0, false)],
      ...[channel(0, 0, false), channel(0, 0, false), channel(0, 0, true), channel(4, 0, false)],
    ],
    messageInterrupt: 1,
    eventInterrupt: 0xff,
    more: Uint8Array.of(5),
  });
});

test('a record of a maker begins with its number (§43.12)', () => {
  const record = { manufacturerId: 0x157, data: Uint8Array.of(9, 8) };

  expect(decode(layouts.OEM_SDR, Uint8Array.of(0x57, 0x01, 0x00, 9, 8))).toEqual(record);
  expect(encode(layouts.OEM_SDR, record)).toEqual(Uint8Array.of(0x57, 0x01, 0x00, 9, 8));
});
