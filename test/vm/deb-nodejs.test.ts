/**
 * The Debian package that runs with the distribution's Node, in a clean root: it refuses the one of
 * Debian 12, runs with a newer one and follows its upgrade, and is exchanged for the standalone
 * package and back.
 */

import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';

import { fetchNode } from '../../packages/release/node-release.ts';
import { debianPackages } from './built-packages.ts';
import { CleanRoot } from './clean-root.ts';
import type { Outcome } from './clean-root.ts';
import { nodejsPackage } from './debian-package.ts';
import { runTool } from './host-tool.ts';
import { cached } from './kernel.ts';
import { withFreshLists } from './packages.ts';

const CONFIG = '/etc/ipmi-bt.json';
const EDITED = '{ "base": "0xe4" }';
const TAG = 'head -c 64 /usr/lib/ipmi-bt/dist/program.code';
const DEVICE_ID = ' 20 01 02 35 02 9f 00 00 00 b7 00 01 02 03 04\n';

const steps = new Map<string, Outcome>();
let root: CleanRoot;

function step(name: string): Outcome {
  const outcome = steps.get(name);
  if (outcome === undefined) throw new TypeError(`no step is called '${name}'`);
  return outcome;
}

/** Debian 12's own package, which is Node 18. Its libraries are not needed: nothing starts it. */
async function debiansNode(): Promise<string> {
  const folder = await cached('nodejs', (draft) =>
    withFreshLists(async () => {
      await runTool('apt-get', ['download', 'nodejs/bookworm'], draft);
    }),
  );
  return join(folder, (await readdir(folder)).join());
}

/** Copies the packages into the root's /tmp, each under a short name. */
async function addPackages(folder: string): Promise<void> {
  const { system, standalone } = await debianPackages();
  const official = fetchNode();
  const made = [
    ['node-running', process.execPath, process.versions.node],
    ['node-official', official.program, official.version],
  ] as const;
  for (const [name, program, version] of made) {
    await nodejsPackage(program, `${version}-1nodesource1`, join(folder, `${name}.deb`));
    await root.add(join(folder, `${name}.deb`), `/tmp/${name}.deb`);
  }
  await root.add(system, '/tmp/system.deb');
  await root.add(standalone, '/tmp/standalone.deb');
  await root.add(await debiansNode(), '/tmp/node-18.deb');
}

beforeAll(async () => {
  root = await CleanRoot.debian();
  const folder = await mkdtemp(join(tmpdir(), 'ipmi-bt-deb-'));
  try {
    await addPackages(folder);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
  const commands = {
    none: 'apt-get install -y /tmp/system.deb',
    old: 'dpkg --force-depends -i /tmp/node-18.deb && dpkg -i /tmp/system.deb',
    'after refusal': 'dpkg --purge ipmi-bt; ls /usr/bin/ipmi-bt',
    install: 'dpkg -i /tmp/node-running.deb && apt-get install -y /tmp/system.deb',
    raw: 'ipmi-bt --sim raw 6 1',
    code: TAG,
    'new node': 'dpkg -i /tmp/node-official.deb',
    'code of new node': `${TAG}; ipmi-bt --sim raw 6 1`,
    exchange: `echo '${EDITED}' > ${CONFIG}; apt-get install -y /tmp/standalone.deb`,
    exchanged: 'head -n 1 "$(readlink -f /usr/bin/ipmi-bt)"; ipmi-bt --sim raw 6 1',
    'purge of the other': `dpkg --purge ipmi-bt; cat ${CONFIG}; ls /usr/lib/ipmi-bt/dist/cli.cjs`,
    back: 'apt-get install -y /tmp/system.deb; dpkg --purge ipmi-bt-standalone',
    'run again': `cat ${CONFIG}; head -n 1 "$(readlink -f /usr/bin/ipmi-bt)"; ipmi-bt --sim raw 6 1`,
  };
  for (const [name, line] of Object.entries(commands)) steps.set(name, await root.shell(line));
});

afterAll(() => root.remove());

test('it is refused where there is no Node', () => {
  expect(step('none').exitCode).toBe(100);
  expect(step('none').stdout).toMatch(/ipmi-bt : Depends: nodejs \(>= 20\.19\) but /);
});

test('it is refused where Node is that of Debian 12, and leaves nothing', () => {
  expect(step('old').exitCode).toBe(1);
  expect(step('old').stderr).toMatch(
    /ipmi-bt depends on nodejs \(>= 20\.19\); however:\n +Version of nodejs on system is 18\./,
  );
  expect(step('after refusal').exitCode).toBe(2);
  expect(step('after refusal').stdout).toMatch(/^Purging configuration files for ipmi-bt /m);
});

test('it runs on a newer Node, which has compiled the program', () => {
  expect(step('install').exitCode).toBe(0);
  expect(step('raw')).toMatchObject({ exitCode: 0, stdout: DEVICE_ID });
  expect(step('code').stdout).toContain(`${process.version} x64 `);
});

test('it has the program compiled again when Node is upgraded', () => {
  expect(step('new node').stdout).toMatch(/^Processing triggers for ipmi-bt /m);
  expect(step('code of new node').stdout).toContain(`v${fetchNode().version} x64 `);
  expect(step('code of new node').stdout).toContain(DEVICE_ID);
});

test('the standalone package takes its place, and the configuration with it', () => {
  expect(step('exchange').exitCode).toBe(0);
  expect(step('exchanged').stdout).toBe(`#!/usr/lib/ipmi-bt/node\n${DEVICE_ID}`);
  expect(step('purge of the other')).toMatchObject({
    exitCode: 0,
    stdout: expect.stringContaining(`${EDITED}\n/usr/lib/ipmi-bt/dist/cli.cjs\n`) as string,
  });
});

test('it comes back in the same way', () => {
  expect(step('back').exitCode).toBe(0);
  expect(step('run again').stdout).toBe(`${EDITED}\n#!/usr/bin/node\n${DEVICE_ID}`);
});
