/** The reports of a smoke run: what is printed in each format, and the files that are written. */

import { existsSync, mkdirSync, readFileSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';

import { SmokeReports } from '../../../src/cli/commands/smoke-reports.ts';
import type { Format } from '../../../src/cli/commands/smoke-options.ts';
import type { SmokeValues } from '../../../src/cli/commands/smoke-spec.ts';
import { readLine } from '../../../src/cli/parser.ts';
import { PROGRAM } from '../../../src/cli/whole-run.ts';
import { readBaseline } from '../../../src/smoke/baseline-file.ts';
import type { RunEnd, SmokeEvent } from '../../../src/smoke/events.ts';
import { recordOf } from '../../../src/smoke/record.ts';
import { checkOcptv } from '../../support/ocptv-oracle.ts';
import * as runs from '../../support/smoke-run.ts';
import { tempFolder } from '../../support/temp-folder.ts';
import { thrownBy } from '../../support/thrown-by.ts';

const INTERRUPTED = runs.runOf([runs.HOST], { result: 'interrupted', exit: 130, text: 'cut' });

function reportsOf(format: Format, words: readonly string[]) {
  const line = readLine(PROGRAM, ['smoke', ...words]);
  const values = (line.kind === 'command' ? line.options : {}) as SmokeValues;
  const printed: string[] = [];
  const told: string[] = [];
  const write = (text: string): void => void printed.push(text);
  const tell = (text: string): void => void told.push(text);
  const output = { write, isClosed: false, failure: undefined };
  const reports = new SmokeReports(values, format, { output, tell, before: undefined });
  return { reports, printed, told };
}

/** Reports a whole run; resolves to what was printed and told, and the exit code. */
async function reported(
  events: readonly SmokeEvent[],
  format: Format,
  ...words: readonly string[]
): Promise<{ readonly stdout: string; readonly told: readonly string[]; readonly exit: number }> {
  const { reports, printed, told } = reportsOf(format, words);
  for (const event of events) reports.emit(event);
  const exit = await reports.finish(events.at(-1) as RunEnd);
  return { stdout: printed.join(''), told, exit };
}

describe('on standard output is', () => {
  test.each<[Format, RegExp]>([
    ['text', /^ipmi-bt 0\.2\.0 smoke: \d checks? of uv4, port 0xce4, seed 42\n/],
    ['line', /^PASS: smoke test: all checks passed\.\n$/],
    ['nagios', /^BT OK - all checks passed\.\|'latency\.polled-p50'=9\.951ms .*\n$/],
    ['lava', /^<LAVA_SIGNAL_TESTCASE TEST_CASE_ID=[^]*TEST_CASE_ID=smoke RESULT=pass>\n$/],
    ['tap', /^TAP version 13\n[^]*\n1\.\.\d\n$/],
  ])('%s', async (format, text) => {
    const { stdout, exit } = await reported(runs.PASSING, format);

    expect(stdout).toMatch(text);
    expect(exit).toBe(0);
  });

  test('json, which names the files that are written', async () => {
    const path = join(tempFolder(), 'a.xml');

    const { stdout } = await reported(runs.FAILING, 'json', '--junit', path);

    expect(checkOcptv(stdout)).toMatchObject({ problems: [], end: 'COMPLETE FAIL' });
    expect(stdout).toContain(`"displayName":"${path}","uri":"file://${path}"`);
  });

  test('one line for a scheduler, with the first failure', async () => {
    const { stdout } = await reported(runs.FAILING, 'line');

    expect(stdout).toMatch(/^FAIL: smoke test: .*; firmware-agreement: SMBIOS says [^\n]*\n$/);
  });
});

test('the exit code is that of the run, and that of the plugin for Nagios', async () => {
  const text = await reported(runs.FAILING, 'text');
  const nagios = await reported(runs.FAILING, 'nagios');

  expect([text.exit, nagios.exit]).toEqual([1, 2]);
});

describe('a file', () => {
  test('of each kind is written at the end', async () => {
    const folder = tempFolder();
    const [junit, html, save] = ['a.xml', 'a.html', 'a.json'].map((name) => join(folder, name));

    const words = ['--junit', junit ?? '', '--html', html ?? '', '--save', save ?? ''];

    const { exit, told } = await reported(runs.PASSING, 'text', ...words);

    expect({ exit, told }).toEqual({ exit: 0, told: [] });
    expect(readFileSync(junit ?? '', 'utf8')).toContain('<testsuite name="ipmi-bt.smoke"');
    expect(readFileSync(html ?? '', 'utf8')).toMatch(/^<!doctype html>/);
    expect(readBaseline(readFileSync(save ?? '', 'utf8'), 'a').machine.base).toBe(0xce4);
  });

  test('that is there keeps what it has until the run is over', async () => {
    const path = join(tempFolder(), 'a.json');
    writeFileSync(path, 'x'.repeat(1_000_000));

    const { reports } = reportsOf('text', ['--save', path]);
    const before = readFileSync(path, 'utf8');
    for (const event of runs.PASSING) reports.emit(event);
    await reports.finish(runs.PASSING.at(-1) as RunEnd);

    expect(before).toHaveLength(1_000_000);
    expect(readBaseline(readFileSync(path, 'utf8'), path).checks.size).toBeGreaterThan(0);
  });

  test('is no baseline when the run was cut, and an older one stays', async () => {
    const folder = tempFolder();
    const [older, fresh] = [join(folder, 'older'), join(folder, 'fresh')];
    writeFileSync(older, 'older');

    const one = await reported(INTERRUPTED, 'text', '--save', older);
    const two = await reported(INTERRUPTED, 'text', '--save', fresh);

    const told = ['no baseline is saved, because the run did not come to its end'];
    expect([one.told, two.told, one.exit]).toEqual([told, told, 130]);
    expect(readFileSync(older, 'utf8')).toBe('older');
    expect(existsSync(fresh)).toBe(false);
  });

  test('of a run that was cut has what was done', async () => {
    const path = join(tempFolder(), 'a.xml');

    await reported(INTERRUPTED, 'text', '--junit', path);

    expect(readFileSync(path, 'utf8')).toContain('<testcase name="host"');
  });

  test('that cannot be put in place is told in one line, and the others are written', async () => {
    const folder = tempFolder();
    const [junit, html] = [join(folder, 'a.xml'), join(folder, 'a.html')];
    const { reports, told } = reportsOf('text', ['--junit', junit, '--html', html]);
    for (const event of runs.FAILING) reports.emit(event);
    mkdirSync(junit);

    expect(await reports.finish(runs.FAILING.at(-1) as RunEnd)).toBe(74);
    expect(told).toEqual([
      expect.stringContaining('a.xml is not written, and is as it was: it is a folder'),
    ]);
    expect(readFileSync(html, 'utf8')).toMatch(/^<!doctype html>/);
  });

  test('that is lost does not change the exit code of the plugin for Nagios', async () => {
    const path = join(tempFolder(), 'a.xml');
    const { reports } = reportsOf('nagios', ['--junit', path]);
    for (const event of runs.FAILING) reports.emit(event);
    mkdirSync(path);

    expect(await reports.finish(runs.FAILING.at(-1) as RunEnd)).toBe(2);
  });
});

describe('a file is refused before anything runs:', () => {
  test.each([
    [
      'in no folder',
      '--junit',
      '/nowhere/a.xml',
      /^UsageError: --junit: \/nowhere.*: its folder is not there/,
    ],
    ['a folder', '--html', '/', /^UsageError: --html: \/ cannot be written: it is a folder; name/],
    ['no name', '--save', '', /^UsageError: --save: "" cannot be written: it has no name/],
  ])('%s', (_, option, ...[path, message]) => {
    expect(String(thrownBy(() => reportsOf('text', [option, path])))).toMatch(message);
  });

  test('one that another report has', () => {
    const folder = tempFolder();
    const words = ['--junit', join(folder, 'a'), '--html', `${folder}/./a`];

    expect(String(thrownBy(() => reportsOf('text', words)))).toBe(
      'UsageError: --junit and --html name the same file: one would overwrite the other; ' +
        'name a file of its own',
    );
    expect(readdirSync(folder)).toEqual([]);
  });
});

test('the run so far is known while it goes on, as a baseline needs it', () => {
  const { reports } = reportsOf('json', []);
  for (const event of runs.FAILING.slice(0, -1)) reports.emit(event);

  expect(reports.record).toEqual(recordOf(runs.FAILING.slice(0, -1)));
});
