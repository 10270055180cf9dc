/**
 * The Debian packages and the RPM of this project, as `npm run deb` and `npm run rpm` make them of
 * what is built. They are kept in the cache until something that they are made of changes.
 */

import { execFile } from 'node:child_process';
import { readdirSync, statSync } from 'node:fs';
import { readdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';

import { lockedCached } from './cache-lock.ts';
import { fingerprint } from './initramfs.ts';
import { CACHE_FOLDER } from './kernel.ts';
import { ROOT } from './project.ts';

const run = promisify(execFile);

/** All that the packages are made of. */
const INPUTS = [
  ...['CHANGELOG.md', 'LICENSE', 'README.md', 'package.json', 'package-lock.json'],
  ...['build/Release/ipmi_bt.node', 'dist', 'docs', 'native/uio', 'packages/release'],
];

/** In all packages of the tests, for those of two commits to be the same. */
const EPOCH_S = '1700000000';

/** A script of `packages/release/`, and the beginning of its entries in the cache. */
type Kind = 'debian' | 'rpm';

/** Paths of the two packages for Debian. */
export async function debianPackages(): Promise<{
  readonly system: string;
  readonly standalone: string;
}> {
  const folder = await packagesOf('debian');
  const names = await readdir(folder);
  const find = (start: string): string => {
    const name = names.find((entry) => entry.startsWith(start));
    if (name === undefined) throw new Error(`no ${start} in ${names.join(', ')}`);
    return join(folder, name);
  };
  return { system: find('ipmi-bt_'), standalone: find('ipmi-bt-standalone_') };
}

/** Path of the RPM. */
export async function rpmPackage(): Promise<string> {
  const folder = await packagesOf('rpm');
  return join(folder, (await readdir(folder)).join());
}

/** Makes the packages of `kind` in `folder`, or only those of these names. */
export async function makePackages(
  kind: Kind,
  folder: string,
  names: readonly string[] = [],
): Promise<void> {
  const script = join('packages/release', kind, 'build.ts');
  const env = { ...process.env, SOURCE_DATE_EPOCH: EPOCH_S };
  await run(process.execPath, ['--import', 'tsx', script, folder, ...names], { cwd: ROOT, env });
}

async function packagesOf(kind: Kind): Promise<string> {
  const paths = INPUTS.flatMap((path) => filesAt(join(ROOT, path)));
  const entry = `packages-${kind}-${fingerprint(Object.fromEntries(paths.map((p) => [p, p])))}`;
  return await lockedCached(entry, async (draft) => {
    await forgetOthers(kind);
    await makePackages(kind, draft);
  });
}

/** Each is 40 MB, and a new one is made for every change. */
async function forgetOthers(kind: Kind): Promise<void> {
  const entries = await readdir(CACHE_FOLDER);
  const others = entries.filter((name) => name.startsWith(`packages-${kind}-`));
  const removable = others.filter((name) => !name.endsWith('.lock'));
  for (const name of removable) await rm(join(CACHE_FOLDER, name), { recursive: true });
}

function filesAt(path: string): readonly string[] {
  if (statSync(path).isFile()) return [path];
  const entries = readdirSync(path, { recursive: true, withFileTypes: true });
  const files = entries.filter((entry) => entry.isFile());
  return files.map((entry) => join(entry.parentPath, entry.name)).sort();
}
