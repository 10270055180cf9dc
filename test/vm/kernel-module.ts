/**
 * Compiles the kernel module of `native/uio` for a guest's kernel, with Debian's headers for that
 * kernel, unpacked and not installed. Any warning is an error.
 */

import { createHash } from 'node:crypto';
import { copyFile, readFile } from 'node:fs/promises';
import { basename, join } from 'node:path';

import { runTool } from './host-tool.ts';
import { cached } from './kernel.ts';
import type { Kernel } from './kernel.ts';
import { dependenciesOf, unpackPackages, withFreshLists } from './packages.ts';
import { ROOT } from './project.ts';

/** The name it is loaded and bound by. */
export const UIO_MODULE = 'ipmi_bt_uio';

const SOURCES = ['Kbuild', `${UIO_MODULE}.c`].map((name) => join(ROOT, 'native/uio', name));

/** Debian has no headers any more for a kernel that is in the cache: it has a newer one. */
export class HeadersGone extends Error {}

/** Path of the module for `kernel`, compiled anew if a file that goes into it has changed. */
export async function buildUioModule(kernel: Kernel): Promise<string> {
  const hash = createHash('sha256');
  for (const source of SOURCES) hash.update(await readFile(source));
  const name = `${UIO_MODULE}-${kernel.release}-${hash.digest('hex').slice(0, 16)}`;
  const folder = await cached(name, (draft) => compile(draft, kernel.release));
  return join(folder, `${UIO_MODULE}.ko`);
}

async function compile(draft: string, release: string): Promise<void> {
  const headers = await fetchHeaders(release);
  for (const source of SOURCES) await copyFile(source, join(draft, basename(source)));
  const folder = (part: string): string => join(headers, 'usr/src', `linux-headers-${part}`);
  // Debian's own makefile includes this one by the path it has where it is installed.
  const makefile = join(folder(release.replace(/[^-]*$/, 'common')), 'Makefile');
  // Without BTF, which would need one tool more.
  const variables = [`M=${draft}`, 'W=1', 'KCFLAGS=-Werror', 'CONFIG_DEBUG_INFO_BTF_MODULES='];
  await runTool('make', ['-C', folder(release), '-f', makefile, ...variables, 'modules']);
}

/** A folder that holds all that a module for `release` is compiled with, but the compiler. */
function fetchHeaders(release: string): Promise<string> {
  const name = `linux-headers-${release}`;
  return cached(name, async (draft) => {
    const fetch = withFreshLists(async () => {
      const others = await dependenciesOf(name, /^linux-(headers|kbuild)-/);
      await unpackPackages([name, ...others], draft);
    });
    await fetch.catch((cause: unknown) => {
      const reason = cause instanceof Error ? cause.message : String(cause);
      throw new HeadersGone(`${name} cannot be had: ${reason}`, { cause });
    });
  });
}
