// Bundles the CLI into one file: a process that sends one command spends its time starting, and one
// file starts fastest. pino stays outside; it is loaded only when a log is asked for.

import { readFileSync } from 'node:fs';

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

await build({
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
  plugins: [ownRequire],
  define: { IPMI_BT_VERSION: JSON.stringify(version), 'import.meta.url': '__filename' },
  logLevel: 'warning',
});
