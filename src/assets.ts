/**
 * Texts that are no code, which the build puts into `dist/assets/`. They are read when they are
 * needed: Node would parse them at every start if they were part of the program.
 */

import { promises } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

/** The library that draws charts, and its style. */
type AssetName = 'uplot.js' | 'uplot.css';

/** Seen alike from `src/`, from the modules in `dist/` and `lib/`, and from `dist/program.cjs`. */
const FOLDER = '../dist/assets';

export async function readAsset(name: AssetName): Promise<string> {
  // In the bundled program it is a path.
  const own = import.meta.url;
  const path = own.startsWith('file:') ? fileURLToPath(own) : own;
  return promises.readFile(join(dirname(path), FOLDER, name), 'utf8');
}
