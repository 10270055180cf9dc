/** The place where a server listens, as a command line names it. */

import { InvalidArgumentError } from 'commander';
import { expect, test } from 'vitest';

import { addressOf } from '../../src/web/listen.ts';

test.each([
  [':9180', undefined, 9180],
  ['127.0.0.1:0', '127.0.0.1', 0],
  ['[::1]:65535', '::1', 65_535],
  ['localhost:80', 'localhost', 80],
])('%s', (text, host, port) => {
  expect(addressOf(text)).toEqual({ host, port });
});

test.each(['9180', 'a:', '::1:80', 'a:65536', 'a:-1', ''])('%j is refused', (text) => {
  expect(() => addressOf(text)).toThrow(InvalidArgumentError);
});
