/** Completion in bash, as it is typed on a terminal. */

import { execFileSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

import { expect, test } from 'vitest';

import { bashCompletion } from '../../../src/cli/pages/bash.ts';
import { offersOf } from '../../../src/cli/pages/words.ts';
import { PROGRAM } from '../../../src/cli/whole-run.ts';
import { COMPLETED, FILES } from '../../support/completed-lines.ts';
import { offenders } from '../../support/lists.ts';
import { ROOT } from '../../support/source-code.ts';
import { tempFolder } from '../../support/temp-folder.ts';
import { BASH, typed } from '../../support/typed-line.ts';

const SCRIPT = bashCompletion(
  offersOf(PROGRAM),
  readFileSync(join(ROOT, 'docs/completions/walk.bash'), 'utf8'),
);

function folderWithScript(): string {
  const folder = tempFolder();
  writeFileSync(join(folder, 'ipmi-bt.bash'), SCRIPT);
  for (const file of FILES) writeFileSync(join(folder, file), '');
  return folder;
}

test('TAB completes commands, actions, options, values and files', async () => {
  const folder = folderWithScript();

  const shown = await typed(
    BASH,
    folder,
    COMPLETED.map(([line]) => line),
  );

  expect(shown).toEqual(COMPLETED.map(([, words]) => words));
});

test('a value is a word of its own, or stands behind =, and may have a space', async () => {
  const lines = ['ipmi-bt info --timeo\t3', 'ipmi-bt trace show a\\ f\t', 'ipmi-bt --record=rec\t'];

  const shown = await typed(BASH, folderWithScript(), lines);

  expect(shown).toEqual([
    '<info><--timeout><3>',
    '<trace><show><a folder>',
    '<--record=recording.jsonl>',
  ]);
});

test('the script is bash without a mistake, and starts no program', () => {
  const path = join(folderWithScript(), 'ipmi-bt.bash');
  execFileSync('bash', ['-n', path]);

  // Nothing is on the PATH there.
  const line = 'ipmi-bt sensor l';
  const words = `COMP_LINE='${line}' COMP_POINT=${line.length} COMP_CWORD=2`;
  const call = `source ${path}; COMP_WORDS=(${line}); ${words}; _ipmi_bt; echo "\${COMPREPLY[@]}"`;
  const bash = execFileSync('which', ['bash'], { encoding: 'utf8' }).trim();
  const printed = execFileSync(bash, ['--norc', '-c', call], {
    env: { PATH: '' },
    encoding: 'utf8',
  });

  expect(printed).toBe('list\n');
  expect(offenders(SCRIPT.split('\n'), (row) => /\$\((?!\()|`/.test(row))).toEqual([]);
});
