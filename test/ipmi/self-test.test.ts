/** Get Self Test Results as IPMI 2.0 table 20-4 has them. */

import { describe, expect, test } from 'vitest';

import { decodeSelfTest, selfTestFaults } from '../../src/ipmi/self-test.ts';
import { GET_SELF_TEST_RESULTS } from '../../src/ipmi/self-test.ts';
import { expectRoundTrips } from '../support/round-trip.ts';

describe('the first byte says what became of it, the second what in particular:', () => {
  test.each([
    [0x55, 0x00, 'passed'],
    [0x56, 0x00, 'not implemented'],
    [0x57, 0x81, 'device error'],
    [0x58, 0x12, 'fatal hardware error'],
    [0x00, 0x01, 'device-specific failure'],
    [0x59, 0x02, 'device-specific failure'],
    [0xff, 0x00, 'reserved'],
  ])('%i %i', (code, detail, result) => {
    expect(decodeSelfTest(Uint8Array.of(code, detail))).toEqual({ result, code, detail });
  });
});

test.each([[[]], [[0x55]]])('%j is no result', (bytes) => {
  expect(decodeSelfTest(Uint8Array.from(bytes))).toBeUndefined();
});

test('the result is read and written', () => {
  expectRoundTrips(GET_SELF_TEST_RESULTS.response, [2]);
  expect.hasAssertions();
});

test.each([
  [0x01, 'controller firmware is corrupted'],
  [0x02, 'boot block firmware is corrupted'],
  [0x04, 'FRU internal use area is corrupted'],
  [0x08, 'SDR repository is empty'],
  [0x10, 'no answer on the IPMB'],
  [0x20, 'no access to the FRU device of the BMC'],
  [0x40, 'no access to the SDR repository'],
  [0x80, 'no access to the SEL device'],
])('of a device error, bit %i is a fault', (detail, fault) => {
  expect(selfTestFaults({ result: 'device error', code: 0x57, detail })).toEqual([fault]);
});

test('a device error says which devices, and no other result does', () => {
  expect(selfTestFaults({ result: 'device error', code: 0x57, detail: 0x81 })).toEqual([
    'controller firmware is corrupted',
    'no access to the SEL device',
  ]);
  expect(selfTestFaults({ result: 'fatal hardware error', code: 0x58, detail: 0x81 })).toEqual([]);
});
