/** Names of time zones, which differ with the time. */

import { expect, test } from 'vitest';

import { zoneName } from '../../../src/cli/ipmitool/time-zone.ts';

/** 2021-01-14 and 2021-07-14. */
const [WINTER, SUMMER] = [1_610_612_736, 1_626_252_336];

test.each([
  ['UTC', WINTER, 'UTC'],
  ['Europe/Berlin', WINTER, 'CET'],
  ['Europe/Berlin', SUMMER, 'CEST'],
  ['America/New_York', SUMMER, 'EDT'],
  [':Asia/Tokyo', WINTER, 'JST'],
  ['', WINTER, 'UTC'],
  ['&', WINTER, 'UTC'],
])('the zone %j', (zone, seconds, name) => {
  expect(zoneName(seconds, zone)).toBe(name);
});
