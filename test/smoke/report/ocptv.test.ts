/** The OCP report, judged by its schema and by the oracle of all that a schema cannot say. */

import { describe, expect, test } from 'vitest';

import type { NewEvent, Result, SmokeEvent } from '../../../src/smoke/events.ts';
import { OcptvReport } from '../../../src/smoke/report/ocptv.ts';
import type { OcptvOptions } from '../../../src/smoke/report/ocptv.ts';
import { nonEmpty, offenders } from '../../support/lists.ts';
import { checkOcptv } from '../../support/ocptv-oracle.ts';
import * as runs from '../../support/smoke-run.ts';

function linesOf(events: readonly SmokeEvent[], options: OcptvOptions = {}): readonly string[] {
  const lines: string[] = [];
  const report = new OcptvReport((line) => lines.push(line), options);
  for (const event of events) report.emit(event);
  return lines;
}

function bodies(lines: readonly string[], kind: string): readonly unknown[] {
  return checkOcptv(lines).artifacts.flatMap(({ testRunArtifact, testStepArtifact }) => {
    const body = testStepArtifact?.[kind] ?? testRunArtifact?.[kind];
    return body === undefined ? [] : [body];
  });
}

/** A run of one check with this result. */
function endingWith(result: Result, events: readonly NewEvent[] = []): readonly SmokeEvent[] {
  const end = runs.ended('pace', { result, reason: 'DEVICE_LOCKED: held by 17' });
  return runs.runOf([[runs.started('pace'), ...events, end]], { result, text: 'No more.' });
}

test.each([
  ['that passed', runs.PASSING, 'COMPLETE PASS'],
  ['that failed', runs.FAILING, 'COMPLETE FAIL'],
  ['with hostile text', runs.ATTACKING, 'COMPLETE FAIL'],
  ['that was skipped', endingWith('skip'), 'SKIP NOT_APPLICABLE'],
  ['that could not be done', endingWith('error'), 'ERROR NOT_APPLICABLE'],
  ['that was interrupted', endingWith('interrupted'), 'SKIP NOT_APPLICABLE'],
])('a run %s is valid: it ends %3$s', (_, events, end) => {
  const verdict = checkOcptv(linesOf(events));

  expect({ problems: verdict.problems, end: verdict.end }).toEqual({ problems: [], end });
});

test('a run that was killed after any event has valid lines', () => {
  const whole = runs.FAILING;
  const reports = whole.map((_, count) => checkOcptv(linesOf(whole.slice(0, count))));

  expect(offenders(reports, ({ problems }) => problems.length > 0)).toEqual([]);
  expect(offenders(reports, ({ end }) => end !== undefined)).toEqual([]);
});

test('an event is written at once, in whole lines of one artifact', () => {
  const [start, ...rest] = runs.PASSING;
  const lines: string[] = [];
  const report = new OcptvReport((line) => lines.push(line));
  if (start !== undefined) report.emit(start);

  expect(lines).toHaveLength(2);
  for (const event of nonEmpty(rest)) {
    const before = lines.length;
    report.emit(event);
    expect(lines.length).toBeGreaterThan(before);
  }
  expect(offenders(lines, (line) => !/^[^\n]+\n$/.test(line))).toEqual([]);
});

test('a check is a step, and the slugs of its findings are the verdicts', () => {
  const { steps, diagnoses } = checkOcptv(linesOf(runs.FAILING));

  expect(steps).toEqual([
    ['host', 'COMPLETE'],
    ['firmware-agreement', 'COMPLETE'],
    ['share', 'SKIP'],
    ['latency', 'COMPLETE'],
  ]);
  expect(diagnoses).toEqual([
    'PASS host-pass',
    'FAIL bt-firmware-disagrees',
    'UNKNOWN bt-slow-port',
    'PASS latency-pass',
  ]);
});

