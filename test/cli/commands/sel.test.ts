/** `ipmi-bt sel`, in a process, on the simulated BMC. */

import { expect, test } from 'vitest';

import { SIM_LINE, runCli } from '../../support/cli-run.ts';
import { expectObjects } from '../../support/json-output.ts';

test('the info is a table in the labels of ipmitool, with times in UTC', async () => {
  const { stdout, stderr, exit } = await runCli('--sim', 'sel', 'info');

  expect({ stderr, exit }).toEqual({ stderr: SIM_LINE, exit: 0 });
  expect(stdout.split('\n').slice(1, 4)).toEqual([
    'Entries                   : 2',
    'Free Space                : 8160 bytes',
    'Last Add Time             : 2018-08-21 22:14:50 UTC',
  ]);
});

test('with --json the info is one object of its schema', async () => {
  const { stdout } = await runCli('--sim', '--json', 'sel', 'info');

  expect(expectObjects(stdout, 'sel-info')).toMatchObject([
    { sel_version: '1.5', entries: 2, overflow: false, supported: ['Reserve'], free_units: null },
  ]);
});

test('entries are lines with hexadecimal numbers, and the zone of their times', async () => {
  const utc = await runCli('--sim', 'sel', 'list');
  const local = await runCli('--sim', 'sel', 'list', '--local');

  expect(utc.stdout.split('\n')[0]).toBe(
    '0x0001 | 2018-08-21 22:14:50 UTC | information | Event Logging Disabled (0x00) | asserted | ' +
      'log cleared',
  );
  expect(local.stdout).toMatch(/^0x0001 \| 2018-08-2\d \d\d:\d\d:50 [+-]\d\d:\d\d \| /);
});

test('with --json entries are objects of their schema, one a line', async () => {
  const { stdout, exit } = await runCli('--sim', '--json', 'sel', 'list');

  expect(exit).toBe(0);
  expect(expectObjects(stdout, 'sel-entry')).toMatchObject([
    { id: '0x0001', event_text: 'log cleared', time: '2018-08-21T22:14:50Z', reading_raw: null },
    { id: '0x0002', sensor_number: 0x30, reading: null, reading_raw: 86, threshold_raw: 85 },
  ]);
});

test('the clock is printed and set, and a wrong time is refused with nothing sent', async () => {
  const got = await runCli('--sim', '--json', 'sel', 'time');
  const at = '2026-01-31T13:00:00+01:00';
  const set = await runCli('--sim', '--json', 'sel', 'time', '--set', at, '--yes');
  const wrong = await runCli('--sim', 'sel', 'time', '--set', 'yesterday', '--yes');
  const unconfirmed = await runCli('--sim', 'sel', 'time', '--set', 'now');

  expect(expectObjects(got.stdout, 'sel-time')).toMatchObject([{ utc_offset_minutes: 0 }]);
  const [{ time } = {}] = expectObjects(set.stdout, 'sel-time');
  expect(time).toMatch(/^2026-01-31T12:00:0\dZ$/);
  expect([wrong.exit, wrong.stderr]).toEqual([64, expect.stringContaining('--set is not now or')]);
  expect(unconfirmed).toMatchObject({ exit: 64, stdout: '' });
  expect(unconfirmed.stderr).toContain('Confirm with --yes');
});

test('sel get prints the entries of these numbers, as sel list does', async () => {
  const list = await runCli('--sim', 'sel', 'list');
  const one = await runCli('--sim', 'sel', 'get', '2');
  const both = await runCli('--sim', 'sel', 'get', '0x1', '0x2');

  const lines = list.stdout.split('\n');
  expect(one).toMatchObject({ exit: 0, stdout: `${lines[1] ?? ''}\n` });
  expect(both).toMatchObject({ exit: 0, stdout: `${lines[0] ?? ''}\n${lines[1] ?? ''}\n` });
});

test('sel get of an entry that is not there is exit code 1, and names its number', async () => {
  const { stdout, exit } = await runCli('--sim', '--json', 'sel', 'get', '0x99');

  expect(exit).toBe(1);
  expect(expectObjects(stdout, 'error')).toMatchObject([
    { error: { code: 'NOT_FOUND', message: 'there is no entry 0x99' } },
  ]);
});
