/** `ipmi-bt watchdog`, in a process, on the simulated BMC. */

import { expect, test } from 'vitest';

import { runCli } from '../../support/cli-run.ts';
import { expectObjects } from '../../support/json-output.ts';

test('the timer is printed, and as JSON', async () => {
  const text = await runCli('--sim', 'watchdog', 'get');
  const json = await runCli('--sim', '--json', 'watchdog', 'get');

  expect(text.stdout).toContain('Watchdog Timer Is          : Stopped\n');
  expect(expectObjects(json.stdout, 'watchdog')).toMatchObject([{ running: false, expired: [] }]);
});

test('it is set with --yes, and printed as it is then', async () => {
  const words = ['watchdog', 'set', '12.5', '--action', 'power-cycle', '--timer-use', 'os-load'];
  const refused = await runCli('--sim', ...words);
  const set = await runCli('--sim', '--json', ...words, '--unlogged', '--yes');

  expect(refused).toMatchObject({ exit: 64, stdout: '' });
  expect(expectObjects(set.stdout, 'watchdog')).toMatchObject([
    {
      running: false,
      logged: false,
      use: 'os-load',
      action: 'power-cycle',
      initial_countdown_ms: 12_500,
    },
  ]);
});

test('a timer that was never set is not started: exit code 1', async () => {
  const started = await runCli('--sim', 'watchdog', 'reset', '--yes');
  const stopped = await runCli('--sim', 'watchdog', 'off', '--yes');

  expect(started).toMatchObject({ exit: 1, stdout: '' });
  expect(started.stderr).toContain('the timer was never set');
  expect(stopped.exit).toBe(0);
});

test.each([
  ['0.05', 'the countdown is a number of seconds from 0.1 to 6553.5, in steps of 0.1'],
  ['6553.6', 'the countdown is not a number of seconds above 0, to 6553.5'],
  ['86401', 'the countdown is not a number of seconds above 0, to 6553.5'],
])('a countdown that there cannot be is refused: %s', async (seconds, text) => {
  const { stderr, exit } = await runCli('--sim', 'watchdog', 'set', seconds, '--yes');

  expect(exit).toBe(64);
  expect(stderr).toContain(text);
});

test('a pre-timeout that there cannot be is refused before anything is sent', async () => {
  const words = ['--sim', 'watchdog', 'set', '60', '--yes', '--pre-timeout'];
  const alone = await runCli(...words, '5');
  const long = await runCli(...words, '60', '--interrupt', 'nmi');

  expect([alone.exit, long.exit]).toEqual([64, 64]);
  expect(alone.stderr).toContain(
    '--pre-timeout: 5 s before the action, and no interrupt: choose smi, nmi or message (see',
  );
  expect(long.stderr).toContain(
    '--pre-timeout: 60 s before the action, and the countdown has 60 s: it must be longer (see',
  );
});
