/** `ipmi-bt ipmitool` in a process of its own, also under the name of ipmitool. */

import { execFile } from 'node:child_process';
import { symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { describe, expect, test } from 'vitest';

import { SIM_LINE, runCli } from '../support/cli-run.ts';
import { codeBlocks } from '../support/markdown.ts';
import { ROOT } from '../support/source-code.ts';
import { tempFolder } from '../support/temp-folder.ts';

const run = promisify(execFile);

const CLI = join(ROOT, 'dist', 'cli.cjs');

/** The error of a run that ends with a code other than 0. */
interface RunError {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** An environment in which programs of a folder are found first. */
function pathOf(folder: string): NodeJS.ProcessEnv {
  return { ...process.env, PATH: `${folder}:${process.env['PATH'] ?? ''}` };
}

test('options of ipmi-bt stand before the word, those of ipmitool behind it', async () => {
  const ended = await runCli('--sim', 'ipmitool', '-I', 'open', 'raw', '6', '4', '-c');

  expect(ended).toEqual({ stdout: ' 55 00\n', stderr: SIM_LINE, exit: 0 });
});

test('an option of ipmi-bt behind the word is told where it belongs, after what ipmitool says', async () => {
  const plain = await runCli('ipmitool', 'sel', 'list', '--list');
  const own = await runCli('ipmitool', 'sel', 'list', '--sim');
  const valued = await runCli('ipmitool', '--sim-delay=5', 'sel', 'list');

  expect(plain.stderr).toMatch(/^ipmitool: invalid option -- '-'\n/);
  const place = (option: string): string =>
    `ipmi-bt: ${option} is an option of ipmi-bt, and stands before the word ipmitool: ` +
    `ipmi-bt ${option} ... ipmitool ...\n`;
  expect(own).toEqual({ ...plain, stderr: `${plain.stderr}${place('--sim')}` });
  expect(valued).toEqual({ ...plain, stderr: `${plain.stderr}${place('--sim-delay')}` });
});

test('bytes of the command line come back as they were', async () => {
  const ended = await runCli('--sim', 'ipmitool', 'raw', 'ä€');

  expect(ended.stderr).toMatch(/^Not enough parameters|simulated/);
  expect(await runCli('--sim', 'ipmitool', 'raw', 'ä€', '1')).toMatchObject({
    stderr: `${SIM_LINE}Given netfn "ä€" is invalid.\n`,
    exit: 1,
  });
});

test('an interface that is not there is exit code 1, as with ipmitool', async () => {
  const ended = await runCli('--base', '0xfff0', 'ipmitool', 'raw', '6', '1');

  expect(ended).toMatchObject({ stdout: '', exit: 1 });
  expect(ended.stderr).toMatch(/^ipmi-bt: [A-Z_]+: /);
});

test('a link of the name ipmitool is ipmitool', async () => {
  const link = join(tempFolder(), 'ipmitool');
  await symlink(join(ROOT, 'dist', 'cli.cjs'), link);
  const { stdout } = await run(process.execPath, [link, '-V']);

  expect(stdout).toBe('ipmitool version 1.8.19\n');
});

describe('the ways of docs/ipmitool.md to have a program of that name', () => {
  const [link, script] = codeBlocks('sh ipmitool').map(({ text }) => text);

  /** A folder with `ipmi-bt` and, as the document has it, `ipmitool`. */
  async function folderWith(make: (folder: string) => Promise<void>): Promise<string> {
    const folder = tempFolder();
    await symlink(join(ROOT, 'dist', 'cli.cjs'), join(folder, 'ipmi-bt'));
    await make(folder);
    return folder;
  }

  test('a link', async () => {
    const folder = await folderWith(async (here) => {
      const there = (link ?? '').replace('/usr/local/sbin/', `${here}/`);
      expect(there).toContain(here);
      await run('sh', ['-c', there], { env: pathOf(here) });
    });

    expect(await run('ipmitool', ['-V'], { env: pathOf(folder) })).toMatchObject({
      stdout: 'ipmitool version 1.8.19\n',
    });
  });

  test('a script', async () => {
    const folder = await folderWith(async (here) => {
      // The simulated BMC in place of the hardware.
      const there = (script ?? '').replace('--takeover', '--sim');
      expect(there).toContain('--sim');
      await writeFile(join(here, 'ipmitool'), there, { mode: 0o755 });
    });

    expect(await run('ipmitool', ['raw', '6', '4'], { env: pathOf(folder) })).toMatchObject({
      stdout: ' 55 00\n',
    });
  });
});

describe('what it reads from a pipe', () => {
  /** Runs it with this text on standard input. */
  async function runWith(input: string, ...words: readonly string[]) {
    const running = run(process.execPath, [CLI, '--sim', 'ipmitool', ...words]);
    running.child.stdin?.end(input);
    const ended = await running.catch((error: unknown) => error as RunError);
    const exit = 'code' in ended ? ended.code : 0;
    return { exit, stdout: ended.stdout, stderr: ended.stderr.replace(SIM_LINE, '') };
  }

  test('the lines of the shell', async () => {
    const ended = await runWith('raw 6 4\nset csv\r\nraw 6 4', 'shell');

    expect(ended).toEqual({
      exit: 0,
      stdout:
        'ipmitool> raw 6 4\n 55 00\nipmitool> set csv\nipmitool> \n' +
        'ipmitool> raw 6 4\n 55 00\nipmitool> \n',
      stderr: '',
    });
  });

  test('a controller that is not there ends a line of the shell, and not the shell', async () => {
    const ended = await runWith(
      'set targetaddr 0x82\nraw 6 1\nset targetaddr 0x20\nraw 6 4',
      'shell',
    );

    expect(ended.stdout).toMatch(/raw 6 1\nipmitool> .*\n.*\nipmitool> raw 6 4\n 55 00\n/);
    expect(ended.stderr).toContain('Unable to send RAW command');
  });

  test('a password, twice', async () => {
    const question = 'Password for user 2: ';
    const words = ['user', 'set', 'password', '2'];

    expect(await runWith('secret\nsecret\n', ...words)).toEqual({
      exit: 0,
      stdout: 'Set User Password command successful (user 2)\n',
      stderr: question.repeat(2),
    });
    expect(await runWith('secret\nother\n', ...words)).toEqual({
      exit: 1,
      stdout: '',
      stderr: `${question.repeat(2)}Two passwords are given, and nothing is sent.\n`,
    });
    expect(await runWith('', ...words)).toEqual({
      exit: 1,
      stdout: '',
      stderr: `${question}\nNo password is given, and nothing is sent.\n`,
    });
  });
});

test('there is no JSON of it', async () => {
  const ended = await runCli('--json', '--sim', 'ipmitool', 'raw', '6', '1');

  expect(ended.exit).toBe(64);
  expect(ended.stdout).toContain('exclude each other');
});
