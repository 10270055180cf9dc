/** Privilege levels and authentication types by number. */

import { expect, test } from 'vitest';

import { decode } from '../../src/ipmi/codec.ts';
import { AUTH_TYPES, PRIVILEGES, USER_PRIVILEGES } from '../../src/ipmi/privilege.ts';

test.each([
  [0, undefined],
  [1, 'callback'],
  [2, 'user'],
  [3, 'operator'],
  [4, 'administrator'],
  [5, 'oem'],
  [6, undefined],
])('privilege level %i is %s (§6.8)', (level, name) => {
  expect(PRIVILEGES[level]).toBe(name);
  expect(USER_PRIVILEGES[level]).toBe(name);
});

test('15 is no access for a user (§22.26), and none has a name between', () => {
  expect(USER_PRIVILEGES.slice(6)).toEqual([...Array<undefined>(9), 'no-access']);
});

test.each([
  [0x00, {}],
  [0x01, { none: true }],
  [0x02, { md2: true }],
  [0x04, { md5: true }],
  [0x10, { password: true }],
  [0x20, { oem: true }],
  [0xc8, { reserved: 0xc8 }],
])('an authentication type has its bit: %i (table 22-16)', (byte, types) => {
  const none = { none: false, md2: false, md5: false, password: false, oem: false, reserved: 0 };

  expect(decode(AUTH_TYPES, Uint8Array.of(byte))).toEqual({ ...none, ...types });
});
