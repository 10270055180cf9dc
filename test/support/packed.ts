/** The package as `npm pack` makes it, of what is built here, and programs that depend on it. */

import { execFile } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';

import { onTestFinished } from 'vitest';

import { programPath } from './program-path.ts';

export const run = promisify(execFile);

/** Long enough to pack, install, compile or delete anything on a host that does much else. */
export const PATIENCE_MS = 600_000;

/** All that npm itself starts when it installs a package that has nothing to build. */
const WITHOUT_COMPILER = ['env', 'node', 'npm', 'sh'];

/** The folder of a program, gone when the test is over. */
export function programFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'ipmi-bt-package-'));
  onTestFinished(() => {
    rmSync(folder, { recursive: true, force: true });
  }, PATIENCE_MS);
  writeFileSync(join(folder, 'package.json'), '{ "type": "module" }');
  return folder;
}

/** Packs what is built here into `folder`; returns the path of the tarball. */
export async function pack(folder: string): Promise<string> {
  const packed = await run('npm', ['pack', '--ignore-scripts', '--pack-destination', folder]);
  return join(folder, packed.stdout.trim());
}

/** Packs the project and lays it where a user's program finds it, without its dependencies. */
export async function unpacked(): Promise<string> {
  const folder = programFolder();
  const tarball = await pack(folder);
  const target = join(folder, 'node_modules', 'ipmi-bt');
  mkdirSync(target, { recursive: true });
  await run('tar', ['xzf', tarball, '-C', target, '--strip-components=1']);
  return folder;
}

/** Runs npm for the program in `folder`; its cache has what this project was installed with. */
export async function npm(
  folder: string,
  args: readonly string[],
  path = process.env['PATH'],
): Promise<void> {
  const options = ['--prefer-offline', '--no-audit', '--no-fund'];
  await run('npm', [...args, ...options], { cwd: folder, env: { ...process.env, PATH: path } });
}

/** A PATH of its own in `folder`, on which there is npm, and neither compiler nor make. */
export function pathWithoutCompiler(folder: string): string {
  const bin = join(folder, 'bin');
  mkdirSync(bin);
  for (const name of WITHOUT_COMPILER) {
    const found = programPath(name);
    if (found === undefined) throw new Error(`${name} is not on the PATH`);
    symlinkSync(found, join(bin, name));
  }
  return bin;
}
