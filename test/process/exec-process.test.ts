/** `exec` as a process: standard input that comes slowly, is ended by a signal, or is a file. */

import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, onTestFinished, test } from 'vitest';

import { SIM_LINE, runCli, startCli } from '../support/cli-run.ts';
import { ROOT } from '../support/source-code.ts';
import { tempFolder } from '../support/temp-folder.ts';

const CLI = join(ROOT, 'dist', 'cli.cjs');

const NET_FN_NAMES =
  'chassis, bridge, sensorevent, sensor, application, app, firmware, fw, storage, transport';

/** `ipmi-bt --sim exec -`, whose standard input stays open. */
function typeTo(...words: readonly string[]) {
  const child = spawn(process.execPath, [CLI, '--sim', ...words, 'exec', '-']);
  onTestFinished(() => {
    child.kill('SIGKILL');
  });
  const text = { stdout: '', stderr: '' };
  for (const name of ['stdout', 'stderr'] as const) {
    child[name].setEncoding('utf8').on('data', (piece: string) => (text[name] += piece));
  }
  const ended = once(child, 'close').then(([code]) => ({ exit: code as number, ...text }));
  return { child, text, ended };
}

describe('standard input that cannot be read is one line, and no bug:', () => {
  test.each([
    ['a folder', '< /tmp', 64, /^ipmi-bt: standard input is a folder \(see .*\)\n$/],
    [
      'a file that was opened to be written',
      '0> /dev/null',
      74,
      /^ipmi-bt: standard input cannot be read: it is not open, or not to be read\n$/,
    ],
  ])('%s', (_, ...[redirection, exit, stderr]) => {
    const line = `exec "$0" "$@" ${redirection}`;
    const args = ['-c', line, process.execPath, CLI, '--sim', 'exec', '-'];
    const run = spawnSync('sh', args, { encoding: 'utf8' });

    expect(run).toMatchObject({ status: exit, stdout: '' });
    expect(run.stderr.replace(SIM_LINE, '')).toMatch(stderr);
  });
});

test.each([
  ['SIGHUP', 129],
  ['SIGINT', 130],
  ['SIGTERM', 143],
] as const)('%s while it waits for a line: exit %i, replies kept', async (signal, exit) => {
  const { child, ended } = typeTo();
  child.stdin.write('raw 0x30 1 7\n');
  await once(child.stdout, 'data');

  child.kill(signal);

  expect(await ended).toMatchObject({ exit, stdout: ' 07\n' });
});

test('a signal in the middle of a file tells the file, the line and the signal', async () => {
  const file = join(tempFolder(), 'script');
  writeFileSync(file, '# first\nraw 6 1\nraw 6 4\n');
  const run = startCli('--sim', '--sim-delay', '3600000', '--trace', 'exec', file);
  await run.told('H2B_ATN');

  run.kill('SIGTERM');

  const { stderr, exit } = await run.ended;
  expect(exit).toBe(143);
  expect(stderr).toContain(
    `ipmi-bt: ${file}:2: REQUEST_ABORTED: netFn 0x6 cmd 0x1 lun 0: ended by SIGTERM\n` +
      `ipmi-bt: ${file}: line 3 was not sent\n`,
  );
});

describe('input without end is refused at its first line:', () => {
  const refusal = 'the line is longer than 65536 characters';

  test('of a file', async () => {
    expect(await runCli('--sim', 'exec', '/dev/zero')).toEqual({
      ...{ exit: 64, stdout: '' },
      stderr: `ipmi-bt: /dev/zero:1: ${refusal} (see ipmi-bt help exec)\n`,
    });
  });

  test('of standard input', async () => {
    const { child, ended } = typeTo();
    child.stdin.on('error', () => undefined);
    child.stdin.write('raw 0x30 1 7\n');
    const more = (): void => {
      while (child.stdin.writable && child.stdin.write('0'.repeat(65_536)));
    };
    child.stdin.on('drain', more);
    more();

    expect(await ended).toEqual({
      ...{ exit: 64, stdout: ' 07\n' },
      stderr:
        `${SIM_LINE}ipmi-bt: standard input:2: ${refusal}\n` +
        'ipmi-bt: standard input: nothing after line 2 is sent\n',
    });
  });
});

test('a reply is there before the next line is typed', async () => {
  const { child, text, ended } = typeTo();
  for (const number of ['01', '02']) {
    child.stdin.write(`raw 0x30 1 0x${number}\n`);
    await once(child.stdout, 'data');
    expect(text.stdout.endsWith(` ${number}\n`)).toBe(true);
  }
  child.stdin.end();

  expect(await ended).toEqual({ exit: 0, stdout: ' 01\n 02\n', stderr: SIM_LINE });
});

test('it ends when its output is closed', async () => {
  const { child, ended } = typeTo();
  child.stdout.destroy();
  child.stdin.write('raw 6 1\n'.repeat(10_000));

  const { exit, stderr } = await ended;

  expect(exit).toBe(0);
  expect(stderr).toMatch(/ipmi-bt: standard input: nothing after line \d+ is sent\n$/);
});

test('a file that is wrong opens nothing, and is exit 64', async () => {
  const file = join(tempFolder(), 'script');
  writeFileSync(file, 'raw 6 1\nraw six 1\n');

  expect(await runCli('--sim', 'exec', file)).toMatchObject({
    exit: 64,
    stdout: '',
    stderr: `ipmi-bt: ${file}:2: NETFN is no number, and none of ${NET_FN_NAMES} (see ipmi-bt help raw)\n`,
  });
  expect(await runCli('--sim', 'exec', `${file}.not`)).toMatchObject({ exit: 64, stdout: '' });
});
