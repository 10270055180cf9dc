/**
 * Compiles the C programs of `test/bench` and of `test/vm/programs`. Static, so that they bring all
 * they need to the guest.
 */

import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

import type { GuestFiles } from './cpio.ts';
import { runTool } from './host-tool.ts';
import { CACHE_FOLDER, cached } from './kernel.ts';
import { unpackPackages, withFreshLists } from './packages.ts';

const FLAGS = ['-O2', '-static', '-std=gnu11', '-Wall', '-Wextra', '-Werror'];

const SOURCES = fileURLToPath(new URL('../bench/', import.meta.url));
const GUEST_SOURCES = fileURLToPath(new URL('programs/', import.meta.url));
const PROGRAMS = join(CACHE_FOLDER, 'bin');

/** The C library and the compiler's own for 32 bits. */
const PACKAGES_32 = ['libc6-dev-i386', 'lib32gcc-12-dev'];

/** `floor` and `kernel-ioctl`, in the PATH of the guest. */
export async function benchPeers(): Promise<GuestFiles> {
  const [floor, kernelIoctl] = await Promise.all([compile('floor'), compile('kernel-ioctl')]);
  return { '/usr/bin/floor': floor, '/usr/bin/kernel-ioctl': kernelIoctl };
}

/** `touch-port`, say, in the PATH of the guest. */
export async function guestProgram(name: string): Promise<GuestFiles> {
  return { [`/usr/bin/${name}`]: await compile(name, GUEST_SOURCES) };
}

/** The same program twice: for 64 bits, and for 32 bits with that behind its name. */
export async function guestProgramPair(name: string): Promise<GuestFiles> {
  return { ...(await guestProgram(name)), [`/usr/bin/${name}32`]: await compile32(name) };
}

/** Path of the program made of `NAME.c` for 32 bits, with libraries that are not installed. */
async function compile32(name: string): Promise<string> {
  const root = await cached('i386', (draft) =>
    withFreshLists(() => unpackPackages(PACKAGES_32, draft)),
  );
  const headers = join(root, 'usr/include/x86_64-linux-gnu');
  const version = (await runTool('gcc', ['-dumpversion'])).toString().trim();
  const folders = ['usr/lib32', `usr/lib/gcc/x86_64-linux-gnu/${version}/32`];
  const libraries = folders.flatMap((folder) => [
    ...['-B', `${join(root, folder)}/`, '-L', join(root, folder)],
  ]);
  const program = join(PROGRAMS, `${name}32`);
  await mkdir(PROGRAMS, { recursive: true });
  const includes = ['-isystem', headers, '-isystem', '/usr/include/x86_64-linux-gnu'];
  const source = join(GUEST_SOURCES, `${name}.c`);
  await runTool('gcc', ['-m32', ...FLAGS, ...libraries, ...includes, '-o', program, source]);
  return program;
}

/** Path of the program made of `NAME.c`; it runs here as well as in the guest. */
export async function compile(name: string, sources = SOURCES): Promise<string> {
  const program = join(PROGRAMS, name);
  await mkdir(PROGRAMS, { recursive: true });
  await runTool('gcc', [...FLAGS, '-o', program, join(sources, `${name}.c`)]);
  return program;
}
