/** The build writes completions and manual pages of the commands that it builds. */

import { readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';

import { expect, test } from 'vitest';

import { bashCompletion } from '../../../src/cli/pages/bash.ts';
import { fishCompletion } from '../../../src/cli/pages/fish.ts';
import { manualPages } from '../../../src/cli/pages/man.ts';
import { offersOf } from '../../../src/cli/pages/words.ts';
import { zshCompletion } from '../../../src/cli/pages/zsh.ts';
import { PROGRAM } from '../../../src/cli/whole-run.ts';
import { offenders } from '../../support/lists.ts';
import { ROOT, readText } from '../../support/source-code.ts';

const built = (path: string): string => readFileSync(join(ROOT, 'dist', path), 'utf8');

test('the completions are those of the commands as they are', () => {
  const offers = offersOf(PROGRAM);

  expect(built('completions/ipmi-bt.bash')).toBe(
    bashCompletion(offers, readText('docs/completions/walk.bash')),
  );
  expect(built('completions/_ipmi-bt')).toBe(zshCompletion(offers));
  expect(built('completions/ipmi-bt.fish')).toBe(
    fishCompletion(offers, readText('docs/completions/walk.fish')),
  );
});

test('the manual pages have the version of the package, and npm installs each', () => {
  const { version, man } = JSON.parse(readText('package.json')) as {
    readonly version: string;
    readonly man: readonly string[];
  };
  const [, date = ''] = /^\.TH "IPMI\\-BT" 1 "(.*?)"/m.exec(built('man/ipmi-bt.1')) ?? [];
  const pages = manualPages({ ...PROGRAM, version }, date);

  expect(date).toMatch(/^(\d{4}-\d\d-\d\d)?$/);
  expect(readdirSync(join(ROOT, 'dist/man')).sort()).toEqual(pages.map(({ file }) => file).sort());
  expect(offenders(pages, ({ file, text }) => built(`man/${file}`) !== text)).toEqual([]);
  expect([...man].sort()).toEqual(pages.map(({ file }) => `dist/man/${file}`).sort());
});
