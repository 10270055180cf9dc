/** Completion in zsh, as it is typed on a terminal. */

import { execFileSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';

import { expect, test } from 'vitest';

import { offersOf } from '../../../src/cli/pages/words.ts';
import { zshCompletion } from '../../../src/cli/pages/zsh.ts';
import { PROGRAM } from '../../../src/cli/whole-run.ts';
import { COMPLETED, FILES } from '../../support/completed-lines.ts';
import { describeWith } from '../../support/describe-with.ts';
import { tempFolder } from '../../support/temp-folder.ts';
import { ZSH, typed } from '../../support/typed-line.ts';

function folderWithScript(): string {
  const folder = tempFolder();
  writeFileSync(join(folder, '_ipmi-bt'), zshCompletion(offersOf(PROGRAM)));
  for (const file of FILES) writeFileSync(join(folder, file), '');
  return folder;
}

describeWith('zsh', 'in zsh', () => {
  test('TAB completes commands, actions, options, values and files', async () => {
    const shown = await typed(
      ZSH,
      folderWithScript(),
      COMPLETED.map(([line]) => line),
    );

    expect(shown).toEqual(COMPLETED.map(([, words]) => words));
  });

  test('the script is zsh without a mistake', () => {
    const path = join(folderWithScript(), '_ipmi-bt');

    expect(execFileSync('zsh', ['-n', path], { encoding: 'utf8' })).toBe('');
  });
});

test('brackets and colons of a help end no part of a specification', () => {
  const options = { way: { value: 'a:b', help: "the [way]: it's", choices: ['x'] } };
  const script = zshCompletion(
    offersOf({ name: 'any', help: '', version: '', options, commands: [] }),
  );

  expect(script).toContain(`'--way=[the \\[way\\]\\: it'\\''s]:a\\:b:(x)'`);
});
