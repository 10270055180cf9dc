/** Two runs of one machine compared, and two machines told apart. */

import { describe, expect, test } from 'vitest';

import { baselineOf } from '../../src/smoke/baseline-file.ts';
import type { Baseline } from '../../src/smoke/baseline-file.ts';
import { compareBaseline } from '../../src/smoke/baseline.ts';
import type { FactValue, NewEvent, Result, RunInfo } from '../../src/smoke/events.ts';
import { recordOf } from '../../src/smoke/record.ts';
import { thrownBy } from '../support/thrown-by.ts';
import * as runs from '../support/smoke-run.ts';

const GUID = '0b0a0908-0706-0504-0302-0100efbeadde';

function fact(name: string, value: FactValue): NewEvent {
  return { kind: 'fact', id: 'latency', name, value };
}

function measured(name: string, value: number, unit: string): NewEvent {
  return { kind: 'measurement', id: 'latency', name, value, unit, bounds: {} };
}

/** A run of one check with these observations, of a machine with GUID and firmware. */
function ran(events: readonly NewEvent[], info: Partial<RunInfo> = {}): Baseline {
  const identity = [fact('bmc-guid', GUID), fact('bmc-firmware', '2.35')];
  const check = [runs.started('latency'), ...identity, ...events, runs.ended('latency')];
  return baselineOf(recordOf(runs.runOf([check], {}, info)));
}

function changesOf(before: readonly NewEvent[], now: readonly NewEvent[]): readonly string[] {
  const { changes } = compareBaseline(ran(before), ran(now));
  return changes.map(({ where, text }) => `${where}: ${text}`);
}

test('the same run twice has no change and no note', () => {
  const run = baselineOf(recordOf(runs.FAILING));

  expect(compareBaseline(run, run)).toEqual({ changes: [], notes: [] });
});

test('new firmware of the same BMC is a change', () => {
  expect(changesOf([], [fact('bmc-firmware', '2.36')])).toEqual([
    'machine: the firmware of the BMC was 2.35, is 2.36',
  ]);
});

describe('another machine is refused:', () => {
  test.each([
    [
      'its GUID',
      ran([fact('bmc-guid', 'abc')]),
      /its BMC GUID is 0b.*de, here it is abc; take the/,
    ],
    ['its base', ran([], { base: 0xe4 }), /its base is 0xce4, here it is 0xe4;/],
    ['no base', ran([], { base: undefined }), /its base is 0xce4, here it is unknown;/],
    ['the simulator', ran([], { isSimulated: true }), /is hardware, here it is simulated;/],
  ])('%s', (_, now, message) => {
    expect(String(thrownBy(() => compareBaseline(ran([]), now)))).toMatch(message);
  });
});

test.each([
  ['', GUID, ['the baseline has no GUID of the BMC: only the base 0xce4 says that it is the']],
  [GUID, '', ['this run has no GUID of the BMC: only the base 0xce4 says that it is the']],
  ['', '', ['the baseline and this run have no GUID of the BMC: only the base 0xce4 says that']],
])('without a GUID (%j, %j) a note says so', (before, now, begin) => {
  const { changes, notes } = compareBaseline(
    ran([fact('bmc-guid', before)]),
    ran([fact('bmc-guid', now)]),
  );

  expect(changes).toEqual([]);
  expect(notes.map((note, at) => note.slice(0, begin[at]?.length))).toEqual(begin);
});

test('firmware that is not known on both sides is a note', () => {
  const unknown = baselineOf(recordOf(runs.runOf([runs.HOST])));

  expect(compareBaseline(unknown, unknown).notes).toContain(
    'the firmware of the BMC is not known on both sides, and not compared',
  );
});

