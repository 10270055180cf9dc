/** Lines of `exec` that are no raw commands: any command of the program, on one device. */

import { existsSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, onTestFinished, test } from 'vitest';

import { placed } from '../../../src/cli/commands/exec-lines.ts';
import { exec, readyLine } from '../../../src/cli/commands/exec-session.ts';
import type { ExecOptions, ReadyLine } from '../../../src/cli/commands/exec-session.ts';
import { begin } from '../../../src/cli/commands/exec-turn.ts';
import { tellUser } from '../../../src/cli/output.ts';
import type { Session } from '../../../src/cli/session.ts';
import { PROGRAM } from '../../../src/cli/whole-run.ts';
import { open } from '../../../src/index.ts';
import { SimBmc } from '../../../src/sim/bmc.ts';
import { SHARED, globalsOf } from '../../support/exec-shared.ts';
import { nonEmpty } from '../../support/lists.ts';
import { scriptLines } from '../../support/script-lines.ts';
import { tempFolder } from '../../support/temp-folder.ts';

const GUID = '0b0a0908-0706-0504-0302-0100efbeadde';

/** Begins the lines of a script, and names the line with a mistake. */
async function begun(text: string, shared = SHARED): Promise<readonly ReadyLine[]> {
  const ready: ReadyLine[] = [];
  for (const line of scriptLines('script', text)) {
    try {
      ready.push(await readyLine(line, shared));
    } catch (error) {
      throw placed(error, `script:${line.number}`);
    }
  }
  return ready;
}

/** Runs a script on a simulated BMC. */
async function runScript(text: string, options: Partial<ExecOptions> = {}) {
  const bmc = new SimBmc();
  const device = await open({ base: bmc.base, port: bmc, bringUp: 'lazy' });
  onTestFinished(() => device.close());
  const told = { stdout: '', stderr: '' };
  const to = (name: 'stdout' | 'stderr') => ({
    write: (text: string): void => void (told[name] += text),
    isClosed: false,
    failure: undefined,
  });
  const globals = { json: false, timeoutMs: 30_000 };
  const streams = { stdout: to('stdout'), stderr: to('stderr'), backend: 'simulated BMC' };
  const { signal } = new AbortController();
  const leftMs = () => 30_000;
  const means = { device, requester: device, globals, signal, leftMs, ...streams };
  const lines = await begun(text, options.shared);
  const run = exec({ name: 'script', lines, keepGoing: false, shared: SHARED, ...options });
  const exit = await run(means as unknown as Session);
  return { exit, ...told, executed: bmc.executed.map(({ cmd }) => cmd) };
}

test('raw and other commands are run in the order of their lines, on one device', async () => {
  const text = 'power status\nraw 0x30 1 7\n\nmc guid # the last\n';

  expect(await runScript(text)).toEqual({
    exit: 0,
    stdout:
      'Chassis Power is on\n 07\n' +
      `System GUID               : ${GUID}\nDevice GUID               : ${GUID}\n`,
    stderr: '',
    executed: [0x01, 0x01, 0x37, 0x08],
  });
});

describe('a mistake in a line is known before anything is sent:', () => {
  test.each([
    [
      'mc info\nsensor get',
      "script:2: missing required argument 'name': sensor get takes <name...>",
    ],
    ['watchdog set x --yes', 'script:1: the countdown is not a number of seconds'],
    ['mc info --jsn', 'script:1: word 1, not counting mc info, is an option that there'],
    ['sensor', 'script:1: sensor takes one of: list, get'],
    ['power off', /script:1: power off will .* Confirm with --yes in the line, or behind exec; no/],
    ['lan apply FILE --yes', /^script:1: lan.ipv4.*adress/],
    ['exec -', 'script:1: exec cannot be a line of a script: exec has the interface meanwhile'],
    ['smoke', 'script:1: smoke cannot be a line of a script: exec has the interface meanwhile'],
  ])('%j', async (text, message) => {
    const file = join(tempFolder(), 'lan.json');
    writeFileSync(file, '{ "ipv4": { "adress": "10.0.0.1" } }');

    await expect(begun(text.replace('FILE', file))).rejects.toThrow(message);
  });

  test('and a line that was begun before it ends without its turn', async () => {
    const file = join(tempFolder(), 'sel.jsonl');
    const [line] = scriptLines('script', `sel drain ${file} --yes`);
    if (line?.kind !== 'other') throw new Error('it is a raw command');
    const one = await begin(line, SHARED);

    await one.giveUp();

    expect(existsSync(file)).toBe(true);
    await expect(one.go({} as never)).rejects.toThrow();
  });
});

