/**
 * Lays out the files of a package as they will stand on a host: the program in `/usr/lib/ipmi-bt`,
 * and around it what a distribution expects of a package, such as man pages and units.
 */

import {
  copyFileSync,
  cpSync,
  existsSync,
  mkdirSync,
  readFileSync,
  readdirSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { dirname, join } from 'node:path';

import { bundleLogger } from './logger.ts';
import type { NodeFiles } from './node-release.ts';
import { copyrightFile, noticeOf } from './notices.ts';
import { ROOT } from './paths.ts';
import type { Release } from './package-version.ts';

/** Folders that have other places on other distributions. */
export interface Distribution {
  /** Texts of licences; undefined where every host has them. */
  readonly licenses: string | undefined;
  readonly units: string;
  readonly zshCompletions: string;
}

export const DEBIAN: Distribution = {
  licenses: undefined,
  units: 'lib/systemd/system',
  zshCompletions: 'usr/share/zsh/vendor-completions',
};

export const RPM: Distribution = {
  licenses: 'usr/share/licenses',
  units: 'usr/lib/systemd/system',
  zshCompletions: 'usr/share/zsh/site-functions',
};

/** A package, and what runs its program. */
export interface Variant {
  readonly release: Release;
  readonly package: string;
  readonly distribution: Distribution;
  /** The Node that it brings along; undefined where it uses that of the distribution. */
  readonly node: NodeFiles | undefined;
}

/** The folder of the program on a host. */
const PROGRAM = 'usr/lib/ipmi-bt';

/** Node of the distribution. A shebang with `env` would find another one that root may have. */
const SYSTEM_NODE = '/usr/bin/node';

const SHEBANG = /^#!.*\n/;

/** Where the loader of the addon looks for it, seen from the package's folder. */
const ADDON = 'build/Release/ipmi_bt.node';

/** A kind of files of the project, and the folder that they have in a package. */
export interface Files {
  readonly from: string;
  readonly names: RegExp;
  readonly to: string;
  /** The name in the package, where it is another one. */
  readonly as?: string;
}

/** The kinds, none of which may be missing: an incomplete build makes no package. */
function kindsOf({ package: name, distribution }: Variant): readonly Files[] {
  const documents = `usr/share/doc/${name}`;
  const [bash, fish] = ['usr/share/bash-completion/completions', 'usr/share/fish'];
  const completions = 'dist/completions';
  return [
    { from: 'dist', names: /\.cjs$/, to: `${PROGRAM}/dist` },
    { from: 'dist/assets', names: /./, to: `${PROGRAM}/dist/assets` },
    { from: dirname(ADDON), names: /^ipmi_bt\.node$/, to: `${PROGRAM}/${dirname(ADDON)}` },
    { from: 'packages/release', names: /^ipmi-bt\.json$/, to: 'etc' },
    { from: 'docs/systemd', names: /\.(service|socket|timer)$/, to: distribution.units },
    { from: 'dist/man', names: /\.1$/, to: 'usr/share/man/man1' },
    { from: completions, names: /\.bash$/, to: bash, as: 'ipmi-bt' },
    { from: completions, names: /^_/, to: distribution.zshCompletions },
    { from: completions, names: /\.fish$/, to: `${fish}/vendor_completions.d` },
    { from: 'native/uio', names: /^(Kbuild|dkms\.conf|.*\.c)$/, to: moduleFolder() },
    { from: '.', names: /^README\.md$/, to: documents },
    { from: 'docs', names: /\.(md|svg)$/, to: `${documents}/docs` },
    { from: 'docs/examples', names: /\.mjs$/, to: `${documents}/docs/examples` },
    { from: 'docs/schemas', names: /\.json$/, to: `${documents}/docs/schemas` },
  ];
}

/** Where DKMS finds the sources of a module: by name and version. */
function moduleFolder(): string {
  const text = readFileSync(join(ROOT, 'native/uio/dkms.conf'), 'utf8');
  const [, name] = /^PACKAGE_NAME="(.+)"$/m.exec(text) ?? [];
  const [, version] = /^PACKAGE_VERSION="(.+)"$/m.exec(text) ?? [];
  if (name === undefined || version === undefined) throw new Error('dkms.conf has no version');
  return `usr/src/${name}-${version}`;
}

/** Lays out `variant` in the folder `tree`, which must not be there yet. */
export async function layOutTree(tree: string, variant: Variant): Promise<void> {
  for (const files of kindsOf(variant)) copyFiles(files, tree);
  const program = join(tree, PROGRAM);
  const { name, version, bugs } = variant.release;
  // By its name the program knows that it is whole.
  writeFileSync(join(program, 'package.json'), `${JSON.stringify({ name, version, bugs })}\n`);
  setInterpreter(join(program, 'dist/cli.cjs'), variant);
  copyLicenses(tree, variant);
  mkdirSync(join(tree, 'usr/bin'));
  symlinkSync('../lib/ipmi-bt/dist/cli.cjs', join(tree, 'usr/bin/ipmi-bt'));
  if (variant.node !== undefined) cpSync(variant.node.program, join(program, 'node'));
  const logger = await bundleLogger(join(program, 'node_modules/pino'));
  const notices = noticesOf(logger, variant);
  writeFileSync(join(tree, 'usr/share/doc', variant.package, 'copyright'), notices);
}

/** Copies the files of one kind into `tree`; throws if there are none. */
export function copyFiles({ from, names, to, as }: Files, tree: string): void {
  const folder = join(ROOT, from);
  const found = existsSync(folder) ? readdirSync(folder).filter((name) => names.test(name)) : [];
  if (found.length === 0) {
    throw new Error(`${from} has no file ${String(names)}: run "npm run build" with a compiler`);
  }
  mkdirSync(join(tree, to), { recursive: true });
  for (const name of found) copyFileSync(join(folder, name), join(tree, to, as ?? name));
}

/** Has the program run by the Node that belongs to the package. */
function setInterpreter(program: string, { node }: Variant): void {
  const text = readFileSync(program, 'utf8');
  if (!SHEBANG.test(text)) throw new Error(`${program} has no interpreter`);
  const interpreter = node === undefined ? SYSTEM_NODE : `/${PROGRAM}/node`;
  writeFileSync(program, text.replace(SHEBANG, `#!${interpreter}\n`));
}

/** The texts that the file `copyright` refers to. */
function copyLicenses(tree: string, { package: name, distribution }: Variant): void {
  if (distribution.licenses === undefined) return;
  const folder = join(tree, distribution.licenses, name);
  mkdirSync(folder, { recursive: true });
  copyFileSync(join(ROOT, 'LICENSE'), join(folder, 'LICENSE'));
  copyFileSync(join(ROOT, 'native/uio/COPYING'), join(folder, 'COPYING'));
}

/** The notices of what the build has bundled, of the logger, and of Node. */
function noticesOf(logger: readonly string[], { node }: Variant): string {
  const bundled = readdirSync(join(ROOT, 'dist/licenses'));
  const notices = [...bundled, ...logger].map(noticeOf);
  if (node === undefined) return copyrightFile(notices);
  const text = readFileSync(node.license, 'utf8');
  return copyrightFile([...notices, { files: 'node', license: 'MIT and others', text }]);
}
