/** Standard output as the process has it: closed by its reader, full, or left non-blocking. */

import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { expect, test } from 'vitest';

import { ROOT } from './source-code.ts';

const CLI = join(ROOT, 'dist', 'cli.cjs');

/** Runs a line of shell in which `"$@"` is `ipmi-bt --sim` with `words`. */
async function shell(line: string, ...words: readonly string[]) {
  const args = ['-c', line, 'sh', process.execPath, CLI, '--sim', ...words];
  return promisify(execFile)('sh', args).catch((error: unknown) => error as object);
}

const READ = ['raw', '6', '1'];

test('output that cannot be written is told, and is exit 74', async () => {
  expect(await shell('"$@" > /dev/full', ...READ)).toMatchObject({
    code: 74,
    stderr: expect.stringMatching(/^ipmi-bt: standard output cannot be written: ENOSPC/m) as string,
  });
  expect(await shell('"$@" > /dev/full', '--json', ...READ)).toMatchObject({ code: 74 });
});

test('a closed standard error does not matter', async () => {
  expect(await shell('"$@" 2> /dev/full', ...READ)).toMatchObject({
    stdout: ' 20 01 02 35 02 9f 00 00 00 b7 00 01 02 03 04\n',
  });
});
