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

const WRAPPER = `#!/bin/sh
exec node ${GUEST_ROOT}/dist/cli.cjs "$@"
`;

/** Throws if the project is not built: the guest would test only half of it. */
export function projectFiles(): GuestFiles {
  const missing = [ADDON, 'dist/cli.cjs'].filter((path) => !isHere(path));
  if (missing.length > 0) {
    throw new Error(`${missing.join(', ')} missing: run "npm run build" first`);
  }
  const packages = packageFolders().flatMap(filesUnder);
  const paths = [...FILES.filter(isHere), ...filesUnder('dist'), ...packages];
  const copies = paths.map((path) => [posix.join(GUEST_ROOT, path), join(ROOT, path)] as const);
  return { ...Object.fromEntries(copies), '/usr/bin/ipmi-bt': Buffer.from(WRAPPER) };
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
  readonly packages: Readonly<Record<string, { readonly dev?: boolean }>>;
}

/** `node_modules/...` of each package that is not only there for development. */
function packageFolders(): string[] {
  const text = readFileSync(join(ROOT, 'package-lock.json'), 'utf8');
  const { packages } = JSON.parse(text) as Lockfile;
  const entries = Object.entries(packages).filter(([path]) => path !== '');
  return entries.filter(([, { dev }]) => dev !== true).map(([path]) => path);
}

function filesUnder(folder: string): string[] {
  const entries = readdirSync(join(ROOT, folder), { recursive: true, withFileTypes: true });
  const files = entries.filter((entry) => entry.isFile());
  return files.map((entry) => join(entry.parentPath, entry.name).slice(ROOT.length));
}
