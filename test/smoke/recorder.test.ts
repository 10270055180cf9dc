/** The events that the findings of a check become, and the failures among them. */

import { expect, test } from 'vitest';

import type { NewEvent } from '../../src/smoke/events.ts';
import { Recorder } from '../../src/smoke/recorder.ts';

function recorder() {
  const events: NewEvent[] = [];
  return { events, report: new Recorder('latency', (event) => void events.push(event)) };
}

test.each([
  [4, { least: 5 }, 'p50 is 4 ms, less than 5 ms'],
  [6, { most: 5 }, 'p50 is 6 ms, more than 5 ms'],
  [NaN, { most: 5 }, 'p50 is NaN ms, more than 5 ms'],
])('a measurement of %s outside of %o is a failure', (value, bounds, text) => {
  const { report, events } = recorder();
  report.measure({ name: 'p50', value, unit: 'ms', bounds, slug: 'bt-late' });

  expect(events[0]).toMatchObject({ kind: 'measurement', value, bounds });
  const advice = 'compare it with other machines of the kind, and with the baseline of this one';
  expect(report.failures).toEqual([{ slug: 'bt-late', text: `${text}; ${advice}` }]);
});

test('a measurement outside of its bounds has the advice of its check', () => {
  const { report } = recorder();
  report.measure({ name: 'p99', value: 6, unit: 'ms', bounds: { most: 5 }, advice: 'look again' });

  expect(report.failures).toEqual([
    { slug: 'bt-slow', text: 'p99 is 6 ms, more than 5 ms; look again' },
  ]);
});

test.each([{ least: 5 }, { most: 5 }, {}])('a measurement on the bound %o is none', (bounds) => {
  const { report, events } = recorder();
  report.measure({ name: 'p50', value: 5, unit: 'ms', bounds });

  expect({ failures: report.failures, count: events.length }).toEqual({ failures: [], count: 1 });
});

test('a measurement that the check tells of itself is none either', () => {
  const { report, events } = recorder();
  report.measure({ name: 'retries', value: 6, unit: '1', bounds: { most: 0 }, isTold: true });

  expect({ failures: report.failures, count: events.length }).toEqual({ failures: [], count: 1 });
});

test('every kind of finding is an event of its check', () => {
  const { report, events } = recorder();
  report.series('polled', 'ms', [1, 2]);
  report.matrix(['base'], [{ name: 'SMBIOS', cells: ['0xce4'] }]);
  report.span({ name: 'bring-up 1', fromMs: 0, toMs: 3 });
  report.warn('bt-late', 'late', ['in BT_CTRL 0x00']);

  const id = 'latency';
  expect(events).toEqual([
    { kind: 'series', id, name: 'polled', unit: 'ms', values: [1, 2] },
    { kind: 'matrix', id, columns: ['base'], rows: [{ name: 'SMBIOS', cells: ['0xce4'] }] },
    { kind: 'span', id, name: 'bring-up 1', fromMs: 0, toMs: 3, isFailed: false },
    {
      ...{ kind: 'finding', id, severity: 'warning', slug: 'bt-late', text: 'late' },
      evidence: ['in BT_CTRL 0x00'],
    },
  ]);
  expect(report.failures).toEqual([]);
});

test('nothing is told once the check is over', () => {
  const { report, events } = recorder();
  report.isOver = true;
  report.fail('bt-late', 'late');
  report.fact('kernel', '6.1');
  report.progress(0.5);

  expect({ events, failures: report.failures }).toEqual({ events: [], failures: [] });
});
