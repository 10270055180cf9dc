/** The layouts of the SEL's commands. */

import { expect, test } from 'vitest';

import { decode, encode } from '../../src/ipmi/codec.ts';
import { requestOf } from '../../src/ipmi/command.ts';
import {
  ADD_SEL_ENTRY,
  CLEAR_LETTERS,
  CLEAR_SEL,
  GET_SEL_ALLOCATION,
  GET_SEL_ENTRY,
  GET_SEL_INFO,
  GET_SEL_TIME,
  GET_SEL_UTC_OFFSET,
  RESERVE_SEL,
  SET_SEL_TIME,
  SET_SEL_UTC_OFFSET,
} from '../../src/ipmi/sel.ts';
import { expectRoundTrips } from '../support/round-trip.ts';

const INFO = [0x51, 0x02, 0x01, 0x10, 0x20, 1, 2, 3, 4, 5, 6, 7, 0x60, 0x82];

test('every layout is read and written, with all of its bits', () => {
  expectRoundTrips(GET_SEL_INFO.response, [14]);
  expectRoundTrips(GET_SEL_ALLOCATION.response, [9]);
  expectRoundTrips(RESERVE_SEL.response, [2]);
  expectRoundTrips(GET_SEL_ENTRY.request, [6]);
  expectRoundTrips(GET_SEL_ENTRY.response, [2, 3, 18]);
  expectRoundTrips(ADD_SEL_ENTRY.request, [16]);
  expectRoundTrips(ADD_SEL_ENTRY.response, [2]);
  expectRoundTrips(CLEAR_SEL.request, [6]);
  expectRoundTrips(CLEAR_SEL.response, [1]);
  expectRoundTrips(GET_SEL_TIME.response, [4]);
  expectRoundTrips(SET_SEL_TIME.request, [4]);
  expectRoundTrips(GET_SEL_UTC_OFFSET.response, [2]);
  expectRoundTrips(SET_SEL_UTC_OFFSET.request, [2]);
  expect.hasAssertions();
});

test('the SEL says how full it is, when it changed, and what it supports', () => {
  expect(decode(GET_SEL_INFO.response, Uint8Array.from(INFO))).toEqual({
    version: 0x51,
    entries: 258,
    freeBytes: 0x2010,
    lastAdd: { kind: 'since-start', seconds: 0x04030201 },
    lastErase: { kind: 'date', seconds: 0x60070605 },
    support: {
      hasAllocationInfo: false,
      canReserve: true,
      canAddPartially: false,
      canDelete: false,
      isOverflown: true,
      reserved: 0,
    },
  });
});

test('the units of the allocation stand where table 31-3 has them', () => {
  const bytes = Uint8Array.of(0, 2, 16, 0, 0xfe, 1, 0x40, 0, 1);

  expect(decode(GET_SEL_ALLOCATION.response, bytes)).toEqual({
    units: 512,
    unitBytes: 16,
    freeUnits: 510,
    largestFreeUnits: 64,
    recordUnitsMax: 1,
  });
});

test('an entry is asked for by reservation, number, offset and count', () => {
  const read = { reservation: 0x5678, recordId: 0x1234, offset: 9, count: 10 };

  expect(requestOf(GET_SEL_ENTRY, read)).toEqual({
    netFn: 0x0a,
    cmd: 0x43,
    lun: 0,
    data: Uint8Array.of(0x78, 0x56, 0x34, 0x12, 9, 10),
  });
});

test('clearing takes the letters CLR, and 0xaa or 0', () => {
  const clear = { reservation: 0x0102, letters: CLEAR_LETTERS };

  expect(encode(CLEAR_SEL.request, { ...clear, action: 'initiate' })).toEqual(
    Uint8Array.of(2, 1, 0x43, 0x4c, 0x52, 0xaa),
  );
  expect(encode(CLEAR_SEL.request, { ...clear, action: 'status' })).toEqual(
    Uint8Array.of(2, 1, 0x43, 0x4c, 0x52, 0x00),
  );
});

test.each([
  [0xaa, 'initiate'],
  [0x00, 'status'],
  [0x01, 1],
])('the request to clear with %i asks for %s', (byte, action) => {
  const clear = { reservation: 0x0102, letters: Uint8Array.of(0x43, 0x4c, 0x52), action };

  expect(decode(CLEAR_SEL.request, Uint8Array.of(2, 1, 0x43, 0x4c, 0x52, byte))).toEqual(clear);
});

test.each([
  [0x10, 'in-progress', 0x10],
  [0x01, 'completed', 0],
  [0x02, 2, 0],
])('an erasure that answers %i is %s', (byte, progress, reserved) => {
  expect(decode(CLEAR_SEL.response, Uint8Array.of(byte))).toEqual({ progress, reserved });
});

test.each([
  [0x01, { hasAllocationInfo: true }],
  [0x02, { canReserve: true }],
  [0x04, { canAddPartially: true }],
  [0x08, { canDelete: true }],
  [0x80, { isOverflown: true }],
  [0x70, { reserved: 0x70 }],
])('the SEL supports what the last byte says: %i', (byte, support) => {
  const info = decode(GET_SEL_INFO.response, Uint8Array.of(...INFO.slice(0, 13), byte));

  expect(info.support).toEqual({
    hasAllocationInfo: false,
    canReserve: false,
    canAddPartially: false,
    canDelete: false,
    isOverflown: false,
    reserved: 0,
    ...support,
  });
});

test('the difference to UTC is signed, and may be unspecified', () => {
  const { response } = GET_SEL_UTC_OFFSET;

  expect(decode(response, Uint8Array.of(0x78, 0x00))).toBe(120);
  expect(decode(response, Uint8Array.of(0xd4, 0xfe))).toBe(-300);
  expect(decode(response, Uint8Array.of(0xff, 0x07))).toBeUndefined();
  expect(encode(SET_SEL_UTC_OFFSET.request, -300)).toEqual(Uint8Array.of(0xd4, 0xfe));
});
