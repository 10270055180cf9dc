/** `ipmi-bt sdr`, in a process, on the simulated BMC. */

import { execFile } from 'node:child_process';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { expect, test } from 'vitest';

import { SIM_SDRS } from '../../../src/sim/storage-data.ts';
import { SIM_LINE, runCli } from '../../support/cli-run.ts';
import { expectObjects } from '../../support/json-output.ts';
import { ROOT } from '../../support/source-code.ts';
import { tempFolder } from '../../support/temp-folder.ts';

test('the list has sensors with readings, and the other records', async () => {
  const { stdout, exit } = await runCli('--sim', 'sdr', 'list');

  expect(exit).toBe(0);
  expect(stdout.split('\n').map((line) => line.split(/ {2,}/))).toEqual([
    ['ID', 'NAME', 'READING', 'STATUS'],
    ['0x1', 'CPU 0 Temp', '40 degrees C', 'ok'],
    ['0x2', 'CPU 1 Core Temp.', '40 degrees C', 'ok'],
    ['0x3', 'PSU 0 Status', 'present', 'ok'],
    ['0x4', 'System Board', 'fru-locator'],
    ['0x5', 'BMC', 'controller-locator'],
    [''],
  ]);
});

test('with --json each record is an object of its schema', async () => {
  const { stdout } = await runCli('--sim', '--json', 'sdr', 'list');

  expect(expectObjects(stdout, 'sdr-record')).toMatchObject([
    { record_id: 1, record_type: 1, kind: 'full', value: 40, status: 'ok' },
    { record_id: 2, kind: 'full' },
    { record_id: 3, kind: 'compact', states: ['present'] },
    { record_id: 4, kind: 'fru-locator', name: 'System Board', key: null, status: null },
    { record_id: 5, kind: 'controller-locator', name: 'BMC' },
  ]);
});

test('a dump has the bytes of all records, in a new file only', async () => {
  const path = join(tempFolder(), 'sdr.bin');
  const bytes = SIM_SDRS.flat();

  const { stdout, exit } = await runCli('--sim', 'sdr', 'dump', path);

  expect({ stdout, exit }).toEqual({
    stdout: `5 records, ${bytes.length} bytes, written to ${path}\n`,
    exit: 0,
  });
  expect([...readFileSync(path)]).toEqual(bytes);

  writeFileSync(path, 'mine');
  const again = await runCli('--sim', 'sdr', 'dump', path);
  expect(again).toMatchObject({ stdout: '', exit: 64 });
  expect(again.stderr).toContain('it is there, and is not overwritten');
  expect(readFileSync(path, 'utf8')).toBe('mine');
});

test('with --json a dump says what it has written', async () => {
  const file = join(tempFolder(), 'sdr.bin');

  const { stdout } = await runCli('--sim', '--json', 'sdr', 'dump', file);

  const size = SIM_SDRS.flat().length;
  expect(expectObjects(stdout, 'sdr-dump')).toMatchObject([{ file, records: 5, file_bytes: size }]);
});

test('a dump that cannot be written leaves no part of itself', async () => {
  const path = join(tempFolder(), 'sdr.bin');
  const words = ['--fsize=100', process.execPath, join(ROOT, 'dist', 'cli.cjs'), '--sim'];

  // The limit of the size of a file, of util-linux.
  const run = promisify(execFile)('prlimit', [...words, 'sdr', 'dump', path]);

  await expect(run).rejects.toMatchObject({
    code: 74,
    stderr: expect.stringContaining('is not complete') as string,
  });
  expect(existsSync(path)).toBe(false);
});

test('sdr info prints the size of the repository, its times and what it supports', async () => {
  const text = await runCli('--sim', 'sdr', 'info');
  const json = await runCli('--sim', '--json', 'sdr', 'info');

  expect(text.stdout).toMatch(
    /^SDR Version +: 1\.5\nRecord Count +: 5\nFree Space +: 4096 bytes\n/,
  );
  expect(expectObjects(json.stdout, 'sdr-info')).toMatchObject([
    { sdr_version: '1.5', records: 5, last_erase: null, overflow: false, reserve: true },
  ]);
});

test('a folder of --cache that cannot be used is told once, and the records are read', async () => {
  const { stdout, stderr, exit } = await runCli('--sim', 'sdr', 'list', '--cache', '/dev/null');

  expect(exit).toBe(0);
  expect(stdout).toContain('CPU 0 Temp');
  expect(stderr.replace(SIM_LINE, '')).toMatch(
    /^ipmi-bt: warning: --cache \/dev\/null is not used: it is no folder that .*\n$/,
  );
});

test('the types are told with the number of their sensors', async () => {
  const { stdout, exit } = await runCli('--sim', 'sdr', 'type');
  const json = await runCli('--sim', '--json', 'sdr', 'type');

  expect(exit).toBe(0);
  expect(stdout.split('\n').map((line) => line.split(/ {2,}/))).toEqual([
    ['TYPE', 'NAME', 'SENSORS'],
    ['0x01', 'Temperature', '2'],
    ['0x08', 'Power Supply', '1'],
    [''],
  ]);
  expect(expectObjects(json.stdout, 'sensor-type')).toMatchObject([
    { sensor_type: 1, sensors: 2 },
    { sensor_type: 8, sensor_type_text: 'Power Supply' },
  ]);
});

test('sensors of a type are printed by its name and by its number, without other records', async () => {
  const byName = await runCli('--sim', 'sdr', 'type', 'power supply');
  const byNumber = await runCli('--sim', '--json', 'sdr', 'type', '0x01');

  expect(byName.exit).toBe(0);
  expect(byName.stdout.split('\n').map((line) => line.split(/ {2,}/))).toEqual([
    ['ID', 'NAME', 'READING', 'STATUS'],
    ['0x3', 'PSU 0 Status', 'present', 'ok'],
    [''],
  ]);
  expect(expectObjects(byNumber.stdout, 'sdr-record')).toMatchObject([
    { name: 'CPU 0 Temp' },
    { name: 'CPU 1 Core Temp.' },
  ]);
});

test('a type that no sensor has is told with those that there are', async () => {
  const { stderr, exit } = await runCli('--sim', 'sdr', 'type', 'Fan');

  expect(exit).toBe(1);
  expect(stderr).toContain(
    'there is no sensor of type "Fan"; there are: Temperature, Power Supply\n',
  );
});
