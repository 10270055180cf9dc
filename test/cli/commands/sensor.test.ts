/** `ipmi-bt sensor`, in a process, on the simulated BMC. */

import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';

import { SIM_LINE, runCli } from '../../support/cli-run.ts';
import { expectObjects } from '../../support/json-output.ts';
import { tempFolder } from '../../support/temp-folder.ts';

test('the list is a table with thresholds and states', async () => {
  const { stdout, stderr, exit } = await runCli('--sim', 'sensor', 'list');

  expect({ stderr, exit }).toEqual({ stderr: SIM_LINE, exit: 0 });
  expect(stdout.split('\n').map((line) => line.split(/ {2,}/))).toEqual([
    'KEY NAME READING UNIT STATUS LNR LCR LNC UNC UCR UNR STATES'.split(' '),
    ['0x20/0/0x30', 'CPU 0 Temp', '40', 'degrees C', 'ok', 'na', 'na', 'na', '85', '95', '105'],
    [
      ...['0x20/0/0x31', 'CPU 1 Core Temp.', '40', 'degrees C', 'ok'],
      ...['na', 'na', 'na', '85', '95', '105'],
    ],
    [
      ...['0x20/0/0x40', 'PSU 0 Status', 'na', 'ok'],
      ...['na', 'na', 'na', 'na', 'na', 'na', 'present'],
    ],
    [''],
  ]);
});

test('with --json each sensor is an object of its schema, and the cache gives the same', async () => {
  const folder = join(tempFolder(), 'cache');
  const words = ['--sim', '--json', 'sensor', 'list', '--cache', folder];

  const cold = await runCli(...words);
  const warm = await runCli(...words);

  expect(cold.exit).toBe(0);
  expect(warm.stdout).toBe(cold.stdout);
  expect(readdirSync(folder)).toHaveLength(1);
  expect(expectObjects(cold.stdout, 'sensor')).toMatchObject([
    {
      ...{ key: '0x20/0/0x30', name: 'CPU 0 Temp', status: 'ok', value: 40, unit: 'degrees C' },
      thresholds: { lower_critical: null, upper_critical: 95 },
      states: [],
    },
    { key: '0x20/0/0x31' },
    { key: '0x20/0/0x40', value: null, unit: null, states: ['present'], thresholds: null },
  ]);
});

test('sensors are printed by name and by key', async () => {
  const { stdout, exit } = await runCli('--sim', 'sensor', 'get', 'PSU 0 Status', '0x20/0/0x30');

  expect(exit).toBe(0);
  expect(stdout).toContain('Sensor ID                 : CPU 0 Temp (0x20/0/0x30)\n');
  expect(stdout).toContain('Sensor Reading            : 40 degrees C\n');
  expect(stdout).toContain('Upper Critical            : 95\n');
  expect(stdout).toContain('Sensor ID                 : PSU 0 Status (0x20/0/0x40)\n');
  expect(stdout).toContain('Sensor Reading            : present\n');
});

test('with --json they are objects of the same schema', async () => {
  const { stdout } = await runCli('--sim', '--json', 'sensor', 'get', '0x20/0/0x40');

  expect(expectObjects(stdout, 'sensor')).toMatchObject([{ name: 'PSU 0 Status' }]);
});

test('one that is not there is exit code 1, and is named', async () => {
  const { stdout, stderr, exit } = await runCli('--sim', 'sensor', 'get', 'Fan 9');

  expect({ stdout, exit }).toEqual({ stdout: '', exit: 1 });
  expect(stderr).toContain('there is no sensor "Fan 9"; there are: CPU 0 Temp, ');
});

test('with --json one that is not there is an error object, and no text', async () => {
  const { stdout, stderr, exit } = await runCli('--sim', '--json', 'sensor', 'get', 'Fan 9');

  expect({ stderr, exit }).toEqual({ stderr: SIM_LINE, exit: 1 });
  const [object] = expectObjects(stdout, 'error');
  expect(object).toMatchObject({
    error: {
      code: 'NOT_FOUND',
      outcome: 'answered',
      message: expect.stringMatching(
        /^there is no sensor "Fan 9"; there are: CPU 0 Temp, /,
      ) as string,
    },
  });
});

test('sensor get without a name is a mistake', async () => {
  expect(await runCli('--sim', 'sensor', 'get')).toMatchObject({ stdout: '', exit: 64 });
});
