/** The command starts with the code that V8 made of the program before, and without it. */

import { execFile } from 'node:child_process';
import { chmodSync, cpSync, mkdtempSync, readFileSync, rmSync, utimesSync } from 'node:fs';
import { writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { Script } from 'node:vm';

import { expect, onTestFinished, test } from 'vitest';

import { ROOT } from '../../support/source-code.ts';

const run = promisify(execFile);

const FILES = ['cli.cjs', 'program.cjs', 'program.code'];
/** The name of the Node that made the code stands in front of it. */
const TAG_BYTES = 64;
const REPLY = ' 20 01 02 35 02 9f 00 00 00 b7 00 01 02 03 04\n';

/** A folder with the command, which may be spoilt. */
function copied(): string {
  const folder = mkdtempSync(join(tmpdir(), 'ipmi-bt-start-'));
  onTestFinished(() => {
    rmSync(folder, { recursive: true, force: true });
  });
  for (const file of FILES) {
    cpSync(join(ROOT, 'dist', file), join(folder, file), { preserveTimestamps: true });
  }
  return folder;
}

function isAccepted(folder: string): boolean {
  const cachedData = readFileSync(join(folder, 'program.code')).subarray(TAG_BYTES);
  const script = new Script(readFileSync(join(folder, 'program.cjs'), 'latin1'), { cachedData });
  return script.cachedDataRejected === false;
}

/** Get Device ID by the command in that folder: what it printed. */
function getDeviceId(folder: string, ...switches: readonly string[]) {
  return run(process.execPath, [...switches, join(folder, 'cli.cjs'), '--sim', 'raw', '6', '1']);
}

test('the code that the build left is what this V8 takes for the program', () => {
  expect(isAccepted(join(ROOT, 'dist'))).toBe(true);
});

/** Gives the program another text, of the same length, so that V8 cannot tell. */
function change(path: string): void {
  const source = readFileSync(path, 'utf8');
  const changed = source.replaceAll('simulated BMC (--sim)', 'imitated  BMC (--sim)');
  expect(changed).not.toBe(source);
  writeFileSync(path, changed);
}

test('the code is used: what it was made of is not compiled again', async () => {
  const folder = copied();
  change(join(folder, 'program.cjs'));
  utimesSync(join(folder, 'program.cjs'), 0, 0);

  expect((await getDeviceId(folder)).stderr).toContain('simulated BMC (--sim)');
});

test('a program that was changed afterwards runs as it is now', async () => {
  const folder = copied();
  change(join(folder, 'program.cjs'));

  expect((await getDeviceId(folder)).stderr).toContain('imitated  BMC (--sim)');
});

test('code that more users may write than the program is not used', async () => {
  const folder = copied();
  change(join(folder, 'program.cjs'));
  utimesSync(join(folder, 'program.cjs'), 0, 0);
  chmodSync(join(folder, 'program.cjs'), 0o644);
  chmodSync(join(folder, 'program.code'), 0o666);

  expect((await getDeviceId(folder)).stderr).toContain('imitated  BMC (--sim)');
});

test('code that another Node made is not used, although V8 has the same version', async () => {
  const folder = copied();
  const path = join(folder, 'program.code');
  const code = readFileSync(path);
  expect(code.toString('latin1', 0, TAG_BYTES)).toMatch(
    new RegExp(`^${process.version} ${process.arch} ${process.versions.v8} \\d+ +$`),
  );
  code.write('v20.18.0', 'latin1');
  writeFileSync(path, code);
  change(join(folder, 'program.cjs'));
  utimesSync(join(folder, 'program.cjs'), 0, 0);

  // The program as it is now, which code that is used would hide.
  expect((await getDeviceId(folder)).stderr).toContain('imitated  BMC (--sim)');
});

test.each([
  ['there is none', (path: string) => rmSync(path)],
  ['it is of another kind', (path: string) => writeFileSync(path, 'no code at all')],
  ['it is empty', (path: string) => writeFileSync(path, '')],
  ['it ends too early', (path: string) => writeFileSync(path, readFileSync(path).subarray(0, -9))],
])('without code the command does the same: %s', async (_, spoil) => {
  const folder = copied();
  spoil(join(folder, 'program.code'));

  expect((await getDeviceId(folder)).stdout).toBe(REPLY);
});

test('the code can be made anew, and is as good', async () => {
  const folder = copied();
  const path = join(folder, 'program.code');
  cpSync(join(ROOT, 'dist', 'compile.cjs'), join(folder, 'compile.cjs'));
  rmSync(path);

  await run(process.execPath, [join(folder, 'compile.cjs')]);

  expect(isAccepted(folder)).toBe(true);
  expect((await getDeviceId(folder)).stdout).toBe(REPLY);
});

test('a Node with other switches, which refuses the code, does the same', async () => {
  expect((await getDeviceId(copied(), '--no-opt')).stdout).toBe(REPLY);
});