describe('a time', () => {
  test.each([
    ['polled-p50', 10, 12.5, false],
    ['polled-p50', 10, 12.6, true],
    ['polled-p50', 12.6, 10, true],
    ['polled-p99', 10, 15, false],
    ['polled-p99', 10, 15.1, true],
    ['polled-max', 10, 30, false],
    ['polled-max', 10, 30.1, true],
    ['other', 10, 20, false],
    ['other', 10, 20.1, true],
    ['polled-p50', 0.1, 0.5, false],
    ['polled-p50', 0, 0.5, true],
  ])('%s of %f ms and then %f ms has changed: %s', (...row) => {
    const [name, before, now, isChanged] = row;
    const expected = isChanged ? [`latency: ${name} was ${before} ms, is ${now} ms`] : [];

    expect(changesOf([measured(name, before, 'ms')], [measured(name, now, 'ms')])).toEqual(
      expected,
    );
  });

  test.each([
    ['us', 100, 300, false],
    ['us', 1000, 3000, true],
    ['s', 1, 3, true],
    ['ns', 100_000, 300_000, false],
  ])('in %s, %i and then %i, has changed: %s', (...row) => {
    const [unit, before, now, isChanged] = row;

    expect(changesOf([measured('x', before, unit)], [measured('x', now, unit)])).toHaveLength(
      isChanged ? 1 : 0,
    );
  });

  test('in another unit has changed', () => {
    expect(changesOf([measured('x', 1, 'ms')], [measured('x', 1, 'us')])).toEqual([
      'latency: x was 1 ms, is 1 us',
    ]);
  });

  test('in a unit that is a property of every object has no scale', () => {
    const [before, now] = [measured('x', 1, 'constructor'), measured('x', 9, 'constructor')];

    expect(changesOf([before], [now])).toEqual([]);
  });
});

test.each([
  ['failures', 0, 1, ['latency: failures was 0, is 1']],
  ['failures', 3, 3, []],
  ['interrupts', 600, 60, []],
])('the count %s of %i and then %i', (...row) => {
  const [name, before, now, expected] = row;

  expect(changesOf([measured(name, before, '1')], [measured(name, now, '1')])).toEqual(expected);
});

test.each<[FactValue, FactValue, readonly string[]]>([
  ['tsc', 'hpet', ['latency: x was tsc, is hpet']],
  [1, 2, ['latency: x was 1, is 2']],
  [true, false, ['latency: x was true, is false']],
  ['a\nb', 'c', ['latency: x was a b, is c']],
  [0.5, 0.75, []],
  ['same', 'same', []],
])('the fact %j and then %j', (before, now, expected) => {
  expect(changesOf([fact('x', before)], [fact('x', now)])).toEqual(expected);
});

test('a table that changed is told by row and column', () => {
  const table = (rows: Record<string, string>): NewEvent => ({
    ...{ kind: 'matrix', id: 'latency', columns: ['port'] },
    rows: Object.entries(rows).map(([name, cell]) => ({ name, cells: [cell] })),
  });

  expect(changesOf([table({ a: '1', b: '2' })], [table({ a: '3', c: '2' })])).toEqual([
    ...['latency: b is no longer there', 'latency: c is new', 'latency: a, port was 1, is 3'],
  ]);
  expect(changesOf([table({ a: '1' })], [])).toEqual([]);
});

test.each<[Result, Result, string]>([
  ['pass', 'fail', 'passed before, and failed now'],
  ['fail', 'pass', 'failed before, and passed now'],
  ['pass', 'skip', 'passed before, and was skipped now'],
  ['error', 'interrupted', 'could not be done before, and was interrupted now'],
])('a check that ended %s and then %s %s', (before, now, text) => {
  const [one, other] = [before, now].map((result) =>
    baselineOf(recordOf(runs.runOf([[runs.ended('pace', { result })]]))),
  );
  if (one === undefined || other === undefined) throw new Error('two runs');

  expect(compareBaseline(one, other).changes).toEqual([{ where: 'pace', text }]);
});

test('a check that only one run did is not compared', () => {
  const [one, other] = [runs.runOf([runs.HOST]), runs.runOf([runs.HOST, runs.FIRMWARE])];
  const [less, more] = [baselineOf(recordOf(one)), baselineOf(recordOf(other))];

  expect(compareBaseline(less, more).changes).toEqual([]);
  expect(compareBaseline(more, less).changes).toEqual([]);
});
