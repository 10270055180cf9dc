/** Layouts of the commands of the controller itself. */

import { expect, test } from 'vitest';

import { DecodeError, decode, encode } from '../../src/ipmi/codec.ts';
import { COLD_RESET, GET_ACPI_POWER_STATE, GET_GLOBAL_ENABLES } from '../../src/ipmi/controller.ts';
import { SET_GLOBAL_ENABLES, WARM_RESET } from '../../src/ipmi/controller.ts';
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
  [0x00, 'S0/G0'],
  [0x01, 'S1'],
  [0x02, 'S2'],
  [0x03, 'S3'],
  [0x04, 'S4'],
  [0x05, 'S5/G2'],
  [0x06, 'S4/S5'],
  [0x07, 'G3'],
  [0x08, 'sleeping'],
  [0x09, 'G1 sleeping'],
  [0x0a, 'override'],
  [0x20, 'legacy on'],
  [0x21, 'legacy off'],
  [0x2a, 'unknown'],
  [0x33, '51'],
])('the system power state %i of §20.6 is %s', (sent, name) => {
  const state = decode(GET_ACPI_POWER_STATE.response, Uint8Array.of(0x80 | sent, 0x01));

  expect(state.system).toEqual({ state: sent, reserved: 0x80 });
  expect(systemPowerName(state)).toBe(name);
});

test.each([
  [0x00, 'D0'],
  [0x01, 'D1'],
  [0x02, 'D2'],
  [0x03, 'D3'],
  [0x2a, 'unknown'],
  [0x04, '4'],
])('the device power state %i of §20.6 is %s', (sent, name) => {
  const state = decode(GET_ACPI_POWER_STATE.response, Uint8Array.of(0x05, sent));

  expect(state.device).toEqual({ state: sent, reserved: 0 });
  expect(devicePowerName(state)).toBe(name);
});

test('resets send no data, and have none answered', () => {
  for (const { request, response } of [COLD_RESET, WARM_RESET]) {
    expectRoundTrips(request, [0]);
    expectRoundTrips(response, [0]);
    expect(() => decode(response, Uint8Array.of(0))).toThrow(DecodeError);
  }
});
