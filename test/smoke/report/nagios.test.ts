/** The line for Nagios, and its exit code. */

import { describe, expect, test } from 'vitest';

import type { NewEvent, SmokeEvent } from '../../../src/smoke/events.ts';
import { recordOf } from '../../../src/smoke/record.ts';
import { nagiosStatus } from '../../../src/smoke/report/nagios.ts';
import type { NagiosStatus } from '../../../src/smoke/report/nagios.ts';
import * as runs from '../../support/smoke-run.ts';

function statusOf(events: readonly SmokeEvent[]): NagiosStatus {
  return nagiosStatus(recordOf(events));
}

const WARNING: NewEvent = {
  ...{ kind: 'finding', id: 'latency', severity: 'warning', slug: 'bt-slow', text: 'is slow' },
  evidence: [],
};
const WARNED = [runs.started('latency'), WARNING, runs.ended('latency')];

test('a run that passed', () => {
  expect(statusOf(runs.PASSING)).toEqual({
    line:
      "BT OK - all checks passed.|'latency.polled-p50'=9.951ms 'latency.polled-p99'=13.4ms " +
      "'latency.polled-max'=122.2ms;;~:1000\n",
    exit: 0,
  });
});

test('a run that failed names each failure', () => {
  const { line, exit } = statusOf(
    runs.runOf([runs.FIRMWARE], { result: 'fail', text: '1 failed' }),
  );

  expect(exit).toBe(2);
  expect(line).toMatch(
    /^BT CRITICAL - 1 failed; firmware-agreement bt-firmware-disagrees: SMBIOS says .*\n$/,
  );
});

test.each<[string, readonly SmokeEvent[], [begin: string, exit: number]]>([
  ['has only warnings', runs.runOf([WARNED]), ['BT WARNING - ', 1]],
  ['could not be done', runs.runOf([runs.REFUSED], { result: 'error' }), ['BT UNKNOWN - ', 3]],
  ['was skipped', runs.runOf([runs.SKIPPED], { result: 'skip' }), ['BT UNKNOWN - ', 3]],
  ['was interrupted', runs.runOf([WARNED], { result: 'interrupted' }), ['BT UNKNOWN - ', 3]],
  ['has no end', runs.PASSING.slice(0, -1), ['BT UNKNOWN - the run did not come to its end', 3]],
  ['never began', [], ['BT UNKNOWN - the run did not come to its end', 3]],
  [
    'was interrupted after a failure',
    runs.runOf([runs.FIRMWARE], { result: 'interrupted' }),
    ['BT CRITICAL - ', 2],
  ],
])('a run that %s', (_, events, [begin, exit]) => {
  const status = statusOf(events);

  expect({ begin: status.line.slice(0, begin.length), exit: status.exit }).toEqual({ begin, exit });
});

test('a warning is told when there is no failure', () => {
  expect(statusOf(runs.runOf([WARNED])).line).toContain('; latency bt-slow: is slow');
});

test('the simulated BMC is named', () => {
  const { line } = statusOf(runs.runOf([runs.HOST], {}, { isSimulated: true }));

  expect(line).toBe('BT OK (simulated BMC, no hardware) - all checks passed.\n');
});

describe('performance data', () => {
  test.each([
    [{}, '1', "'pace.n'=5"],
    [{ least: 1 }, '1', "'pace.n'=5;;1:"],
    [{ least: 1, most: 9 }, 'ms', "'pace.n'=5ms;;1:9"],
    [{ most: 9 }, 'furlong', "'pace.n'=5;;~:9"],
  ])('with the bounds %j and the unit %s', (bounds, unit, datum) => {
    const event: NewEvent = { kind: 'measurement', id: 'pace', name: 'n', value: 5, unit, bounds };

    const { line } = statusOf(runs.runOf([[runs.started('pace'), event, runs.ended('pace')]]));

    expect(line).toBe(`BT OK - all checks passed.|${datum}\n`);
  });

  test('ends before a packet of NRPE does, at the end of a datum', () => {
    const many = Array.from({ length: 60 }, (_, at) => runs.measured('pace', `name-${at}`, at));
    const { line } = statusOf(runs.runOf([many]));

    expect(Buffer.byteLength(line)).toBeLessThanOrEqual(1023);
    expect(line).toMatch(/=\d+ms\n$/);
    expect(line.length).toBeGreaterThan(990);
  });
});

test('hostile text stays one line with one |, which ends the text', () => {
  const long = runs.runOf(
    [[runs.started('pace'), runs.measured('pace', runs.HOSTILE, 1), runs.ended('pace')]],
    { text: runs.HOSTILE.repeat(20) },
  );
  const [text = '', data = '', ...rest] = statusOf(long).line.split('|');

  expect(rest).toEqual([]);
  expect(text.length).toBeLessThanOrEqual(400);
  expect(text).not.toMatch(/[\p{Cc}\u2028]/u);
  expect(data).toMatch(/^'[^'=]*'=1ms\n$/);
});
