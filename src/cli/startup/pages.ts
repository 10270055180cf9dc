/**
 * Writes the completions and the manual pages of the command into a folder, when the package is
 * built. No command loads this file.
 */

import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';

import { bashCompletion } from '../pages/bash.ts';
import { fishCompletion } from '../pages/fish.ts';
import { manualPages } from '../pages/man.ts';
import { offersOf } from '../pages/words.ts';
import { zshCompletion } from '../pages/zsh.ts';
import { PROGRAM } from '../whole-run.ts';

/** Parts of the completions that are the same for all commands. */
const PARTS = 'docs/completions';

const [folder = 'dist', date = ''] = process.argv.slice(2);
const offers = offersOf(PROGRAM);
const walk = (shell: string): string => readFileSync(join(PARTS, `walk.${shell}`), 'utf8');

const files: Readonly<Record<string, string>> = {
  'completions/ipmi-bt.bash': bashCompletion(offers, walk('bash')),
  'completions/_ipmi-bt': zshCompletion(offers),
  'completions/ipmi-bt.fish': fishCompletion(offers, walk('fish')),
  ...Object.fromEntries(manualPages(PROGRAM, date).map(({ file, text }) => [`man/${file}`, text])),
};

for (const [name, text] of Object.entries(files)) {
  const path = join(folder, name);
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, text);
}
