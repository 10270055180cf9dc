/** The layouts of the commands of the SDR repository. */

import { expect, test } from 'vitest';

import { decode } from '../../src/ipmi/codec.ts';
import { GET_SDR, GET_SDR_REPOSITORY_INFO } from '../../src/ipmi/sdr-commands.ts';
import { RESERVE_SDR_REPOSITORY } from '../../src/ipmi/sdr-commands.ts';
import {
  GET_DEVICE_SDR,
  GET_DEVICE_SDR_INFO,
  RESERVE_DEVICE_SDRS,
} from '../../src/ipmi/sdr-commands.ts';
import { expectRoundTrips } from '../support/round-trip.ts';

test('requests and answers are read and written', () => {
  expectRoundTrips(GET_SDR_REPOSITORY_INFO.response, [14]);
  expectRoundTrips(RESERVE_SDR_REPOSITORY.response, [2]);
  expectRoundTrips(GET_SDR.request, [6]);
  expectRoundTrips(GET_SDR.response, [2, 66]);
  expectRoundTrips(GET_DEVICE_SDR_INFO.response, [2, 6]);
  expectRoundTrips(RESERVE_DEVICE_SDRS.response, [2]);
  expectRoundTrips(GET_DEVICE_SDR.request, [6]);
  expectRoundTrips(GET_DEVICE_SDR.response, [2, 66]);
  expect.hasAssertions();
});

test('each field of the repository stands where §33.9 has it', () => {
  const bytes = [0x51, 0x2c, 0x01, 0xfe, 0xff, 1, 0, 0, 0x5b, 2, 0, 0, 0x5b, 0xcb];

  expect(decode(GET_SDR_REPOSITORY_INFO.response, Uint8Array.from(bytes))).toEqual({
    version: 0x51,
    records: 300,
    freeBytes: 0xfffe,
    lastAdd: { kind: 'date', seconds: 0x5b000001 },
    lastErase: { kind: 'date', seconds: 0x5b000002 },
    support: {
      hasAllocationInfo: true,
      canReserve: true,
      canAddPartially: false,
      canDelete: true,
      update: 'modal',
      isOverflown: true,
      reserved: 0,
    },
  });
});

test('each field of device SDRs stands where §35.2 has it', () => {
  expect(decode(GET_DEVICE_SDR_INFO.response, Uint8Array.of(9, 0x85, 1, 0, 0, 2))).toEqual({
    sensors: 9,
    units: { withSensors: 0b0101, isDynamic: true, reserved: 0 },
    change: 0x02000001,
  });
});

test.each([
  [0x00, { update: 'unspecified' }],
  [0x01, { update: 'unspecified', hasAllocationInfo: true }],
  [0x02, { update: 'unspecified', canReserve: true }],
  [0x04, { update: 'unspecified', canAddPartially: true }],
  [0x08, { update: 'unspecified', canDelete: true }],
  [0x10, { update: 'unspecified', reserved: 0x10 }],
  [0x20, { update: 'non-modal' }],
  [0x40, { update: 'modal' }],
  [0x60, { update: 'both' }],
  [0x80, { update: 'unspecified', isOverflown: true }],
])('the repository supports what the last byte says: %i', (byte, support) => {
  const bytes = Uint8Array.of(0x51, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, byte);

  expect(decode(GET_SDR_REPOSITORY_INFO.response, bytes).support).toEqual({
    hasAllocationInfo: false,
    canReserve: false,
    canAddPartially: false,
    canDelete: false,
    isOverflown: false,
    reserved: 0,
    ...support,
  });
});
