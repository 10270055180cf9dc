/** `ipmi-bt trace` and `--record`, as a process has them. */

import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';

import { SIM_LINE, runCli } from '../../support/cli-run.ts';
import { ROOT } from '../../support/source-code.ts';
import { tempFolder } from '../../support/temp-folder.ts';

const RACE = join(ROOT, 'test/fixtures/bt-race-2018.log');
const REPLY = ' 20 01 02 35 02 9f 00 00 00 b7 00 01 02 03 04\n';

/** Records a command on the simulated BMC; resolves to the path of the recording. */
async function recorded(...words: readonly string[]): Promise<string> {
  const path = join(tempFolder(), 'recording.jsonl');
  const { exit, stderr } = await runCli('--sim', '--record', path, ...words);
  expect({ exit, stderr }).toEqual({ exit: 0, stderr: SIM_LINE });
  return path;
}

describe('--record', () => {
  test('makes a file for its user alone, and changes nothing in what is printed', async () => {
    const path = join(tempFolder(), 'a.jsonl');

    const result = await runCli('--sim', 'raw', '6', '1', '--record', path);

    expect(result).toEqual({ stdout: REPLY, stderr: SIM_LINE, exit: 0 });
    expect(statSync(path).mode & 0o777).toBe(0o600);
    const [head = ''] = readFileSync(path, 'utf8').split('\n', 1);
    expect(JSON.parse(head)).toMatchObject({
      schema: 'ipmi-bt/recording',
      program: 'ipmi-bt 0.1.0',
    });
  });

  test('overwrites no file', async () => {
    const path = join(tempFolder(), 'a.jsonl');
    writeFileSync(path, 'mine');

    const { stderr, exit } = await runCli('--sim', '--record', path, 'raw', '6', '1');

    expect(exit).toBe(64);
    expect(stderr).toContain(`ipmi-bt: --record: ${path} cannot be made: it is there, and is not`);
    expect(readFileSync(path, 'utf8')).toBe('mine');
  });

  test('names a folder that is not there, and a command that opens no interface', async () => {
    const nowhere = await runCli('--sim', '--record', '/nowhere/a', 'raw', '6', '1');
    const locate = await runCli('--record', '/nowhere/a', 'locate');

    expect(nowhere.stderr).toContain('/nowhere/a cannot be made: its folder is not there: make it');
    expect(locate).toMatchObject({ exit: 64, stdout: '' });
    expect(locate.stderr).toContain(
      '--record works with commands that open an interface, and locate',
    );
  });

  test('on a full disk is one line, and the command is as without it', () => {
    const folder = tempFolder();
    const cli = join(ROOT, 'dist/cli.cjs');
    // A limit of the size of files stands for the full disk; the signal for it is ignored.
    const line = `trap '' XFSZ; ulimit -f 1; "$0" "$1" --sim --record "$2" stats --count 20 2>&1 >/dev/null; echo $?`;

    const out = execFileSync('bash', ['-c', line, process.execPath, cli, join(folder, 'a')], {
      encoding: 'utf8',
    });

    expect(out.split('\n').filter((text) => text.includes('warning'))).toEqual([
      expect.stringMatching(
        /^ipmi-bt: warning: the recording ends here: .*\/a is not complete: it becomes too large/,
      ),
    ]);
    expect(out.trimEnd().endsWith('\n0')).toBe(true);
  });

  test('has the payload that --trace-payload says, and does not print it', async () => {
    const path = await recorded('--trace-payload', 'raw', '6', '1');

    expect(readFileSync(path, 'utf8')).toMatch(/"bytes":"1c [0-9a-f]{2} 01 00 20 01 02 35/);
  });

  test('with a secret in the request has none of it in the file', async () => {
    const path = await recorded(
      '--trace-payload',
      'raw',
      '0x30',
      '1',
      '0xde',
      '0xad',
      '0xbe',
      '0xef',
    );

    expect(readFileSync(path, 'utf8')).not.toContain('de ad');
  });
});

describe('--sim-recording', () => {
  test('answers as the BMC of the recording did', async () => {
    const path = await recorded('--trace-payload', 'raw', '6', '1');

    const result = await runCli('--sim', '--sim-recording', path, 'raw', '6', '1');

    const stderr = `ipmi-bt: recorded BMC (${path}): no hardware is touched\n`;
    expect(result).toEqual({ stdout: REPLY, stderr, exit: 0 });
  });

  test('says which request it has no answer to', async () => {
    const path = await recorded('raw', '6', '1');

    const { stderr, exit } = await runCli('--sim', '--sim-recording', path, 'raw', '6', '0x37');

    expect(exit).toBe(75);
    expect(stderr).toContain(
      'Get System GUID (netFn 0x06 cmd 0x37) with 0 bytes of data cannot be',
    );
  });
});

describe('trace', () => {
  test('show prints a recording, as JSON too, and its registers', async () => {
    const path = await recorded('raw', '6', '1');

    const text = await runCli('trace', 'show', path);
    const json = await runCli('--json', 'trace', 'show', path);
    const registers = await runCli('trace', 'show', '--registers', path);

    expect(text.stdout).toContain('\n#1 Get Device ID (netFn 0x06 cmd 0x01), 0 bytes of data\n');
    expect(JSON.parse(json.stdout)).toMatchObject({
      ...{ schema: 'ipmi-bt/trace-show', version: 1 },
      requests: [{ id: 1, completion_code: 0 }],
    });
    expect(registers.stdout).toMatch(/^ +\d+\.\d{3} {2}in {2}BT_CTRL {4}0x00$/m);
  });

  test('show --html makes a page, and overwrites none', async () => {
    const path = await recorded('raw', '6', '1');
    const page = `${path}.html`;

    const first = await runCli('trace', 'show', path, '--html', page);
    const second = await runCli('trace', 'show', path, '--html', page);

    expect(first).toEqual({ stdout: '', stderr: '', exit: 0 });
    expect(readFileSync(page, 'utf8')).toContain('<svg viewBox=');
    expect(second.exit).toBe(64);
    expect(second.stderr).toContain(`--html: ${page} cannot be made: it is there`);
  });

  test('replay compares, and says what a recording hides', async () => {
    const open = await recorded('--trace-payload', 'info');
    const hidden = await recorded('info');

    const same = await runCli('trace', 'replay', open);
    const none = await runCli('--json', 'trace', 'replay', hidden);

    expect(same.exit).toBe(0);
    expect(same.stdout).toContain(
      '5 requests: 5 as recorded, 0 different, 0 without a reply, 0 hidden',
    );
    expect(none.exit).toBe(1);
    expect(JSON.parse(none.stdout)).toMatchObject({
      ...{ schema: 'ipmi-bt/trace-replay', same: 0, different: 0, unanswered: 0, hidden: 5 },
    });
  });

  test('kernel-log explains a log, from a file or standard input', async () => {
    const file = await runCli('--json', 'trace', 'kernel-log', RACE);
    const piped = execFileSync(
      'sh',
      [
        '-c',
        '"$0" "$1" trace kernel-log - < "$2"',
        process.execPath,
        join(ROOT, 'dist/cli.cjs'),
        RACE,
      ],
      { encoding: 'utf8' },
    );

    expect(JSON.parse(file.stdout)).toMatchObject({
      ...{ schema: 'ipmi-bt/trace-kernel-log', version: 1 },
      clashes: [{ at_us: 120_377_028 }, { at_us: 120_377_164 }],
    });
    expect(piped).toContain('1. 120.377028  Get Device GUID (netFn 0x06 cmd 0x08) was begun in');
  });
});

describe('a file that cannot be used is one line, and exit 64:', () => {
  const long =
    '{"schema":"ipmi-bt/recording","version":1,"base":1,"spacing":1,"payload":"all","clock_ms":0}';
  test.each([
    ['show', 'binary', '\u0000\u0001\u0002\n', /line 1: this is no recording of ipmi-bt/],
    ['show', 'empty', '', /it is empty/],
    ['replay', 'broken', `${long}\n{"at_ms":\n`, /line 2: it is no JSON object/],
    ['show', 'endless', `${long}\n${'x'.repeat(300_000)}`, /line 2: it is longer than 4096 char/],
    ['show', 'of another version', long.replace('1', '9'), /the recording has version 9/],
    ['kernel-log', 'of nothing', 'hello\n', /there is no line such as "BT: RD_WAIT/],
  ])('%s %s', async (action, name, ...[text, message]) => {
    const path = join(tempFolder(), name);
    writeFileSync(path, text);

    const { stderr, stdout, exit } = await runCli('trace', action, path);

    expect({ stdout, exit }).toEqual({ stdout: '', exit: 64 });
    expect(stderr).toMatch(message);
    expect(stderr).toMatch(/^ipmi-bt: [^\n]+\n$/);
  });

  test('a folder, a file that is not there, and an action that is none', async () => {
    const folder = join(tempFolder(), 'folder');
    mkdirSync(folder);

    expect((await runCli('trace', 'show', folder)).stderr).toContain(
      'cannot be read: it is a folder',
    );
    expect((await runCli('trace', 'show', '/nowhere')).stderr).toContain(
      '/nowhere cannot be read: there is no such file',
    );
    expect((await runCli('trace', 'list', folder)).stderr).toContain(
      'trace has no such action (the actions are show, replay, kernel-log, each with a file)',
    );
    expect((await runCli('trace', 'shwo', folder)).stderr).toContain(
      'trace has no such action; did you mean show? (the actions are show, replay, kernel-log,',
    );
    expect((await runCli('--sim', 'trace', 'show', folder)).stderr).toContain(
      'cannot be used with --sim',
    );
    expect((await runCli('trace', 'replay', folder, '--html', 'x')).stderr).toContain(
      '--html works only with show',
    );
    expect(existsSync('x')).toBe(false);
  });

  test('a recording whose last line is cut off is shown, and that is said', async () => {
    const path = await recorded('raw', '6', '1');
    writeFileSync(path, readFileSync(path, 'utf8').slice(0, -20));

    const { stderr, exit, stdout } = await runCli('trace', 'show', path);

    expect({ stderr, exit }).toEqual({
      ...{ stderr: `ipmi-bt: ${path}: its last line is cut off, and is left out\n`, exit: 0 },
    });
    expect(stdout).toContain('#1 Get Device ID');
  });
});
