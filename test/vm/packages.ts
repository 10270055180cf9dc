/**
 * Gets packages out of Debian's archive and unpacks them, without installing them.
 */

import { readdir, rm } from 'node:fs/promises';
import { join } from 'node:path';

import { runTool } from './host-tool.ts';

/** Unpacks the packages called `names` into the folder `target`. */
export async function unpackPackages(names: readonly string[], target: string): Promise<void> {
  await withAdvice(() => runTool('apt-get', ['download', ...names], target));
  const packages = (await readdir(target)).filter((name) => name.endsWith('.deb'));
  for (const name of packages) {
    await runTool('dpkg-deb', ['-x', name, '.'], target);
    await rm(join(target, name));
  }
}

/** The packages that the one called `name` depends on and that `pattern` matches. */
export async function dependenciesOf(name: string, pattern: RegExp): Promise<string[]> {
  const lines = await withAdvice(() => runTool('apt-cache', ['depends', name]));
  const matches = lines.toString().matchAll(/^[\s|]*Depends: (\S+)$/gm);
  const names = [...matches].map(([, dependency = '']) => dependency);
  const found = names.filter((dependency) => pattern.test(dependency));
  if (found.length === 0) {
    throw new Error(`${name} depends on nothing like ${String(pattern)}:\n${lines.toString()}`);
  }
  return found;
}

/**
 * Runs `get`, and once more with new lists of packages if it fails: an old list names files that
 * the archive no longer has, or a kernel that has been replaced.
 */
export async function withFreshLists(get: () => Promise<void>): Promise<void> {
  try {
    await get();
  } catch {
    await withAdvice(() => runTool('apt-get', ['update', '-qq']));
    await get();
  }
}

async function withAdvice<Result>(run: () => Promise<Result>): Promise<Result> {
  try {
    return await run();
  } catch (cause) {
    const advice = 'this needs apt, Debian 12 sources and, once, network; try "apt-get update"';
    const reason = cause instanceof Error ? cause.message : String(cause);
    throw new Error(`no package for the guest: ${reason}\n(${advice})`, { cause });
  }
}
