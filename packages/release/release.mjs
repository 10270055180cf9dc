/**
 * Makes a release and verifies it, in a folder; publishes nothing. `--dry-run` rehearses it: the
 * notes may be those of what is unreleased, the clone need not be clean, package.json need not have
 * an address for reports, and no tag is set.
 * `--out FOLDER` names the folder, `--built` takes what was built before, and `--skip ARTEFACT`, in a
 * rehearsal, leaves one out: the packages for Debian, say, on a host that cannot make them.
 */

import { execFileSync } from 'node:child_process';
import { mkdirSync, readFileSync, readdirSync, rmSync, statSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { parseArgs } from 'node:util';

import { ARTEFACTS } from './artefacts.mjs';
import { checkAddress, checkTools } from './readiness.mjs';

const { values } = parseArgs({
  options: {
    'dry-run': { type: 'boolean', default: false },
    built: { type: 'boolean', default: false },
    out: { type: 'string' },
    skip: { type: 'string', multiple: true, default: [] },
  },
});

const manifest = JSON.parse(readFileSync('package.json', 'utf8'));
const { version } = manifest;
const release = {
  version,
  folder: resolve(values.out ?? `.cache/release/${version}`),
  isRehearsal: values['dry-run'],
  isBuilt: values.built,
  changelog: readFileSync('CHANGELOG.md', 'utf8'),
};

function git(...args) {
  return execFileSync('git', args, { encoding: 'utf8' }).trim();
}

function checkClone() {
  if (!/^\d+\.\d+\.\d+(-[\w.]+)?$/.test(version)) throw new Error(`${version} is no version`);
  if (release.isRehearsal) return;
  checkAddress(manifest);
  if (git('status', '--porcelain') !== '') throw new Error('the clone has uncommitted changes');
  const tag = git('tag', '--list', `v${version}`);
  if (tag !== '') throw new Error(`${tag} was released; set the next version in package.json`);
}

function checkSkipped() {
  const names = ARTEFACTS.map(({ name }) => name);
  const unknown = values.skip.find((name) => !names.includes(name));
  if (unknown !== undefined) throw new Error(`${unknown} is not one of ${names.join(', ')}`);
  if (values.skip.length > 0 && !release.isRehearsal) throw new Error('a release lacks nothing');
}

/** Programs that all of it takes; a rehearsal sets no tag. */
function toolsOfAll() {
  const made = ARTEFACTS.filter(({ name }) => !values.skip.includes(name));
  return [...(release.isRehearsal ? [] : ['git']), ...made.flatMap(({ tools }) => tools(release))];
}

function makeAll() {
  for (const { name, make, verify } of ARTEFACTS) {
    if (values.skip.includes(name)) {
      console.log(`${name}: left out`);
      continue;
    }
    process.stdout.write(`${name}: `);
    make(release);
    verify(release);
    console.log('made and verified');
  }
}

function report() {
  console.log(`\n${release.folder}:`);
  for (const name of readdirSync(release.folder).sort()) {
    console.log(`${String(statSync(join(release.folder, name)).size).padStart(9)} ${name}`);
  }
  const tarball = join(release.folder, `ipmi-bt-${version}.tgz`);
  if (release.isRehearsal) console.log('\nThis was a rehearsal.');
  else console.log(`\nTo publish: git push origin v${version} && npm publish ${tarball}`);
}

try {
  checkSkipped();
  checkTools(toolsOfAll());
  checkClone();
  rmSync(release.folder, { recursive: true, force: true });
  mkdirSync(release.folder, { recursive: true });
  makeAll();
  if (!release.isRehearsal) git('tag', `v${version}`);
  report();
} catch (error) {
  const output = [error.stdout, error.stderr].filter((text) => text).join('');
  console.error(`\nno release: ${error.message}\n${output}`);
  process.exitCode = 1;
}
