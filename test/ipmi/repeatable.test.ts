/**
 * The allow-list of commands that may be repeated unasked, held against all commands there are. It
 * is copied here on purpose: a new command is added to both.
 */

import { describe, expect, test } from 'vitest';

import { isRepeatable } from '../../src/ipmi/repeatable.ts';
import { offenders } from '../support/lists.ts';

type Command = readonly [netFn: number, cmd: number];

const ALL: readonly Command[] = Array.from({ length: 64 * 256 }, (_, index) => [
  index >> 8,
  index & 0xff,
]);

function name([netFn, cmd]: Command): string {
  return [netFn, cmd].map((byte) => byte.toString(16).padStart(2, '0')).join('/');
}

const ALLOWED = [
  ...['00/00', '00/01', '00/07', '00/09', '00/0f'],
  ...['04/20', '04/21', '04/23', '04/25', '04/27', '04/29', '04/2b', '04/2d', '04/2f'],
  ...[
    '06/01',
    '06/04',
    '06/07',
    '06/08',
    '06/25',
    '06/2f',
    '06/31',
    '06/36',
    '06/37',
    '06/41',
    '06/42',
  ],
  ...['06/44', '06/46', '06/54'],
  ...['0a/10', '0a/11', '0a/20', '0a/23', '0a/28', '0a/40', '0a/41', '0a/43', '0a/48'],
  ...['0a/5c'],
  ...['0c/02', '0c/22'],
];

test('40 of all 16,384 commands are repeatable', () => {
  const allowed = ALL.filter(([netFn, cmd]) => isRepeatable(netFn, cmd)).map(name);

  expect(allowed).toEqual(ALLOWED);
  expect(allowed).toHaveLength(40);
});

describe('is sent once, whatever else changes:', () => {
  test.each<[string, number, number]>([
    ['Cold Reset', 0x06, 0x02],
    ['Warm Reset', 0x06, 0x03],
    ['Reset Watchdog Timer', 0x06, 0x22],
    ['Clear Message Flags', 0x06, 0x30],
    ['Get Message, which takes the message away', 0x06, 0x33],
    ['Send Message', 0x06, 0x34],
    ['Read Event Message Buffer, which empties it', 0x06, 0x35],
    ['Set User Password', 0x06, 0x47],
    ['Master Write-Read', 0x06, 0x52],
    ['Chassis Control', 0x00, 0x02],
    ['Reserve Device SDR Repository', 0x04, 0x22],
    ['Reserve SDR Repository', 0x0a, 0x22],
    ['Reserve SEL', 0x0a, 0x42],
    ['Add SEL Entry', 0x0a, 0x44],
    ['Clear SEL', 0x0a, 0x47],
  ])('%s', (_, netFn, cmd) => {
    expect(isRepeatable(netFn, cmd)).toBe(false);
  });

  test('every command of group extensions and OEMs', () => {
    const oem = ALL.filter(([netFn]) => netFn >= 0x2c);

    expect(oem).toHaveLength(20 * 256);
    expect(offenders(oem, ([netFn, cmd]) => isRepeatable(netFn, cmd))).toEqual([]);
  });
});
