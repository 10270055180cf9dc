/** Layouts of the boot options. */

import { expect, test } from 'vitest';

import { BOOT_ACKNOWLEDGE, BOOT_FLAGS, BOOT_INITIATOR } from '../../src/ipmi/boot-options.ts';
import { BOOT_DEVICES, GET_BOOT_OPTIONS, PARTITION_SCAN } from '../../src/ipmi/boot-options.ts';
import { SET_BOOT_OPTIONS } from '../../src/ipmi/boot-options.ts';
import { VALID_BIT_CLEARING } from '../../src/ipmi/boot-options.ts';
import { decode, encode } from '../../src/ipmi/codec.ts';
import { expectRoundTrips } from '../support/round-trip.ts';
import { setFlags } from '../support/set-flags.ts';

test('all are read and written', () => {
  expectRoundTrips(GET_BOOT_OPTIONS.request, [3]);
  expectRoundTrips(GET_BOOT_OPTIONS.response, [2, 3, 7, 18]);
  expectRoundTrips(SET_BOOT_OPTIONS.request, [1, 2, 6]);
  expectRoundTrips(PARTITION_SCAN, [1]);
  expectRoundTrips(VALID_BIT_CLEARING, [1]);
  expectRoundTrips(BOOT_ACKNOWLEDGE, [2]);
  expectRoundTrips(BOOT_FLAGS, [5]);
  expectRoundTrips(BOOT_INITIATOR, [9]);
  expect.hasAssertions();
});

test('each boot flag stands where table 28-14 has it', () => {
  expect(decode(BOOT_FLAGS, Uint8Array.of(0xa0, 0x94, 0x4a, 0x09, 0x03))).toEqual({
    validity: { isValid: true, isPersistent: false, isEfi: true, reserved: 0 },
    boot: {
      isResetButtonLocked: false,
      isScreenBlank: false,
      device: 'cdrom',
      isKeyboardLocked: false,
      clearsCmos: true,
      reserved: 0,
    },
    display: {
      redirection: 'request',
      isSleepButtonLocked: false,
      bypassesPassword: true,
      forcesProgressEvents: false,
      verbosity: 'verbose',
      isPowerButtonLocked: false,
      reserved: 0,
    },
    override: { mux: 1, sharesMode: true, reserved: 0 },
    instance: { number: 3, reserved: 0 },
  });
});

test('a party has handled the boot information when its bit is 0', () => {
  const { mask, handled } = decode(BOOT_ACKNOWLEDGE, Uint8Array.of(0x01, 0xfe));

  expect(mask).toMatchObject({ bios: true, osLoader: false });
  expect(handled).toMatchObject({ bios: true, osLoader: false, oem: false });
});

test.each([
  [0, 'bios'],
  [1, 'osLoader'],
  [2, 'servicePartition'],
  [3, 'sms'],
  [4, 'oem'],
])('bit %i of the acknowledge is of %s', (bit, party) => {
  const { mask, handled } = decode(BOOT_ACKNOWLEDGE, Uint8Array.of(1 << bit, ~(1 << bit)));

  expect([setFlags(mask), setFlags(handled)]).toEqual([[party], [party]]);
});

test.each([
  [0, 'isDiscovered'],
  [1, 'isScanRequested'],
])('bit %i of parameter 2 is %s', (bit, name) => {
  expect(setFlags(decode(PARTITION_SCAN, Uint8Array.of(1 << bit)))).toEqual([name]);
});

test.each([
  [0, 'keepsAtPowerButton'],
  [1, 'keepsAtResetButton'],
  [2, 'keepsAtWatchdog'],
  [3, 'keepsAfterTimeout'],
  [4, 'keepsAtPef'],
])('bit %i of parameter 3 is %s', (bit, name) => {
  expect(setFlags(decode(VALID_BIT_CLEARING, Uint8Array.of(1 << bit)))).toEqual([name]);
});

test('reserved bits of parameters 2 and 3 have no names', () => {
  expect(decode(PARTITION_SCAN, Uint8Array.of(0xfd))).toEqual({
    ...{ isDiscovered: true, isScanRequested: false, reserved: 0xfc },
  });
  expect(decode(VALID_BIT_CLEARING, Uint8Array.of(0xe0))).toMatchObject({ reserved: 0xe0 });
});

test.each([
  [0, 'default', 'default'],
  [1, 'skip', 'quiet'],
  [2, 'request', 'verbose'],
  [3, 3, 3],
])('%i is the console redirection %s and the verbosity %s', (value, redirection, verbosity) => {
  const { display } = decode(BOOT_FLAGS, Uint8Array.of(0, 0, value | (value << 5), 0, 0));

  expect(display).toMatchObject({ redirection, verbosity });
});

test('the initiator has its channel, session and time', () => {
  const data = Uint8Array.of(0x31, 0x78, 0x56, 0x34, 0x12, 0x00, 0x00, 0x00, 0x60);

  expect(decode(BOOT_INITIATOR, data)).toEqual({
    channel: { number: 1, reserved: 0x30 },
    session: 0x1234_5678,
    timestamp: 0x6000_0000,
  });
});

test('a request names the parameter, its set and its block', () => {
  expect(decode(GET_BOOT_OPTIONS.request, Uint8Array.of(0x87, 0x02, 0x03))).toEqual({
    parameter: { number: 7, reserved: 0x80 },
    set: 2,
    block: 3,
  });
});

test('an answer has the version, the parameter with its lock, and the data', () => {
  expect(decode(GET_BOOT_OPTIONS.response, Uint8Array.of(0x01, 0x85, 0x80, 0x04))).toEqual({
    version: { number: 1, reserved: 0 },
    parameter: { number: 5, isLocked: true, reserved: 0 },
    data: Uint8Array.of(0x80, 0x04),
  });
});

test('a parameter is set with its lock and its data', () => {
  const parameter = { number: 3, isLocked: true, reserved: 0 };

  expect(encode(SET_BOOT_OPTIONS.request, { parameter, data: Uint8Array.of(0x1f) })).toEqual(
    Uint8Array.of(0x83, 0x1f),
  );
});

test.each([
  [0, 'none'],
  [1, 'pxe'],
  [2, 'disk'],
  [3, 'safe'],
  [4, 'diag'],
  [5, 'cdrom'],
  [6, 'bios'],
  [7, 'remote-floppy'],
  [8, 'remote-cdrom'],
  [9, 'remote-media'],
  [10, 10],
  [11, 'remote-disk'],
  [12, 12],
  [13, 13],
  [14, 14],
  [15, 'floppy'],
])('device %i is %s', (value, device) => {
  const { boot } = decode(BOOT_FLAGS, Uint8Array.of(0, value << 2, 0, 0, 0));

  expect(boot).toMatchObject({ device, reserved: 0 });
});

test('the devices that have a name', () => {
  expect(BOOT_DEVICES).toEqual([
    ...['none', 'pxe', 'disk', 'safe', 'diag', 'cdrom', 'bios', 'remote-floppy', 'remote-cdrom'],
    ...['remote-media', 'remote-disk', 'floppy'],
  ]);
});
