/**
 * The examples of the help, each run as it stands: with the files that it names, and with the
 * simulated BMC in place of hardware. Those that need a host of their own are listed.
 */

import { execFile } from 'node:child_process';
import { copyFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

import { describe, expect, test } from 'vitest';

import { PROGRAM } from '../../src/cli/whole-run.ts';
import { runCli } from '../support/cli-run.ts';
import { offenders } from '../support/lists.ts';
import { ROOT } from '../support/source-code.ts';
import { tempFolder } from '../support/temp-folder.ts';

/** Examples that are not run here, and why. */
const ELSEWHERE: Readonly<Record<string, string>> = {
  locate: 'looks for hardware; test/vm/discover.test.ts',
  'locate --explain': 'the same',
  watch: 'ends by a signal; test/cli/commands/watch.test.ts',
  'claim --base 0xce4': 'takes a kernel driver away; test/vm/takeover.test.ts',
  release: 'the same',
  'irq status': 'the interrupt of hardware; test/vm/irq.test.ts',
  'irq bind --base 0xce4': 'the same',
  'smoke --takeover --json': 'the same; test/vm/smoke.test.ts',
  smoke: 'measures the host; test/process/smoke.test.ts',
  '--sim smoke --quick': 'the same',
  'smoke --only bring-up,latency': 'the same',
  'serve --takeover': 'a server; test/vm/serve.test.ts',
  'serve --check': 'the same',
  'serve status': 'the same',
};

/** Commands that read files or print, and refuse the simulator. */
const WITHOUT_BMC = ['trace', 'schema', 'version', 'help'];

/** More words that an example needs to end here. */
const MORE: Readonly<Record<string, readonly string[]>> = {
  '--json watch --count 1': ['--sim-events', '10'],
};

const EXAMPLES = [PROGRAM, ...PROGRAM.commands].flatMap(({ examples = [] }) =>
  examples.map(({ line }) => line),
);

/** Exit codes that an example has here; any other is 2 with `--check`, and else 0. */
const EXITS: Readonly<Record<string, number>> = {
  // The timer of a new BMC was never set.
  'watchdog reset --yes': 1,
};

/** A folder with every file that an example reads. */
async function folderWithFiles(line: string): Promise<string> {
  const folder = tempFolder();
  const write = (name: string, text: string): void => {
    writeFileSync(join(folder, name), text, { mode: 0o600 });
  };
  write('commands.txt', 'raw 6 1\n');
  write('lan.json', '{ "ipv4": { "address": "192.0.2.20" } }\n');
  write('users.json', '{ "users": [{ "id": 3, "name": "op" }] }\n');
  write('access.json', '{ "mode": "shared" }\n');
  write('secret', 'a password\n');
  copyFileSync(join(ROOT, 'test/fixtures/bt-race-2018.log'), join(folder, 'dmesg.txt'));
  if (line.includes('info.jsonl')) {
    await runCli('--sim', '--trace-payload', '--record', join(folder, 'info.jsonl'), 'info');
  }
  return folder;
}

function wordsOf(line: string): readonly string[] {
  const words = line.split(' ');
  const needsBmc = !words.includes('--sim') && !words.some((word) => WITHOUT_BMC.includes(word));
  return [...(needsBmc ? ['--sim'] : []), ...words, ...(MORE[line] ?? [])];
}

describe('each example of the help works:', () => {
  const here = EXAMPLES.filter((line) => !Object.hasOwn(ELSEWHERE, line));

  test.each([...new Set(here)])('ipmi-bt %s', async (line) => {
    const cwd = await folderWithFiles(line);
    const cli = join(ROOT, 'dist/cli.cjs');
    const ended = await new Promise<{ exit: unknown; stdout: string; stderr: string }>(
      (resolve) => {
        const run = execFile(process.execPath, [cli, ...wordsOf(line)], { cwd }, (...result) => {
          const [, stdout, stderr] = result;
          resolve({ exit: run.exitCode, stdout, stderr });
        });
        run.stdin?.end('raw 6 1\n');
      },
    );

    const exit = EXITS[line] ?? (line.includes('--check') ? 2 : 0);
    expect({ ...ended, line }).toMatchObject({ exit, line });
  });

  test('those that are not run here are examples', () => {
    const listed = Object.keys(ELSEWHERE);

    expect(offenders(listed, (line) => !EXAMPLES.includes(line))).toEqual([]);
  });
});
