/** The layout of standard output, to the byte: scripts parse it. */

import { describe, expect, test } from 'vitest';

import { columns, hexByte, jsonLine, rawLines, table } from '../../src/cli/format.ts';
import { offenders } from '../support/lists.ts';

/** The bytes 0, 1, 2 ... */
function counting(length: number): Uint8Array {
  return Uint8Array.from({ length }, (_, index) => index);
}

const SIXTEEN = ' 00 01 02 03 04 05 06 07 08 09 0a 0b 0c 0d 0e 0f\n';

test('a byte is two lower-case hex digits', () => {
  const all = Array.from(counting(256), hexByte);

  expect(all.slice(0, 3)).toEqual(['00', '01', '02']);
  expect(all.slice(-2)).toEqual(['fe', 'ff']);
  expect(all.map((text) => Number.parseInt(text, 16))).toEqual([...counting(256)]);
  expect(offenders(all, (text) => !/^[\da-f]{2}$/.test(text))).toEqual([]);
});

describe('ipmitool raw prints', () => {
  test.each([
    [0, '\n'],
    [1, ' 00\n'],
    [15, ' 00 01 02 03 04 05 06 07 08 09 0a 0b 0c 0d 0e\n'],
    [16, SIXTEEN],
    [17, `${SIXTEEN} 10\n`],
    [33, `${SIXTEEN} 10 11 12 13 14 15 16 17 18 19 1a 1b 1c 1d 1e 1f\n 20\n`],
  ])('%d bytes', (length, text) => {
    expect(rawLines(counting(length))).toBe(text);
  });
});

test('labels of a table are as wide as those of ipmitool mc info', () => {
  const rows = [
    ['Device ID', '32'],
    ['BT Outstanding Requests', '1'],
  ] as const;

  expect(table(rows)).toBe('Device ID                 : 32\nBT Outstanding Requests   : 1\n');
  expect(table([])).toBe('');
});

test('a JSON line begins with its schema and version', () => {
  const line = jsonLine('raw', { cmd: 1, data: [2, 3], text: 'a\nb' });

  expect(line).toBe('{"schema":"ipmi-bt/raw","version":1,"cmd":1,"data":[2,3],"text":"a\\nb"}\n');
});

test('a name of a BMC that would steer the terminal is shown, and keeps its column', () => {
  const name = 'op\u001b]0;x\u0007\n';

  expect(table([['Name', name]], 5)).toBe('Name : op\\u001b]0;x\\u0007\\n\n');
  expect(columns(['NAME', 'ID'], [[name, '3']])).toBe(
    ['NAME                  ID', 'op\\u001b]0;x\\u0007\\n  3', ''].join('\n'),
  );
});
