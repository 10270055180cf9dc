/** `ipmi-bt user`, in a process, on the simulated BMC. */

import { execFile } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { describe, expect, test } from 'vitest';

import { SIM_LINE, runCli } from '../../support/cli-run.ts';
import { expectObjects } from '../../support/json-output.ts';
import { ROOT } from '../../support/source-code.ts';
import { tempFolder } from '../../support/temp-folder.ts';

const run = promisify(execFile);
const CLI = join(ROOT, 'dist', 'cli.cjs');

const PASSWORD = 'hunter2-pass';

/** A file that only its user can read. */
function secretFile(text = `${PASSWORD}\n`, mode = 0o600): string {
  const path = join(tempFolder(), 'password');
  writeFileSync(path, text, { mode });
  return path;
}

test('the list has the columns of ipmitool', async () => {
  const { stdout, stderr, exit } = await runCli('--sim', 'user', 'list');

  expect({ stderr, exit }).toEqual({ stderr: SIM_LINE, exit: 0 });
  expect(stdout.split('\n').slice(0, 3)).toEqual([
    'ID  Name   Enabled  Callin  Link Auth  IPMI Msg  Channel Priv Limit',
    '1          false    true    false      false     NO ACCESS',
    '2   ADMIN  true     true    false      true      ADMINISTRATOR',
  ]);
});

test('with --json each user is an object of its schema', async () => {
  const { stdout } = await runCli('--sim', '--json', 'user', 'list', '--channel', '1');

  const users = expectObjects(stdout, 'user');
  expect(users).toHaveLength(10);
  expect(users[1]).toMatchObject({
    channel: 1,
    id: 2,
    name: 'ADMIN',
    enabled: true,
    privilege: 'administrator',
    messaging: true,
  });
});

