/**
 * Projects that use the package, as their own commands build and run them. Each folder is one; it
 * gets the packed package and, for its tools, the versions that this project has.
 */

import { existsSync, mkdtempSync, readFileSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { checkPackage, createPackageFromTarballData } from '@arethetypeswrong/core';
import { publint } from 'publint';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';

import { CONSUMERS, installed } from '../support/consumers.ts';
import { PATIENCE_MS, pack, run } from '../support/packed.ts';
import { ROOT } from '../support/source-code.ts';

vi.setConfig({ testTimeout: PATIENCE_MS });

const ADDON = 'node_modules/ipmi-bt/prebuilds/linux-x64/ipmi-bt.glibc.node';

const ANSWER = 'Command completed normally 15';

/** What each prints, with the place of `ADDON` for whether there is one. */
const PRINTED: Readonly<Record<string, readonly string[]>> = {
  typescript: [`${ANSWER} 9`, `${ANSWER} 9`],
  commonjs: [ANSWER, `${ANSWER} function`],
  bundled: [...Array.from({ length: 3 }, () => `${ANSWER} ADDON`), `${ANSWER} no addon`],
  workers: Array.from({ length: 4 }, () => `${ANSWER} ADDON`),
};

let folderOfAll = '';
let tarball = '';

beforeAll(async () => {
  folderOfAll = mkdtempSync(join(tmpdir(), 'ipmi-bt-consumers-'));
  tarball = await pack(folderOfAll);
}, PATIENCE_MS);

afterAll(() => {
  rmSync(folderOfAll, { recursive: true, force: true });
}, PATIENCE_MS);

/** Runs the project's own command; returns the lines that it prints. */
async function tested(folder: string): Promise<readonly string[]> {
  const path = `${join(ROOT, 'node_modules/.bin')}:${process.env['PATH'] ?? ''}`;
  // The project is none of this one's tests.
  const env = { ...process.env, PATH: path, VITEST: undefined, NODE_ENV: undefined };
  const options = { cwd: folder, env };
  const { stdout } = await run('npm', ['test', '--silent'], options);
  return stdout.trimEnd().split('\n');
}

test('each folder is a project that is tried here', () => {
  const entries = readdirSync(CONSUMERS, { withFileTypes: true });
  const folders = entries.filter((entry) => entry.isDirectory()).map(({ name }) => name);

  expect(folders.sort()).toEqual([...Object.keys(PRINTED), 'nodes', 'vitest'].sort());
});

test.each(Object.entries(PRINTED))('the project %s is built and runs', async (name, printed) => {
  const folder = installed(name, tarball);
  const addon = existsSync(join(folder, ADDON)) ? 'addon' : 'no addon';

  const lines = await tested(folder);

  expect(lines).toEqual(printed.map((line) => line.replace('ADDON', addon)));
});

test('the project vitest tests its program on the simulated BMC', async () => {
  const lines = await tested(installed('vitest', tarball));

  expect(lines.filter((line) => /^(not )?ok /.test(line))).toEqual([
    expect.stringMatching(/^ok 1 - .*reads the version of the firmware/),
    expect.stringMatching(/^ok 2 - .*fails when the BMC refuses to tell it/),
  ]);
});

test('publint finds nothing wrong with the package', async () => {
  const folder = installed('typescript', tarball);
  const pkgDir = join(folder, 'node_modules/ipmi-bt');

  const { messages } = await publint({ pkgDir, pack: false, strict: true });

  expect(messages).toEqual([]);
});

test('the types are right for each way to import the package', async () => {
  const data = createPackageFromTarballData(new Uint8Array(readFileSync(tarball)));

  const analysis = await checkPackage(data);

  if (!analysis.types) throw new Error('the package has no types');
  expect(Object.keys(analysis.entrypoints)).toHaveLength(8);
  // The package is of modules alone, which a CommonJS program requires or imports, and has no
  // folders for compilers that know no `exports`.
  const isMeant = ({ kind, ...rest }: { readonly kind: string }): boolean =>
    kind === 'CJSResolvesToESM' || ('resolutionKind' in rest && rest.resolutionKind === 'node10');
  expect(analysis.problems.filter((problem) => !isMeant(problem)).map(({ kind }) => kind)).toEqual(
    [],
  );
});
