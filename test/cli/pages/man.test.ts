/** The manual pages: complete, and without a mistake that the checks of such pages know. */

import { execFileSync, spawnSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';

import { describe, expect, test } from 'vitest';

import { flagOf } from '../../../src/cli/format.ts';
import { manualPages } from '../../../src/cli/pages/man.ts';
import type { Grammar } from '../../../src/cli/spec.ts';
import { PROGRAM } from '../../../src/cli/whole-run.ts';
import { describeWith } from '../../support/describe-with.ts';
import { offenders } from '../../support/lists.ts';
import { tempFolder } from '../../support/temp-folder.ts';

const PAGES = manualPages({ ...PROGRAM, version: '1.2.3' }, '2026-11-29');

const BACKSPACE = String.fromCharCode(8);

/** The pages as files; returns their paths. */
function files(): readonly string[] {
  const folder = tempFolder();
  return PAGES.map(({ file, text }) => {
    const path = join(folder, file);
    writeFileSync(path, text);
    return path;
  });
}

/** A page as a reader sees it, on lines that are wide enough for each term and example. */
function shown(path: string): string {
  const text = execFileSync('mandoc', ['-Tascii', '-Owidth=500', path], { encoding: 'utf8' });
  // Bold is a letter that is written twice, with a step back between.
  return text.replace(new RegExp(`.${BACKSPACE}`, 'g'), '');
}

/** Everything that the help of a command has, each of which the page must have, too. */
function parts({ help, words = [], options = {}, examples = [], exitCodes = {} }: Grammar) {
  return [
    help.slice(1),
    ...words.flatMap((word) => [word.name, word.help]),
    ...Object.entries(options).flatMap(([name, option]) => [
      ...[flagOf(name), option.help, ...(option.choices ?? [])],
    ]),
    ...examples.flatMap((example) => [`ipmi-bt ${example.line}`, example.help]),
    ...Object.entries(exitCodes).flat(),
  ];
}

test('there is a page of the program, of each command and of each family', () => {
  const single = PROGRAM.commands.filter(({ name }) => !name.includes(' '));
  const named = [...single, ...(PROGRAM.families ?? [])].map(({ name }) => `ipmi-bt-${name}.1`);

  expect(PAGES.map(({ file }) => file).sort()).toEqual(['ipmi-bt.1', ...named].sort());
});

describeWith('mandoc', 'to mandoc', () => {
  test('no page has a mistake, or a matter of style', () => {
    const { stdout, stderr, status } = spawnSync('mandoc', ['-Tlint', '-Wall', ...files()], {
      encoding: 'utf8',
    });

    expect({ stdout, stderr, status }).toEqual({ stdout: '', stderr: '', status: 0 });
  });

  describe('each page has all that the help has:', () => {
    test.each([...PROGRAM.commands, PROGRAM].map((spec) => [spec.name, spec] as const))(
      '%s',
      (name, spec) => {
        const [family = ''] = name.split(' ');
        const file = spec === PROGRAM ? 'ipmi-bt.1' : `ipmi-bt-${family}.1`;
        const path = files().find((one) => one.endsWith(`/${file}`)) ?? '';
        const text = shown(path);

        expect(offenders(parts(spec), (part) => !text.includes(part))).toEqual([]);
        expect(text).toContain('2026-11-29');
      },
    );
  });
});

test('a page without a date has none', () => {
  const [page] = manualPages(PROGRAM, '');

  expect(page?.text).toContain('.TH "IPMI\\-BT" 1 "" ');
});
