/** `ipmi-bt serve` on the command line; what a server does, `process/serve.test.ts` tests. */

import { expect, test } from 'vitest';

import { runCli } from '../../support/cli-run.ts';

test.each([
  ['a word that it does not know', ['stop'], 'serve "stop" is not one of status'],
  ['two questions at once', ['status', '--check'], 'serve status and --check: ask for one of'],
  ['a simulated BMC where clients look for one', ['--sim'], '--sim serve needs --socket'],
  ['a wrong name', ['--name', '../x'], '--name: the device file must have a name such as ipmi0'],
  ['no such group', ['--group', 'no-such-group'], 'there is no such group'],
])('it refuses %s', async (_, words, text) => {
  const { stdout, stderr, exit } = await runCli('serve', ...words);

  expect({ stdout, exit }).toEqual({ stdout: '', exit: 64 });
  expect(stderr).toContain(text);
});

test('its help names its actions and exit codes', async () => {
  const { stdout } = await runCli('serve', '--help');

  expect(stdout).toContain('serve status');
  expect(stdout).toContain('--takeover');
  expect(stdout).toMatch(/\b78\b.*the policy cannot be used/);
});
