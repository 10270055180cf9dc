/**
 * `docs/smoke.md`: its recipes run against the simulated BMC, by a program `ipmi-bt` in the PATH
 * that adds `--sim`, and its tables are held to the options, checks and slugs that there are.
 */

import { execFile } from 'node:child_process';
import { chmodSync, existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';

import { SMOKE_OPTIONS } from '../../src/cli/commands/smoke-spec.ts';
import { flagOf } from '../../src/cli/format.ts';
import { CATALOG } from '../../src/smoke/catalog.ts';
import { SLUG_CHECKS } from '../../src/smoke/slug-checks.ts';
import { SLUGS } from '../../src/smoke/events.ts';
import { nonEmpty, offenders } from '../support/lists.ts';
import { codeBlocks } from '../support/markdown.ts';
import { ROOT, readText } from '../support/source-code.ts';
import { tempFolder } from '../support/temp-folder.ts';

const FILE = 'docs/smoke.md';

const TEXT = readText(FILE);

/** Options that make the simulated interface sound, or not, or away; all are done at once. */
const MACHINES = {
  sound: '--only host,registers',
  // No check is over in a microsecond.
  broken: '--only registers --timeout 0.000001',
  // The baseline cannot be read.
  unusable: '--only host --baseline /nowhere',
} as const;

type Machine = keyof typeof MACHINES;

/** The only recipe of `kind` with `word` in it. */
function recipe(kind: string, word: string): string {
  const found = codeBlocks(`${kind} recipe`).filter(({ text }) => text.includes(word));
  expect(found.map(({ file }) => file)).toEqual([FILE]);
  return found[0]?.text ?? '';
}

/** Commands of a list in YAML. */
function stepsOf(yaml: string, key: string): string {
  const [, list = ''] = new RegExp(`^ *${key}:\\n((?: +- .*\\n)+)`, 'm').exec(yaml) ?? [];
  const steps = [...list.matchAll(/^ +- (.*)$/gm)].map(([, step = '']) => step);
  return nonEmpty(steps).join('\n');
}

/** The end of a script. */
interface Ran {
  readonly stdout: string;
  readonly exit: number;
  /** The folder in which it ran. */
  readonly folder: string;
}

/** Runs a script with `ipmi-bt` in its PATH, and the programs of `others`. */
async function ran(
  script: string,
  machine: Machine,
  others: Readonly<Record<string, string>> = {},
): Promise<Ran> {
  const folder = tempFolder();
  const cli = join(ROOT, 'dist/cli.cjs');
  const simulated = `exec '${process.execPath}' '${cli}' --sim "$@" ${MACHINES[machine]}`;
  for (const [name, text] of Object.entries({ 'ipmi-bt': simulated, ...others })) {
    writeFileSync(join(folder, name), `#!/bin/sh\n${text}\n`);
    chmodSync(join(folder, name), 0o755);
  }
  const env = { ...process.env, PATH: `${folder}:${process.env['PATH'] ?? ''}` };
  const shell = script.startsWith('#!/bin/sh') ? 'sh' : 'bash';
  return await new Promise((resolve) => {
    execFile(shell, ['-c', script], { env, cwd: folder }, (error, stdout) => {
      resolve({ stdout, exit: typeof error?.code === 'number' ? error.code : 0, folder });
    });
  });
}

test('the three commands run in their order', async () => {
  const { stdout, exit, folder } = await ran(`set -e\n${recipe('sh', '--baseline')}`, 'sound');

  expect(exit).toBe(0);
  expect(stdout).toContain('PASS: smoke test of the simulated');
  expect(existsSync(join(folder, 'smoke.html'))).toBe(true);
  expect(stdout).toContain('3 of 3 checks passed');
});

describe('GitLab CI', () => {
  const yaml = recipe('yaml', 'artifacts');
  const [, report = ''] = /junit: (\S+\.xml)$/m.exec(yaml) ?? [];

  test.each([
    ['sound', 0, 'failures="0"'],
    ['broken', 1, 'failures="1"'],
  ] as const)(
    'on a machine that is %s exits with %i and has its report',
    async (machine, ...is) => {
      const { exit, folder } = await ran(`set -e\n${stepsOf(yaml, 'script')}`, machine);

      expect(exit).toBe(is[0]);
      expect(readFileSync(join(folder, report), 'utf8')).toContain(is[1]);
    },
  );
});

describe('Slurm', () => {
  const others = { scontrol: 'printf "%s\\n" "$@" >>drained', hostname: 'echo node1' };

  test.each([
    ['sound', 0],
    ['unusable', 64],
  ] as const)('leaves a node alone that is %s', async (machine, code) => {
    const { exit, folder } = await ran(recipe('sh', 'scontrol'), machine, others);

    expect(exit).toBe(code);
    expect(existsSync(join(folder, 'drained'))).toBe(false);
  });

  test('drains a node that is broken, with the reason', async () => {
    const { exit, folder } = await ran(recipe('sh', 'scontrol'), 'broken', others);

    expect(exit).toBe(1);
    expect(readFileSync(join(folder, 'drained'), 'utf8')).toMatch(
      /^update\nNodeName=node1\nState=DRAIN\nReason=FAIL: smoke test .*registers[^\n]*\n$/,
    );
  });
});

test.each([
  ['sound', 0, 'OK'],
  ['broken', 2, 'CRITICAL'],
  ['unusable', 3, 'UNKNOWN'],
] as const)('Nagios on a machine that is %s gets %i, %s', async (machine, code, word) => {
  const line = recipe('ini', 'command[check_bt]').split('=', 2)[1] ?? '';
  // Those in the PATH of the test.
  const command = line.replace(/\/\S*\//g, '');

  const { stdout, exit } = await ran(command, machine, { sudo: 'exec "$@"' });

  expect(command).toMatch(/^sudo ipmi-bt /);
  expect(exit).toBe(code);
  expect(stdout).toMatch(new RegExp(`^BT ${word}[ (][^\\n]*\\n$`));
});

test('LAVA gets a signal for each check and for the run', async () => {
  const { stdout } = await ran(stepsOf(recipe('yaml', 'metadata'), 'steps'), 'sound');
  const lines = stdout.trimEnd().split('\n');

  expect(
    offenders(lines, (line) => !/^<LAVA_SIGNAL_TESTCASE TEST_CASE_ID=.*>$/.test(line)),
  ).toEqual([]);
  expect(lines.at(-1)).toBe('<LAVA_SIGNAL_TESTCASE TEST_CASE_ID=smoke RESULT=pass>');
});

test.each([
  ['sound', 0, /^DBG check_bt_smoke: exit code 0: PASS: [^\n]*\n$/],
  ['broken', 1, /^DIE 1 check_bt_smoke: FAIL: smoke test [^\n]*\n$/],
  ['unusable', 0, /^DBG check_bt_smoke: exit code 64: ipmi-bt: --baseline: [^\n]*\n$/],
] as const)('NHC on a node that is %s gets %i', async (machine, code, told) => {
  // All that NHC documents of what a check meets: it is sourced, and has these two functions.
  const harness = [
    'die() { local code=$1; shift; echo "DIE $code $*"; return "$code"; }',
    'dbg() { echo "DBG $*"; }',
    recipe('bash', 'check_bt_smoke'),
    'check_bt_smoke',
  ];

  const { stdout, exit } = await ran(harness.join('\n'), machine);

  expect(exit).toBe(code);
  expect(stdout).toMatch(told);
});

/** First cells of the rows that match, without what stands behind the name. */
function firstCells(pattern: RegExp): readonly string[] {
  return nonEmpty([...TEXT.matchAll(pattern)].map(([, name = '']) => name));
}

/** The section with that heading. */
function section(heading: string): string {
  const [, after = ''] = TEXT.split(`\n## ${heading}\n`);
  return after.split('\n## ')[0] ?? '';
}

test('there is a row for each option, in the order of the help', () => {
  const rows = [...section('Options').matchAll(/^\| `(--[a-z-]+)/gm)].map(([, flag]) => flag);

  expect(rows).toEqual(Object.keys(SMOKE_OPTIONS).map(flagOf));
});

test('there is a row for each slug', () => {
  const rows = [...section('Findings').matchAll(/^\| `([a-z-]+)` \|/gm)].map(([, slug]) => slug);

  expect(rows).toEqual([...SLUGS]);
});

test('the checks of a slug are those that the program names', () => {
  const rows = [...section('Findings').matchAll(/^\| `([a-z-]+)` \| ([^|]*) \|/gm)];
  const written = rows.map(([, slug, checks = '']) => {
    const ids = [...checks.matchAll(/`([a-z][a-z-]*)`/g)].map(([, id]) => id);
    return [slug, ids];
  });

  const known = Object.entries({ ...SLUG_CHECKS, 'bt-changed': [] });
  expect(Object.fromEntries(written)).toEqual(Object.fromEntries(known));
});

test('a slug that the text names is there', () => {
  const named = firstCells(/`((?:bt|check|host)-[a-z-]+)`/g);
  const known: readonly string[] = [...SLUGS, 'bt-ctrl'];

  expect(offenders(named, (slug) => !known.includes(slug))).toEqual([]);
});

test('there is a time for each check, and the limit that it has', () => {
  const rows = [...section('Time').matchAll(/^\| `([a-z-]+)`.*\| (\d+) s \|$/gm)];
  const limits = new Map(rows.map(([, id = '', limit = '']) => [id, Number(limit)]));

  expect(Object.fromEntries(limits)).toEqual(
    Object.fromEntries(CATALOG.map(({ id, limitSeconds }) => [id, limitSeconds])),
  );
});

test('there is a section for each check', () => {
  const headings = firstCells(/^### `?([a-z-]+)`?(?::|$)/gm);

  expect(
    offenders(
      CATALOG.map(({ id }) => id),
      (id) => !headings.includes(id),
    ),
  ).toEqual([]);
});
