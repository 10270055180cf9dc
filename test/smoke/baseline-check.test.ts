/** The check that compares a run with a baseline: a change, a note, and another machine. */

import { describe, expect, test } from 'vitest';

import { FIRST_GUID } from '../../src/sim/guid.ts';
import { baselineCheck } from '../../src/smoke/baseline-check.ts';
import { baselineOf } from '../../src/smoke/baseline-file.ts';
import type { NewEvent, SmokeEvent } from '../../src/smoke/events.ts';
import { recordOf } from '../../src/smoke/record.ts';
import type { RunRecord } from '../../src/smoke/record.ts';
import { runSmoke, smokeBench } from '../support/smoke-runner-bench.ts';
import type { SmokeBench } from '../support/smoke-runner-bench.ts';
import * as runs from '../support/smoke-run.ts';

/** A run that found this value, behind a BMC with that GUID. */
function ran(value: number, guid: string, isSimulated = false): RunRecord {
  const facts = { 'bmc-guid': guid, 'bmc-firmware': '2.35', 'bmc-device-id': value };
  const told = Object.entries(facts).map(([name, one]): NewEvent => ({
    kind: 'fact',
    id: 'latency',
    name,
    value: one,
  }));
  const check = [runs.started('latency'), ...told, runs.ended('latency')];
  return recordOf(runs.runOf([check], {}, { isSimulated }));
}

/** Runs the check alone; resolves to its findings, its end, and the exit code of the run. */
async function compared(before: RunRecord, now: RunRecord, isStrict = false) {
  const check = baselineCheck(baselineOf(before), () => now, isStrict);
  const { findings, end, endOf } = await runSmoke(smokeBench(), [check]);
  const { result, reason } = endOf('baseline');
  const texts = findings.map(({ severity, slug, text }) => `${severity} ${slug}: ${text}`);
  return { texts, result, reason, exit: end.exit };
}

test('the same machine is as it was', async () => {
  expect(await compared(ran(1, 'abc'), ran(1, 'abc'), true)).toEqual({
    ...{ texts: [], result: 'pass', reason: '', exit: 0 },
  });
});

test('a change is a warning', async () => {
  expect(await compared(ran(1, 'abc'), ran(2, 'abc'))).toMatchObject({
    texts: ['warning bt-changed: latency: bmc-device-id was 1, is 2'],
    ...{ result: 'pass', exit: 0 },
  });
});

test('with --strict a change is a failure', async () => {
  expect(await compared(ran(1, 'abc'), ran(2, 'abc'), true)).toMatchObject({
    texts: ['fail bt-changed: latency: bmc-device-id was 1, is 2'],
    ...{ result: 'fail', exit: 1 },
  });
});

test('what cannot be compared is a warning with --strict too', async () => {
  const { texts, exit } = await compared(ran(1, '0-0'), ran(1, 'abc'), true);

  expect(texts).toEqual([expect.stringMatching(/^warning bt-changed: the baseline has no GUID/)]);
  expect(exit).toBe(0);
});

test('another machine is no failure of this one, and a wrong command line', async () => {
  const { texts, result, reason, exit } = await compared(ran(1, 'abc'), ran(1, 'def'));

  expect({ texts, result, exit }).toEqual({ texts: [], result: 'error', exit: 64 });
  expect(reason).toMatch(
    /^the baseline is of another machine: its BMC GUID is abc, here it is def/,
  );
});

describe('when no check has asked for the identity of the BMC', () => {
  /** Compares a run of no other check, on this bench, with a run of that GUID. */
  async function unasked(bench: SmokeBench, guid: string) {
    const events: SmokeEvent[] = [];
    const check = baselineCheck(baselineOf(ran(1, guid, true)), () => recordOf(events), false);
    const run = await runSmoke(bench, [check], { emit: (event) => void events.push(event) });
    return { exit: run.end.exit, record: recordOf(events) };
  }

  test('it is asked, and another machine is noticed', async () => {
    const { exit, record } = await unasked(smokeBench({ guid: FIRST_GUID }), 'abc');

    expect(exit).toBe(64);
    expect(record.checks[0]?.end?.reason).toMatch(/of another machine: its BMC GUID is abc, here/);
    expect(Object.keys(Object.fromEntries(record.checks[0]?.facts ?? []))).toEqual([
      ...['saved-at', 'bmc-guid', 'bmc-firmware', 'bmc-manufacturer-id', 'bmc-product-id'],
      'bmc-device-id',
    ]);
  });

  test('and a BMC that does not answer is no failure of the comparison', async () => {
    const bench = smokeBench();
    bench.bmc.fail('silent');

    const { record } = await unasked(bench, 'abc');

    expect(record.checks[0]?.end?.result).toBe('pass');
    expect(record.checks[0]?.facts.get('bmc-not-asked')).toMatch(/does not answer/);
    expect(record.checks[0]?.findings[0]?.text).toMatch(/^this run has no GUID of the BMC/);
  });
});
