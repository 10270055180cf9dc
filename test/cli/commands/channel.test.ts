/** `ipmi-bt channel`, in a process, on the simulated BMC. */

import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';

import { SIM_LINE, runCli } from '../../support/cli-run.ts';
import { expectObjects } from '../../support/json-output.ts';
import { tempFolder } from '../../support/temp-folder.ts';

test('the list has the channels that are there', async () => {
  const { stdout, stderr, exit } = await runCli('--sim', 'channel', 'list');

  expect({ stderr, exit }).toEqual({ stderr: SIM_LINE, exit: 0 });
  expect(stdout).toBe(`Channel        Medium            Protocol  Sessions       Active  Vendor
0              ipmb              ipmb-1.0  session-less   0       7154
1              lan-802.3         ipmb-1.0  multi-session  0       7154
15 (this one)  system-interface  bt-15     session-less   0       7154
`);
});

test('with --json each is an object of its schema', async () => {
  const list = await runCli('--sim', '--json', 'channel', 'list');
  const info = await runCli('--sim', '--json', 'channel', 'info', '1');

  expect(expectObjects(list.stdout, 'channel').map(({ channel }) => channel)).toEqual([0, 1, 15]);
  expect(expectObjects(info.stdout, 'channel')).toMatchObject([
    { channel: 1, medium: 'lan-802.3', present: false, vendor_id: 7154 },
  ]);
});

test('info is about the channel that the program uses, or one that is named', async () => {
  const own = await runCli('--sim', 'channel', 'info');
  const none = await runCli('--sim', 'channel', 'info', '7');

  expect(own.stdout.split('\n').slice(0, 2)).toEqual([
    'Channel                   : 15',
    'Channel Medium Type       : system-interface',
  ]);
  expect(none).toMatchObject({ exit: 1, stdout: '' });
});

describe('a channel that the BMC does not have is told with those that it has:', () => {
  test.each([
    ['channel', 'info', '7'],
    ['channel', 'access', '7'],
    ['lan', 'print', '--channel', '7'],
    ['user', 'list', '--channel', '7'],
    ['user', 'set', '3', '--privilege', 'user', '--channel', '7', '--check'],
  ])('%s %s', async (...words) => {
    const { stdout, stderr, exit } = await runCli('--sim', '--json', ...words);

    expect({ stderr, exit }).toEqual({ stderr: SIM_LINE, exit: 1 });
    expect(expectObjects(stdout, 'error')).toMatchObject([
      {
        error: {
          code: 'NOT_FOUND',
          message:
            'there is no channel 7; there are: 0 (ipmb), 1 (lan-802.3), 15 (system-interface)',
        },
      },
    ]);
  });
});

test('access is that to the LAN channel, in force and after a power-up', async () => {
  const { stdout } = await runCli('--sim', 'channel', 'access');
  const json = await runCli('--sim', '--json', 'channel', 'access', '1');

  expect(stdout).toContain('Settings                  : volatile, of channel 1\n');
  expect(stdout).toContain('Privilege Limit           : administrator\n');
  expect(expectObjects(json.stdout, 'channel-access')).toMatchObject([
    { channel: 1, memory: 'volatile', mode: 'always', privilege: 'administrator' },
    { channel: 1, memory: 'non-volatile', user_authentication: true },
  ]);
});

test('a channel without sessions is told as one', async () => {
  const { stderr, exit } = await runCli('--sim', 'channel', 'access', '0');

  expect(exit).toBe(1);
  expect(stderr).toContain('0x82 (the channel has no sessions, and so no access settings)');
});

test('apply changes what differs', async () => {
  const file = join(tempFolder(), 'access.json');
  writeFileSync(file, JSON.stringify({ privilege: 'operator', memory: 'volatile' }));

  const { stdout, exit } = await runCli('--sim', 'channel', 'apply', file, '--yes');

  expect(exit).toBe(0);
  expect(stdout).toBe('channel.volatile.privilege: administrator -> operator\n1 setting changed\n');
});
