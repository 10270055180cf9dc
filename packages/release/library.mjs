/**
 * Makes `lib/`, which the package consists of: the library, and the command with all it needs, as
 * modules that share their code; the types of what a program can import; and the sources of these
 * types, to which their maps lead. `dist/` has every module by itself, for the tests, and stays in
 * the clone but for what starts the command.
 */

import { copyFileSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';

import { build } from 'esbuild';

import { BUILD } from './build-info.mjs';
import { visibleDeclarations } from './declarations.mjs';
import { copyLicenses, packagesIn } from './licenses.mjs';
import { builtins, finder, noChildren, schemas } from './plugins.mjs';

const { exports } = JSON.parse(readFileSync('package.json', 'utf8'));

/** The programs of the package, which are no entries of `exports`. */
const PROGRAMS = { cli: 'src/cli.ts', guardian: 'src/cli/startup/guardian.ts' };

/** The source of each entry, by the name of its file in `lib/`. */
function entryPoints() {
  const entries = Object.values(exports).map((entry) => [
    /^\.\/lib\/([\w-]+)\.js$/.exec(entry.default)[1],
    entry.types.replace('./lib/types/', 'src/').replace('.d.ts', '.ts'),
  ]);
  return { ...Object.fromEntries(entries), ...PROGRAMS };
}

async function bundle() {
  const { metafile } = await build({
    entryPoints: entryPoints(),
    outdir: 'lib',
    bundle: true,
    splitting: true,
    metafile: true,
    // As in the command: names stay, so that the stack of an error can be read.
    minifySyntax: true,
    minifyWhitespace: true,
    lineLimit: 100,
    platform: 'node',
    format: 'esm',
    target: 'node20',
    external: ['pino'],
    plugins: [noChildren, builtins, finder, schemas],
    define: BUILD,
    logLevel: 'warning',
  });
  copyLicenses(packagesIn(metafile));
}

/** Seen from `lib/types/`, a map leads to `lib/src/` as it led from `dist/` to `src/`. */
function writeTypes() {
  const entries = Object.values(exports).map(({ types }) => types.replace('./lib/types/', ''));
  for (const [path, text] of visibleDeclarations('dist', entries)) {
    const source = path.replace(/\.d\.ts$/, '.ts');
    for (const folder of ['types', 'src']) {
      mkdirSync(dirname(join('lib', folder, path)), { recursive: true });
    }
    writeFileSync(join('lib/types', path), text);
    copyFileSync(join('dist', `${path}.map`), join('lib/types', `${path}.map`));
    copyFileSync(join('src', source), join('lib/src', source));
  }
}

rmSync('lib', { recursive: true, force: true });
await bundle();
writeTypes();
