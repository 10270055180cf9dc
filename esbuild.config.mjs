// Bundles the CLI into one file: a process that sends one command spends its time starting, and one
// file starts fastest. pino stays outside; it is loaded only when a log is asked for.

import { readFileSync, writeFileSync } from 'node:fs';

import { build } from 'esbuild';

const { version } = JSON.parse(readFileSync(new URL('package.json', import.meta.url), 'utf8'));

/** CommonJS has its own `require`; loading what makes one takes time. */
const ownRequire = {
  name: 'own-require',
  setup(bundle) {
    bundle.onResolve({ filter: /^node:module$/ }, ({ path }) => ({ path, namespace: 'own' }));
    bundle.onLoad({ filter: /./, namespace: 'own' }, () => ({
      contents: 'export const createRequire = () => require;',
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

const { outputFiles } = await build({
  entryPoints: ['src/cli.ts'],
  outfile: 'dist/cli.cjs',
  bundle: true,
  // Node parses all of it at every start: white space would take 1 ms more. Names stay, and lines of
  // a length, for whoever reads a stack.
  minifySyntax: true,
  minifyWhitespace: true,
  lineLimit: 100,
  platform: 'node',
  // Node starts CommonJS some milliseconds sooner than modules.
  format: 'cjs',
  target: 'node20',
  external: ['pino'],
  plugins: [ownRequire, flat],
  define: { IPMI_BT_VERSION: JSON.stringify(version), 'import.meta.url': '__filename' },
  logLevel: 'warning',
  write: false,
});

for (const { path, text } of outputFiles) {
  if (text.includes('__esm(')) throw new Error(`${path}: a module is still in a function`);
  writeFileSync(path, text, { mode: 0o755 });
}
