/**
 * The API of the package, as a report that is kept: what a program can see changes on purpose only,
 * and a review of the change sees it.
 */

import { execFileSync } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

import { expect, test, vi } from 'vitest';

import { PATIENCE_MS } from '../support/packed.ts';
import { ROOT, readText } from '../support/source-code.ts';
import { tempFolder } from '../support/temp-folder.ts';

vi.setConfig({ testTimeout: PATIENCE_MS });

const API = join(ROOT, 'packages/release/api.mjs');

const ENTRY = `/** The entry. */

import type { Hidden } from './hidden.ts';
import type { Shown, Unused } from './types.ts';
export declare const A = 1;
export { again } from './again.ts';
export declare class Door {
    #private;
    /** Opens it. */
    open(shown: Shown): void;
}
declare const inner: Hidden & Unused;
`;

const TYPES = `/** Types. */

/** Of no entry. */
export interface Unused {
    readonly gone: number;
}
export interface Shown {
    readonly name: string;
}
export type Far = Shown;
`;

const AGAIN = "export { Far as again } from './types.ts';\n";

/** What a program of the package's own folder prints. */
function report(cwd: string, ...args: readonly string[]): string {
  return execFileSync('node', [API, '--print', ...args], { cwd, encoding: 'utf8' });
}

/** A package with one entry, and declarations that the compiler made of it. */
function declared(types: string): string {
  const folder = tempFolder();
  mkdirSync(join(folder, 'dist'));
  const exports = { '.': { types: './lib/types/index.d.ts' } };
  writeFileSync(join(folder, 'package.json'), JSON.stringify({ type: 'module', exports }));
  const files = { index: ENTRY, types, again: AGAIN, hidden: 'export interface Hidden {}\n' };
  for (const [name, text] of Object.entries(files)) {
    writeFileSync(join(folder, 'dist', `${name}.d.ts`), text);
  }
  return folder;
}

test('is what the report says; `npm run api` writes it anew after a change', () => {
  expect(report(ROOT)).toBe(readText('packages/release/api.txt'));
});

test('is what the entries export and what that refers to, and nothing else', () => {
  const text = report(declared(TYPES));

  expect(text).toContain('. is index.d.ts\n');
  expect(text).toContain('open(shown: Shown): void;');
  expect(text).toContain('export interface Shown {\n    readonly name: string;\n}');
  expect(text).toContain('export { Far as again } from');
  expect(text).not.toMatch(/Unused|Hidden|Opens it/);
});

test('changes with a type that a function takes, and not with a comment', () => {
  const before = report(declared(TYPES));

  expect(report(declared(TYPES.replace('Of no entry', 'Of none')))).toBe(before);
  expect(report(declared(TYPES.replace('name: string', 'name?: string')))).not.toBe(before);
});
