/** The programs of this package, and the Node that runs them. */

import { copyFileSync, existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';

import { childEnvironment, childProcesses, nodePath, programFile } from '../src/child.ts';
import { tempFolder } from './support/temp-folder.ts';

test.each(['cli', 'guardian'] as const)('the program %s is where the build puts it', (name) => {
  expect(programFile(name)).toMatch(new RegExp(`/dist/${name}\\.cjs$`));
  expect(existsSync(programFile(name))).toBe(true);
});

test('a program is a module where the package has no bundled one', async () => {
  const root = tempFolder();
  for (const folder of ['dist', 'lib']) mkdirSync(join(root, folder));
  writeFileSync(join(root, 'package.json'), '{"type":"module"}');
  copyFileSync('dist/child.js', join(root, 'dist/child.js'));
  const built = (await import(join(root, 'dist/child.js'))) as { programFile: typeof programFile };
  expect(() => built.programFile('guardian')).toThrow(`${root}/dist`);

  writeFileSync(join(root, 'lib/guardian.js'), '');

  expect(built.programFile('guardian')).toBe(join(root, 'lib/guardian.js'));
});

test('only Node can run a script', () => {
  expect(nodePath('/usr/bin/node')).toBe('/usr/bin/node');
  expect(nodePath('/opt/node-22')).toBe('/opt/node-22');
  expect(() => nodePath('/usr/bin/application')).toThrow('/usr/bin/application is not Node');
});

test('a child gets the environment but for the switches of Node', () => {
  expect(childEnvironment()).toEqual({ ...process.env, NODE_OPTIONS: '' });
});

test('a child can be started', () => {
  const child = childProcesses().spawnSync(nodePath(), ['-p', '1 + 1'], { encoding: 'utf8' });

  expect(child.stdout).toBe('2\n');
});
