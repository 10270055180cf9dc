/** `ipmi-bt fru`, in a process, on the simulated BMC. */

import { expect, test } from 'vitest';

import { SIM_LINE, runCli } from '../../support/cli-run.ts';
import { expectObjects } from '../../support/json-output.ts';

test('the inventory is a table in the labels of ipmitool', async () => {
  const { stdout, stderr, exit } = await runCli('--sim', 'fru', 'print');

  expect({ stderr, exit }).toEqual({ stderr: SIM_LINE, exit: 0 });
  expect(stdout.split('\n').slice(0, 3)).toEqual([
    'FRU ID                    : 0',
    'Board Mfg Date            : 2018-08-21 22:14:00 UTC',
    'Board Mfg                 : ipmi-bt',
  ]);
});

test('with --json it is one object of its schema', async () => {
  const { stdout, exit } = await runCli('--sim', '--json', 'fru', 'print', '--id', '0');

  expect(exit).toBe(0);
  expect(expectObjects(stdout, 'fru')).toMatchObject([
    {
      size_bytes: 512,
      chassis: null,
      board: { manufactured: '2018-08-21T22:14:00Z', serial_number: 'SN0001', file_id: null },
      product: { version: '1.0' },
      warnings: [],
    },
  ]);
});

test('a FRU that is not there is the answer of the BMC', async () => {
  const none = await runCli('--sim', 'fru', 'print', '--id', '7');
  const wrong = await runCli('--sim', 'fru', 'print', '--id', '256');

  expect([none.exit, wrong.exit]).toEqual([1, 64]);
  expect(none.stderr).toContain('0xcb');
});

test('the FRUs that records name are listed, with the number that prints each', async () => {
  const { stdout, exit } = await runCli('--sim', 'fru', 'list');
  const json = await runCli('--sim', '--json', 'fru', 'list');

  expect(exit).toBe(0);
  expect(stdout.split('\n').map((line) => line.split(/ {2,}/))).toEqual([
    ['ID', 'NAME', 'CONTROLLER', 'EEPROM', 'ENTITY'],
    ['0', 'System Board', '0x20 on channel 0', '7.1 (system board)'],
    ['0', 'BMC', '0x20 on channel 0', '46.1 (management controller firmware)'],
    [''],
  ]);
  expect(expectObjects(json.stdout, 'fru-device')).toMatchObject([
    { record_id: 4, fru_id: 0, controller_address: 32, eeprom_address: null },
    { record_id: 5, name: 'BMC' },
  ]);
});
