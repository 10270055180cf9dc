/** The check that compares a run with a baseline: a change, a note, and another machine. */

import { expect, test } from 'vitest';

import { baselineCheck } from '../../src/smoke/baseline-check.ts';
import { baselineOf } from '../../src/smoke/baseline-file.ts';
import type { NewEvent } from '../../src/smoke/events.ts';
import { recordOf } from '../../src/smoke/record.ts';
import type { RunRecord } from '../../src/smoke/record.ts';
import { runSmoke, smokeBench } from '../support/smoke-runner-bench.ts';
import * as runs from '../support/smoke-run.ts';

/** A run that found this value, behind a BMC with that GUID. */
function ran(value: number, guid: string): RunRecord {
  const facts = { 'bmc-guid': guid, 'bmc-firmware': '2.35', 'bmc-device-id': value };
  const told = Object.entries(facts).map(([name, one]): NewEvent => ({
    kind: 'fact',
    id: 'latency',
    name,
    value: one,
  }));
  return recordOf(runs.runOf([[runs.started('latency'), ...told, runs.ended('latency')]]));
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
