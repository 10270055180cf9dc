/** Layouts of the boot options. */

import { expect, test } from 'vitest';

import { BOOT_ACKNOWLEDGE, BOOT_FLAGS, BOOT_INITIATOR } from '../../src/ipmi/boot-options.ts';
import { BOOT_DEVICES, GET_BOOT_OPTIONS, PARTITION_SCAN } from '../../src/ipmi/boot-options.ts';
import { SET_BOOT_OPTIONS } from '../../src/ipmi/boot-options.ts';
import { VALID_BIT_CLEARING } from '../../src/ipmi/boot-options.ts';
import { decode } from '../../src/ipmi/codec.ts';
import { expectRoundTrips } from '../support/round-trip.ts';

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

test('the devices that have a name', () => {
  expect(BOOT_DEVICES.slice(0, 7)).toEqual([
    'none',
    'pxe',
    'disk',
    'safe',
    'diag',
    'cdrom',
    'bios',
  ]);
  expect(BOOT_DEVICES).toHaveLength(12);
});
