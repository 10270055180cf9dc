/**
 * Makes the guest's file system in two layers. The base has what is large and rarely changes: node,
 * busybox, ipmitool, a few tools and the kernel's IPMI modules; it is kept in the cache. The second
 * has what the caller gives. Neither is compressed, because an emulated processor unpacks slower
 * than it reads.
 */

import { createHash } from 'node:crypto';
import { constants, existsSync, statSync } from 'node:fs';
import { appendFile, copyFile, mkdtemp, readdir, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

import { packCpio } from './cpio.ts';
import type { GuestFiles } from './cpio.ts';
import { findTool, runTool } from './host-tool.ts';
import { CACHE_FOLDER } from './kernel.ts';
import type { Kernel } from './kernel.ts';
import { moduleFiles } from './modules.ts';

/** The kernel modules in the guest, besides those they depend on. */
const MODULES = ['ipmi_si', 'ipmi_devintf'];

const SYSTEM_FILES: GuestFiles = {
  '/etc/passwd': text('root:x:0:0::/root:/bin/sh', 'nobody:x:65534:65534::/:/bin/sh'),
  '/etc/group': text('root:x:0:', 'nogroup:x:65534:'),
  // ipmitool warns when it has no names of vendors, and takes its time over all of them.
  '/usr/share/misc/enterprise-numbers.txt': text('0', '  Reserved'),
};

const INIT_SCRIPT = fileURLToPath(new URL('init.sh', import.meta.url));

export interface InitramfsOptions {
  readonly kernel: Kernel;

  /** Kernel modules besides those that every guest has. */
  readonly modules: readonly string[];

  /** Added to the base; replaces files of the same path. */
  readonly files: GuestFiles;
}

/** Writes an initramfs to the file `target`. */
export async function writeInitramfs(target: string, options: InitramfsOptions): Promise<void> {
  const { kernel, modules, files } = options;
  const base = await cacheBase(kernel);
  await copyFile(base, target, constants.COPYFILE_FICLONE);
  // Together with those of the base, because there is one index of all.
  const more = modules.length === 0 ? {} : await moduleFiles(kernel, [...MODULES, ...modules]);
  await appendFile(target, packCpio({ ...more, ...files, '/init': INIT_SCRIPT }));
}

/** Path of the base layer for `kernel`, packed anew if a file that goes into it has changed. */
export async function cacheBase(kernel: Kernel): Promise<string> {
  const files = await baseFiles(kernel);
  const prefix = `base-${kernel.release}-`;
  const path = join(CACHE_FOLDER, `${prefix}${fingerprint(files)}.cpio`);
  if (existsSync(path)) return path;

  const outdated = (await readdir(CACHE_FOLDER)).filter((name) => name.startsWith(prefix));
  for (const name of outdated) await rm(join(CACHE_FOLDER, name));
  const draft = await mkdtemp(join(CACHE_FOLDER, 'draft-'));
  try {
    await writeFile(join(draft, 'base.cpio'), packCpio(files));
    await rename(join(draft, 'base.cpio'), path);
  } finally {
    await rm(draft, { recursive: true });
  }
  return path;
}

/** Stands for the content of `files`, without reading the large ones. */
export function fingerprint(files: GuestFiles): string {
  const hash = createHash('sha256');
  for (const [path, source] of Object.entries(files)) {
    hash.update(`${path}\0`);
    if (typeof source === 'string') {
      const { size, mtimeMs } = statSync(source);
      hash.update(`${source}\0${size}\0${mtimeMs}\0`);
    } else {
      hash.update(source);
    }
  }
  return hash.digest('hex').slice(0, 16);
}

async function baseFiles(kernel: Kernel): Promise<GuestFiles> {
  const programs = {
    '/usr/bin/node': process.execPath,
    '/usr/bin/ipmitool': findTool('ipmitool'),
    '/usr/bin/flock': findTool('flock'),
    // One program by its name: Debian's own, which reads more of modprobe.d than busybox does.
    '/usr/sbin/depmod': findTool('depmod'),
    '/usr/sbin/modprobe': findTool('depmod'),
    '/usr/bin/setpriv': findTool('setpriv'),
  };
  const libraries = await Promise.all(Object.values(programs).map(findLibraries));
  return {
    '/bin/busybox': findTool('busybox'),
    ...SYSTEM_FILES,
    ...programs,
    ...Object.fromEntries(libraries.flat().map((path) => [path, path])),
    ...(await moduleFiles(kernel, MODULES)),
  };
}

/** The shared libraries of `program`, the loader included, by the paths it looks for them. */
async function findLibraries(program: string): Promise<string[]> {
  // Lines such as 'libm.so.6 => /lib/libm.so.6 (0x7f…)' and '/lib64/ld-linux.so.2 (0x7f…)'.
  const lines = (await runTool('ldd', [program])).toString();
  return [...lines.matchAll(/(\/\S+) \(0x/g)].map(([, path = '']) => path);
}

function text(...lines: readonly string[]): Uint8Array {
  return Buffer.from(lines.map((line) => `${line}\n`).join(''));
}