test('exec --yes confirms all lines', async () => {
  const { exit, stdout } = await runScript('power off\npower status', {
    shared: { ...SHARED, yes: true },
  });

  expect({ exit, stdout }).toEqual({
    exit: 0,
    stdout: 'Chassis Power Control: Down/Off\nChassis Power is off\n',
  });
});

describe('when a line fails', () => {
  const TEXT = 'sensor get nix\npower status\nraw 0x30 1 7';

  test('the lines that follow are not run, and its exit code is that of exec', async () => {
    expect(await runScript(TEXT)).toMatchObject({
      exit: 1,
      stdout: '',
      stderr: expect.stringMatching(
        /^ipmi-bt: script:1: there is no sensor "nix"; there are: .*\n.* 2 to 3 were not sent\n$/,
      ) as string,
    });
  });

  test('--keep-going runs them', async () => {
    expect(await runScript(TEXT, { keepGoing: true })).toMatchObject({
      exit: 1,
      stdout: 'Chassis Power is on\n 07\n',
    });
  });
});

test('a line with --check that would change something is no failure; the exit code is 2', async () => {
  const text = 'user set 3 --name op --check\nraw 0x30 1 7';

  expect(await runScript(text)).toMatchObject({
    exit: 2,
    stdout: 'user.users[0].name: "" -> op\n1 setting would change\n 07\n',
  });
});

test('no line can read standard input where the lines come from it', async () => {
  const shared = { ...SHARED, isStream: true };

  await expect(begun('lan apply - --yes', shared)).rejects.toThrow(
    'script:1: lan apply: standard input has the lines, and no file',
  );
});

describe('each command of the program is a line of a script, or says why it is none:', () => {
  const own = PROGRAM.commands.filter(({ device }) => device === 'own').map(({ name }) => name);

  test('those that take the interface for themselves are refused', () => {
    expect(own).toEqual(['exec', 'claim', 'release', 'irq', 'smoke', 'serve', 'ipmitool']);
    for (const name of nonEmpty(own)) {
      expect(() => scriptLines('script', name)).toThrow(`${name} cannot be a line of a script`);
    }
  });

  test.each(PROGRAM.commands.filter(({ device }) => device === undefined).map(({ name }) => name))(
    '%s waits for its turn',
    async (name) => {
      const { examples = [] } = PROGRAM.commands.find((command) => command.name === name) ?? {};
      const [words = ''] = nonEmpty(examples).map(({ line }) =>
        line.replaceAll(/--(sim|json) /g, ''),
      );
      const shared = { ...SHARED, globals: globalsOf('--sim'), yes: true };
      const [line] = scriptLines('script', words);
      if (line === undefined) throw new Error(`no line: ${words}`);
      if (line.kind === 'raw') {
        expect(name).toBe('raw');
        return;
      }
      const waiting = begin(line, shared).catch((error: unknown) => String(error));

      const one = await waiting;
      // The files of the examples are not there.
      if (typeof one === 'string') expect(one).toMatch(/^UsageError: .*there is no such file/);
      else await expect(one.giveUp()).resolves.toBeUndefined();
    },
  );
});

test('how far a long file is, is shown on a terminal, and gone in the end', async () => {
  let nowMs = 0;
  const clock = { now: () => (nowMs += 600), timer: () => () => undefined };

  const { stderr } = await runScript('raw 0x30 1 7\n'.repeat(4), {
    clock: clock as never,
    terminal: () => ({ isTTY: true, columns: 80 }),
  });

  expect(stderr).toContain('%');
  expect(stderr).toMatch(/\[#+\.*\] +\d+ % line 3/);
  expect(stderr.endsWith('\r\u001b[K')).toBe(true);
});

test('a line that takes long shows progress, which makes way for all that is printed', async () => {
  let nowMs = 0;
  const timers: (() => void)[] = [];
  const clock = {
    now: () => (nowMs += 600),
    timer: (_: number, callback: () => void) => {
      timers.push(callback);
      return () => undefined;
    },
  };
  const bar = '\r\u001b[K[####################] 100 % line 2';
  const line: ReadyLine = {
    kind: 'begun',
    number: 2,
    go: ({ stdout, stderr }) => {
      const prints = [
        () => stdout.write('an entry\n'),
        () => stderr.write('a complaint\n'),
        () => tellUser('a warning'),
      ];
      for (const print of prints) {
        timers.pop()?.();
        print();
      }
      timers.pop()?.();
      return Promise.resolve(0);
    },
    giveUp: () => Promise.resolve(),
  };

  const { stdout, stderr } = await runScript('', {
    lines: [line],
    clock: clock as never,
    terminal: () => ({ isTTY: true, columns: 80 }),
  });

  const clear = '\r\u001b[K';
  expect(stdout).toBe('an entry\n');
  expect(stderr).toBe([bar, clear, bar, clear, 'a complaint\n', bar, clear, bar, clear].join(''));
});