describe('user set', () => {
  test('makes one user, whose password is shown nowhere', async () => {
    const line = ['user', 'set', '3', '--name', 'operator', '--password-file', secretFile()];
    const options = ['--privilege', 'operator', '--messaging', 'on', '--enable', '--yes'];

    const { stdout, stderr, exit } = await runCli('--sim', ...line, ...options);

    expect({ stderr, exit }).toEqual({ stderr: SIM_LINE, exit: 0 });
    expect(stdout).toBe(`user.users[0].name: "" -> operator
user.users[0].password: (secret)
user.users[0].privilege: no-access -> operator
user.users[0].messaging: false -> true
user.users[0].enabled: false -> true
5 settings changed
`);
  });

  test('tells no password in traces, logs, recordings, errors or JSON', async () => {
    const record = join(tempFolder(), 'record');
    const shown = ['--sim', '--json', '--trace-payload', '--log-level', 'trace'];
    const set = ['user', 'set', '3', '--password-file', secretFile(), '--yes'];

    const traced = await runCli(...shown, ...set);
    const recorded = await runCli('--sim', '--trace-payload', '--record', record, ...set);

    expect([traced.exit, recorded.exit]).toEqual([0, 0]);
    expect(expectObjects(traced.stdout, 'apply-result')).toHaveLength(1);
    const hex = [...Buffer.from(PASSWORD)].map((byte) => byte.toString(16));
    const numbers = [...Buffer.from(PASSWORD)].slice(0, 4).join(',');
    const all = [traced.stdout, traced.stderr, recorded.stdout, recorded.stderr];
    const text = [...all, readFileSync(record, 'utf8')].join('\n');
    expect(traced.stderr.length).toBeGreaterThan(1000);
    expect(text).not.toContain(PASSWORD);
    expect(text).not.toContain(numbers);
    expect(text).not.toContain(hex.slice(0, 4).join(' '));
    expect(text).not.toContain(hex.slice(0, 4).join(''));
    expect(text).not.toContain(Buffer.from(PASSWORD).toString('base64').slice(0, 8));
  });

  test('reads a password from a descriptor, such as a pipe', async () => {
    const command = `printf 'hunter2\\n' | ${process.execPath} ${CLI} --sim --json user set 3`;
    const line = `${command} --password-fd 0 --yes`;

    const { stdout } = await run('bash', ['-c', line]);

    expect(expectObjects(stdout, 'apply-result')).toMatchObject([
      { changes: [{ path: 'user.users[0].password', from: null, to: null, secret: true }] },
    ]);
  });

  test('warns of a user who is enabled without a name or a password', async () => {
    const enable = ['user', 'set', '3', '--enable', '--check'];

    const text = await runCli('--sim', ...enable);
    const json = await runCli('--sim', '--json', ...enable);

    expect(text.exit).toBe(2);
    expect(text.stderr).toBe(`${SIM_LINE}\
ipmi-bt: warning: user.users[0].name: user 3 is to be enabled without a name: a login without one is as this user
ipmi-bt: warning: user.users[0].password: user 3 is to be enabled without a password: set one, or leave it disabled
`);
    expect(json.stderr).toBe(SIM_LINE);
    expect(expectObjects(json.stdout, 'apply-result')).toMatchObject([
      { warnings: [{ path: 'user.users[0].name' }, { path: 'user.users[0].password' }] },
    ]);
  });

  test('refuses a name that another user has, with --check as without', async () => {
    for (const flag of ['--check', '--yes']) {
      const line = ['user', 'set', '3', '--name', 'ADMIN', flag];

      const { stdout, stderr, exit } = await runCli('--sim', ...line);

      expect({ stdout, exit }).toEqual({ stdout: '', exit: 1 });
      expect(stderr).toContain('user.users[0].name: user 2 has the name "ADMIN"; take another');
      expect(stderr).toContain('nothing was set');
    }
  });

  test('warns of a password file that others can read', async () => {
    const path = secretFile(PASSWORD, 0o644);

    const { stderr, exit } = await runCli(
      ...['--sim', 'user', 'set', '3', '--password-file', path, '--check'],
    );

    expect(exit).toBe(2);
    expect(stderr).toContain(`warning: other users can read ${path}; chmod 600 it\n`);
  });

  test.each([
    [['3'], 'user set is to change nothing'],
    [['64', '--enable'], 'the number of the user is not a number from 1 to 63'],
    [['0', '--enable'], 'the number of the user is not a number from 1 to 63'],
    [['3', '--enable', '--disable'], '--enable and --disable exclude each other'],
    [['3', '--always-set-password'], '--always-set-password needs --password-file or'],
    [['3', '--password-bytes', '16'], '--password-bytes needs --password-file or'],
    [['3', '--password-file', 'a', '--password-fd', '5'], 'exclude each other'],
    [['3', '--name', 'a'.repeat(17)], 'user.users[0].name has 17 characters'],
    [
      ['3', '--password-fd', '1000'],
      '--password-fd: descriptor 1000 cannot be read: it is not open',
    ],
    [['3', '--password', 'hunter2'], "unknown option '--password'"],
    [['password', '3', 'hunter2'], 'too many arguments'],
    [
      ['3', '--enable'],
      'user set will change user 3 of the BMC. Confirm with --yes; nothing was sent',
    ],
  ])('refuses %j', async (words, message) => {
    const { stdout, stderr, exit } = await runCli('--sim', 'user', 'set', ...words);

    expect({ stdout, exit }).toEqual({ stdout: '', exit: 64 });
    expect(stderr).toContain(message);
    expect(stderr).not.toMatch(/hunter2|simulated/);
  });

  test.each([
    ['', 'is empty'],
    ['\n', 'is empty'],
    ['hunter2\0', 'has a NUL byte'],
    ['hunter2\nhunter2\n', 'has a control character'],
    ['hunter2hunter2hunter2\n', 'has 21 bytes; the BMC stores 20 at most'],
  ])('refuses the password %j, and shows no part of it', async (text, trouble) => {
    const path = secretFile(text);

    const { stderr, exit } = await runCli(
      ...['--sim', 'user', 'set', '3', '--password-file', path, '--yes'],
    );

    expect(exit).toBe(64);
    expect(stderr).toContain(`--password-file: the secret in ${path} ${trouble}`);
    expect(stderr).not.toContain('hunter2');
  });
});

describe('user apply', () => {
  test('makes the users of a file, with passwords from files beside it', async () => {
    const password = secretFile();
    const file = join(password, '..', 'users.json');
    const users = [{ id: 3, name: 'operator', passwordFile: 'password', enabled: true }];
    writeFileSync(file, JSON.stringify({ users }));

    const { stdout, exit } = await runCli('--sim', 'user', 'apply', file, '--yes');

    expect(exit).toBe(0);
    expect(stdout).toBe(`user.users[0].name: "" -> operator
user.users[0].password: (secret)
user.users[0].enabled: false -> true
3 settings changed
`);
  });

  test('refuses a password that stands in the file', async () => {
    const file = secretFile(JSON.stringify({ users: [{ id: 3, password: 'hunter2' }] }));

    const { stderr, exit } = await runCli('--sim', 'user', 'apply', file, '--yes');

    expect(exit).toBe(64);
    expect(stderr).toContain(
      'user.users[0].password: a secret does not stand in this file; name a file that holds it with passwordFile',
    );
    expect(stderr).not.toContain('hunter2');
  });

  test('takes the channel of its option before that of the file', async () => {
    const file = secretFile(JSON.stringify({ channel: 1, users: [{ id: 3, enabled: true }] }));
    const apply = ['--sim', 'user', 'apply', file, '--check'];

    expect(await runCli(...apply)).toMatchObject({ exit: 2 });
    expect(await runCli(...apply, '--channel', '4')).toMatchObject({ exit: 1 });
  });
});
