/** The cookbook: each line of it that is ours, or ipmitool's, does its job on the simulated BMC. */

import { execFile } from 'node:child_process';
import { readFileSync, readdirSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { describe, expect, test } from 'vitest';

import { SIM_LINE, runCli } from '../support/cli-run.ts';
import { describeWith } from '../support/describe-with.ts';
import { nonEmpty, offenders } from '../support/lists.ts';
import { tempFolder } from '../support/temp-folder.ts';

const run = promisify(execFile);

interface Row {
  readonly task: string;
  readonly ipmitool: string;
  readonly own: string;
  readonly freeipmi: string;
}

const ROW = /^\| ([^|]+) \| `([^`]+)` \| `([^`]+)` \| `([^`]+)` \|$/gm;

const ROWS: readonly Row[] = [...readFileSync('docs/cookbook.md', 'utf8').matchAll(ROW)].map(
  ([, task = '', ipmitool = '', own = '', freeipmi = '']) => ({
    ...{ task, ipmitool, own, freeipmi },
  }),
);

const NONE = '-';

/** The files that the lines name, with what is in those that are read. */
const FILES: Readonly<Record<string, string | undefined>> = {
  SDR: undefined,
  SAVED: undefined,
  SCRIPT: 'raw 0x06 0x01\nraw 0x06 0x04\n',
  PASSWORD: 'correct horse\n',
  ADDRESS: JSON.stringify({
    channel: 1,
    ipv4: { source: 'static', address: '10.1.2.3', netmask: '255.255.255.0' },
  }),
};

/** Words that make a line end which runs until it is interrupted, or spare what takes real time. */
const MORE: Readonly<Record<string, readonly string[]>> = {
  watch: ['--sim-events', '5', '--count', '1'],
  smoke: ['--only', 'owner,registers,bring-up'],
};

/** The words of a line, which has no other quotes than those around a word. */
function tokens(line: string): readonly string[] {
  return (line.match(/"[^"]*"|\S+/g) ?? []).map((word) => word.replaceAll('"', ''));
}

/** The words of a line behind the name of its program, with files in a folder of the test. */
function wordsOf(line: string, folder: string): readonly string[] {
  for (const [name, content] of Object.entries(FILES)) {
    if (content !== undefined) writeFileSync(join(folder, name), content, { mode: 0o600 });
  }
  return tokens(line)
    .slice(1)
    .map((word) => (Object.hasOwn(FILES, word) ? join(folder, word) : word));
}

/** The bytes of the files that a line has made. */
function madeIn(folder: string): number {
  const isMade = (name: string): boolean => FILES[name] === undefined;
  const files = readdirSync(folder).filter(isMade);
  return files.reduce((sum, name) => sum + statSync(join(folder, name)).size, 0);
}

test('there are thirty tasks and more, and each has a line of ours', () => {
  expect(nonEmpty(ROWS).length).toBeGreaterThanOrEqual(30);
  expect(offenders(ROWS, ({ own }) => !own.startsWith('ipmi-bt '))).toEqual([]);
  const table = readFileSync('docs/cookbook.md', 'utf8').match(/^\| (?!Task )[^|-]/gm) ?? [];
  expect(table).toHaveLength(ROWS.length);
});

describe('a line of ours does its job:', () => {
  test.each(ROWS)('$own', async ({ own }) => {
    const folder = tempFolder();
    const words = wordsOf(own, folder);
    const { stdout, stderr, exit } = await runCli(
      '--sim',
      ...words,
      ...(MORE[words[0] ?? ''] ?? []),
    );

    expect({ exit, stderr: stderr.replace(SIM_LINE, '') }).toMatchObject({ exit: 0 });
    expect(stdout.length + madeIn(folder)).toBeGreaterThan(0);
  });
});

const IPMITOOL = ROWS.filter(({ ipmitool }) => ipmitool !== NONE);

describe('a line of ipmitool does its job in ours:', () => {
  test.each(IPMITOOL)('$ipmitool', async ({ ipmitool }) => {
    const folder = tempFolder();
    const { stdout, stderr, exit } = await runCli(
      '--sim',
      'ipmitool',
      ...wordsOf(ipmitool, folder),
    );

    expect({ exit, stderr: stderr.replace(SIM_LINE, '') }).toMatchObject({ exit: 0 });
    expect(stdout.length + madeIn(folder)).toBeGreaterThan(0);
  });
});

/** That program is in a package of its own, which starts a service when it is installed. */
const APART = 'bmc-watchdog ';

const FREEIPMI = new Set(
  ROWS.map(({ freeipmi }) => freeipmi).filter((line) => line !== NONE && !line.startsWith(APART)),
);

describeWith('ipmi-sensors', 'a line of FreeIPMI has a program and options of it:', () => {
  test.each([...FREEIPMI])('%s', async (line) => {
    const [program = '', ...words] = tokens(line);
    const { stdout } = await run(program, ['--help']);

    const flags = words
      .filter((word) => word.startsWith('--'))
      .map((word) => word.split('=', 1)[0]);
    const missing = flags.filter((flag) => !stdout.includes(String(flag)));
    expect({ program, missing }).toEqual({ program, missing: [] });
  });
});
