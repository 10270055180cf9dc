/** The events of a run, gathered by check. */

import { describe, expect, test } from 'vitest';

import type { NewEvent } from '../../../src/smoke/events.ts';
import { viewOf } from '../../../src/smoke/report/html-run.ts';
import type { CheckView } from '../../../src/smoke/report/html-run.ts';
import { ended, timed, typicalRun } from '../../support/smoke-page-run.ts';

const ID = 'pace';

function started(changes?: string): NewEvent {
  return { kind: 'check-start', id: ID, question: 'Is it?', changes };
}

function span(name: string): NewEvent {
  return { kind: 'span', id: ID, name, fromMs: 0, toMs: 1, isFailed: false };
}

function series(...values: readonly number[]): NewEvent {
  return { kind: 'series', id: ID, name: 'times', unit: 'ms', values };
}

function finding(text: string): NewEvent {
  const kind = { kind: 'finding', severity: 'fail', slug: 'bt-pace' } as const;
  return { ...kind, id: ID, text, evidence: [] };
}

function gathered(...events: readonly NewEvent[]): CheckView {
  const [check] = viewOf(timed(events)).checks;
  if (check === undefined) throw new Error('no check was gathered');
  return check;
}

test('a typical run has its checks in order, with all that they told', () => {
  const { info, checks, end, startedAt } = viewOf(typicalRun());
  const bringUp = checks.find(({ id }) => id === 'bring-up');

  expect(checks).toHaveLength(16);
  expect(checks[0]?.id).toBe('host');
  expect(info?.host).toBe('uv4-0017');
  expect(startedAt).toBe('2026-11-29T08:24:31.000Z');
  expect(end?.result).toBe('fail');
  expect(bringUp?.end?.result).toBe('fail');
  expect(bringUp?.spans).toHaveLength(400);
  expect(bringUp?.series.get('bring-up')?.values).toHaveLength(98);
});

describe('of several rounds', () => {
  test('the numbers are put together, and the times added', () => {
    const round = [started(), series(1, 2), ended(ID, 10)];
    const { series: all, rounds, durationMs } = gathered(...round, ...round);

    expect(all.get('times')?.values).toEqual([1, 2, 1, 2]);
    expect({ rounds, durationMs }).toEqual({ rounds: 2, durationMs: 20 });
  });

  test('the worst result stays', () => {
    const { end, failedRounds } = gathered(
      ...[started(), ended(ID, 1), started(), ended(ID, 2, ['bt-pace'])],
      ...[started(), ended(ID, 3)],
    );

    expect(end).toMatchObject({ result: 'fail', durationMs: 2 });
    expect(failedRounds).toBe(1);
  });

  test('the timeline is that of the first that failed', () => {
    const { spans } = gathered(
      ...[started(), span('a'), ended(ID, 1)],
      ...[started(), span('b'), ended(ID, 1, ['bt-pace'])],
      ...[started(), span('c'), ended(ID, 1)],
    );

    expect(spans.map(({ name }) => name)).toEqual(['b']);
  });

  test('the timeline is that of the last when all passed', () => {
    const { spans } = gathered(started(), span('a'), ended(ID, 1), started(), span('b'));

    expect(spans.map(({ name }) => name)).toEqual(['b']);
  });

  test('findings that say the same, and more than a few of a kind, are counted', () => {
    const texts = ['1', '1', '2', '3', '4', '5', '6', '7'];
    const { findings, further } = gathered(started(), ...texts.map((text) => finding(text)));

    expect(findings.map(({ text }) => text)).toEqual(['1', '2', '3', '4', '5']);
    expect([...further]).toEqual([['bt-pace', 3]]);
  });
});

test('a check that had not ended has no end', () => {
  const check = gathered(started('It writes.'));

  expect(check).toMatchObject({ isStarted: true, changes: 'It writes.', end: undefined });
});