test('the device under test is described as far as it is known', () => {
  const known = { kernel: '6.1.0', node: '20.19.0', bmcFirmware: '2.35', bmcGuid: 'abc' };

  const [start] = bodies(linesOf(runs.PASSING, { known }), 'testRunStart');

  expect(start).toMatchInlineSnapshot(`
    {
      "commandLine": "ipmi-bt smoke",
      "dutInfo": {
        "dutInfoId": "host",
        "hardwareInfos": [
          {
            "computerSystem": "uv4",
            "hardwareInfoId": "bmc",
            "location": "I/O port 0xce4",
            "name": "BMC",
            "partType": "BMC",
            "serialNumber": "abc",
          },
        ],
        "name": "uv4",
        "platformInfos": [
          {
            "info": "hardware",
          },
        ],
        "softwareInfos": [
          {
            "name": "BMC firmware",
            "softwareInfoId": "bmc-firmware",
            "softwareType": "FIRMWARE",
            "version": "2.35",
          },
          {
            "name": "Linux",
            "softwareInfoId": "kernel",
            "softwareType": "SYSTEM",
            "version": "6.1.0",
          },
          {
            "name": "Node.js",
            "softwareInfoId": "node",
            "softwareType": "SYSTEM",
            "version": "20.19.0",
          },
          {
            "name": "ipmi-bt",
            "softwareInfoId": "ipmi-bt",
            "softwareType": "APPLICATION",
            "version": "0.2.0",
          },
        ],
      },
      "name": "ipmi-bt smoke",
      "parameters": {
        "quick": false,
        "seed": 42,
        "total-time": "once",
      },
      "version": "0.2.0",
    }
  `);
});

test('without knowledge it has names and no versions', () => {
  const events = runs.runOf([runs.HOST], {}, { base: undefined, isSimulated: true });
  const [start] = bodies(linesOf(events), 'testRunStart');

  expect(JSON.stringify(start)).not.toMatch(/serialNumber|location/);
  expect(start).toMatchObject({
    dutInfo: { platformInfos: [{ info: 'simulated BMC, no hardware' }] },
  });
});

test('a measurement has its bounds as validators', () => {
  const measurement: NewEvent = {
    ...{ kind: 'measurement', id: 'pace', name: 'gap', value: 5, unit: 'ms' },
    bounds: { least: 1, most: 4 },
  };

  expect(bodies(linesOf(endingWith('pass', [measurement])), 'measurement')).toEqual([
    {
      ...{ name: 'gap', value: 5, unit: 'ms', hardwareInfoId: 'bmc' },
      validators: [
        { type: 'GREATER_THAN_OR_EQUAL', value: 1 },
        { type: 'LESS_THAN_OR_EQUAL', value: 4 },
      ],
    },
  ]);
});

test('facts are measurements without a unit', () => {
  expect(bodies(linesOf(runs.runOf([runs.HOST])), 'measurement')).toContainEqual({
    ...{ name: 'cpus', value: 1792 },
  });
});

test('a series is numbered without gaps, and holds no value that is no number', () => {
  const series: NewEvent = {
    ...{ kind: 'series', id: 'pace', name: 'gaps', unit: 'ms', values: [1, NaN, 3] },
  };
  const lines = linesOf(endingWith('pass', [series, series]));

  expect(bodies(lines, 'measurementSeriesElement')).toMatchObject([
    { measurementSeriesId: '0', index: 0, value: 1 },
    { measurementSeriesId: '0', index: 1, value: 3 },
    { measurementSeriesId: '1', index: 0, value: 1 },
    { measurementSeriesId: '1', index: 1, value: 3 },
  ]);
  expect(checkOcptv(lines).problems).toEqual([]);
});

test('a number that JSON cannot hold is text, and has no validators', () => {
  expect(bodies(linesOf(runs.ATTACKING), 'measurement')).toContainEqual(
    expect.objectContaining({ value: 'Infinity' }),
  );
});

test('an error of the test names no hardware, and has the symptom of its code', () => {
  const run = runs.runOf([runs.REFUSED], { result: 'error', exit: 77, text: 'no ioperm' });
  const ofCode = {
    symptom: 'port-denied',
    message: expect.stringContaining('ioperm') as string,
    softwareInfoIds: ['ipmi-bt'],
  };

  expect(bodies(linesOf(run), 'error')).toEqual([ofCode, ofCode]);
});

test('the symptom is not read from words, which may be those of a BMC', () => {
  const reason = 'PORT_DENIED: it is a bug of the check';
  const end = runs.ended('owner', { result: 'error', exit: 70, reason });

  expect(bodies(linesOf(runs.runOf([[runs.started('owner'), end]])), 'error')).toMatchObject([
    { symptom: 'check-error' },
  ]);
});

