/**
 * Picks kernel modules for the guest: the ones asked for and those they depend on, unpacked, with
 * an index of just these for the guest's `modprobe`. Ours is compiled when it is asked for.
 */

import { readFile } from 'node:fs/promises';
import { basename, join, posix } from 'node:path';

import type { GuestFiles } from './cpio.ts';
import { runTool } from './host-tool.ts';
import type { Kernel } from './kernel.ts';
import { UIO_MODULE, buildUioModule } from './kernel-module.ts';

const INDEX = 'modules.dep';

/** Where `make modules_install` would put it. */
const UIO_MODULE_PATH = `extra/${UIO_MODULE}.ko`;

/** The files of the modules called `names`, at their places in the guest. */
export async function moduleFiles(kernel: Kernel, names: readonly string[]): Promise<GuestFiles> {
  const rows = parseIndex(await readFile(join(kernel.modulesDir, INDEX), 'utf8'));
  rows.push([UIO_MODULE_PATH, ...findRow(rows, 'uio')]);
  const wanted = names.map((name) => findRow(rows, name));
  // A row lists all that must be loaded before, not only the next.
  const paths = new Set(wanted.flat());

  const guestFolder = `/lib/modules/${kernel.release}`;
  const files: Record<string, Uint8Array> = {};
  for (const path of paths) {
    files[posix.join(guestFolder, unpackedName(path))] = await moduleContent(kernel, path);
  }
  const kept = rows.filter(([path = '']) => paths.has(path));
  files[posix.join(guestFolder, INDEX)] = Buffer.from(kept.map(formatRow).join(''));
  return files;
}

/** A module's path, then those of its dependencies: `kernel/a.ko.xz: kernel/b.ko.xz`. */
type Row = readonly string[];

function parseIndex(text: string): Row[] {
  return text.split('\n').map((line) => line.match(/[^\s:]+/g) ?? []);
}

function formatRow(row: Row): string {
  const [path, ...dependencies] = row.map(unpackedName);
  return `${[`${path}:`, ...dependencies].join(' ')}\n`;
}

function findRow(rows: readonly Row[], name: string): Row {
  const row = rows.find(([path = '']) => unpackedName(basename(path)) === `${name}.ko`);
  if (row === undefined) throw new Error(`this kernel has no module ${name}`);
  return row;
}

function unpackedName(path: string): string {
  return path.replace(/\.xz$/, '');
}

async function moduleContent(kernel: Kernel, path: string): Promise<Uint8Array> {
  if (path === UIO_MODULE_PATH) return readFile(await buildUioModule(kernel));
  return unpack(join(kernel.modulesDir, path));
}

async function unpack(path: string): Promise<Uint8Array> {
  return path.endsWith('.xz') ? runTool('xz', ['-dc', path]) : readFile(path);
}
