/** The pages about this package have every metric and every option, and their program runs. */

import { execFileSync } from 'node:child_process';
import { readFileSync, readdirSync } from 'node:fs';
import { resolve } from 'node:path';

import { expect, test } from 'vitest';

import { offenders } from '../../../test/support/lists.ts';
import { expose } from '../src/exporter/exposition.ts';
import { METRICS } from '../src/exporter/metrics.ts';
import { COLLECTOR_NAMES } from '../src/exporter/exporter.ts';
import { readOptions } from '../src/exporter/options.ts';
import { readOptions as readToolOptions } from '../src/fleet-tool/options.ts';
import { rig } from './rig.ts';

const FLEET = resolve(import.meta.dirname, '..');
const TEXT = readFileSync(resolve(FLEET, '../../docs/fleet.md'), 'utf8');
const PAGE = TEXT.replace(/```[^]*?```/g, '');

/** Words in backquotes. */
const WORDS = new Set([...PAGE.matchAll(/`([^`]+)`/g)].map(([, word]) => word));

function missing(words: readonly string[]): readonly string[] {
  expect(words.length).toBeGreaterThan(5);
  return offenders(words, (word) => !WORDS.has(word));
}

test('every metric of a BMC is in the page, with its labels', () => {
  const labels = Object.values(METRICS).flatMap((spec) => [...spec.labels]);

  expect(missing(Object.keys(METRICS))).toEqual([]);
  expect(offenders(labels, (label) => !PAGE.includes(label))).toEqual([]);
});

test('every metric of the driver is in the page', async () => {
  const { exporter, clock } = await rig();
  const { text } = await clock.until(exporter.scrape({ budgetMs: 9500 }));
  const names = [...text.matchAll(/^# TYPE (ipmi_bt_\w+)/gm)].map(([, name = '']) => name);

  expect(missing(names)).toEqual([]);
  expect((await expose([])).text).toBe('');
});

test('every collector and every option is in the page', () => {
  let help = '';
  const print = (text: string): string => (help += text);
  expect(() => readOptions(['--help'], '', { out: print, err: print })).toThrow();
  const options = [...help.matchAll(/^ {2}(?:-\w, )?(--[\w.-]+)/gm)].map(([, name = '']) => name);
  const own = options.filter((name) => name !== '--help' && name !== '--version');

  expect(missing(COLLECTOR_NAMES)).toEqual([]);
  expect(missing(own)).toEqual([]);
});

test('every option of the page is in its section, and every message of its log', () => {
  const [, behind = ''] = TEXT.split('\n## A page to look at\n');
  const [section = ''] = behind.split('\n## ');
  let help = '';
  const print = (text: string): string => (help += text);
  expect(() => readToolOptions(['serve', '--help'], '', { out: print, err: print })).toThrow();
  const options = [...help.matchAll(/^ {2}(--[\w.-]+)/gm)].map(([, name = '']) => name);
  const files = ['page/program.ts', 'nats/states.ts'];
  const source = files.map((file) => readFileSync(resolve(FLEET, 'src', file), 'utf8')).join('');
  const logged = [...source.matchAll(/log\.(?:info|warn|error)\([^']*'([^']+)'\)/g)];

  expect(options.length).toBeGreaterThan(10);
  expect(offenders(options, (name) => !section.includes(`\`${name}\``))).toEqual([]);
  expect(logged.length).toBeGreaterThan(5);
  expect(offenders(logged, ([, text = '']) => !section.includes(`\`${text}\``))).toEqual([]);
});

test('every check, module, setting and file for an engine is in the page of the engines', () => {
  const page = readFileSync(resolve(FLEET, '../../docs/fleet-engines.md'), 'utf8');
  const read = (file: string): string => readFileSync(resolve(FLEET, file), 'utf8');
  const programs = ['slurm/ipmi-bt-health', 'slurm/ipmi-bt-prolog', 'nagios/check_ipmi_bt'];
  const texts = [...programs, 'nhc/ipmi-bt.nhc'].map(read).join('\n');
  const checks = [...texts.matchAll(/^function (check_\w+)/gm)].map(([, name = '']) => name);
  const settings = [...texts.matchAll(/\b(?:CHECK_)?IPMI_BT_[A-Z_]*(?:OPTIONS|SECONDS)\b/g)];
  const modules = readdirSync(resolve(FLEET, 'ansible/plugins/modules'));
  const names = [
    ...[...programs, ...checks, ...settings.map(([name]) => name)],
    ...modules.map((name) => name.replace('.py', '')),
  ];

  expect(new Set(names).size).toBeGreaterThanOrEqual(14);
  expect(offenders(names, (name) => !page.includes(`\`${name}`))).toEqual([]);
});

test('the program of README prints what its last comment says', () => {
  const readme = readFileSync(resolve(FLEET, 'README.md'), 'utf8');
  const [, program = ''] = /```js\n([^]*?)```/.exec(readme) ?? [];
  const [, promised] = /\/\/ (.*)\n$/.exec(program) ?? [];

  const args = ['--input-type=module', '-e', program];
  const stdout = execFileSync(process.execPath, args, { cwd: FLEET, encoding: 'utf8' });
  expect(stdout).toBe(`${promised}\n`);
});