describe('a check that failed', () => {
  test('without a finding has a verdict nevertheless', () => {
    expect(checkOcptv(linesOf(endingWith('fail'))).diagnoses).toEqual(['FAIL pace-fail']);
  });

  test('has each slug of its end once', () => {
    const finding: NewEvent = {
      ...{ kind: 'finding', id: 'pace', severity: 'fail', slug: 'bt-pace', text: 'late' },
      evidence: ['in 0xce4'],
    };
    const end = runs.ended('pace', { result: 'fail', slugs: ['bt-pace', 'bt-late'] });
    const lines = linesOf(runs.runOf([[runs.started('pace'), finding, end]], { result: 'fail' }));

    expect(checkOcptv(lines).diagnoses).toEqual(['FAIL bt-pace', 'FAIL bt-late']);
    expect(bodies(lines, 'log')).toContainEqual({ severity: 'INFO', message: 'in 0xce4' });
  });

  test('now and then says how often', () => {
    const retested = { failures: 1, tries: 3 };
    const end = runs.ended('pace', { result: 'fail', retested });
    const lines = linesOf(runs.runOf([[runs.started('pace'), end]], { result: 'fail' }));

    expect(bodies(lines, 'log')).toContainEqual({
      ...{ severity: 'WARNING', message: 'failed 1 of 3 tries' },
    });
  });
});

test('a check that is repeated is a step of its own', () => {
  const again = [runs.started('host'), runs.ended('host')];
  const { problems, steps } = checkOcptv(linesOf(runs.runOf([runs.HOST, again])));

  expect({ problems, steps: steps.length }).toEqual({ problems: [], steps: 2 });
});

test('a check without an end is closed when the run ends', () => {
  const { problems, steps } = checkOcptv(
    linesOf(runs.runOf([[runs.started('pace')]], { result: 'interrupted', text: 'SIGINT.' })),
  );

  expect({ problems, steps }).toEqual({ problems: [], steps: [['pace', 'SKIP']] });
});

test('an observation before its check opens a step', () => {
  const events = runs.runOf([[runs.measured('pace', 'gap', 1), runs.ended('pace')]]);

  expect(checkOcptv(linesOf(events)).problems).toEqual([]);
});

test('files of the run are in a step of their own', () => {
  const file = {
    ...{ displayName: 'report', uri: 'file:///tmp/a.html', description: 'The report as a page.' },
    contentType: 'text/html',
  };
  const lines = linesOf(runs.PASSING, { files: [file] });

  expect(bodies(lines, 'file')).toEqual([{ ...file, isSnapshot: false }]);
  expect(checkOcptv(lines).problems).toEqual([]);
});

test('what a check will change stands before it', () => {
  const check = [runs.started('sel-entry', 'adds an entry.'), runs.ended('sel-entry')];

  expect(bodies(linesOf(runs.runOf([check])), 'log')[0]).toEqual({
    ...{ severity: 'INFO', message: 'changes something: adds an entry.' },
  });
});

describe('the oracle refuses', () => {
  const lines = linesOf(runs.PASSING);
  const replaced = (from: string, to: string): readonly string[] =>
    lines.map((line) => line.replace(from, to));

  test.each<[string, readonly string[], RegExp]>([
    ['a gap', [...lines.slice(0, 3), ...lines.slice(4)], /^line 3: sequence number 4/],
    ['SKIP with PASS', replaced('COMPLETE","result', 'SKIP","result'), /no valid end: SKIP PASS/],
    ['a second end', [...lines, ...lines.slice(-1)], /follows the end/],
    ['a line that was cut', [...lines.slice(0, -1), '{"testRun'], /no JSON/],
    ['an unknown word', replaced('"PASS","hard', '"GOOD","hard'), /type must be equal/],
    ['an unknown field', replaced('"name":"kernel"', '"nom":"kernel"'), /additional properties/],
    ['a wrong count', replaced('"totalCount":3', '"totalCount":4'), /has 3 elements/],
    ['a step twice', replaced('"testStepId":"1"', '"testStepId":"0"'), /step 0 starts twice/],
    ['no step end', lines.filter((line) => !line.includes('testStepEnd')), /before host,latency/],
    ['an unknown BMC', replaced('"hardwareInfoId":"bmc","c', '"hardwareInfoId":"x","c'), /bmc/],
    ['time before', replaced('2026-01-02T03:04:05', '2025-01-02T03:04:05'), /backwards/],
    ['no time', replaced('2026-01-02T03:04:05', 'yesterday'), /date-time/],
    ['no version', lines.slice(1), /the schema version is not first/],
    ['failing and passing', replaced('"PASS","hard', '"FAIL","hard'), /with a failing diagnosis/],
  ])('%s', (_, changed, problem) => {
    expect(checkOcptv(changed).problems.join('\n')).toMatch(problem);
  });
});
