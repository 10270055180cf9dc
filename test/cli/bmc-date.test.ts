/** Dates of a BMC in UTC and in local time. */

import { expect, test } from 'vitest';

import { isoDate, secondsOf, timeText } from '../../src/cli/bmc-date.ts';

const DATE = { kind: 'date', seconds: 1_534_889_690 } as const;

test('a date is in UTC, less the difference that the BMC has', () => {
  const ahead = { isLocal: false, utcOffsetMinutes: 120 };

  expect(isoDate(DATE)).toBe('2018-08-21T22:14:50Z');
  expect(isoDate(DATE, ahead)).toBe('2018-08-21T20:14:50Z');
  expect(isoDate(DATE, { ...ahead, utcOffsetMinutes: undefined })).toBe('2018-08-21T22:14:50Z');
  expect(timeText(DATE, ahead)).toBe('2018-08-21 20:14:50 UTC');
});

test('a local date names the same moment, with its difference to UTC', () => {
  const local = isoDate(DATE, { isLocal: true, utcOffsetMinutes: 0 }) ?? '';

  expect(local).toMatch(/^2018-08-2\dT\d\d:\d\d:50[+-]\d\d:\d\d$/);
  expect(Date.parse(local) / 1000).toBe(DATE.seconds);
});

test('there is no date where the BMC has none', () => {
  expect(isoDate({ kind: 'since-start', seconds: 29 })).toBeUndefined();
  expect(timeText({ kind: 'since-start', seconds: 29 })).toBe('29 s after the start of the BMC');
  expect(timeText({ kind: 'unspecified' })).toBe('no time');
});

test('a time that is given needs its zone, and must be one', () => {
  expect(secondsOf('2018-08-21T22:14:50Z')).toBe(DATE.seconds);
  expect(secondsOf('2018-08-22T00:14:50.2+02:00')).toBe(DATE.seconds);
  expect(secondsOf('2018-08-21T22:14:50')).toBeUndefined();
  expect(secondsOf('2018-13-21T22:14:50Z')).toBeUndefined();
  expect(secondsOf('2018')).toBeUndefined();
});

test('a day that its month does not have is no time', () => {
  expect(secondsOf('2026-02-31T12:00:00Z')).toBeUndefined();
  expect(secondsOf('2026-11-31T12:00:00+01:00')).toBeUndefined();
  expect(secondsOf('2026-02-29T12:00:00Z')).toBeUndefined();
  expect(secondsOf('2028-02-29T23:30:00-01:00')).toBe(Date.UTC(2028, 2, 1, 0, 30) / 1000);
});
