// Bundles the CLI into one file: a process that sends one command spends its time starting, and one
// file starts fastest. pino stays outside; it is loaded only when a log is asked for. Beside it lies
// what V8 makes of it, and a second file, the command, starts the one with the other.

import { execFileSync } from 'node:child_process';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';

import { build } from 'esbuild';

import { BUILD, DATE } from './packages/release/build-info.mjs';
import { OTHERWISE, copyLicenses, packagesIn } from './packages/release/licenses.mjs';
import { finder, noChildren, schemas } from './packages/release/plugins.mjs';

/** What the build tells the program. */
const DEFINE = { ...BUILD, 'import.meta.url': '__filename' };

/** CommonJS has its own `require`; loading what makes one takes time. */
const ownRequire = {
  name: 'own-require',
  setup(bundle) {
    bundle.onResolve({ filter: /^node:module$/ }, ({ path }) => ({ path, namespace: 'own' }));
    bundle.onLoad({ filter: /./, namespace: 'own' }, () => ({
      contents: 'export const createRequire = () => require; export default { createRequire };',
    }));
  },
};

/**
 * Makes `await import()` of a module of ours an import like any other. In one file it saves nothing
 * to load it later, and esbuild would put each module it can reach into a function of its own, all
 * of which V8 parses twice.
 */
const flat = {
  name: 'flat',
  setup(bundle) {
    bundle.onLoad({ filter: /\/src\/.*\.ts$/ }, ({ path }) => {
      const imports = [];
      const contents = readFileSync(path, 'utf8').replace(
        /await import\(('\.[^']*')\)/g,
        (_, specifier) => {
          imports.push(`import * as flat${imports.length} from ${specifier};`);
          return `flat${imports.length - 1}`;
        },
      );
      // Imports stand anywhere, and behind the rest they move no line of it.
      return { contents: [contents, ...imports].join('\n'), loader: 'ts' };
    });
  },
};

/**
 * Commands that are large or need not start fast are kept out of the program that each command
 * starts. The files that lead to them, `*-run.ts`, become a call of a second program, which has
 * everything and runs the command line once more, so that no module is there twice.
 */
const later = {
  name: 'later',
  setup(bundle) {
    bundle.onResolve({ filter: /-run\.ts$/ }, ({ path }) => ({ path, namespace: 'later' }));
    bundle.onLoad({ filter: /./, namespace: 'later' }, () => ({
      // It ends the process with its own exit code; the one that called it waits for that.
      contents: `const run = () => (require('./all.cjs'), new Promise(() => undefined));
        export { run as smoke, run as runWhole };`,
    }));
  },
};

const COMMON = {
  bundle: true,
  // Node parses all of it at every start: white space would take 1 ms more. Names and short lines
  // stay, so that the stack of an error can be read.
  minifySyntax: true,
  minifyWhitespace: true,
  lineLimit: 100,
  platform: 'node',
  // Node starts CommonJS some milliseconds sooner than modules.
  format: 'cjs',
  target: 'node20',
  logLevel: 'warning',
  write: false,
};

async function bundle(options) {
  const { outputFiles, metafile } = await build({ ...COMMON, ...options, metafile: true });
  return { text: outputFiles[0].text, packages: packagesIn(metafile) };
}

const { text: program, packages } = await bundle({
  entryPoints: ['src/cli.ts'],
  // A script that V8 compiles has no `import()` of its own.
  supported: { 'dynamic-import': false },
  external: ['pino', './all.cjs'],
  plugins: [ownRequire, noChildren, later, schemas, flat, finder],
  define: DEFINE,
});
if (program.includes('__esm('))
  throw new Error('dist/program.cjs: a module is still in a function');
// What starts it reads it byte for byte.
if (/[^\0-\x7f]/.test(program)) throw new Error('dist/program.cjs: not all of it is ASCII');
copyLicenses(packages);

// What reports bring along. A report is distributed, too: the notice stays in it.
const notice = `/*!\nuPlot\n\n${readFileSync('node_modules/uplot/LICENSE', 'utf8').trim()}\n*/`;
mkdirSync('dist/assets', { recursive: true });
const { outputFiles: assets } = await build({
  entryPoints: ['node_modules/uplot/dist/uPlot.esm.js', 'node_modules/uplot/dist/uPlot.min.css'],
  entryNames: 'uplot',
  outdir: 'dist/assets',
  bundle: true,
  minify: true,
  format: 'iife',
  globalName: 'uPlot',
  // A default export becomes a property; the page uses the function itself.
  footer: { js: 'uPlot=uPlot.default;' },
  banner: { js: notice, css: notice },
  legalComments: 'none',
  target: 'es2020',
  write: false,
  logLevel: 'warning',
});
for (const { path, text } of assets) {
  if (/<\/(script|style)|<!--|[^\0-\x7f]/i.test(text)) throw new Error(`${path}: unfit for a page`);
  writeFileSync(path, text);
}
copyLicenses(OTHERWISE);
writeFileSync('dist/program.cjs', `(function(require,__filename){${program}})`);

const { text: all, packages: allPackages } = await bundle({
  entryPoints: ['src/cli.ts'],
  external: ['pino'],
  plugins: [ownRequire, finder, schemas],
  define: DEFINE,
});
copyLicenses(allPackages);
writeFileSync('dist/all.cjs', all);

const { text: guardian } = await bundle({
  entryPoints: ['src/cli/startup/guardian.ts'],
  external: ['pino'],
  plugins: [ownRequire, finder, schemas],
  define: { 'import.meta.url': '__filename' },
});
writeFileSync('dist/guardian.cjs', guardian);

// Completions and manual pages come from the same commands as the help, and are files: no shell runs
// the program for them.
const { text: pages } = await bundle({
  entryPoints: ['src/cli/startup/pages.ts'],
  external: ['pino'],
  plugins: [ownRequire, finder, schemas],
  define: DEFINE,
});
execFileSync(process.execPath, ['-', 'dist', DATE], { input: pages, stdio: 'pipe' });

for (const [name, target, mode] of [
  ['start', 'dist/cli.cjs', 0o755],
  ['compile', 'dist/compile.cjs', 0o644],
]) {
  const define = { 'import.meta.dirname': '__dirname' };
  const entryPoints = [`src/cli/startup/${name}.ts`];
  const { text } = await bundle({ entryPoints, external: ['#command'], define });
  writeFileSync(target, text, { mode });
}

// In a process of its own, because the program is run for it.
execFileSync(process.execPath, ['dist/compile.cjs'], { stdio: 'pipe' });
