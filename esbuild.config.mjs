// Bundles the CLI into one file: a process that sends one command spends its time starting, and one
// file starts fastest. pino stays outside; it is loaded only when a log is asked for. Beside it lies
// what V8 makes of it, and a second file, the command, starts the one with the other.

import { execFileSync } from 'node:child_process';
import { cpSync, mkdirSync, readFileSync, writeFileSync, readdirSync } from 'node:fs';

import { build } from 'esbuild';

const { version } = JSON.parse(readFileSync(new URL('package.json', import.meta.url), 'utf8'));

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
 * Leaves out what starts other programs. commander would start a command that is a file of its own,
 * of which there is none here, and loading that part of Node takes 1 ms.
 */
const noChildren = {
  name: 'no-children',
  setup(bundle) {
    bundle.onResolve({ filter: /^node:child_process$/ }, ({ path, importer }) =>
      /\/node_modules\/commander\//.test(importer) ? { path, namespace: 'none' } : undefined,
    );
    bundle.onLoad({ filter: /./, namespace: 'none' }, () => ({ contents: 'module.exports = {};' }));
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

/** What is bundled is distributed with the package, and so is its licence. */
function copyLicenses(names) {
  mkdirSync('dist/licenses', { recursive: true });
  for (const name of names) {
    const folder = `node_modules/${name}`;
    const license = readdirSync(folder).find((file) => /^licen[cs]e/i.test(file));
    cpSync(`${folder}/${license}`, `dist/licenses/${name.replace('/', '-')}`);
  }
}

async function bundle(options) {
  const { outputFiles, metafile } = await build({ ...COMMON, ...options, metafile: true });
  const inputs = Object.keys(metafile.inputs).join('\n');
  const packages = [...inputs.matchAll(/^node_modules\/((?:@[^/]+\/)?[^/]+)\//gm)];
  return { text: outputFiles[0].text, packages: new Set(packages.map(([, name]) => name)) };
}

const { text: program, packages } = await bundle({
  entryPoints: ['src/cli.ts'],
  // A script that V8 compiles has no `import()` of its own.
  supported: { 'dynamic-import': false },
  external: ['pino', './all.cjs'],
  plugins: [ownRequire, noChildren, later, flat],
  define: { IPMI_BT_VERSION: JSON.stringify(version), 'import.meta.url': '__filename' },
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
cpSync('node_modules/uplot/LICENSE', 'dist/licenses/uplot');
writeFileSync('dist/program.cjs', `(function(require,__filename){${program}})`);

const { text: all, packages: allPackages } = await bundle({
  entryPoints: ['src/cli.ts'],
  external: ['pino'],
  plugins: [ownRequire],
  define: { IPMI_BT_VERSION: JSON.stringify(version), 'import.meta.url': '__filename' },
});
copyLicenses(allPackages);
writeFileSync('dist/all.cjs', all);

const { text: guardian } = await bundle({
  entryPoints: ['src/cli/startup/guardian.ts'],
  external: ['pino'],
  plugins: [ownRequire],
  define: { 'import.meta.url': '__filename' },
});
writeFileSync('dist/guardian.cjs', guardian);

for (const [name, target, mode] of [
  ['start', 'dist/cli.cjs', 0o755],
  ['compile', 'dist/compile.cjs', 0o644],
]) {
  const define = { 'import.meta.dirname': '__dirname' };
  const { text } = await bundle({ entryPoints: [`src/cli/startup/${name}.ts`], define });
  writeFileSync(target, text, { mode });
}

// In a process of its own, because the program is run for it.
execFileSync(process.execPath, ['dist/compile.cjs'], { stdio: 'pipe' });
