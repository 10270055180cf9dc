/** Plugins of esbuild that the bundles of the command and of the library share. */

import { builtinModules } from 'node:module';
import { Buffer } from 'node:buffer';
import { readFileSync } from 'node:fs';
import { basename, resolve } from 'node:path';

import { build } from 'esbuild';

const SCHEMAS = resolve('src/cli/schemas');

/** Modules there that are no data: what prints schemas, and the list of all. */
const NO_DATA = ['schema', 'all'];

/** Evaluates a module of schemas; what it exports is data. */
async function exportsOf(path) {
  const { outputFiles } = await build({
    ...{ entryPoints: [path], bundle: true, write: false, format: 'esm', platform: 'node' },
    ...{ target: 'node20', logLevel: 'warning' },
  });
  const url = `data:text/javascript;base64,${Buffer.from(outputFiles[0].contents).toString('base64')}`;
  return import(url);
}

/**
 * Makes the schemas of the command's output when the bundle is made. What makes them is larger than
 * they are, and no program needs it at run time: it is refused.
 */
export const schemas = {
  name: 'schemas',
  setup(bundle) {
    bundle.onLoad({ filter: /\/src\/cli\/schemas\/[\w-]+\.ts$/ }, async ({ path }) => {
      if (NO_DATA.includes(basename(path, '.ts')) || !path.startsWith(SCHEMAS)) return undefined;
      const values = Object.entries(await exportsOf(path));
      const lines = values.map(([name, value]) => {
        if (typeof value === 'function') throw new Error(`${path}: ${name} is no data`);
        return `export const ${name} = ${JSON.stringify(value)};`;
      });
      return { contents: lines.join('\n'), loader: 'js' };
    });
    bundle.onResolve({ filter: /^typebox$/ }, () => ({
      ...{ path: 'typebox', namespace: 'absent', sideEffects: false },
    }));
    bundle.onLoad({ filter: /./, namespace: 'absent' }, () => ({
      contents: 'export const Type = undefined;',
    }));
  },
};

/** The function by which node-gyp-build would load an addon; bundlers of programs complain about it. */
const RUNTIME_REQUIRE = /^var runtimeRequire = .*$/m;

/**
 * Takes from node-gyp-build the loading of what it has found: the library does that itself, after
 * it has looked at the owner of the file.
 */
export const finder = {
  name: 'finder',
  setup(bundle) {
    bundle.onLoad({ filter: /\/node_modules\/node-gyp-build\/node-gyp-build\.js$/ }, ({ path }) => {
      const text = readFileSync(path, 'utf8');
      if (!RUNTIME_REQUIRE.test(text)) throw new Error(`${path} is not as it was`);
      const contents = text
        .replace(RUNTIME_REQUIRE, "var runtimeRequire = () => { throw new Error('not here') };")
        .replaceAll("typeof __webpack_require__ === 'function'", 'false');
      return { contents, loader: 'js' };
    });
    // Its main file chooses between this and a function of other runtimes.
    bundle.onResolve({ filter: /^node-gyp-build$/ }, ({ resolveDir, kind }) =>
      bundle.resolve('node-gyp-build/node-gyp-build.js', { resolveDir, kind }),
    );
  },
};

const BUILTIN = new RegExp(`^(node:)?(${builtinModules.join('|')})$`);

/**
 * Imports, in a module, what a bundled package of CommonJS requires of Node: a module has no
 * `require`.
 */
export const builtins = {
  name: 'builtins',
  setup(bundle) {
    bundle.onResolve({ filter: BUILTIN }, ({ path, kind }) =>
      kind === 'require-call'
        ? { path: path.replace('node:', ''), namespace: 'builtin' }
        : undefined,
    );
    bundle.onLoad({ filter: /./, namespace: 'builtin' }, ({ path }) => ({
      contents: `import * as all from 'node:${path}'; module.exports = all.default;`,
    }));
  },
};

/**
 * Leaves out what starts other programs. commander would start a command that is a file of its own,
 * of which there is none here, and loading that part of Node takes 1 ms.
 */
export const noChildren = {
  name: 'no-children',
  setup(bundle) {
    bundle.onResolve({ filter: /^node:child_process$/ }, ({ path, importer }) =>
      /\/node_modules\/commander\//.test(importer) ? { path, namespace: 'none' } : undefined,
    );
    bundle.onLoad({ filter: /./, namespace: 'none' }, () => ({ contents: 'module.exports = {};' }));
  },
};
