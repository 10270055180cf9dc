/** Layouts of the commands of users. */

import { describe, expect, test } from 'vitest';

import { decode, encode } from '../../src/ipmi/codec.ts';
import {
  GET_USER_ACCESS,
  GET_USER_NAME,
  SET_USER_ACCESS,
  SET_USER_NAME,
  SET_USER_PASSWORD,
  passwordBytes,
  passwordTrouble,
} from '../../src/ipmi/user.ts';
import { expectRoundTrips } from '../support/round-trip.ts';

test('all are read and written', () => {
  expectRoundTrips(GET_USER_ACCESS.request, [2]);
  expectRoundTrips(GET_USER_ACCESS.response, [4]);
  expectRoundTrips(SET_USER_ACCESS.request, [3, 4]);
  expectRoundTrips(SET_USER_NAME.request, [17]);
  expectRoundTrips(GET_USER_NAME.request, [1]);
  expectRoundTrips(GET_USER_NAME.response, [16]);
  expectRoundTrips(SET_USER_PASSWORD.request, [2, 18, 22]);
  expect.hasAssertions();
});

test('Get User Access has each bit where §22.27 has it', () => {
  expect(decode(GET_USER_ACCESS.response, Uint8Array.of(0x0a, 0x82, 0x01, 0x54))).toEqual({
    most: { users: 10, reserved: 0 },
    enabled: { users: 2, state: 'disabled', reserved: 0 },
    fixed: { users: 1, reserved: 0 },
    access: {
      privilege: 'administrator',
      hasMessaging: true,
      hasLinkAuthentication: false,
      isCallbackOnly: true,
      reserved: 0,
    },
  });
});

test('Set User Access and Set User Password have theirs', () => {
  const flags = { hasMessaging: true, hasLinkAuthentication: false, isCallbackOnly: false };
  const channel = { number: 1, ...flags, setsFlags: true };
  const limit = { privilege: 'no-access' as const, reserved: 0 };
  const access = encode(SET_USER_ACCESS.request, {
    channel,
    user: 3,
    limit,
    sessionLimit: undefined,
  });
  const test20 = encode(SET_USER_PASSWORD.request, {
    user: { id: 2, isLong: true, reserved: 0 },
    operation: { operation: 'test', reserved: 0 },
    password: Uint8Array.of(1),
  });

  expect([...access]).toEqual([0x91, 3, 0x0f]);
  expect([...test20]).toEqual([0x82, 0x03, 1]);
});

test.each([
  [0x00, 0, 'unspecified'],
  [0x41, 1, 'enabled'],
  [0xbf, 63, 'disabled'],
  [0xc2, 2, 3],
])('byte 2 of %i says that %i users are enabled, and this one is %s', (byte, users, state) => {
  const { enabled } = decode(GET_USER_ACCESS.response, Uint8Array.of(0x0a, byte, 1, 4));

  expect(enabled).toEqual({ users, state, reserved: 0 });
});

test.each([
  [0x00, { privilege: 0 }],
  [0x01, { privilege: 'callback' }],
  [0x02, { privilege: 'user' }],
  [0x03, { privilege: 'operator' }],
  [0x04, { privilege: 'administrator' }],
  [0x05, { privilege: 'oem' }],
  [0x06, { privilege: 6 }],
  [0x0e, { privilege: 14 }],
  [0x1f, { privilege: 'no-access', hasMessaging: true }],
  [0x2f, { privilege: 'no-access', hasLinkAuthentication: true }],
  [0x4f, { privilege: 'no-access', isCallbackOnly: true }],
  [0x8f, { privilege: 'no-access', reserved: 0x80 }],
])('access of %i (§22.27)', (byte, access) => {
  const none = { hasMessaging: false, hasLinkAuthentication: false, isCallbackOnly: false };
  const read = decode(GET_USER_ACCESS.response, Uint8Array.of(0x0a, 2, 1, byte));

  expect(read.access).toEqual({ ...none, reserved: 0, ...access });
});

test.each([
  [0, 'disable'],
  [1, 'enable'],
  [2, 'set'],
  [3, 'test'],
])('operation %i of Set User Password is %s (§22.30)', (byte, operation) => {
  expect(decode(SET_USER_PASSWORD.request, Uint8Array.of(0x3f, byte, 7))).toEqual({
    user: { id: 63, isLong: false, reserved: 0 },
    operation: { operation, reserved: 0 },
    password: Uint8Array.of(7),
  });
});

test('a user is asked for by number, and by channel where it has access', () => {
  expect(encode(GET_USER_NAME.request, { user: 3 })).toEqual(Uint8Array.of(3));
  expect(encode(GET_USER_ACCESS.request, { channel: 1, user: 3 })).toEqual(Uint8Array.of(1, 3));
});

test('a password is stored in UTF-8, and bytes as they are', () => {
  const bytes = Uint8Array.of(1, 2, 3);

  expect(passwordBytes('pä')).toEqual(Uint8Array.of(0x70, 0xc3, 0xa4));
  expect(passwordBytes(bytes)).toBe(bytes);
});

test('a name ends at the zeros behind it', () => {
  const data = Uint8Array.from(Buffer.from('ADMIN'));
  const padded = new Uint8Array(16);
  padded.set(data);

  expect(decode(GET_USER_NAME.response, padded)).toEqual({ name: 'ADMIN' });
});

describe('passwords that cannot be stored are told without a part of them:', () => {
  test.each([
    ['', 'is empty'],
    ['hun\0ter2', 'has a NUL byte, at which the BMC would cut it off'],
    ['hunter2\nhunter3', /^has a control character/],
    ['hunter2\x1f', /^has a control character/],
    ['hunter2\x7f', /^has a control character/],
    ['hunter2'.repeat(3), 'has 21 bytes; the BMC stores 20 at most'],
    ['ü'.repeat(11), 'has 22 bytes; the BMC stores 20 at most'],
  ])('%j', (password, trouble) => {
    const found = passwordTrouble(passwordBytes(password));

    if (typeof trouble === 'string') expect(found).toBe(trouble);
    else expect(found).toMatch(trouble);
    expect(found).not.toContain('hunter');
  });

  test('others can', () => {
    expect(passwordTrouble(passwordBytes('h'.repeat(20)))).toBeUndefined();
    expect(passwordTrouble(passwordBytes('pässword ~'))).toBeUndefined();
  });
});
