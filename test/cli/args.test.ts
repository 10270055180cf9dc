/** Numbers on the command line: what every IPMI tool reads alike is taken, the rest refused. */

import { describe, expect, test } from 'vitest';

import { UsageError, parseByte, parseNumber, parseSeconds } from '../../src/cli/args.ts';

/** Returns the message of a refusal, which is a UsageError, or the test fails. */
function refusal(parse: () => number): string {
  try {
    parse();
  } catch (error) {
    if (error instanceof UsageError) return error.message;
    throw error;
  }
  throw new Error('it was taken');
}

describe('a byte is', () => {
  test.each([
    ['0', 0],
    ['9', 9],
    ['10', 10],
    ['255', 255],
    ['0x0', 0],
    ['0x6', 6],
    ['0xff', 255],
    ['0XFF', 255],
    ['0x0000ff', 255],
    ['00', 0],
    ['01', 1],
    ['07', 7],
  ])('%j: %d', (text, value) => {
    expect(parseByte(text, 'CMD')).toBe(value);
  });
});

describe('a byte is not', () => {
  test.each([
    '256',
    '0x100',
    '-1',
    '+1',
    '',
    ' ',
    ' 6',
    '6 ',
    '1.5',
    '1e2',
    '0x',
    'ff',
    '0xfg',
    '0b1',
    '0o7',
    '1_0',
    'Infinity',
    'NaN',
    '0x1p3',
    '9'.repeat(400),
  ])('%j', (text) => {
    expect(refusal(() => parseByte(text, 'CMD'))).toBe('CMD is not a number from 0 to 255 (0xff)');
  });
});

describe('octal to one tool and hex to another is refused:', () => {
  test.each(['08', '09', '010', '030', '000', '007', '0255'])('%s', (text) => {
    expect(refusal(() => parseByte(text, 'DATA'))).toBe(
      'DATA is ambiguous: a leading 0 means octal to ipmitool and hex to ipmi-raw; ' +
        'write it in decimal or with 0x',
    );
  });
});

test('the range of a number is its own', () => {
  expect(parseNumber('0xffff', '--base', 0xffff)).toBe(65_535);
  expect(parseNumber('3', '--lun', 3)).toBe(3);
  expect(refusal(() => parseNumber('4', '--lun', 3))).toBe(
    '--lun is not a number from 0 to 3 (0x3)',
  );
});

describe('seconds become milliseconds:', () => {
  test.each([
    ['1', 1000],
    ['30', 30_000],
    ['0.25', 250],
    ['86400', 86_400_000],
  ])('%s', (text, milliseconds) => {
    expect(parseSeconds(text, '--timeout')).toBe(milliseconds);
  });
});

describe('no time is', () => {
  test.each(['0', '0.0', '-1', '', '1s', '1e3', '.5', '1.', '0x10', '86400.1', 'Infinity'])(
    '%j',
    (text) => {
      expect(refusal(() => parseSeconds(text, '--timeout'))).toBe(
        '--timeout is not a number of seconds above 0, to 86400',
      );
    },
  );
});

test('a number may have to be more than 0, and the error says so', () => {
  const range = { least: 1, most: 63 };

  expect(parseNumber('1', 'the user', range)).toBe(1);
  expect(refusal(() => parseNumber('0', 'the user', range))).toBe(
    'the user is not a number from 1 to 63 (0x3f)',
  );
});

test('a time may have a limit of its own', () => {
  expect(parseSeconds('6553.5', 'the countdown', 6553.5)).toBe(6_553_500);
  expect(refusal(() => parseSeconds('6553.6', 'the countdown', 6553.5))).toBe(
    'the countdown is not a number of seconds above 0, to 6553.5',
  );
});
