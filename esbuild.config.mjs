// Bundles the CLI into one file: a process that sends one command spends its time starting, and one
// file starts fastest. pino stays outside; it is loaded only when a log is asked for.

import { readFileSync } from 'node:fs';

import { build } from 'esbuild';

const { version } = JSON.parse(readFileSync(new URL('package.json', import.meta.url), 'utf8'));
const licence = readFileSync(new URL('node_modules/commander/LICENSE', import.meta.url), 'utf8');

/** commander can start other programs as subcommands; ours has none, and loading that takes time. */
const noSubprocesses = {
  name: 'no-subprocesses',
  setup(bundle) {
    const filter = /^(node:)?child_process$/;
    bundle.onResolve({ filter }, ({ path }) => ({ path, namespace: 'empty' }));
    bundle.onLoad({ filter: /./, namespace: 'empty' }, () => ({
      contents: 'module.exports = {};',
    }));
  },
};

await build({
  entryPoints: ['src/cli.ts'],
  outfile: 'dist/cli.cjs',
  bundle: true,
  minify: true,
  platform: 'node',
  // Node starts CommonJS some milliseconds sooner than modules.
  format: 'cjs',
  target: 'node20',
  external: ['pino'],
  plugins: [noSubprocesses],
  define: { IPMI_BT_VERSION: JSON.stringify(version), 'import.meta.url': '__filename' },
  footer: { js: `/* This file contains commander:\n${licence}*/` },
  logLevel: 'warning',
});
