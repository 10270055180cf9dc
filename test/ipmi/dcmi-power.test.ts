/** Layouts of power reading and power limit. */

import { expect, test } from 'vitest';

import { decode, encode } from '../../src/ipmi/codec.ts';
import { ACTIVATE_POWER_LIMIT, SET_POWER_LIMIT } from '../../src/ipmi/dcmi-power.ts';
import { GET_POWER_LIMIT, GET_POWER_READING } from '../../src/ipmi/dcmi-power.ts';
import { expectRoundTrips } from '../support/round-trip.ts';

test('all are read and written', () => {
  expectRoundTrips(GET_POWER_READING.request, [4]);
  expectRoundTrips(GET_POWER_READING.response, [18]);
  expectRoundTrips(GET_POWER_LIMIT.request, [3]);
  expectRoundTrips(GET_POWER_LIMIT.response, [14]);
  expectRoundTrips(SET_POWER_LIMIT.request, [15]);
  expectRoundTrips(SET_POWER_LIMIT.response, [1]);
  expectRoundTrips(ACTIVATE_POWER_LIMIT.request, [4]);
  expectRoundTrips(ACTIVATE_POWER_LIMIT.response, [1]);
  expect.hasAssertions();
});

test('a reading stands where §6.6.1 has it', () => {
  const watts = [0xca, 0x00, 0x0a, 0x00, 0x40, 0x01, 0xc7, 0x00];
  const sent = [0xdc, ...watts, 0x00, 0x00, 0x00, 0x60, 0xe8, 0x03, 0x00, 0x00, 0x40];

  expect(decode(GET_POWER_READING.response, Uint8Array.from(sent))).toEqual({
    group: 0xdc,
    currentWatts: 202,
    minimumWatts: 10,
    maximumWatts: 320,
    averageWatts: 199,
    timestamp: { kind: 'date', seconds: 0x6000_0000 },
    periodMs: 1000,
    state: { isActive: true, reserved: 0 },
  });
});

test('a limit stands where §6.6.2 has it', () => {
  const sent = [0xdc, 0, 0, 0x11, 0xf4, 0x01, 0xe8, 0x03, 0, 0, 0, 0, 0x05, 0x00];

  expect(decode(GET_POWER_LIMIT.response, Uint8Array.from(sent))).toMatchObject({
    action: 0x11,
    limitWatts: 500,
    correctionMs: 1000,
    periodSeconds: 5,
  });
});

test('a limit that is set stands where §6.6.3 has it', () => {
  const limit = { action: 0x11, limitWatts: 500, correctionMs: 0x1_0002, periodSeconds: 5 };
  const reserved = { reserved: 0, reservedHigh: 0, reservedToo: 0 };

  expect([...encode(SET_POWER_LIMIT.request, { group: 0xdc, ...limit, ...reserved })]).toEqual([
    ...[0xdc, 0, 0, 0, 0x11, 0xf4, 0x01, 0x02, 0, 0x01, 0, 0, 0, 0x05, 0],
  ]);
});

test('a limit is activated and deactivated as §6.6.4 has it', () => {
  expect(encode(ACTIVATE_POWER_LIMIT.request, { group: 0xdc, activation: 1, reserved: 0 })).toEqual(
    Uint8Array.of(0xdc, 1, 0, 0),
  );
});
