/** The names of a server's files, and the line that stops it. */

import { expect, test } from 'vitest';

import { baseOfSocket, serverLockPath, socketPath, stopText } from '../../src/serve/place.ts';

test('the files of a server are named for its interface', () => {
  expect(socketPath(0xce4)).toBe('/run/ipmi-bt-serve/ce4.sock');
  expect(serverLockPath(0xce4, '/folder')).toBe('/folder/ce4.lock');
});

test('the interface is known from the name, and from no other', () => {
  const names = ['ce4.sock', 'ffff.sock', '1ffff.sock', '0ce4.sock', 'CE4.sock', 'ce4.lock', 'x'];

  expect(names.map(baseOfSocket)).toEqual([
    0xce4,
    0xffff,
    ...Array.from({ length: 5 }, () => undefined),
  ]);
});

test('the line that stops a server names its process, if that is known', () => {
  expect(stopText(12)).toBe('stop it with `systemctl stop ipmi-bt-serve` or `kill 12`');
  expect(stopText(0)).toBe('stop it with `systemctl stop ipmi-bt-serve`');
});
