/** Names of time zones, which differ with the time, and times of other zones than UTC. */

import { expect, test } from 'vitest';

import { zoneName } from '../../../src/cli/ipmitool/time-zone.ts';
import { ipmitoolBmc } from '../../support/ipmitool-bmc.ts';
import { compareWithIpmitool } from '../../support/ipmitool-comparison.ts';

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

compareWithIpmitool(
  ...['Europe/Berlin', 'America/New_York', 'Asia/Kolkata', 'UTC'].map((zone) => ({
    title: zone,
    lines: `
      sel list 3
      -c sel list 3
      -v sel list 2
      sel info
      sel get 2
      sel time get
      sel time set '03/29/2026 02:30:00'
      sel time set '07/29/2026 02:30:00'
      sel time set '10/25/2026 02:30:00'
      sdr info
      fru print 0
      -Z sel list 3
      -Z sel info
      -Z sel time get
      -Z sel time set '07/29/2026 02:30:00'
      -Z fru print 0
    `,
    bmc: ipmitoolBmc,
    zone,
  })),
);
