/** Packages of Debian that a test makes itself, and what a package needs of its libraries. */

import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { runTool } from './host-tool.ts';

/** Fields of a package, in the order that they are written. */
export type Control = Readonly<Record<string, string>>;

/** Nothing reads a package twice: compressing it would only take time. */
const UNCOMPRESSED = ['--root-owner-group', '-Znone'];

/** Makes a package in the folder `tree`, which holds its files. */
export async function packDebian(tree: string, control: Control, target: string): Promise<void> {
  const fields = Object.entries(control).map(([name, value]) => `${name}: ${value}\n`);
  await mkdir(join(tree, 'DEBIAN'), { recursive: true });
  await writeFile(join(tree, 'DEBIAN/control'), fields.join(''));
  await runTool('dpkg-deb', [...UNCOMPRESSED, '--build', tree, target]);
}

/** Changes texts of files by their paths in the package; `DEBIAN/control` is one of them. */
export type Changes = Readonly<Record<string, (text: string) => string>>;

/** Makes another package of one that is there. */
export async function repackDebian(from: string, to: string, changes: Changes): Promise<void> {
  const folder = await mkdtemp(join(tmpdir(), 'ipmi-bt-repack-'));
  try {
    const tree = join(folder, 'tree');
    await runTool('dpkg-deb', ['--raw-extract', from, tree]);
    for (const [path, change] of Object.entries(changes)) {
      const file = join(tree, path);
      const before = await readFile(file, 'latin1');
      const after = change(before);
      if (after === before) throw new Error(`${path} has nothing that would be changed`);
      await writeFile(file, after, 'latin1');
    }
    await runTool('dpkg-deb', [...UNCOMPRESSED, '--build', tree, to]);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

/** Makes a package `nodejs` that contains the program `node`, as others than Debian have one. */
export async function nodejsPackage(node: string, version: string, to: string): Promise<void> {
  const tree = await mkdtemp(join(tmpdir(), 'ipmi-bt-nodejs-'));
  try {
    await mkdir(join(tree, 'usr/bin'), { recursive: true });
    await runTool('cp', [node, join(tree, 'usr/bin/node')]);
    await packDebian(
      tree,
      {
        ...{ Package: 'nodejs', Version: version, Architecture: 'amd64' },
        ...{ Maintainer: 'A test <test@packages.example>', Description: 'Node for a test' },
      },
      to,
    );
  } finally {
    await rm(tree, { recursive: true, force: true });
  }
}

/** The highest version of the symbols `PREFIX_x.y.z` that programs need, such as of GLIBC. */
export async function highestSymbol(prefix: string, files: readonly string[]): Promise<string> {
  const outputs = await Promise.all(files.map((file) => runTool('objdump', ['-T', file])));
  const pattern = new RegExp(`\\(${prefix}_([\\d.]+)\\)`, 'g');
  const found = outputs.flatMap((text) => [...text.toString().matchAll(pattern)]);
  const versions = found.map(([, version = '']) => version.split('.').map(Number));
  const highest = versions.sort(compareVersions).at(-1);
  if (highest === undefined) throw new Error(`${files.join(', ')} need nothing of ${prefix}`);
  return highest.join('.');
}

function compareVersions(one: readonly number[], other: readonly number[]): number {
  for (const [index, part] of one.entries()) {
    const difference = part - (other[index] ?? 0);
    if (difference !== 0) return difference;
  }
  return one.length - other.length;
}
