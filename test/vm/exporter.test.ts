/**
 * Our exporter beside Debian's prometheus-ipmi-exporter on one served device: what that one
 * exports, ours exports under the same names and labels, with the same values.
 */

import { beforeAll, describe, expect, test } from 'vitest';

import { nonEmpty, offenders } from '../support/lists.ts';
import { EXPORTER_GUEST_MS, exporterGuest } from './exporter-guest.ts';
import type { GuestResult } from './guest.ts';

/** To make the guest's file system. */
const MORE_MS = 120_000;

/** FreeIPMI prints two decimals, and rounds as C does. */
const STEP = 0.01;

/** Metrics that the version of Debian's package, 1.6.1, does not have yet. */
const LATER = /^ipmi_(chassis_(drive|cooling)_fault_state|bmc_watchdog_)/;

/** The times of both differ; these are ours alone. */
const OWN = /^(ipmi_scrape_duration_seconds|ipmi_bt_)/;

type Samples = ReadonlyMap<string, number>;

let guest: GuestResult;

beforeAll(async () => {
  guest = await exporterGuest();
}, EXPORTER_GUEST_MS + MORE_MS);

/** The samples of IPMI that a step printed, by name and sorted labels; empty labels are none. */
function samplesOf(step: string): Samples {
  const { exitCode, stdout } = guest.step(step);
  expect({ step, exitCode }).toEqual({ step, exitCode: 0 });
  const samples = new Map<string, number>();
  for (const line of stdout.split('\n')) {
    const [, name = '', labels = '', value = ''] =
      /^(ipmi_\w+)(?:\{(.*)\})? (\S+)$/.exec(line) ?? [];
    if (name === '' || OWN.test(name)) continue;
    const pairs = [...labels.matchAll(/\w+="(?:\\.|[^"\\])+"/g)].map(([pair]) => pair).sort();
    samples.set(`${name}{${pairs.join(',')}}`, Number(value));
  }
  return samples;
}

function isSame(theirs: number, ours: number | undefined): boolean {
  if (ours === undefined) return false;
  // Ours is not rounded.
  return Object.is(theirs, ours) || Math.abs(theirs - ours) < STEP;
}

describe('all that Debian’s exporter says, ours says, too:', () => {
  test.each(['ours', 'textfile'])('%s', (step) => {
    const [theirs, ours] = [samplesOf('theirs'), samplesOf(step)];

    expect(
      offenders([...theirs], ([key, value]) => !isSame(value, ours.get(key))).map(
        ([key, value]) => `${key}: ${value}, ours ${ours.get(key)}`,
      ),
    ).toEqual([]);
  });
});

test('ours says more only where later versions do', () => {
  const theirs = samplesOf('theirs');
  const more = [...samplesOf('ours').keys()].filter((key) => !theirs.has(key) && !LATER.test(key));

  expect(more).toEqual(['ipmi_up{collector="bmc-watchdog"}']);
});

test.each(['ipmi', 'dcmi', 'bmc', 'chassis', 'sel'])('both are up: %s', (collector) => {
  const key = `ipmi_up{collector="${collector}"}`;

  expect([samplesOf('theirs').get(key), samplesOf('ours').get(key)]).toEqual([1, 1]);
});

test('sensors of all kinds are among them, with values and without', () => {
  const keys = nonEmpty([...samplesOf('theirs').keys()]);
  const kinds = ['temperature_celsius', 'voltage_volts', 'fan_speed_rpm', 'sensor_value'];
  const counts = kinds.map((kind) => keys.filter((key) => key.startsWith(`ipmi_${kind}{`)).length);
  const values = [...samplesOf('theirs').values()];

  expect(offenders(counts, (count) => count === 0)).toEqual([]);
  expect(values.filter((value) => Number.isNaN(value)).length).toBeGreaterThan(0);
});
