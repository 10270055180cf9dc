/**
 * Gets a Debian kernel for the guest without installing it: downloads the package that a meta
 * package such as `linux-image-amd64` stands for, unpacks it into the cache and indexes its
 * modules. What is in the cache stays in use, so runs are repeatable and need no network; remove
 * `.cache/vm` to move on to a newer kernel.
 */

import { access, mkdir, mkdtemp, readdir, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

import { runTool } from './host-tool.ts';
import { dependenciesOf, unpackPackages, withFreshLists } from './packages.ts';
import { unpackVmlinuz } from './vmlinux.ts';

/** Where kernels, base layers and compiled programs are kept between runs. */
export const CACHE_FOLDER = fileURLToPath(new URL('../../.cache/vm/', import.meta.url));

/**
 * A newer kernel for Debian 12, in the archive of its security updates. Debian's own kernel is the
 * default.
 */
export const BACKPORTS_KERNEL = 'linux-image-6.12-amd64';

export interface Kernel {
  /** As `uname -r` prints it. */
  readonly release: string;

  /** The file that QEMU boots. */
  readonly image: string;

  /** `lib/modules/RELEASE`, with a `modules.dep`. */
  readonly modulesDir: string;
}

/** The kernel behind `metaPackage`, out of the cache or out of Debian's archive. */
export async function fetchKernel(metaPackage = 'linux-image-amd64'): Promise<Kernel> {
  const folder = await cached(metaPackage, (draft) => fillWithKernel(draft, metaPackage));
  const release = await findRelease(folder);
  const modulesDir = join(folder, 'lib/modules', release);
  return { release, image: join(folder, 'vmlinux'), modulesDir };
}

/** Removes a kernel from the cache, so that the next one is what Debian has now. */
export async function forgetKernel(metaPackage = 'linux-image-amd64'): Promise<void> {
  await rm(join(CACHE_FOLDER, metaPackage), { recursive: true, force: true });
}

/**
 * Path of the cache's entry `name`, made by `fill` where there is none: in a folder of its own
 * first, so that a run cut short leaves no half of an entry behind.
 */
export async function cached(
  name: string,
  fill: (draft: string) => Promise<void>,
): Promise<string> {
  const entry = join(CACHE_FOLDER, name);
  if (await exists(entry)) return entry;
  await mkdir(CACHE_FOLDER, { recursive: true });
  const draft = await mkdtemp(join(CACHE_FOLDER, 'draft-'));
  try {
    await fill(draft);
    await rename(draft, entry);
  } finally {
    await rm(draft, { recursive: true, force: true });
  }
  return entry;
}

async function fillWithKernel(draft: string, metaPackage: string): Promise<void> {
  await withFreshLists(async () => {
    // All that a meta package does is to depend on a kernel, such as `linux-image-6.1.0-9-amd64`.
    await unpackPackages(await dependenciesOf(metaPackage, /^linux-image-/), draft);
  });
  const release = await findRelease(draft);
  const vmlinuz = join(draft, 'boot', `vmlinuz-${release}`);
  await writeFile(join(draft, 'vmlinux'), await unpackVmlinuz(vmlinuz));
  // Debian leaves this to the script that runs when the package is installed.
  await runTool('depmod', ['-b', draft, release]);
}

async function findRelease(folder: string): Promise<string> {
  const [release, ...others] = await readdir(join(folder, 'lib/modules'));
  if (release === undefined || others.length > 0) {
    throw new Error(`${folder} should hold the modules of one kernel`);
  }
  return release;
}

async function exists(path: string): Promise<boolean> {
  return access(path).then(
    () => true,
    () => false,
  );
}
