/** The lines that LAVA takes from the output of a device. */

import { expect, test } from 'vitest';

import type { Result, SmokeEvent } from '../../../src/smoke/events.ts';
import { LavaReport } from '../../../src/smoke/report/lava.ts';
import { offenders } from '../../support/lists.ts';
import * as runs from '../../support/smoke-run.ts';

/** What the dispatcher looks for. */
const SIGNAL = new RegExp(
  [
    /^<LAVA_SIGNAL_TESTCASE TEST_CASE_ID=\S+ RESULT=(pass|fail|skip|unknown)/,
    /( MEASUREMENT=-?\d+(\.\d{1,10})?)?( UNITS=\S+)?>\n$/,
  ]
    .map(({ source }) => source)
    .join(''),
);

function linesOf(events: readonly SmokeEvent[]): readonly string[] {
  const lines: string[] = [];
  const report = new LavaReport((line) => lines.push(line));
  for (const event of events) report.emit(event);
  return lines;
}

test('a run is a case for each check and each measurement, and one of its own', () => {
  expect(linesOf(runs.FAILING).join('')).toMatchInlineSnapshot(`
    "<LAVA_SIGNAL_TESTCASE TEST_CASE_ID=host RESULT=pass>
    <LAVA_SIGNAL_TESTCASE TEST_CASE_ID=firmware-agreement RESULT=fail>
    <LAVA_SIGNAL_TESTCASE TEST_CASE_ID=share RESULT=skip>
    <LAVA_SIGNAL_TESTCASE TEST_CASE_ID=latency-polled-p50 RESULT=pass MEASUREMENT=9.9512 UNITS=ms>
    <LAVA_SIGNAL_TESTCASE TEST_CASE_ID=latency-polled-p99 RESULT=pass MEASUREMENT=13.4 UNITS=ms>
    <LAVA_SIGNAL_TESTCASE TEST_CASE_ID=latency-polled-max RESULT=pass MEASUREMENT=122.2 UNITS=ms>
    <LAVA_SIGNAL_TESTCASE TEST_CASE_ID=latency RESULT=pass>
    <LAVA_SIGNAL_TESTCASE TEST_CASE_ID=smoke RESULT=fail>
    "
  `);
});

test.each<[Result, string]>([
  ['pass', 'pass'],
  ['fail', 'fail'],
  ['skip', 'skip'],
  ['error', 'unknown'],
  ['interrupted', 'unknown'],
])('%s is %s', (result, word) => {
  const [line] = linesOf(runs.timed([runs.ended('pace', { result })]));

  expect(line).toBe(`<LAVA_SIGNAL_TESTCASE TEST_CASE_ID=pace RESULT=${word}>\n`);
});

test.each([
  [5, { most: 4 }, 'fail MEASUREMENT=5'],
  [0.000000123456, {}, 'pass MEASUREMENT=0.0000001235'],
  [-100, {}, 'pass MEASUREMENT=-100'],
  [1e10, {}, 'pass'],
  [NaN, {}, 'fail'],
])('%f with the bounds %j: %s', (value, bounds, words) => {
  const events = runs.timed([
    { kind: 'measurement', id: 'pace', name: 'n', value, unit: '1', bounds },
  ]);

  expect(linesOf(events)).toEqual([`<LAVA_SIGNAL_TESTCASE TEST_CASE_ID=pace-n RESULT=${words}>\n`]);
});

test('hostile text stays a signal', () => {
  const lines = linesOf([
    ...runs.ATTACKING,
    ...runs.timed([runs.measured('pace', runs.HOSTILE, 1.5)]),
  ]);

  expect(offenders(lines, (line) => !SIGNAL.test(line))).toEqual([]);
});
