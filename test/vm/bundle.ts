/**
 * The library in as few files as can be, for steps that start many processes: an emulated processor
 * takes longer to load the modules of `dist/` than for all the rest of a process.
 */

import { build } from 'esbuild';

import type { GuestFiles } from './cpio.ts';
import { GUEST_ROOT, ROOT } from './project.ts';

/**
 * Takes the place of the modules under `dist/` that a program imports, by their paths without
 * `.js`; what they have in common stays one module.
 */
export async function bundledModules(...modules: readonly string[]): Promise<GuestFiles> {
  return await bundled('dist', ...modules.map((name) => `dist/${name}.js`));
}

/**
 * A program of `programs/` that is written against the sources, in one file beside the modules of
 * `dist/`, where these find what belongs to them.
 */
export async function bundledProgram(name: string): Promise<GuestFiles> {
  return await bundled('test/vm/programs', `test/vm/programs/${name}.ts`);
}

async function bundled(outbase: string, ...entryPoints: readonly string[]): Promise<GuestFiles> {
  const { outputFiles } = await build({
    absWorkingDir: ROOT,
    entryPoints: [...entryPoints],
    outbase,
    outdir: 'dist',
    write: false,
    bundle: true,
    splitting: true,
    minify: true,
    platform: 'node',
    format: 'esm',
    target: 'node20',
    packages: 'external',
    logLevel: 'warning',
  });
  const files = outputFiles.map(({ path, contents }) => {
    return [`${GUEST_ROOT}/${path.slice(ROOT.length)}`, contents] as const;
  });
  return Object.fromEntries(files);
}
