/**
 * Makes both Debian packages with debhelper: lays out their trees, puts `debian/` beside them, and
 * runs dpkg-buildpackage. `npm run deb` runs it; arguments name another folder for the packages,
 * and those of them that are made.
 */

import { copyFileSync, cpSync, mkdirSync, readFileSync, readdirSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';

import { fetchNode } from '../node-release.ts';
import { OUTPUT_FOLDER, ROOT, withDraft } from '../paths.ts';
import { packageVersion, packager, releaseOf } from '../package-version.ts';
import type { Release } from '../package-version.ts';
import { runTool } from '../tool.ts';
import { DEBIAN, layOutTree } from '../tree.ts';
import type { Variant } from '../tree.ts';

const SOURCE = join(ROOT, 'packages/release/debian');

/** The packages, by the names that they have in `control`. */
const NAMES = ['ipmi-bt', 'ipmi-bt-standalone'];

/** Scripts that are the same in each package. */
const SCRIPTS = ['postinst', 'prerm', 'postrm'];

function variantsOf(release: Release): readonly Variant[] {
  return [
    { release, package: 'ipmi-bt', distribution: DEBIAN, node: undefined },
    { release, package: 'ipmi-bt-standalone', distribution: DEBIAN, node: fetchNode() },
  ];
}

async function make(draft: string, output: string, names: readonly string[]): Promise<void> {
  const release = releaseOf();
  const source = join(draft, `ipmi-bt-${release.version}`);
  const variants = variantsOf(release).filter((variant) => names.includes(variant.package));
  for (const variant of variants) {
    await layOutTree(join(source, 'tree', variant.package), variant);
    writeDebian(join(source, 'debian'), variant);
  }
  copyFileSync(join(ROOT, 'CHANGELOG.md'), join(source, 'CHANGELOG.md'));
  writeCommon(join(source, 'debian'), release, names);
  const env = { SOURCE_DATE_EPOCH: String(release.epochS), DEB_BUILD_OPTIONS: '' };
  // Without `-d`, packages that only a compilation needs would have to be installed.
  runTool('dpkg-buildpackage', ['--build=binary', '--no-sign', '-d'], { cwd: source, env });
  collect(draft, output);
}

/** Writes the files of `debian/` that one package has. */
function writeDebian(folder: string, variant: Variant): void {
  const name = variant.package;
  mkdirSync(folder, { recursive: true });
  for (const script of SCRIPTS) cpSync(join(SOURCE, script), join(folder, `${name}.${script}`));
  writeFileSync(join(folder, `${name}.lintian-overrides`), overridesOf(name));
  if (variant.node === undefined) {
    cpSync(join(SOURCE, 'triggers'), join(folder, `${name}.triggers`));
  }
}

/** The overrides of one package, with the comments in front of them. */
function overridesOf(name: string): string {
  const text = readFileSync(join(SOURCE, 'lintian-overrides'), 'utf8');
  const isOwn = (line: string): boolean => line.startsWith('#') || line.startsWith(`${name}: `);
  const blocks = text.split('\n\n').filter((block) => block.includes(`\n${name}: `));
  const own = blocks.map((block) => block.trim().split('\n').filter(isOwn).join('\n'));
  return own.map((block) => `${block}\n`).join('\n');
}

/** Writes the files of `debian/` that all packages share. */
function writeCommon(folder: string, release: Release, names: readonly string[]): void {
  const [head = '', ...packages] = readFileSync(join(SOURCE, 'control'), 'utf8').split('\n\n');
  const own = packages.filter((text) =>
    names.some((name) => text.startsWith(`Package: ${name}\n`)),
  );
  const control = [head.replace('@MAINTAINER@', packager()), ...own].join('\n\n');
  writeFileSync(join(folder, 'control'), control);
  cpSync(join(SOURCE, 'rules'), join(folder, 'rules'), { mode: 0 });
  mkdirSync(join(folder, 'source'));
  writeFileSync(join(folder, 'source/format'), '3.0 (native)\n');
  writeFileSync(join(folder, 'changelog'), changelogOf(release));
}

/** One entry: Debian's changelog is about the package, and upstream's is in it as well. */
function changelogOf({ version, epochS }: Release): string {
  const date = new Date(epochS * 1_000).toUTCString().replace('GMT', '+0000');
  const head = `ipmi-bt (${packageVersion(version)}) unstable; urgency=medium`;
  return `${head}\n\n  * Version ${version}.\n\n -- ${packager()}  ${date}\n`;
}

function collect(draft: string, output: string): void {
  mkdirSync(output, { recursive: true });
  for (const name of readdirSync(draft).filter((entry) => entry.endsWith('.deb'))) {
    copyFileSync(join(draft, name), join(output, name));
    process.stdout.write(`${resolve(output, name)}\n`);
  }
}

const [, , output = OUTPUT_FOLDER, ...names] = process.argv;
await withDraft((draft) => make(draft, output, names.length > 0 ? names : NAMES));
