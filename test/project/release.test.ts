/** A rehearsal of a release, from what was built, and what stops one. */

import { execFileSync, spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, readFileSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

import { describe, expect, test, vi } from 'vitest';

import { PATIENCE_MS } from '../support/packed.ts';
import { ROOT, readText } from '../support/source-code.ts';
import { tempFolder } from '../support/temp-folder.ts';

vi.setConfig({ testTimeout: PATIENCE_MS });

const RELEASE = join(ROOT, 'packages/release/release.mjs');

/** A release without an addon is none; without a compiler there is none, except in CI. */
const noAddon = !existsSync(join(ROOT, 'prebuilds/linux-x64')) && process.env['CI'] !== 'true';

interface Manifest {
  readonly version: string;
}

interface Materials {
  readonly metadata: { readonly component: { readonly name: string } };
  readonly components: readonly { readonly name: string }[];
}

function release(cwd: string, ...args: readonly string[]) {
  const { status, stdout, stderr } = spawnSync('node', [RELEASE, '--built', ...args], {
    ...{ cwd, encoding: 'utf8' },
  });
  return { status, stdout, stderr };
}

test.skipIf(noAddon)('a rehearsal makes every artefact, with its checksum', () => {
  const out = join(tempFolder(), 'release');
  const { version } = JSON.parse(readText('package.json')) as Manifest;

  // Guests make these, install them and remove them.
  const skipped = ['packages for Debian', 'RPM'].flatMap((name) => ['--skip', name]);
  const { status, stdout, stderr } = release(ROOT, '--dry-run', '--out', out, ...skipped);

  expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
  expect(stdout).toContain('tarball of npm: made and verified\n');
  expect(stdout).toContain('packages for Debian: left out\nRPM: left out\n');
  expect(stdout).toContain('\nThis was a rehearsal.\n');
  const sums = readFileSync(join(out, 'SHA256SUMS'), 'utf8').trimEnd().split('\n');
  const made = readdirSync(out).filter((name) => name !== 'SHA256SUMS');
  expect(made).toContain(`ipmi-bt-${version}.tgz`);
  const hash = (name: string): string =>
    createHash('sha256')
      .update(readFileSync(join(out, name)))
      .digest('hex');
  expect(sums).toEqual(made.sort().map((name) => `${hash(name)}  ${name}`));

  const materials = readFileSync(join(out, `ipmi-bt-${version}.cdx.json`), 'utf8');
  const { metadata, components } = JSON.parse(materials) as Materials;
  const names = components.map(({ name }) => name);
  expect(metadata.component.name).toBe('ipmi-bt');
  expect(names).toEqual(expect.arrayContaining(['commander', 'node-gyp-build', 'pino', 'uplot']));
  expect(names).not.toContain('vitest');
  const licences = readFileSync(join(out, 'LICENCES.txt'), 'utf8');
  expect(licences).toMatch(/^pino [\d.]+: MIT$/m);
  expect(licences).toContain('---- commander, which is bundled ----\n\n(The MIT License)');
});

describe('there is no release', () => {
  function project(version: string, bugs?: unknown): string {
    const folder = tempFolder();
    const manifest = { name: 'ipmi-bt', version, bugs };
    writeFileSync(join(folder, 'package.json'), JSON.stringify(manifest));
    writeFileSync(join(folder, 'CHANGELOG.md'), '# Changelog\n');
    return folder;
  }

  test.each([
    ['of something that is no version', 'next', ['--dry-run'], 'next is no version'],
    ['of a clone with changes', '1.2.3', [], 'the clone has uncommitted changes'],
  ])('%s', (...[, version, args, reason]) => {
    const folder = project(version, 'https://tracker.test/ipmi-bt');
    execFileSync('git', ['init', '--quiet'], { cwd: folder });

    const { status, stderr } = release(folder, ...args);

    expect({ status, stderr }).toEqual({ status: 1, stderr: `\nno release: ${reason}\n\n` });
  });

  test.each([
    ['no address', undefined],
    ['a word', 'later'],
    ['an empty one', { url: '', email: '' }],
    ['that of an example', { email: 'security@example.com' }],
    ['another of one', { url: 'https://packages.example/bugs', email: 1 }],
  ])('without an address for reports, but a rehearsal: %s', (...[, bugs]) => {
    const folder = project('1.2.3', bugs);
    execFileSync('git', ['init', '--quiet'], { cwd: folder });
    const refusal = 'package.json has no address for reports of security faults. ';

    const { status, stderr } = release(folder);
    expect({ status, stderr }).toMatchObject({ status: 1 });
    expect(stderr).toContain(`\nno release: ${refusal}`);
    expect(stderr).toMatch(/--dry-run needs none\n/);
    expect(release(folder, '--dry-run').stderr).not.toContain(refusal);
  });

  test.each([
    ['an e-mail', { email: 'security@vendor.test' }],
    ['a page', 'https://vendor.test/security'],
    ['one of two', { url: 'none', email: 'security@vendor.test' }],
  ])('but for another reason, where there is an address: %s', (...[, bugs]) => {
    const folder = project('1.2.3', bugs);
    execFileSync('git', ['init', '--quiet'], { cwd: folder });

    expect(release(folder).stderr).toBe('\nno release: the clone has uncommitted changes\n\n');
  });

  test('where programs that make it are missing: all are named, with their packages', () => {
    const cwd = project('1.2.3');
    const run = (...args: readonly string[]) =>
      spawnSync(process.execPath, [RELEASE, ...args], {
        ...{ cwd, env: { PATH: cwd }, encoding: 'utf8' },
      });
    const skipped = ['packages for Debian', 'RPM'].flatMap((name) => ['--skip', name]);

    const whole = run();
    expect(whole.status).toBe(1);
    expect(whole.stderr).toContain('c++ (Debian package g++), dh (Debian package debhelper), ');
    expect(whole.stderr).toMatch(/git .*rpm2archive .*rpmbuild .*: apt-get install .* rpm /);
    expect(run('--dry-run', '--built', ...skipped).stderr).toBe(
      '\nno release: not on PATH: node (Debian package nodejs), npm (Debian package npm), ' +
        'sha256sum (Debian package coreutils), tar (Debian package tar). ' +
        'On Debian: apt-get install nodejs npm coreutils tar. Nothing was made\n\n',
    );
  });

  test('of what has no addon', () => {
    const folder = project('1.2.3');

    const { status, stderr } = release(folder, '--dry-run');

    expect(status).toBe(1);
    expect(stderr).toContain(
      'ipmi-bt-1.2.3.tgz has no package/prebuilds/linux-x64/ipmi-bt.glibc.node',
    );
  });
});
