/** Layouts of the commands of the controller itself. */

import { expect, test } from 'vitest';

import { decode, encode } from '../../src/ipmi/codec.ts';
import { GET_ACPI_POWER_STATE, GET_GLOBAL_ENABLES } from '../../src/ipmi/controller.ts';
import { SET_GLOBAL_ENABLES } from '../../src/ipmi/controller.ts';
import { devicePowerName, systemPowerName } from '../../src/ipmi/controller.ts';
import { expectRoundTrips } from '../support/round-trip.ts';

test('power states and enables are read and written', () => {
  expectRoundTrips(GET_ACPI_POWER_STATE.response, [2]);
  expectRoundTrips(GET_GLOBAL_ENABLES.response, [1]);
  expectRoundTrips(SET_GLOBAL_ENABLES.request, [1]);
  expect.hasAssertions();
});

test('each enable stands where §22.1 has it, and bit 4 is kept', () => {
  const enables = decode(GET_GLOBAL_ENABLES.response, Uint8Array.of(0b0101_1001));

  expect(enables).toEqual({
    receiveMessageInterrupt: true,
    eventBufferInterrupt: false,
    eventBuffer: false,
    systemEventLog: true,
    oem0: false,
    oem1: true,
    oem2: false,
    reserved: 0x10,
  });
  expect(encode(SET_GLOBAL_ENABLES.request, { ...enables, eventBuffer: true })).toEqual(
    Uint8Array.of(0b0101_1101),
  );
});

test.each([
  [
    [0x00, 0x00],
    ['S0/G0', 'D0'],
  ],
  [
    [0x05, 0x03],
    ['S5/G2', 'D3'],
  ],
  [
    [0x2a, 0x2a],
    ['unknown', 'unknown'],
  ],
  [
    [0x33, 0x04],
    ['51', '4'],
  ],
])('power states %j are %j', (sent, names) => {
  const state = decode(GET_ACPI_POWER_STATE.response, Uint8Array.from(sent));

  expect([systemPowerName(state), devicePowerName(state)]).toEqual(names);
});
