/** Entries as lines and as JSON. */

import { expect, test } from 'vitest';

import { hexId, selJson, selLine } from '../../src/cli/sel-lines.ts';
import { IpmiError } from '../../src/errors.ts';
import { entryWords } from '../../src/ipmi/entry-words.ts';
import { decodeEventRecord } from '../../src/ipmi/event-record.ts';
import { expectObjects } from '../support/json-output.ts';

const STYLE = { isLocal: false, utcOffsetMinutes: undefined };

function itemOf(hex: string) {
  const record = decodeEventRecord(Buffer.from(hex.replaceAll(' ', ''), 'hex'));
  return { kind: 'entry', id: 0x1f, record, words: entryWords(record) } as const;
}

test.each([
  [
    '1f 00 02 1d 00 00 00 20 00 04 08 02 6f 01 ff ff',
    '0x001f | 29 s after the start of the BMC | critical | Power Supply (0x02) | asserted | failed',
  ],
  [
    '1f 00 02 ff ff ff ff 20 00 04 08 02 ef 01 ff ff',
    '0x001f | no time | information | Power Supply (0x02) | deasserted | failed',
  ],
  [
    '1f 00 e0 6d 8e 91 5f 57 01 00 0a 0b 0c 0d 0e 0f',
    '0x001f | no time | OEM record 0xe0 | 6d 8e 91 5f 57 01 00 0a 0b 0c 0d 0e 0f',
  ],
])('%s', (hex, line) => {
  expect(selLine(itemOf(hex), STYLE)).toBe(`${line}\n`);
});

test('an OEM record has its manufacturer, and no date where it has none', () => {
  const timed = selJson(itemOf('1f 00 c0 6d 8e 91 5f 57 01 00 0a 0b 0c 0d 0e 0f'), STYLE);
  const timeless = selJson(itemOf('1f 00 e0 6d 8e 91 5f 57 01 00 0a 0b 0c 0d 0e 0f'), STYLE);

  expect(expectObjects(timed + timeless, 'sel-entry')).toMatchObject([
    { id: '0x001f', manufacturer_id: 343, timestamp_seconds: 1_603_374_701, severity: null },
    { manufacturer_id: null, time: null, timestamp_seconds: null, seconds_since_start: null },
  ]);
});

test('an entry that could not be read is told in its place', () => {
  const error = new IpmiError('COMMAND_FAILED', 'no', {
    outcome: 'answered',
    completionCode: 0xce,
  });
  const item = { kind: 'error', id: 2, error } as const;

  expect(selLine(item, STYLE)).toBe('0x0002 | error | COMMAND_FAILED: no\n');
  expect(expectObjects(selJson(item, STYLE), 'sel-entry-error')).toMatchObject([
    { id: '0x0002', code: 'COMMAND_FAILED', completion_code: 0xce },
  ]);
  expect(hexId(0xffff)).toBe('0xffff');
});
