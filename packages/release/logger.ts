/**
 * Puts pino beside the program. The bundle leaves it outside, because few commands load it, and a
 * package of a distribution has no npm that would install it.
 */

import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

import { build } from 'esbuild';

import { ROOT } from './paths.ts';

/** Node's package `NAME` of a path below `node_modules/`. */
const PACKAGE = /node_modules\/((?:@[^/]+\/)?[^/]+)\//;

/** Writes pino into `folder` as one file, and returns the names of all packages that are in it. */
export async function bundleLogger(folder: string): Promise<readonly string[]> {
  const { outputFiles, metafile } = await build({
    ...{ absWorkingDir: ROOT, entryPoints: ['node_modules/pino/pino.js'], bundle: true },
    ...{ platform: 'node', format: 'cjs', target: 'node20', minifyWhitespace: true },
    ...{ lineLimit: 100, write: false, metafile: true, logLevel: 'warning' },
  });
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, 'index.js'), outputFiles[0]?.contents ?? '');
  const names = Object.keys(metafile.inputs).map((path) => PACKAGE.exec(path)?.[1] ?? '');
  return [...new Set(names)].sort();
}
