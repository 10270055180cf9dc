/**
 * The library as it is built for users, which is what a benchmark measures: the compiler of the
 * tests makes another program of `src`.
 */

import type { Device, OpenOptions } from '../../src/index.ts';

const BUILT_HERE = new URL('../../dist/index.js', import.meta.url).href;

export interface Library {
  readonly open: (options: OpenOptions) => Promise<Device>;
}

/** The library built in this checkout, or at another place. */
export async function loadLibrary(url = BUILT_HERE): Promise<Library> {
  // In a string, because the compiler may run before there is one.
  return (await import(url)) as Library;
}
