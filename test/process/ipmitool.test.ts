/** `ipmi-bt ipmitool` in a process of its own, also under the name of ipmitool. */

import { execFile } from 'node:child_process';
import { symlink } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { expect, test } from 'vitest';

import { SIM_LINE, runCli } from '../support/cli-run.ts';
import { ROOT } from '../support/source-code.ts';
import { tempFolder } from '../support/temp-folder.ts';

test('options of ipmi-bt stand before the word, those of ipmitool behind it', async () => {
  const run = await runCli('--sim', 'ipmitool', '-I', 'open', 'raw', '6', '4', '-c');

  expect(run).toEqual({ stdout: ' 55 00\n', stderr: SIM_LINE, exit: 0 });
});

test('bytes of the command line come back as they were', async () => {
  const run = await runCli('--sim', 'ipmitool', 'raw', 'ä€');

  expect(run.stderr).toMatch(/^Not enough parameters|simulated/);
  expect(await runCli('--sim', 'ipmitool', 'raw', 'ä€', '1')).toMatchObject({
    stderr: `${SIM_LINE}Given netfn "ä€" is invalid.\n`,
    exit: 1,
  });
});

test('an interface that is not there is exit code 1, as with ipmitool', async () => {
  const run = await runCli('--base', '0xfff0', 'ipmitool', 'raw', '6', '1');

  expect(run).toMatchObject({ stdout: '', exit: 1 });
  expect(run.stderr).toMatch(/^ipmi-bt: [A-Z_]+: /);
});

test('a link of the name ipmitool is ipmitool', async () => {
  const link = join(tempFolder(), 'ipmitool');
  await symlink(join(ROOT, 'dist', 'cli.cjs'), link);
  const { stdout } = await promisify(execFile)(process.execPath, [link, '-V']);

  expect(stdout).toBe('ipmitool version 1.8.19\n');
});

test('there is no JSON of it', async () => {
  const run = await runCli('--json', '--sim', 'ipmitool', 'raw', '6', '1');

  expect(run.exit).toBe(64);
  expect(run.stdout).toContain('exclude each other');
});
