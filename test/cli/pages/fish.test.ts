/** Completion in fish, which says itself what it would offer. */

import { execFileSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

import { expect, test } from 'vitest';

import { fishCompletion } from '../../../src/cli/pages/fish.ts';
import { offersOf } from '../../../src/cli/pages/words.ts';
import { PROGRAM } from '../../../src/cli/whole-run.ts';
import { FILES } from '../../support/completed-lines.ts';
import { describeWith } from '../../support/describe-with.ts';
import { ROOT } from '../../support/source-code.ts';
import { tempFolder } from '../../support/temp-folder.ts';

const WALK = readFileSync(join(ROOT, 'docs/completions/walk.fish'), 'utf8');

function folderWithScript(): string {
  const folder = tempFolder();
  writeFileSync(join(folder, 'ipmi-bt.fish'), fishCompletion(offersOf(PROGRAM), WALK));
  for (const file of FILES) writeFileSync(join(folder, file), '');
  return folder;
}

/** What fish offers behind a line, without the explanations. */
function offered(line: string): readonly string[] {
  const folder = folderWithScript();
  const call = `source ${folder}/ipmi-bt.fish; complete -C ${JSON.stringify(line)}`;
  const env = { ...process.env, HOME: folder };
  const text = execFileSync('fish', ['--no-config', '-c', call], { cwd: folder, env });
  return String(text)
    .split('\n')
    .filter((row) => row !== '')
    .map((row) => row.replace(/\t.*/, ''));
}

describeWith('fish', 'in fish', () => {
  test.each<[string, readonly string[]]>([
    ['ipmi-bt sens', ['sensor']],
    ['ipmi-bt sensor ', ['get', 'list']],
    ['ipmi-bt sensor list --ca', ['--cache']],
    ['ipmi-bt --base 0xce4 sensor l', ['list']],
    ['ipmi-bt --bridge 0:0x2c chassis bootdev px', ['pxe']],
    ['ipmi-bt --spacing ', ['1', '4', '16']],
    ['ipmi-bt --quirk=wr', ['--quirk=write-under-busy']],
    ['ipmi-bt --trace-payload=', ['--trace-payload=all']],
    ['ipmi-bt smoke --reset ', ['cold', 'interface', 'warm']],
    ['ipmi-bt help sensor l', ['list']],
    ['ipmi-bt trace show rec', ['recording.jsonl']],
    ['ipmi-bt --record rec', ['recording.jsonl']],
    ['ipmi-bt --version --verb', ['--verbose']],
    ['ipmi-bt info rec', []],
    ['ipmi-bt sensor nothing', []],
    ['ipmi-bt --base ', []],
  ])('%s', (line, names) => {
    expect(offered(line)).toEqual(names);
  });
});

test('an apostrophe of a help does not end it', () => {
  const options = { way: { help: "it's" } };
  const offers = offersOf({ name: 'any', help: '', version: '', options, commands: [] });

  expect(fishCompletion(offers, WALK)).toContain("-l way -d 'it\\'s'");
});
