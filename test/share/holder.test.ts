/** How processes name themselves and each other. */

import { spawnSync } from 'node:child_process';
import { readlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';

import { systemFiles } from '../../src/files.ts';
import { holderOf, holderText, ownSignature, pidInProc } from '../../src/share/holder.ts';
import { ROOT } from '../support/source-code.ts';
import { tempFolder } from '../support/temp-folder.ts';
import { fakeFiles } from '../support/fake-files.ts';

const HOME = { pid: 7, pidNamespace: 'pid:[1]', program: 'node a.js' };

const MODULE = join(ROOT, 'dist', 'share', 'holder.js');
const FILES = join(ROOT, 'dist', 'files.js');
const CODE = `
  const { ownSignature } = await import('${MODULE}');
  const { systemFiles } = await import('${FILES}');
  console.log(ownSignature(systemFiles).program);
`;

/** The program's name by its own word, when Node is called like this. */
function programOf(args: readonly string[], input = ''): string {
  const { stdout } = spawnSync(process.execPath, args, { encoding: 'utf8', input });
  return stdout.trimEnd();
}

test('a program is named by the file name of its script, and no argument is told', () => {
  const script = join(tempFolder(), 'script.mjs');
  writeFileSync(script, CODE);

  expect(programOf([script, 'secret'])).toBe('node script.mjs');
});

test.each([
  ['-e', [CODE, 'secret']],
  ['--eval', [CODE, '/etc/passwd']],
  [`--eval=${CODE}`, ['/etc/passwd']],
])('an argument behind code in the command line is not taken for a script: %.6s', (...words) => {
  const [option, args] = words;

  expect(programOf(['--input-type=module', option, ...args])).toBe('node');
});

test('an argument of a script on standard input is not told', () => {
  expect(programOf(['--input-type=module', '-', 'secret'], CODE)).toBe('node');
  expect(programOf(['--input-type=module', '-', '/etc/passwd'], CODE)).toBe('node');
});

test('this process signs with its pid and pid namespace, and no path or argument', () => {
  const { pid, pidNamespace, program } = ownSignature(systemFiles);

  expect([pid, pidNamespace]).toEqual([process.pid, readlinkSync('/proc/self/ns/pid')]);
  expect(program).toMatch(/^node[^ /]*( [^ /]+)?$/);
  expect(pidInProc(systemFiles)).toBe(process.pid);
});

describe('of a process that was started as', () => {
  const PATH = '/usr/bin/node';
  const files = fakeFiles({ '/opt/fan script.mjs': '', '/etc/passwd': '' });
  const nameOf = (execArgv: string[], ...words: string[]): string =>
    ownSignature(files, { pid: 7, execPath: PATH, execArgv, argv: [PATH, ...words] }).program;

  test.each([
    ['node script', [], ['/opt/fan script.mjs', 'secret'], 'node fan script.mjs'],
    [
      'node --switch script',
      ['--enable-source-maps'],
      ['/opt/fan script.mjs'],
      'node fan script.mjs',
    ],
    ['node --switch -e code path', ['--no-warnings', '-e', 'code'], ['/etc/passwd'], 'node'],
    ['node --switch --eval=code path', ['--no-warnings', '--eval=code'], ['/etc/passwd'], 'node'],
    ['node --experimental-i script', ['--x-i'], ['/opt/fan script.mjs'], 'node fan script.mjs'],
    ['node - word', [], ['secret'], 'node'],
    ['node - path', [], ['/not/there'], 'node'],
    ['node', [], [], 'node'],
  ])('%s the program is told: %j %j', (_, ...[execArgv, words, program]) => {
    expect(nameOf([...execArgv], ...words)).toBe(program);
  });

  test('a program of a long name the beginning is told', () => {
    const path = `/opt/${'long'.repeat(200)}`;
    const { program } = ownSignature(fakeFiles({ [path]: '' }), {
      ...{ pid: 7, execPath: PATH, execArgv: [], argv: [PATH, path] },
    });
    expect(program).toHaveLength(512);
  });
});

test('a pid of another namespace is not told, because it means another process here', () => {
  const there = { ...HOME, pidNamespace: 'pid:[2]' };

  expect(holderText(holderOf(HOME, HOME))).toBe('pid 7 (node a.js)');
  expect(holderText(holderOf(there, HOME))).toBe(
    'a process of another container, or pid namespace (node a.js)',
  );
});

test('neither is one where it is not known which namespace it is of', () => {
  const unknown = { ...HOME, pidNamespace: undefined };
  const pids = [holderOf(unknown, HOME), holderOf(HOME, unknown), holderOf(unknown, unknown)];

  expect(pids.map(({ pid }) => pid)).toEqual([undefined, undefined, undefined]);
  expect(holderText(undefined)).toBe('another process');
  expect(pidInProc(fakeFiles({}))).toBeUndefined();
});
