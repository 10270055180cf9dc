/** The question before a change, on a terminal and without one. */

import { execFile } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { expect, test } from 'vitest';

import { confirm } from '../../src/cli/confirm.ts';
import { ROOT } from '../support/source-code.ts';
import { tempFolder } from '../support/temp-folder.ts';

const run = promisify(execFile);
const CLI = join(ROOT, 'dist', 'cli.cjs');

/** Runs `channel apply` on a terminal of `script` (util-linux), on which `typed` is typed. */
async function onTerminal(typed: string): Promise<string> {
  const file = join(tempFolder(), 'access.json');
  writeFileSync(file, '{ "privilege": "operator", "memory": "volatile" }');
  const command = `${process.execPath} ${CLI} --sim channel apply ${file}; echo "exit $?"`;
  const line = `printf '${typed}' | script -qec '${command}' /dev/null`;
  const { stdout } = await run('bash', ['-c', line]);
  return stdout.replaceAll('\r', '');
}

test('--yes is an answer', async () => {
  expect(await confirm('It changes', true)).toBe(true);
});

test('on a terminal, it is asked', async () => {
  const text = await onTerminal('y\\n');

  expect(text).toContain(
    'channel apply will change the access to a channel of the BMC. Go on? [y/N] ',
  );
  expect(text).toContain('1 setting changed');
  expect(text).toContain('exit 0');
});

test('any other answer than yes is no, and nothing is sent', async () => {
  const text = await onTerminal('\\n');

  expect(text).toContain('ipmi-bt: nothing was sent');
  expect(text).not.toContain('simulated');
  expect(text).toContain('exit 0');
});
