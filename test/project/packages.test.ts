/** The parts that make the packages for Debian and RPM; `vm/` tests the packages themselves. */

import { mkdtempSync, readFileSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, onTestFinished, test } from 'vitest';

import { bundleLogger } from '../../packages/release/logger.ts';
import { NODE_RELEASE, checkIntegrity } from '../../packages/release/node-release.ts';
import { copyrightFile, noticeOf } from '../../packages/release/notices.ts';
import { packageVersion, packager, releaseOf } from '../../packages/release/package-version.ts';
import { copyFiles } from '../../packages/release/tree.ts';
import { offenders } from '../support/lists.ts';

function temporaryFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'ipmi-bt-packages-'));
  onTestFinished(() => {
    rmSync(folder, { recursive: true, force: true });
  });
  return folder;
}

describe('the release', () => {
  test('has the version of the package, and the time that is given', () => {
    const { version } = JSON.parse(readFileSync('package.json', 'utf8')) as { version: string };

    expect(releaseOf('1700000000')).toMatchObject({ version, epochS: 1_700_000_000 });
  });

  test.each(['', 'now', '-1', '1.5'])('refuses %j as a time', (epoch) => {
    expect(() => releaseOf(epoch)).toThrow(`SOURCE_DATE_EPOCH is no number: ${epoch}`);
  });

  test.each([
    ['1.2.3', '1.2.3'],
    ['1.0.0-rc.1', '1.0.0~rc.1'],
    ['1.0.0-rc-1.x-y', '1.0.0~rc.1.x.y'],
  ])('%s is %s for dpkg and rpm, which have no other "-" there', (version, expected) => {
    expect(packageVersion(version)).toBe(expected);
  });

  test('names the packager as Debian does', () => {
    const env = { DEBFULLNAME: 'A. Packager', DEBEMAIL: 'a@packages.example' };

    expect(packager(env)).toBe('A. Packager <a@packages.example>');
    expect(packager({})).toMatch(/^.+ <.+@.+>$/);
  });
});

describe('the Node of the standalone packages', () => {
  test('is a version with a long support, and has a checksum', () => {
    expect(NODE_RELEASE.version).toMatch(/^2[24]\.\d+\.\d+$/);
    expect(NODE_RELEASE.integrity).toMatch(/^sha512-[\w+/]{86}==$/);
  });

  test('is refused when it is not what the checksum says', () => {
    // Of "node", by `printf node | openssl dgst -sha512 -binary | base64`.
    const known =
      'sha512-GDjjPPdoyvYprfEf/0UGB28Qnt95i2sUqeTFirVatiCY0dgsPQg9dp1f/LluvwaIVydtS0kPw2AFs43WFC6+Pg==';
    const release = { ...NODE_RELEASE, integrity: known };

    expect(() => checkIntegrity(Buffer.from('mode'), release)).toThrow(
      `${NODE_RELEASE.package}@${NODE_RELEASE.version} has sha512-`,
    );
    expect(() => {
      checkIntegrity(Buffer.from('node'), release);
    }).not.toThrow();
  });
});

describe('the licences', () => {
  test('are there for all that the logger is made of', async () => {
    const names = await bundleLogger(temporaryFolder());

    expect(names).toContain('pino');
    expect(names.length).toBeGreaterThan(5);
    expect(offenders(names, (name) => noticeOf(name).text === '')).toEqual([]);
  });

  test('are those of the project, and of each other part with its owner', () => {
    const text = copyrightFile([noticeOf('pino'), noticeOf('commander')]);

    expect(text).toMatch(/^Format: \S+\n\nFiles: \*\n[^]*\n\nFiles: native\/uio\/\*\n/);
    expect(text).toMatch(
      /\nFiles: node_modules\/commander\/\*\nCopyright: 2011 TJ Holowaychuk <\S+>\nLicense: MIT\n /,
    );
  });

  test('have no empty line in a paragraph, which would end it', () => {
    const notice = { files: 'x', license: 'MIT', text: 'Copyright (c) 1999 X\n\n  All.\r\n' };

    expect(copyrightFile([notice])).toMatch(
      /\n\nFiles: x\nCopyright: 1999 X\nLicense: MIT\n Copyright \(c\) 1999 X\n \.\n {3}All\.\n$/,
    );
  });
});

describe('the files of a package', () => {
  test('are copied by their names', () => {
    const tree = temporaryFolder();

    copyFiles({ from: 'packages/release', names: /\.json$/, to: 'etc' }, tree);
    copyFiles({ from: 'packages/release', names: /^ipmi-bt\.json$/, to: 'etc', as: 'other' }, tree);

    expect(readdirSync(join(tree, 'etc')).sort()).toEqual([
      ...['ipmi-bt.json', 'node-release.json', 'other', 'tools.json'],
    ]);
  });

  test.each([
    [{ from: 'dist/none', names: /\.1$/, to: 'x' }, 'dist/none has no file /\\.1$/: run '],
    [
      { from: 'packages/release', names: /\.bash$/, to: 'x' },
      'packages/release has no file /\\.bash$/: run ',
    ],
  ])('must be there: %j', (files, message) => {
    expect(() => copyFiles(files, temporaryFolder())).toThrow(message);
  });

  test('include a configuration that names no interface', () => {
    expect(readFileSync('packages/release/ipmi-bt.json', 'utf8')).toBe('{}\n');
  });
});
