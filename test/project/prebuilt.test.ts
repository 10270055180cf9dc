/**
 * The addon of the package on the systems that it is for: an addon that needs a newer C library
 * than a server has does not load there.
 */

import { execFileSync } from 'node:child_process';
import { existsSync, readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';

import { offenders } from '../support/lists.ts';
import { ROOT } from '../support/source-code.ts';

const FOLDER = join(ROOT, 'prebuilds/linux-x64');
const ADDON = join(FOLDER, 'ipmi-bt.glibc.node');

/** Without a compiler there is no addon, which is no failure except in CI. */
const noAddon = !existsSync(ADDON) && process.env['CI'] !== 'true';

/** What official Node 20 itself needs (its BUILDING.md): RHEL 8 has these. */
const FLOOR: Readonly<Record<string, string>> = {
  ...{ GLIBC: '2.28', GLIBCXX: '3.4.25', CXXABI: '1.3.11', GCC: '8.0' },
};

/** The libraries of which every system has a version at least as old. */
const LIBRARIES = ['libc.so.6', 'libgcc_s.so.1', 'libm.so.6', 'libpthread.so.0', 'libstdc++.so.6'];

/** Versions of symbols that a file needs, such as `GLIBC_2.14`. */
function neededVersions(file: string): readonly string[] {
  const table = execFileSync('objdump', ['-T', file], { encoding: 'utf8' });
  const undefinedSymbols = table.split('\n').filter((line) => line.includes('*UND*'));
  const versions = undefinedSymbols.flatMap((line) => /\b[A-Z]+_[\d.]+\b/.exec(line) ?? []);
  return [...new Set(versions)];
}

function isAboveFloor(version: string): boolean {
  const [name = '', number = ''] = version.split('_');
  const [needed, floor] = [number, FLOOR[name] ?? '0'].map((text) => text.split('.').map(Number));
  const at = floor?.findIndex((part, index) => part !== (needed?.[index] ?? 0)) ?? -1;
  if (at === -1) return (needed?.length ?? 0) > (floor?.length ?? 0);
  return (needed?.[at] ?? 0) > (floor?.[at] ?? 0);
}

test.each([
  ['GLIBC_2.28', false],
  ['GLIBC_2.2.5', false],
  ['GLIBC_2.29', true],
  ['GLIBC_3', true],
  ['GLIBC_2.28.1', true],
  ['GLIBCXX_3.4.25', false],
  ['GLIBCXX_3.4.26', true],
  ['CXXABI_1.3.9', false],
  ['CXXABI_1.3.13', true],
  ['OTHER_1', true],
])('the version %s is above the floor: %s', (version, expected) => {
  expect(isAboveFloor(version)).toBe(expected);
});

test.skipIf(noAddon)('the addon needs no symbol newer than glibc 2.28 and GCC 8 have', () => {
  const versions = neededVersions(ADDON);

  expect(versions).toContain('GLIBC_2.2.5');
  expect(offenders(versions, isAboveFloor)).toEqual([]);
});

test.skipIf(noAddon)('the addon needs no other library, and has nothing for a debugger', () => {
  const dynamic = execFileSync('readelf', ['-d', ADDON], { encoding: 'utf8' });
  const needed = [...dynamic.matchAll(/\(NEEDED\).*\[(.*)\]/g)].map(([, name]) => name ?? '');
  const sections = execFileSync('readelf', ['-SW', ADDON], { encoding: 'utf8' });

  expect(offenders(needed, (name) => !LIBRARIES.includes(name))).toEqual([]);
  expect(sections).toContain('.text');
  expect(sections).not.toMatch(/\.symtab|\.debug/);
});

test.skipIf(noAddon)('there is one file, for all versions of Node, and it may be run', () => {
  expect(readdirSync(FOLDER)).toEqual(['ipmi-bt.glibc.node']);
  expect(statSync(ADDON).mode & 0o022).toBe(0);
});
