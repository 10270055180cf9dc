/** Whose payload is never shown, held against all commands there are. */

import { describe, expect, test } from 'vitest';

import { isSecret } from '../../src/ipmi/secret.ts';

const SECRET: readonly (readonly [name: string, netFn: number, cmd: number])[] = [
  ['Get Message', 0x06, 0x33],
  ['Send Message', 0x06, 0x34],
  ['Get Session Challenge', 0x06, 0x39],
  ['Activate Session', 0x06, 0x3a],
  ['Set User Password', 0x06, 0x47],
  ['Master Write-Read', 0x06, 0x52],
  ['Set Channel Security Keys', 0x06, 0x56],
  ['Set LAN Configuration Parameters', 0x0c, 0x01],
  ['Get LAN Configuration Parameters', 0x0c, 0x02],
  ['Set Serial/Modem Configuration', 0x0c, 0x10],
  ['Get Serial/Modem Configuration', 0x0c, 0x11],
];

describe('hidden, request and reply:', () => {
  test.each(SECRET)('%s', (_, netFn, cmd) => {
    expect([isSecret(netFn, cmd), isSecret(netFn | 1, cmd)]).toEqual([true, true]);
  });
});

test('nothing else is hidden', () => {
  const all = Array.from({ length: 64 * 256 }, (_, index) => [index >> 8, index & 0xff] as const);

  const hidden = all.filter(([netFn, cmd]) => isSecret(netFn, cmd));

  expect(hidden).toHaveLength(2 * SECRET.length);
});
