/** `ipmi-bt smoke` as a process: from the command line to what is printed and the exit code. */

import { execFileSync } from 'node:child_process';
import { readFileSync, readdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { describe, expect, test } from 'vitest';

import { CATALOG } from '../../src/smoke/catalog.ts';
import { SIM_LINE, runCli, startCli } from '../support/cli-run.ts';
import type { CliResult, CliRun } from '../support/cli-run.ts';
import { offenders } from '../support/lists.ts';
import { checkOcptv } from '../support/ocptv-oracle.ts';
import { ROOT } from '../support/source-code.ts';
import { tempFolder } from '../support/temp-folder.ts';

/** A check without requests, which takes no time. */
const SHORT = ['--only', 'host'];

/** Longer than any test: a check that asks the BMC does not end before it is made to. */
const NEVER = ['--sim-delay', '3600000', '--only', 'host,bring-up'];

function smoke(...words: readonly string[]): Promise<CliResult> {
  return runCli('--sim', 'smoke', ...words);
}

/** Starts a run that does not end, and waits until it listens to signals. */
async function stuck(...words: readonly string[]): Promise<CliRun> {
  const run = startCli('--sim', 'smoke', ...NEVER, ...words);
  await run.told(SIM_LINE);
  return run;
}

describe('a run that passes', () => {
  test('is exit code 0, and its text can be repeated', async () => {
    const page = join(tempFolder(), "it's a page.html");

    const { stdout, stderr, exit } = await smoke(...SHORT, '--html', page, '--seed', '5');

    expect({ stderr, exit }).toEqual({ stderr: SIM_LINE, exit: 0 });
    expect(stdout).toMatch(/\nPASS after .*\(exit code 0\): 1 of 1 checks passed\. The simulated/);
    const [, command = ''] = /to repeat this run: (.*)\n$/.exec(stdout) ?? [];
    const words = execFileSync('sh', ['-c', `printf '%s\\n' ${command}`], { encoding: 'utf8' });
    expect(words.split('\n').slice(0, -1)).toEqual([
      ...['ipmi-bt', '--sim', 'smoke', ...SHORT, '--seed', '5'],
    ]);
  });

  test('in OCP JSON Lines has the options by their names', async () => {
    const { stdout, exit } = await smoke(...SHORT, '--json', '--retest-on-failure', '2');

    expect(exit).toBe(0);
    expect(checkOcptv(stdout)).toMatchObject({ problems: [], end: 'COMPLETE PASS' });
    expect(stdout).toContain('"parameters":{"only":"host","retest-on-failure":"2","seed":');
  });

  test('with --quick is one line, which names what may be skipped', async () => {
    const { stdout, exit } = await smoke('--only', 'host,interrupt', '--quick');

    expect({ stdout, exit }).toEqual({
      stdout:
        'PASS: smoke test of the simulated BMC: 1 of 2 checks passed, interrupt may be skipped\n',
      exit: 0,
    });
  });

  test.each([
    ['--nagios', /^BT OK \(simulated BMC, no hardware\) - 1 of 1 checks passed\|[^\n]*\n$/],
    ['--lava', /^<LAVA_SIGNAL_TESTCASE TEST_CASE_ID=[^]* TEST_CASE_ID=smoke RESULT=pass>\n$/],
    ['--tap', /^TAP version 13\nok 1 - host\n[^]*\n1\.\.1\n$/],
  ])('%s', async (format, text) => {
    const { stdout, exit } = await smoke(...SHORT, format);

    expect(stdout).toMatch(text);
    expect(exit).toBe(0);
  });
});

describe('a run that fails', () => {
  // No bring-up is over in a microsecond.
  const words = ['--only', 'bring-up', '--timeout', '0.000001'];

  test('is exit code 1, in every format but that of Nagios, which has 2', async () => {
    const [text, nagios] = await Promise.all([
      smoke(...words, '--json'),
      smoke(...words, '--nagios'),
    ]);

    expect([text.exit, nagios.exit]).toEqual([1, 2]);
    expect(checkOcptv(text.stdout)).toMatchObject({
      ...{ problems: [], end: 'COMPLETE FAIL', diagnoses: ['FAIL check-time-out'] },
    });
    expect(nagios.stdout).toMatch(/^BT CRITICAL .*; bring-up check-time-out: .*\n$/);
  });
});

describe('a run that is cut', () => {
  test.each([
    ['SIGINT', 130],
    ['SIGTERM', 143],
  ] as const)('by %s reports what was done, and exits with %i', async (signal, exit) => {
    const run = await stuck();

    run.kill(signal);

    const { stdout, exit: code } = await run.ended;
    expect(code).toBe(exit);
    expect(stdout).toMatch(
      new RegExp(
        `\\nINTERRUPTED after .*\\(exit code ${exit}\\): interrupted by ${signal} after \\d of 2 checks; `,
      ),
    );
  });

  test('ends its JSON Lines as a skip, and is UNKNOWN to Nagios', async () => {
    const [json, nagios] = [await stuck('--json'), await stuck('--nagios')];

    json.kill('SIGINT');
    nagios.kill('SIGINT');

    const { stdout, exit } = await json.ended;
    expect(checkOcptv(stdout)).toMatchObject({ problems: [], end: 'SKIP NOT_APPLICABLE' });
    expect(exit).toBe(130);
    expect(await nagios.ended).toMatchObject({
      stdout: expect.stringMatching(
        /^BT UNKNOWN .*interrupted by SIGINT after [^\n]*\n$/,
      ) as string,
      exit: 3,
    });
  });

  test('by SIGKILL leaves valid JSON lines, without an end, and an older baseline', async () => {
    const path = join(tempFolder(), 'baseline.json');
    writeFileSync(path, 'older');
    const run = await stuck('--json', '--save', path);
    await run.printed('"name":"bring-up"');

    run.kill('SIGKILL');

    const { stdout, exit } = await run.ended;
    const whole = stdout.slice(0, stdout.lastIndexOf('\n') + 1);
    expect(exit).toBe('SIGKILL');
    expect(checkOcptv(whole)).toMatchObject({
      ...{ problems: [], end: undefined },
      steps: [
        ['host', 'COMPLETE'],
        ['bring-up', 'open'],
      ],
    });
    expect(readFileSync(path, 'utf8')).toBe('older');
  });
});

describe('--list', () => {
  test('names the checks that would run, and runs none', async () => {
    const { stdout, stderr, exit } = await runCli('smoke', '--list', '--write', '--reset', 'cold');

    expect({ stderr, exit }).toEqual({ stderr: '', exit: 0 });
    expect(
      stdout
        .split('\n')
        .slice(0, -1)
        .map((line) => line.split(' ')[0]),
    ).toEqual(CATALOG.map(({ id }) => id));
    expect(stdout).toMatch(/^sel-entry {17}: Does the SEL keep .*\? \(--write\)$/m);
  });

  test('is one JSON object with --json', async () => {
    const { stdout } = await runCli('smoke', '--list', '--json', '--only', 'latency');

    expect(JSON.parse(stdout)).toEqual({
      ...{ schema: 'ipmi-bt/smoke-list', version: 1 },
      checks: [
        {
          ...{ id: 'latency', risk: 'read-only', needs: ['bring-up'], changes: null },
          question: 'Does the BMC answer quickly, polled and by interrupt?',
          limit_seconds: 300,
        },
      ],
    });
  });
});

test('--prove proves the checks that are named, without --sim and without --write', async () => {
  const { stdout, stderr, exit } = await runCli('smoke', '--prove', '--only', 'sel-entry,reset');

  expect({ stderr, exit }).toEqual({ stderr: SIM_LINE, exit: 0 });
  expect(stdout.match(/found: .*/g)).toEqual(['found: bt-sel', 'found: bt-reset']);
  expect(stdout).toContain('2 of 2 checks passed. The simulated BMC was tested');
});

describe('a baseline', () => {
  /** Saves one, changed as `change` says; resolves to its path. */
  async function saved(change: (text: string) => string = (text) => text): Promise<string> {
    const path = join(tempFolder(), 'baseline.json');
    await smoke('--only', 'latency', '--quick', '--save', path);
    writeFileSync(path, change(readFileSync(path, 'utf8')));
    return path;
  }

  test('of the same machine is compared', async () => {
    const path = await saved((text) => text.replace('"2.35"', '"2.34"'));
    const words = ['--only', 'latency', '--quick', '--baseline', path];

    const [loose, strict] = await Promise.all([smoke(...words), smoke(...words, '--strict')]);

    expect(loose.stdout).not.toContain('bt-changed');
    expect(strict.exit).toBe(1);
    expect(strict.stdout).toMatch(
      /failed: baseline \(bt-changed\); baseline: machine: the firmware of the BMC was 2\.34, is 2/,
    );
  });

  test('of another GUID is refused when the GUID is known, after a whole report', async () => {
    const path = await saved((text) => text.replace('"guid": "0b', '"guid": "1b'));
    const words = ['--only', 'latency', '--quick', '--baseline', path];

    const [json, nagios] = await Promise.all([
      smoke(...words, '--json'),
      smoke(...words, '--nagios'),
    ]);

    expect(json).toMatchObject({ exit: 64, stderr: SIM_LINE });
    expect(checkOcptv(json.stdout)).toMatchObject({
      ...{ problems: [], end: 'ERROR NOT_APPLICABLE' },
    });
    expect(nagios).toMatchObject({ exit: 3, stderr: SIM_LINE });
    expect(nagios.stdout).toContain('the baseline is of another machine: its BMC GUID is 1b0a');
  });

  test('of another port is refused before anything runs', async () => {
    const path = await saved((text) => text.replace('"base": 3300', '"base": 228'));

    const { stdout, stderr, exit } = await smoke('--baseline', path);

    expect({ stdout, exit }).toEqual({ stdout: '', exit: 64 });
    expect(stderr.slice(SIM_LINE.length)).toMatch(
      /^ipmi-bt: --baseline: the baseline is of another machine: its base is 0xe4, here [^\n]*\n$/,
    );
  });
});

describe('a mistake is one line, and exit code 64:', () => {
  test.each([
    [
      ['--only', 'no'],
      /^ipmi-bt: --only has a name that is no check; .*: .*\(see ipmi-bt help smoke\)\n$/,
    ],
    [['--junit', '/nowhere/a'], /^ipmi-bt: --junit: \/nowhere\/a cannot be written: [^\n]*\n$/],
    [['--baseline', '/nowhere'], /^ipmi-bt: --baseline: \/nowhere cannot be read: [^\n]*\n$/],
    [
      ['--baseline', '/dev/null'],
      /^ipmi-bt: --baseline: \/dev\/null cannot be read: it is a FIFO[^\n]*\n$/,
    ],
    [['--prove', '--record', 'a'], /^ipmi-bt: --record does not go with --prove: [^\n]*\n$/],
  ])('%j', async (words, message) => {
    const { stdout, stderr, exit } = await smoke(...words);

    expect({ stdout, exit }).toEqual({ stdout: '', exit: 64 });
    expect(stderr.replace(SIM_LINE, '')).toMatch(message);
  });

  test('but UNKNOWN on standard output, and 3, with --nagios', async () => {
    const { stdout, stderr, exit } = await smoke('--nagios', '--baseline', '/nowhere');

    expect({ stderr, exit }).toEqual({ stderr: '', exit: 3 });
    expect(stdout).toMatch(/^BT UNKNOWN - --baseline: \/nowhere cannot be read: [^\n]*\n$/);
  });
});

describe('when something cannot be written', () => {
  test('a closed pipe does not change the verdict', async () => {
    const run = startCli('--sim', 'smoke', ...SHORT, '--json');
    run.closeStdout();

    expect(await run.ended).toMatchObject({ stderr: SIM_LINE, exit: 0 });
  });

  test('a full disk is exit code 74 for standard output', () => {
    const line = '"$0" "$1" --sim smoke --only host 2>&1 >/dev/full; echo $?';
    const cli = join(ROOT, 'dist/cli.cjs');

    const stdout = execFileSync('sh', ['-c', line, process.execPath, cli], { encoding: 'utf8' });

    expect(stdout).toMatch(/\nipmi-bt: standard output cannot be written: the disk is full\n74\n$/);
  });

  test('a file is exit code 74, and the one that was there stays', () => {
    const path = join(tempFolder(), 'page.html');
    writeFileSync(path, 'older');
    const line =
      `trap '' XFSZ; ulimit -f 1; "$0" "$1" --sim smoke --only host --html "$2" 2>&1 >/dev/null; ` +
      'echo $?';
    const cli = join(ROOT, 'dist/cli.cjs');

    const words = ['-c', line, process.execPath, cli, path];
    const stdout = execFileSync('sh', words, { encoding: 'utf8' });

    expect(stdout).toMatch(
      /\nipmi-bt: .*html is not written, and is as it was: it becomes too large .*\n74\n$/,
    );
    expect(readFileSync(path, 'utf8')).toBe('older');
    expect(readdirSync(dirname(path))).toEqual(['page.html']);
  });

  test('a device as a file is a mistake, which is told before anything runs', async () => {
    const { stdout, stderr, exit } = await smoke(...SHORT, '--html', '/dev/full');

    expect({ stdout, exit }).toEqual({ stdout: '', exit: 64 });
    expect(stderr).toMatch(/--html: \/dev\/full cannot be written: it is a FIFO, a device/);
  });
});

test('the folder in which it runs has no new file', async () => {
  const before = readdirSync(ROOT);
  await smoke(...SHORT);

  expect(offenders(readdirSync(ROOT), (name) => !before.includes(name))).toEqual([]);
});
