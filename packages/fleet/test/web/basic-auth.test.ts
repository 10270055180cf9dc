/** Basic authentication. */

import { hashSync } from 'bcryptjs';
import { expect, test } from 'vitest';

import { BasicAuth } from '../../src/web/basic-auth.ts';

/** The least cost that bcrypt has; a test needs no more. */
const COST = 4;

const auth = new BasicAuth(new Map([['alice', hashSync('se:cret', COST)]]));

function header(user: string, password: string): string {
  return `Basic ${Buffer.from(`${user}:${password}`).toString('base64')}`;
}

test('the right password is admitted, again and again', async () => {
  expect(await auth.admits(header('alice', 'se:cret'))).toBe(true);
  expect(await auth.admits(header('alice', 'se:cret'))).toBe(true);
});

test.each([
  ['a wrong password', header('alice', 'secret')],
  ['an empty password', header('alice', '')],
  ['an unknown user', header('bob', 'se:cret')],
  ['an unknown user without a password', header('bob', '')],
  ['no header', undefined],
  ['another scheme', 'Bearer se:cret'],
  ['no colon', `Basic ${Buffer.from('alice').toString('base64')}`],
  ['no Base64', 'Basic ???'],
])('%s is not', async (_, given) => {
  expect(await auth.admits(given)).toBe(false);
});

test('without users everybody is admitted', async () => {
  expect(await new BasicAuth(new Map()).admits(undefined)).toBe(true);
});

test('a crowd of strangers is refused, of whom few are worth a comparison', async () => {
  const strangers = Array.from({ length: 50 }, (_, index) =>
    auth.admits(header('bob', `${index}`)),
  );

  expect(await Promise.all(strangers)).toEqual(Array(50).fill(false));
  expect(await auth.admits(header('alice', 'se:cret'))).toBe(true);
});
