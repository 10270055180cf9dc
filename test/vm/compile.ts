/**
 * Compiles the C programs of `test/bench` and of `test/vm/programs`. Static, so that they bring all
 * they need to the guest.
 */

import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

import type { GuestFiles } from './cpio.ts';
import { runTool } from './host-tool.ts';
import { CACHE_FOLDER } from './kernel.ts';

const FLAGS = ['-O2', '-static', '-std=gnu11', '-Wall', '-Wextra', '-Werror'];

const SOURCES = fileURLToPath(new URL('../bench/', import.meta.url));
const GUEST_SOURCES = fileURLToPath(new URL('programs/', import.meta.url));
const PROGRAMS = join(CACHE_FOLDER, 'bin');

/** `floor` and `kernel-ioctl`, in the PATH of the guest. */
export async function benchPeers(): Promise<GuestFiles> {
  const [floor, kernelIoctl] = await Promise.all([compile('floor'), compile('kernel-ioctl')]);
  return { '/usr/bin/floor': floor, '/usr/bin/kernel-ioctl': kernelIoctl };
}

/** `touch-port`, say, in the PATH of the guest. */
export async function guestProgram(name: string): Promise<GuestFiles> {
  return { [`/usr/bin/${name}`]: await compile(name, GUEST_SOURCES) };
}

/** Path of the program made of `NAME.c`; it runs here as well as in the guest. */
export async function compile(name: string, sources = SOURCES): Promise<string> {
  const program = join(PROGRAMS, name);
  await mkdir(PROGRAMS, { recursive: true });
  await runTool('gcc', [...FLAGS, '-o', program, join(sources, `${name}.c`)]);
  return program;
}
