/**
 * The closed table of errors: a code that is added, or an exit code that moves, is written here,
 * too.
 */

import { describe, expect, test } from 'vitest';

import { EXIT_CODES, IpmiError, hex } from '../src/errors.ts';
import { readText } from './support/source-code.ts';

test('every code has the exit code that scripts rely on', () => {
  expect(EXIT_CODES).toEqual({
    PORT_DENIED: 77,
    PORT_LOCKED_DOWN: 77,
    PORT_UNSUPPORTED: 69,
    PORT_CLAIMED: 69,
    DEVICE_ABSENT: 69,
    DEVICE_LOCKED: 75,
    DEVICE_CLOSED: 75,
    QUEUE_FULL: 75,
    REQUEST_TOO_LONG: 64,
    REQUEST_TIMEOUT: 75,
    REQUEST_ABORTED: 75,
    RESPONSE_MALFORMED: 75,
    COMMAND_FAILED: 1,
    COMMAND_DENIED: 77,
    BMC_UNRESPONSIVE: 75,
  });
});

test('docs/errors.md has the same table, in the same order', () => {
  const rows = readText('docs/errors.md').matchAll(
    /^\| \[([A-Z_]{2,})\]\([^)]*\) \|[^|]*\| (\d+) \|/gm,
  );

  const documented = [...rows].map(([, code, exit]) => [code, Number(exit)]);

  expect(documented).toEqual(Object.entries(EXIT_CODES));
});

describe('IpmiError', () => {
  test('says its code first and is what its name says', () => {
    const error = new IpmiError('QUEUE_FULL', '256 requests are waiting');

    expect(error).toBeInstanceOf(Error);
    expect(error.code).toBe('QUEUE_FULL');
    expect(String(error)).toBe('IpmiError: QUEUE_FULL: 256 requests are waiting');
  });

  test('has not sent the command unless it says otherwise', () => {
    const silent = new IpmiError('QUEUE_FULL', 'text');
    const late = new IpmiError('REQUEST_TIMEOUT', 'text', { outcome: 'unknown' });

    expect([silent.outcome, late.outcome]).toEqual(['not-sent', 'unknown']);
  });

  test('keeps the lower error', () => {
    const cause = new Error('EPERM');

    expect(new IpmiError('PORT_DENIED', 'text', { cause }).cause).toBe(cause);
  });

  test('has no cause when there is none', () => {
    expect('cause' in new IpmiError('PORT_DENIED', 'text')).toBe(false);
  });
});

test.each([
  [0, '0x0'],
  [0xce4, '0xce4'],
  [0xffff, '0xffff'],
])('%d is written %s', (value, text) => {
  expect(hex(value)).toBe(text);
});
