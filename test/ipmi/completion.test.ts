/** Completion codes: all 256 in the words of ipmitool 1.8.19, and which of them bring no answer. */

import { expect, test } from 'vitest';

import {
  Completion,
  codeText,
  completionText,
  isAbsent,
  isAnswerMissing,
  isTooMany,
  isUnknownCommand,
} from '../../src/ipmi/completion.ts';

const IPMITOOL: ReadonlyMap<number, string> = new Map([
  [0x00, 'Command completed normally'],
  [0xc0, 'Node busy'],
  [0xc1, 'Invalid command'],
  [0xc2, 'Invalid command on LUN'],
  [0xc3, 'Timeout'],
  [0xc4, 'Out of space'],
  [0xc5, 'Reservation cancelled or invalid'],
  [0xc6, 'Request data truncated'],
  [0xc7, 'Request data length invalid'],
  [0xc8, 'Request data field length limit exceeded'],
  [0xc9, 'Parameter out of range'],
  [0xca, 'Cannot return number of requested data bytes'],
  [0xcb, 'Requested sensor, data, or record not found'],
  [0xcc, 'Invalid data field in request'],
  [0xcd, 'Command illegal for specified sensor or record type'],
  [0xce, 'Command response could not be provided'],
  [0xcf, 'Cannot execute duplicated request'],
  [0xd0, 'SDR Repository in update mode'],
  [0xd1, 'Device firmeware in update mode'],
  [0xd2, 'BMC initialization in progress'],
  [0xd3, 'Destination unavailable'],
  [0xd4, 'Insufficient privilege level'],
  [0xd5, 'Command not supported in present state'],
  [0xd6, 'Cannot execute command, command disabled'],
  [0xff, 'Unspecified error'],
]);

const ALL = Array.from({ length: 256 }, (_, code) => code);

test.each(ALL)('completion code %i is put in the words of ipmitool', (code) => {
  const unknown = `Unknown (0x${code < 16 ? '0' : ''}${code.toString(16).toUpperCase()})`;

  expect(completionText(code)).toBe(IPMITOOL.get(code) ?? unknown);
});

test('codes that say only that the answer is missing', () => {
  expect(ALL.filter(isAnswerMissing)).toEqual([0xc3, 0xce, 0xd0, 0xd1, 0xd2]);
});

test('the codes that are acted on have the numbers of IPMI 2.0 (table 5-2, §22)', () => {
  expect(Completion).toEqual({
    OK: 0x00,
    EMPTY: 0x80,
    NODE_BUSY: 0xc0,
    INVALID_COMMAND: 0xc1,
    INVALID_COMMAND_ON_LUN: 0xc2,
    TIMEOUT: 0xc3,
    RESERVATION_LOST: 0xc5,
    INVALID_LENGTH: 0xc7,
    FIELD_TOO_LONG: 0xc8,
    OUT_OF_RANGE: 0xc9,
    TOO_MANY_BYTES: 0xca,
    NOT_FOUND: 0xcb,
    INVALID_FIELD: 0xcc,
    NO_RESPONSE: 0xce,
    SDR_UPDATE: 0xd0,
    FIRMWARE_UPDATE: 0xd1,
    INITIALIZING: 0xd2,
    NO_PRIVILEGE: 0xd4,
    NOT_IN_THIS_STATE: 0xd5,
    DISABLED: 0xd6,
    UNSPECIFIED: 0xff,
  });
});

test('codes by which something is not there, too many bytes, or no command', () => {
  expect(ALL.filter(isAbsent)).toEqual([0xc9, 0xcb, 0xcc]);
  expect(ALL.filter(isTooMany)).toEqual([0xc7, 0xc8, 0xca, 0xff]);
  expect(ALL.filter(isUnknownCommand)).toEqual([0xc1, 0xc2]);
});

test('a code stands before its words', () => {
  expect(codeText(Completion.TIMEOUT)).toBe('0xc3 (Timeout)');
});
