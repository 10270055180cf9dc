/**
 * The artefacts of a release, in this order: each has a name, the programs that it takes, what makes
 * its files in a folder, and what verifies them there, which throws when they are of no use. A
 * further package gets its place here and nowhere else.
 */

import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { billOfMaterials, licenceList } from './materials.mjs';

const PREBUILT = 'package/prebuilds/linux-x64/ipmi-bt.glibc.node';
const CHECKSUMS = 'SHA256SUMS';

/** More than an RPM with a Node in it unpacks to. */
const ARCHIVE_BYTES_MAX = 512 * 1024 * 1024;

/** An installed package must do this, with the addon loaded: the ports are refused, not the addon. */
const PROGRAM = `
import { open } from 'ipmi-bt';
import { SimBmc } from 'ipmi-bt/sim';
const sim = new SimBmc();
const device = await open({ base: sim.base, port: sim });
const { completionCode } = await device.request({ netFn: 6, cmd: 1 });
await device.close();
const error = await open({ base: 0x20, port: 'native', timeoutMs: 1 }).catch((one) => one);
if (completionCode !== 0 || /addon cannot be loaded/.test(error.message)) throw error;
`;

function run(command, args, options = {}) {
  return execFileSync(command, args, { encoding: 'utf8', stdio: 'pipe', ...options });
}

function makeTarball({ folder, isBuilt }) {
  const built = isBuilt ? ['--ignore-scripts'] : [];
  run('npm', ['pack', ...built, '--pack-destination', folder]);
}

function tarballOf({ folder, version }) {
  return join(folder, `ipmi-bt-${version}.tgz`);
}

