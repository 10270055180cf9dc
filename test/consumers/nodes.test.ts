/**
 * The package on each version of Node that it is made for. The versions are those of the project
 * `nodes`, whose lockfile brings them; the rest of the tests runs on one of them.
 */

import { chmodSync, cpSync, existsSync, mkdirSync, mkdtempSync, readFileSync } from 'node:fs';
import { rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';

import { afterAll, beforeAll, expect, test, vi } from 'vitest';

import { CONSUMERS, installed } from '../support/consumers.ts';
import { PATIENCE_MS, npm, pack, run } from '../support/packed.ts';
import { ROOT } from '../support/source-code.ts';

vi.setConfig({ testTimeout: PATIENCE_MS });

/** Stays from one run to the next: 0.4 GB, which take a minute. */
const NODES = join(ROOT, '.cache/nodes');

const ADDON = 'node_modules/ipmi-bt/prebuilds/linux-x64/ipmi-bt.glibc.node';
const CLI = 'node_modules/ipmi-bt/dist/cli.cjs';
const GET_DEVICE_ID = [CLI, '--sim', 'raw', '0x06', '0x01'];
const ANSWER = 'Command completed normally 15';

/** A user that owns nothing. */
const NOBODY = '65534';

let folderOfAll = '';
let tarball = '';

beforeAll(async () => {
  folderOfAll = mkdtempSync(join(tmpdir(), 'ipmi-bt-nodes-'));
  tarball = await pack(folderOfAll);
  if (isThere()) return;
  mkdirSync(NODES, { recursive: true });
  for (const name of ['package.json', 'package-lock.json']) {
    cpSync(join(CONSUMERS, 'nodes', name), join(NODES, name));
  }
  await npm(NODES, ['ci', '--ignore-scripts']);
}, PATIENCE_MS);

afterAll(() => {
  rmSync(folderOfAll, { recursive: true, force: true });
}, PATIENCE_MS);

/** True when all of it was installed from the lockfile of today. */
function isThere(): boolean {
  const lockfiles = [CONSUMERS, dirname(NODES)].map((folder) =>
    join(folder, 'nodes', 'package-lock.json'),
  );
  const isInstalled = existsSync(join(NODES, 'node_modules/.package-lock.json'));
  return isInstalled && new Set(lockfiles.map((path) => readFileSync(path, 'utf8'))).size === 1;
}

function nodeOf(name: string): string {
  return join(NODES, 'node_modules', name, 'bin/node');
}

test.each([
  ['node20', 'v20.19.0'],
  ['node22', 'v22.'],
  ['node24', 'v24.'],
])('library, worker threads and command work on %s (%s)', async (name, version) => {
  const node = nodeOf(name);
  const output = async (cwd: string, ...args: readonly string[]): Promise<readonly string[]> => {
    const { stdout } = await run(node, args, { cwd });
    return stdout.trimEnd().split('\n');
  };
  const [commonjs, workers] = [installed('commonjs', tarball), installed('workers', tarball)];
  const addon = existsSync(join(workers, ADDON)) ? 'addon' : 'no addon';

  expect((await output(commonjs, '--version')).join()).toContain(version);
  expect(await output(commonjs, 'import.cjs')).toEqual([ANSWER]);
  expect(await output(commonjs, 'require.cjs')).toEqual([`${ANSWER} function`]);
  expect(await output(workers, 'program.js')).toEqual(Array(4).fill(`${ANSWER} ${addon}`));
  expect(await output(commonjs, ...GET_DEVICE_ID)).toEqual([
    ' 20 01 02 35 02 9f 00 00 00 b7 00 01 02 03 04',
  ]);
  const smoke = await output(commonjs, CLI, '--sim', 'smoke', '--quick');
  expect(smoke.join()).toMatch(/^PASS/);
});

test('the command runs as another user', async () => {
  const folder = installed('commonjs', tarball);
  chmodSync(dirname(folder), 0o755);
  const isRoot = process.getuid?.() === 0;
  const other = isRoot ? ['setpriv', '--reuid', NOBODY, '--regid', NOBODY, '--clear-groups'] : [];
  const [program = '', ...args] = [...other, process.execPath, ...GET_DEVICE_ID];

  const { stdout } = await run(program, args, { cwd: folder });

  expect(stdout).toBe(' 20 01 02 35 02 9f 00 00 00 b7 00 01 02 03 04\n');
});
