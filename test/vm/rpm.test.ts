/**
 * The RPM: it is installed by rpm into a root that has the libraries which Node needs and nothing
 * else, no shell either; started, installed once more and erased there.
 */

import { mkdir, mkdtemp, readFile, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';

import { fetchNode } from '../../packages/release/node-release.ts';
import { makePackages, rpmPackage } from './built-packages.ts';
import { CleanRoot } from './clean-root.ts';
import type { Outcome } from './clean-root.ts';
import { runTool } from './host-tool.ts';

const CONFIG = 'etc/ipmi-bt.json';
const EDITED = '{ "base": 3300 }\n';
const CODE = 'usr/lib/ipmi-bt/dist/program.code';
const DEVICE_ID = ' 20 01 02 35 02 9f 00 00 00 b7 00 01 02 03 04\n';

/** Each line that `ldd` has for a library has its path once. */
const LIBRARY = /\/\S+\.so\S*/g;

/** What a root has beforehand: libraries, and a folder for what the kernel tells. */
async function rootWithLibraries(): Promise<{ root: CleanRoot; libraries: readonly string[] }> {
  const root = await CleanRoot.empty();
  const linked = (await runTool('ldd', [fetchNode().program])).toString();
  const libraries = [...linked.matchAll(LIBRARY)].map(([path]) => path).sort();
  for (const path of libraries) {
    await mkdir(join(root.folder, dirname(path)), { recursive: true });
    await root.add(path, path);
  }
  await mkdir(join(root.folder, 'proc'));
  return { root, libraries };
}

describe('the RPM', () => {
  let root: CleanRoot;
  let libraries: readonly string[];
  let file: string;
  const started: Outcome[] = [];

  /** There is no base of packages in the root that would have the libraries. */
  const rpm = (...args: string[]): Promise<Buffer> =>
    runTool('rpm', ['--root', root.folder, '--dbpath', '/var/lib/rpm', '--nodeps', ...args]);
  const inRoot = (path: string): string => join(root.folder, path);
  const start = async (): Promise<void> => {
    started.push(await root.run('/usr/bin/ipmi-bt', ['--sim', 'raw', '6', '1']));
  };

  beforeAll(async () => {
    file = await rpmPackage();
    ({ root, libraries } = await rootWithLibraries());
    await rpm('--install', file);
    await start();
  });

  afterAll(() => root.remove());

  test('starts in a root without a shell', () => {
    const stderr = 'ipmi-bt: simulated BMC (--sim): no hardware is touched\n';

    expect(started[0]).toEqual({ exitCode: 0, stdout: DEVICE_ID, stderr });
  });

  test('has been compiled by its own Node, and is as it was packed', async () => {
    const code = await readFile(inRoot(CODE), 'latin1');

    expect(code.slice(0, 64)).toContain(`v${fetchNode().version} x64 `);
    expect((await rpm('--verify', 'ipmi-bt-standalone')).toString()).toBe('');
  });

  test('asks for nothing but the libraries of its Node, glibc 2.28 and GCC 8', async () => {
    const required = (
      await runTool('rpm', ['--query', '--requires', '--package', file])
    ).toString();
    const lines = [...new Set(required.trimEnd().split('\n'))];
    const versions = [...required.matchAll(/\(GLIBC_2\.(\d+)\)/g)].map(([, minor]) =>
      Number(minor),
    );
    const names = libraries.map((path) => path.replace(/.*\//, ''));
    const isOwn = (line: string): boolean =>
      /^(rpmlib|config|rtld)\(|^\/usr\/lib\/ipmi-bt\/node$/.test(line);
    const others = lines.filter((line) => !isOwn(line)).map((line) => line.replace(/\(.*/, ''));

    expect([...new Set(others)].sort()).toEqual([...names].sort());
    expect(versions.toSorted((one, other) => one - other).at(-1)).toBe(28);
  });

  test('keeps an edited configuration, and compiles the new program, when it comes again', async () => {
    await writeFile(inRoot(CONFIG), EDITED);
    await writeFile(inRoot(CODE), 'of the program before');

    await rpm('--upgrade', '--replacepkgs', file);
    await start();

    expect(await readFile(inRoot(CONFIG), 'utf8')).toBe(EDITED);
    expect(await readFile(inRoot(CODE), 'latin1')).toContain(`v${fetchNode().version} x64 `);
    expect(started.at(-1)).toMatchObject({ exitCode: 0, stdout: DEVICE_ID });
  });

  test('leaves the edited configuration and nothing else when it is erased', async () => {
    await mkdir(inRoot('var/cache/ipmi-bt'), { recursive: true });

    await rpm('--erase', 'ipmi-bt-standalone');

    const entries = await readdir(root.folder, { recursive: true, withFileTypes: true });
    const paths = entries
      .filter((entry) => !entry.isDirectory())
      .map((entry) => join(entry.parentPath, entry.name).slice(root.folder.length));
    const others = paths.filter((path) => !path.startsWith('/var/lib/rpm/'));
    expect(others.sort()).toEqual([`/${CONFIG}.rpmsave`, ...libraries].sort());
    expect(await readdir(inRoot('var/cache'))).toEqual([]);
  });

  test('is the same when it is made again', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'ipmi-bt-rpm-'));
    try {
      await makePackages('rpm', folder);
      const [again = ''] = await readdir(folder);

      expect((await readFile(join(folder, again))).equals(await readFile(file))).toBe(true);
    } finally {
      await rm(folder, { recursive: true, force: true });
    }
  });
});
