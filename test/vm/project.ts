/**
 * The project as it stands in the guest: under `/opt/ipmi-bt` what an installed package has, built,
 * with the packages it needs at run time and no others, and `ipmi-bt` in the PATH.
 */

import { existsSync, readFileSync, readdirSync } from 'node:fs';
import { join, posix } from 'node:path';
import { fileURLToPath } from 'node:url';

import type { GuestFiles } from './cpio.ts';

export const ROOT = fileURLToPath(new URL('../../', import.meta.url));
export const GUEST_ROOT = '/opt/ipmi-bt';

const ADDON = 'build/Release/ipmi_bt.node';
const FILES = ['package.json', 'README.md', ADDON];
const FLEET = 'packages/fleet';

/** Bundled into the package, and imported by the single modules of `dist/`. */
const BUNDLED = ['node_modules/node-gyp-build'];

/**
 * All of it, with the package in the folder `root`. Throws if the project is not built: the guest
 * would test only half of it.
 */
export function projectFiles(root = GUEST_ROOT): GuestFiles {
  const missing = [ADDON, 'dist/cli.cjs', 'lib/index.js'].filter((path) => !isHere(path));
  if (missing.length > 0) {
    throw new Error(`${missing.join(', ')} missing: run "npm run build" first`);
  }
  const modules = filesUnder('lib').filter((path) => !/^lib\/(types|src)\//.test(path));
  const packages = [...packagesOf(''), ...BUNDLED.flatMap(filesUnder)];
  const paths = [...FILES.filter(isHere), ...filesUnder('dist'), ...modules, ...packages];
  const wrapper = `#!/bin/sh\nexec node ${root}/dist/cli.cjs "$@"\n`;
  return { ...copiesOf(paths, root), '/usr/bin/ipmi-bt': Buffer.from(wrapper) };
}

/** The package `ipmi-bt-fleet`. Beside the project, `node_modules/ipmi-bt` must lead to that. */
export function fleetFiles(): GuestFiles {
  const parts = [`${FLEET}/bin`, `${FLEET}/dist`].flatMap(filesUnder);
  return copiesOf([`${FLEET}/package.json`, ...parts, ...packagesOf(FLEET)], GUEST_ROOT);
}

function copiesOf(paths: readonly string[], root: string): GuestFiles {
  const copies = paths.map((path) => [posix.join(root, path), join(ROOT, path)] as const);
  return Object.fromEntries(copies);
}

/** Programs of `programs/`, in the package's own folder, so that it knows itself by name there. */
export function programFiles(...names: readonly string[]): GuestFiles {
  const files = names.map((name) => {
    const source = join(ROOT, 'test/vm/programs', `${name}.mjs`);
    return [`${GUEST_ROOT}/${name}.mjs`, source] as const;
  });
  return Object.fromEntries(files);
}

function isHere(path: string): boolean {
  return existsSync(join(ROOT, path));
}

interface Lockfile {
  readonly packages: Readonly<Record<string, Locked>>;
}

interface Locked {
  readonly dependencies?: Readonly<Record<string, string>>;
  /** A package of this project. */
  readonly link?: boolean;
}

/** Files of all packages that the one of this folder needs at run time, but for the project's. */
function packagesOf(folder: string): string[] {
  const text = readFileSync(join(ROOT, 'package-lock.json'), 'utf8');
  const { packages } = JSON.parse(text) as Lockfile;
  const found = new Set<string>();
  const addNeeds = (from: string): void => {
    for (const name of Object.keys(packages[from]?.dependencies ?? {})) {
      const place = [posix.join(from, 'node_modules', name), `node_modules/${name}`].find(
        (path) => packages[path] !== undefined,
      );
      if (place === undefined) throw new Error(`${name} is not in the lockfile`);
      if (packages[place]?.link === true || found.has(place)) continue;
      found.add(place);
      addNeeds(place);
    }
  };
  addNeeds(folder);
  return [...found].flatMap(filesUnder);
}

function filesUnder(folder: string): string[] {
  const entries = readdirSync(join(ROOT, folder), { recursive: true, withFileTypes: true });
  const files = entries.filter((entry) => entry.isFile());
  return files.map((entry) => join(entry.parentPath, entry.name).slice(ROOT.length));
}
