/** `ipmi-bt sel drain` and `sel clear`, in a process, on the simulated BMC. */

import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';

import { runCli } from '../../support/cli-run.ts';
import { expectObjects } from '../../support/json-output.ts';
import { ROOT } from '../../support/source-code.ts';
import { tempFolder } from '../../support/temp-folder.ts';

const CLI = join(ROOT, 'dist', 'cli.cjs');

const SAVED = 'ipmi-bt: 2 entries were saved, and erased from the system event log\n';

test('a drain prints the entries as JSON Lines, and says that they are erased', async () => {
  const { stdout, stderr, exit } = await runCli('--sim', 'sel', 'drain', '--yes');

  expect(exit).toBe(0);
  expect(expectObjects(stdout, 'sel-entry').map(({ id }) => id)).toEqual(['0x0001', '0x0002']);
  expect(stderr).toContain(SAVED);
});

test('a drain appends to a file, which it makes for its user alone', async () => {
  const folder = tempFolder();
  const [made, there] = [join(folder, 'new.jsonl'), join(folder, 'old.jsonl')];
  writeFileSync(there, 'before\n');

  const first = await runCli('--sim', 'sel', 'drain', made, '--yes');
  await runCli('--sim', 'sel', 'drain', there, '--yes');

  expect(first).toMatchObject({ exit: 0, stdout: '' });
  expect(expectObjects(readFileSync(made, 'utf8'), 'sel-entry')).toHaveLength(2);
  expect(statSync(made).mode & 0o777).toBe(0o600);
  expect(readFileSync(there, 'utf8').split('\n')).toHaveLength(4);
});

test('a file that cannot be written leaves the log as it is', async () => {
  const full = await runCli('--sim', 'sel', 'drain', '/dev/full', '--yes');
  const missing = await runCli('--sim', 'sel', 'drain', '/no/such/folder/x', '--yes');

  expect(full.exit).toBe(74);
  expect(full.stderr).toContain('/dev/full cannot be written: the disk is full');
  expect(full.stderr).not.toContain('erased');
  expect(missing).toMatchObject({ exit: 64, stdout: '' });
});

test('a drain into a file that keeps nothing is refused with nothing sent', async () => {
  const { stdout, stderr, exit } = await runCli('--sim', 'sel', 'drain', '/dev/null', '--yes');

  expect({ stdout, exit }).toEqual({ stdout: '', exit: 64 });
  expect(stderr).toBe(
    'ipmi-bt: /dev/null keeps nothing: name a file; sel clear erases without saving; ' +
      'nothing was sent (see ipmi-bt help sel drain)\n',
  );
});

test('without --yes and without a terminal nothing is sent', async () => {
  const drain = await runCli('--sim', 'sel', 'drain');
  const clear = await runCli('--sim', 'sel', 'clear');

  expect([drain.exit, clear.exit]).toEqual([64, 64]);
  expect(drain.stderr).not.toContain('simulated BMC');
  expect(clear.stderr).toContain('sel drain saves them. Confirm with --yes');
});

test('clearing says that the log is erased', async () => {
  const text = await runCli('--sim', 'sel', 'clear', '--yes');
  const json = await runCli('--sim', '--json', 'sel', 'clear', '--yes');

  expect(text).toMatchObject({ exit: 0, stdout: 'The system event log is erased\n' });
  expect(expectObjects(json.stdout, 'sel-clear')).toMatchObject([{ cleared: true }]);
});

/** Runs a line of shell in which `"$@"` is `sel drain --yes` of the simulated BMC. */
async function shell(line: string) {
  const words = ['--sim', '--trace', '--trace-payload', 'sel', 'drain', '--yes'];
  const child = spawn('sh', ['-c', line, process.execPath, CLI, ...words]);
  onTestFinished(() => void child.stdin.destroy());
  let stderr = '';
  child.stderr.setEncoding('utf8').on('data', (piece: string) => {
    stderr += piece;
    // The second entry is asked for.
    if (/ 43 .. .. 02 00 00 ff/.test(stderr)) child.stdin.end('go\n');
  });
  child.stdout.resume();
  const [exit] = (await once(child, 'close')) as [number];
  return { stderr, exit };
}

test.each(['"$0" "$@" >&-', '"$0" "$@" > /dev/null'])(
  'a drain into an output that keeps nothing does not erase what is saved nowhere: %s',
  async (line) => {
    const { stderr, exit } = await shell(line);

    expect(exit).toBe(64);
    expect(stderr).toBe(
      'ipmi-bt: standard output is closed, or /dev/null: name a file; ' +
        'sel clear erases without saving; nothing was sent (see ipmi-bt help sel drain)\n',
    );
  },
);

/** A pipe that is full and non-blocking, and whose reader goes without reading. */
const STALLED = `exec 3<&0
{
  head -c 65536 /dev/zero
  { "$0" -e "process.stdout; process.kill(process.pid, 'SIGKILL')"; } 2> /dev/null
  "$0" "$@"
  echo "exit $?" >&2
} | { read -r order <&3; }`;

test('a drain does not erase entries that wait for a reader which never takes them', async () => {
  const { stderr } = await shell(STALLED);

  expect(stderr).toContain('ipmi-bt: the reader of standard output has gone\n');
  expect(stderr).toContain('exit 74\n');
  expect(stderr).not.toContain('erased');
});
