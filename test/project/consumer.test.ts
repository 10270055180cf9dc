/**
 * Programs that depend on the package. npm compiles a package again whenever it finds a binding.gyp
 * in it: a lockfile does not carry `gypfile`, so only the package's files decide.
 */

import { existsSync, readFileSync, readdirSync, rmSync, statSync } from 'node:fs';
import { join } from 'node:path';

import { expect, test, vi } from 'vitest';

import { nonEmpty, offenders } from '../support/lists.ts';
import { PATIENCE_MS, npm, pack, pathWithoutCompiler, programFolder } from '../support/packed.ts';
import { run, unpacked } from '../support/packed.ts';

vi.setConfig({ testTimeout: PATIENCE_MS });

const ADDON = 'prebuilds/linux-x64/ipmi-bt.glibc.node';

/** The events that npm runs in a package that somebody depends on. */
const AT_INSTALL = ['preinstall', 'install', 'postinstall', 'prepublish', 'prepare'];

const PROGRAM = `
import { open } from 'ipmi-bt';
import { SimBmc } from 'ipmi-bt/sim';
const sim = new SimBmc();
const device = await open({ base: sim.base, port: sim });
console.log((await device.request({ netFn: 6, cmd: 1 })).completionCode);
await device.close();
`;

/** Where the tests run, Node can do that. */
const REQUIRED = "console.log(typeof require('ipmi-bt').open)";

/** Every file of the installed package, with its bytes. */
function filesOf(folder: string): ReadonlyMap<string, string> {
  const root = join(folder, 'node_modules/ipmi-bt');
  const names = readdirSync(root, { recursive: true, encoding: 'utf8' }).sort();
  const files = names.filter((name) => statSync(join(root, name)).isFile());
  return new Map(files.map((name) => [name, readFileSync(join(root, name), 'latin1')]));
}

test('the package has nothing that npm runs or compiles when it is installed', async () => {
  const folder = await unpacked();

  const files = filesOf(folder);

  const { scripts } = JSON.parse(files.get('package.json') ?? '') as { scripts: object };
  expect(offenders(AT_INSTALL, (event) => event in scripts)).toEqual([]);
  expect(offenders([...files.keys()], (name) => /\.gypi?$|\.(cc|h)$/.test(name))).toEqual([]);
  // Without a compiler this project has no addon, and then its package has none.
  expect(files.has(ADDON)).toBe(existsSync(ADDON));
});

test('a project that depends on it keeps the addon, whatever npm does, with and without a compiler', async () => {
  const folder = programFolder();
  const withCompiler = process.env['PATH'];
  const without = pathWithoutCompiler(folder);
  await npm(folder, ['install', await pack(folder)]);
  const installed = filesOf(folder);
  expect(installed.has(ADDON)).toBe(existsSync(ADDON));

  const runs: readonly (readonly [string, string | undefined])[] = [
    ['ci', withCompiler],
    ['rebuild', withCompiler],
    ['ci --ignore-scripts --offline', without],
    ['rebuild', without],
  ];
  for (const [command, path] of nonEmpty(runs)) {
    await npm(folder, command.split(' '), path);
    expect(filesOf(folder), command).toEqual(installed);
  }
  rmSync(join(folder, 'node_modules'), { recursive: true });
  await npm(folder, ['install'], without);

  expect(filesOf(folder)).toEqual(installed);
  const lockfile = readFileSync(join(folder, 'package-lock.json'), 'utf8');
  expect(lockfile).toContain('"node_modules/ipmi-bt"');
  expect(lockfile).not.toContain('hasInstallScript');
  const { stdout } = await run('node', ['--input-type=module', '-e', PROGRAM], { cwd: folder });
  expect(stdout).toBe('0\n');

  const required = await run('node', ['-e', REQUIRED], { cwd: folder });
  expect(required.stdout).toBe('function\n');
});
