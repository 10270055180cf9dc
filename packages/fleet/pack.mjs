/**
 * `node pack.mjs [FOLDER]` packs this package into a folder, the current one by default. In the
 * workspace it depends on the folder of `ipmi-bt`; in the tarball on a range of its versions, so
 * that npm finds it. `--check` refuses a package that still has the folder: npm runs it before it
 * packs.
 */

import { execFileSync } from 'node:child_process';
import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';

const HERE = import.meta.dirname;
const NAME = 'ipmi-bt';

function read(folder) {
  return JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8'));
}

/** The package as it is packed. */
function packed() {
  const { version } = read(resolve(HERE, '../..'));
  const own = read(HERE);
  const dependencies = { ...own.dependencies, [NAME]: `^${version}` };
  return { ...own, devDependencies: undefined, dependencies };
}

function pack(target) {
  const folder = mkdtempSync(join(tmpdir(), 'ipmi-bt-fleet-pack-'));
  try {
    const own = read(HERE);
    for (const part of [...own.files, 'README.md', 'LICENSE', 'pack.mjs']) {
      cpSync(join(HERE, part), join(folder, part), { recursive: true });
    }
    writeFileSync(join(folder, 'package.json'), `${JSON.stringify(packed(), null, 2)}\n`);
    execFileSync('npm', ['pack', '--pack-destination', target], { cwd: folder, stdio: 'inherit' });
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

const [argument = '.'] = process.argv.slice(2);
if (argument !== '--check') pack(resolve(argument));
else if (read(HERE).dependencies[NAME].startsWith('file:')) {
  console.error('this would depend on a folder: pack it with "node packages/fleet/pack.mjs"');
  process.exitCode = 1;
}
