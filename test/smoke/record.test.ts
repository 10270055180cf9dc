/** A run as it stands after its events. */

import { expect, test } from 'vitest';

import { RunRecorder, factNamed, recordOf } from '../../src/smoke/record.ts';
import type { Result } from '../../src/smoke/events.ts';
import * as runs from '../support/smoke-run.ts';

test('has the checks in order, with what each found', () => {
  const record = recordOf(runs.FAILING);

  expect(record.checks.map(({ id, end }) => [id, end?.result])).toEqual([
    ['host', 'pass'],
    ['firmware-agreement', 'fail'],
    ['share', 'skip'],
    ['latency', 'pass'],
  ]);
  expect(record.checks[1]?.findings.map(({ slug }) => slug)).toEqual([
    'bt-firmware-disagrees',
    'bt-slow-port',
  ]);
  expect(record.checks[1]?.matrix?.rows).toHaveLength(2);
  expect(record.checks[3]?.measurements.get('polled-max')?.value).toBe(122.2);
  expect([record.info?.seed, record.end?.result, record.at]).toEqual([
    ...[42, 'fail'],
    runs.FAILING.at(-1)?.at,
  ]);
});

test('has no end while it runs, and does not change afterwards', () => {
  const recorder = new RunRecorder();
  for (const event of runs.HOST.slice(0, 2)) recorder.emit({ ...event, at: '' });
  const before = recorder.record();
  for (const event of runs.timed(runs.HOST)) recorder.emit(event);

  expect(before.checks.map(({ facts, end }) => [facts.size, end])).toEqual([[1, undefined]]);
  expect(recorder.record().checks[0]?.end?.result).toBe('pass');
});

test.each<[Result, Result, Result]>([
  ['fail', 'pass', 'fail'],
  ['pass', 'fail', 'fail'],
  ['error', 'fail', 'fail'],
  ['fail', 'error', 'fail'],
  ['skip', 'error', 'error'],
  ['skip', 'pass', 'skip'],
])('of a check that ended %s and then %s, %s counts', (first, second, worst) => {
  const ends = [first, second].map((result) => runs.ended('pace', { result }));

  expect(recordOf(runs.runOf([ends])).checks[0]?.end?.result).toBe(worst);
});

test('does not grow when a check is repeated', () => {
  const once = recordOf(runs.runOf([runs.FIRMWARE, runs.LATENCY]));
  const often = Array.from({ length: 50 }, () => [runs.FIRMWARE, runs.LATENCY]).flat();

  expect(recordOf(runs.runOf(often)).checks).toHaveLength(2);
  expect(recordOf(runs.runOf(often)).checks[0]?.findings).toEqual(
    once.checks[0]?.findings.map((finding) => ({ ...finding, at: expect.any(String) as string })),
  );
});

test('finds a fact in any check', () => {
  const record = recordOf(runs.PASSING);

  expect([factNamed(record, 'kernel'), factNamed(record, 'bmc-firmware')]).toEqual([
    '6.1.0-18-amd64',
    '2.35',
  ]);
  expect(factNamed(record, 'none')).toBeUndefined();
});