/** Installs it as a user does, into a folder of its own, and uses it. */
function verifyTarball(release) {
  const tarball = tarballOf(release);
  const files = run('tar', ['tzf', tarball]).split('\n');
  if (!files.includes(PREBUILT)) throw new Error(`${tarball} has no ${PREBUILT}`);
  const folder = mkdtempSync(join(tmpdir(), 'ipmi-bt-release-'));
  try {
    writeFileSync(join(folder, 'package.json'), '{ "type": "module" }');
    const options = ['--ignore-scripts', '--prefer-offline', '--no-audit', '--no-fund'];
    run('npm', ['install', ...options, tarball], { cwd: folder });
    const cli = join(folder, 'node_modules/.bin/ipmi-bt');
    const version = run(cli, ['--version']).trim();
    if (version !== release.version) throw new Error(`${tarball}: --version prints ${version}`);
    run(cli, ['--sim', 'smoke', '--quick']);
    run('node', ['--input-type=module', '-e', PROGRAM], { cwd: folder });
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

function materialsOf({ folder, version }) {
  return join(folder, `ipmi-bt-${version}.cdx.json`);
}

function verifyMaterials(release) {
  const { components } = JSON.parse(readFileSync(materialsOf(release), 'utf8'));
  const names = components.map(({ name }) => name);
  const lacking = ['pino', ...readdirSync('dist/licenses')].filter((name) => !names.includes(name));
  if (lacking.length > 0) throw new Error(`the bill of materials lacks ${lacking.join(', ')}`);
}

/** The entries of the version in CHANGELOG.md; of what is unreleased, for a rehearsal. */
function notesOf({ version, isRehearsal, changelog }) {
  const sections = changelog.split(/^(?=## )/m);
  const headings = isRehearsal ? [version, 'Unreleased'] : [version];
  const isNamed = (section, heading) => section.slice(3).split(/[\s\]]/)[0] === heading;
  const found = headings.map((heading) => sections.find((section) => isNamed(section, heading)));
  const notes = found.find((section) => section !== undefined);
  if (notes === undefined) throw new Error(`CHANGELOG.md has no section of ${version}`);
  return notes.slice(notes.indexOf('\n')).trim();
}

function verifyNotes({ folder }) {
  const text = readFileSync(join(folder, 'NOTES.md'), 'utf8');
  if (!/^[-*] /m.test(text)) throw new Error('NOTES.md has no entry');
}

function writeChecksums({ folder }) {
  const names = readdirSync(folder).filter((name) => name !== CHECKSUMS);
  const lines = names.sort().map((name) => {
    const hash = createHash('sha256')
      .update(readFileSync(join(folder, name)))
      .digest('hex');
    return `${hash}  ${name}\n`;
  });
  writeFileSync(join(folder, CHECKSUMS), lines.join(''));
}

function makePackages(kind, { folder }) {
  run(process.execPath, ['--import', 'tsx', `packages/release/${kind}/build.ts`, folder]);
}

/** Unpacks a standalone package into a folder of its own, and uses it without installing it. */
function verifyStandalone({ folder }, { extension, unpack }) {
  const name = readdirSync(folder).find(
    (file) => file.startsWith('ipmi-bt-standalone') && file.endsWith(extension),
  );
  if (name === undefined) throw new Error(`there is no ipmi-bt-standalone*${extension}`);
  const root = mkdtempSync(join(tmpdir(), 'ipmi-bt-release-'));
  try {
    unpack(join(folder, name), root);
    const program = join(root, 'usr/lib/ipmi-bt');
    run(join(program, 'node'), [join(program, 'dist/cli.cjs'), '--sim', 'smoke', '--quick']);
  } finally {
    rmSync(root, { recursive: true, force: true });
  }
}

function unpackDebian(file, root) {
  run('dpkg-deb', ['--extract', file, root]);
}

/** By what the package `rpm` has, which also made it, and tar. */
function unpackRpm(file, root) {
  const options = { input: readFileSync(file), maxBuffer: ARCHIVE_BYTES_MAX };
  const archive = execFileSync('rpm2archive', ['--nocompression', '-'], options);
  run('tar', ['-x'], { cwd: root, input: archive });
}

/** Programs that npm starts to build the library and the addon, where they are not built. */
const BUILDERS = ['c++', 'make', 'python3'];

export const ARTEFACTS = [
  {
    name: 'tarball of npm',
    tools: ({ isBuilt }) => ['node', 'npm', 'tar', ...(isBuilt ? [] : BUILDERS)],
    make: makeTarball,
    verify: verifyTarball,
  },
  {
    name: 'packages for Debian',
    tools: () => ['dh', 'dpkg-buildpackage', 'dpkg-deb', 'git', 'gzip', 'npm', 'tar'],
    make: (release) => makePackages('debian', release),
    verify: (release) => verifyStandalone(release, { extension: '.deb', unpack: unpackDebian }),
  },
  {
    name: 'RPM',
    tools: () => ['git', 'gzip', 'npm', 'rpm2archive', 'rpmbuild', 'tar'],
    make: (release) => makePackages('rpm', release),
    verify: (release) => verifyStandalone(release, { extension: '.rpm', unpack: unpackRpm }),
  },
  {
    name: 'bill of materials',
    tools: () => ['npm'],
    make: (release) =>
      writeFileSync(materialsOf(release), `${JSON.stringify(billOfMaterials(), null, 2)}\n`),
    verify: verifyMaterials,
  },
  {
    name: 'licences',
    tools: () => ['npm'],
    make: ({ folder }) => writeFileSync(join(folder, 'LICENCES.txt'), licenceList()),
    verify: ({ folder }) => {
      if (!readFileSync(join(folder, 'LICENCES.txt'), 'utf8').includes('\npino ')) {
        throw new Error('LICENCES.txt lacks pino');
      }
    },
  },
  {
    name: 'notes',
    tools: () => [],
    make: (release) => writeFileSync(join(release.folder, 'NOTES.md'), `${notesOf(release)}\n`),
    verify: verifyNotes,
  },
  // The last one: it is about all others.
  {
    name: 'checksums',
    tools: () => ['sha256sum'],
    make: writeChecksums,
    verify: ({ folder }) => run('sha256sum', ['--check', '--strict', CHECKSUMS], { cwd: folder }),
  },
];
