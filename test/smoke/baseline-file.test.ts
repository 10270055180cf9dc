/** A baseline in a file: kept whole, and refused with a reason when it is not sound. */

import fc from 'fast-check';
import { describe, expect, test } from 'vitest';

import {
  BaselineError,
  baselineOf,
  baselineText,
  readBaseline,
} from '../../src/smoke/baseline-file.ts';
import { recordOf } from '../../src/smoke/record.ts';
import { thrownBy } from '../support/thrown-by.ts';
import * as runs from '../support/smoke-run.ts';

const TEXT = baselineText(baselineOf(recordOf(runs.FAILING)));

function messageOf(text: string): string {
  const error = thrownBy(() => readBaseline(text, 'base.json'));
  return error instanceof BaselineError ? error.message : `no BaselineError: ${String(error)}`;
}

test('keeps machine, results, measurements, facts and matrix', () => {
  const { machine, checks, savedAt } = baselineOf(recordOf(runs.FAILING));

  expect(machine).toEqual({
    ...{ guid: '0b0a0908-0706-0504-0302-0100efbeadde', firmware: '2.35', base: 0xce4 },
    isSimulated: false,
  });
  expect(savedAt).toBe(runs.FAILING.at(-1)?.at);
  expect([...checks].map(([id, { result }]) => [id, result])).toEqual([
    ['host', 'pass'],
    ['firmware-agreement', 'fail'],
    ['share', 'skip'],
    ['latency', 'pass'],
  ]);
  expect(checks.get('latency')?.measurements.get('polled-p50')).toEqual({
    ...{ value: 9.9512, unit: 'ms' },
  });
  expect(checks.get('firmware-agreement')?.matrix.get('SMBIOS')?.get('address')).toBe(
    'memory 0xce4',
  );
});

test.each([
  ['that failed', runs.FAILING],
  ['with hostile text', runs.ATTACKING],
  ['of no machine', runs.runOf([runs.HOST], {}, { base: undefined })],
])('a run %s is read as it was written', (_, events) => {
  const baseline = baselineOf(recordOf(events));

  expect(readBaseline(baselineText(baseline), 'base.json')).toEqual(baseline);
});

test('leaves out checks that have no end, and numbers that are none', () => {
  expect([...baselineOf(recordOf(runs.timed([runs.started('pace')]))).checks]).toEqual([]);
  expect(baselineOf(recordOf(runs.ATTACKING)).checks.get('frames')?.measurements.size).toBe(0);
});

test('reads a file with a byte order mark', () => {
  expect(readBaseline(`\ufeff${TEXT}`, 'base.json')).toEqual(readBaseline(TEXT, 'base.json'));
});

test('what is kept of any numbers can be read again, and a comparison is not kept', () => {
  const numbers = [1, NaN, Infinity, 1e308];
  const told = numbers.map((value, at) => {
    return { kind: 'fact', id: 'host', name: `n${at}`, value } as const;
  });
  const checks = [
    [runs.started('host'), ...told, runs.ended('host')],
    [runs.ended('baseline', { result: 'fail' })],
  ];
  const baseline = baselineOf(recordOf(runs.runOf(checks)), new Map([['polled', numbers]]));

  expect([...baseline.checks.keys()]).toEqual(['host']);
  expect(readBaseline(baselineText(baseline), 'base.json')).toEqual(baseline);
  expect([...(baseline.checks.get('host')?.facts ?? [])]).toEqual([['n0', 1]]);
  expect(baseline.series.get('polled')).toEqual([1]);
});

test.each(['00000000-0000-0000-0000-000000000000', 'ffffffff-ffff-ffff-ffff-ffffffffffff', ''])(
  'the GUID %j is none',
  (value) => {
    const fact = { kind: 'fact', id: 'host', name: 'bmc-guid', value } as const;

    expect(baselineOf(recordOf(runs.runOf([[fact]]))).machine.guid).toBeUndefined();
  },
);

describe('refuses', () => {
  const file = JSON.parse(TEXT) as Record<string, unknown>;
  const changed = (changes: object): string => JSON.stringify({ ...file, ...changes });
  const check = (changes: object): string => {
    const sound = { result: 'pass', measurements: {}, facts: {}, matrix: {} };
    return changed({ checks: { pace: { ...sound, ...changes } } });
  };

  test.each([
    ['a file that was cut off', TEXT.slice(0, 200), /is no JSON: it was cut off/],
    ['an empty file', '', /is no JSON/],
    ['another JSON', '{"schema":"x"}', /is no baseline of ipmi-bt/],
    ['a list', '[]', /is no baseline of ipmi-bt/],
    ['null', 'null', /is no baseline of ipmi-bt/],
    ['a huge file', ' '.repeat(4_194_305), /is too large: a baseline has at most 4 MiB;/],
    ['a future file', changed({ version: 2 }), /of version 2, and this ipmi-bt reads version 1/],
    ['a version that is none', changed({ version: '1' }), /damaged: version is/],
    ['no time', changed({ savedAt: 5 }), /damaged: savedAt is/],
    ['no machine', changed({ machine: undefined }), /damaged: machine is/],
    ['a wrong GUID', changed({ machine: { guid: 5, isSimulated: false } }), /machine\.guid is/],
    ['firmware', changed({ machine: { firmware: 1, isSimulated: false } }), /machine\.firmware is/],
    ['a base', changed({ machine: { base: '0xce4', isSimulated: false } }), /machine\.base is/],
    ['no kind', changed({ machine: {} }), /machine\.isSimulated is/],
    ['checks in a list', changed({ checks: [] }), /checks is missing or wrong/],
    ['no checks at all', changed({ checks: {} }), /has no checks, so that nothing can be/],
    ['an unknown result', check({ result: 'good' }), /checks\.pace\.result is/],
    ['a text as a number', check({ measurements: { n: { value: '1' } } }), /n\.value is/],
    [
      'a number too large',
      check({ measurements: { n: { value: 1e308, unit: 'ms' } } }),
      /value is/,
    ],
    ['an infinite number', check({ facts: { n: 0 } }).replace('"n":0', '"n":1e999'), /facts\.n is/],
    ['an infinite series', changed({ series: { a: [1e308] } }), /series\.a is/],
    ['no unit', check({ measurements: { n: { value: 1 } } }), /n\.unit is/],
    ['a fact that is a list', check({ facts: { n: [] } }), /checks\.pace\.facts\.n is/],
    ['a cell that is a number', check({ matrix: { a: { b: 1 } } }), /matrix\.a\.b is/],
  ])('%s', (_, text, message) => {
    expect(messageOf(text)).toMatch(message);
    expect(messageOf(text)).toMatch(/^base\.json .*--save/);
  });
});

test('a file that was changed anywhere is read or refused, with a reason', () => {
  const position = fc.nat({ max: TEXT.length - 1 });

  fc.assert(
    fc.property(position, fc.string({ maxLength: 5 }), (at, inserted) => {
      const text = TEXT.slice(0, at) + inserted + TEXT.slice(at + 1);
      try {
        readBaseline(text, 'base.json');
      } catch (error) {
        if (!(error instanceof BaselineError)) throw error;
      }
    }),
    { seed: 15, numRuns: 500 },
  );

  expect(messageOf(TEXT.slice(1))).toContain('base.json');
});
