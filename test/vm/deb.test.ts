/**
 * The Debian packages in a clean root without compiler and network: they are installed, run,
 * upgraded, exchanged for each other and purged; and what lintian says of them.
 */

import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';

import { fetchNode } from '../../packages/release/node-release.ts';
import { releaseOf } from '../../packages/release/package-version.ts';
import { codeBlocks } from '../support/markdown.ts';
import { debianPackages, makePackages } from './built-packages.ts';
import { CleanRoot } from './clean-root.ts';
import type { Outcome } from './clean-root.ts';
import { highestSymbol, repackDebian } from './debian-package.ts';
import { runTool } from './host-tool.ts';
import { ROOT } from './project.ts';

const CONFIG = '/etc/ipmi-bt.json';
const EDITED = '{ "base": "0xce4", "spacing": 4 }';
const CODE = '/usr/lib/ipmi-bt/dist/program.code';

const DEVICE_ID = ' 20 01 02 35 02 9f 00 00 00 b7 00 01 02 03 04\n';
const SIMULATED = 'ipmi-bt: simulated BMC (--sim): no hardware is touched\n';

/** As long as the version before, so that its program is as long: V8 would not see a difference. */
const nextOf = (version: string): string => version.replace(/\d/g, '9');

/** All files, but for those of dpkg, apt and systemd's tools about every package. */
const FILES = 'find / -xdev -path /proc -prune -o ! -type d -print';
const KEPT_BY_DPKG =
  /^\/(var\/lib\/(dpkg|apt|systemd)|var\/log|var\/cache\/(apt|debconf))\/|^\/tmp\//;

const { version: VERSION } = releaseOf('0');

let packages: Awaited<ReturnType<typeof debianPackages>>;
let folder: string;

beforeAll(async () => {
  packages = await debianPackages();
  folder = await mkdtemp(join(tmpdir(), 'ipmi-bt-deb-'));
});

afterAll(async () => {
  await rm(folder, { recursive: true, force: true });
});

async function debianWith(...files: string[]): Promise<CleanRoot> {
  const root = await CleanRoot.debian();
  for (const file of files) await root.add(file, `/tmp/${basename(file)}`);
  return root;
}

describe('lintian', () => {
  test.each(['system', 'standalone'] as const)(
    'says nothing of the package that is %s, but for what has a reason',
    async (name) => {
      const said = await runTool('lintian', ['--allow-root', '--pedantic', '-I', packages[name]]);

      expect(said.toString()).toBe('');
    },
  );
});

test('a package is the same when it is made again', async () => {
  await makePackages('debian', folder, ['ipmi-bt']);

  const again = await readFile(join(folder, basename(packages.system)));
  expect(again.equals(await readFile(packages.system))).toBe(true);
});

describe('the standalone package', () => {
  const steps = new Map<string, Outcome>();
  let root: CleanRoot;

  const step = (name: string): Outcome => {
    const outcome = steps.get(name);
    if (outcome === undefined) throw new TypeError(`no step is called '${name}'`);
    return outcome;
  };
  const linesOf = (name: string): readonly string[] => step(name).stdout.trimEnd().split('\n');

  beforeAll(async () => {
    const next = join(folder, 'next.deb');
    const renew = (text: string): string => text.replaceAll(VERSION, nextOf(VERSION));
    await repackDebian(packages.standalone, next, {
      'DEBIAN/control': renew,
      'usr/lib/ipmi-bt/dist/program.cjs': renew,
    });
    const [shown] = codeBlocks('sh deb');
    root = await debianWith(packages.standalone, next);
    const commands = {
      tools: 'command -v cc gcc g++ c++ make python3 node npm; tail -n +3 /proc/net/dev',
      'files before': FILES,
      install: `cd /tmp && set -e\n${shown?.text ?? 'false'}`,
      verify: 'dpkg --verify ipmi-bt-standalone; dpkg -L ipmi-bt-standalone',
      raw: 'ipmi-bt --sim raw 6 1',
      log: 'ipmi-bt --sim --log-level debug raw 6 1',
      addon: `/usr/lib/ipmi-bt/node -p "typeof require('/usr/lib/ipmi-bt/build/Release/ipmi_bt.node').inb"`,
      version: 'ipmi-bt --version',
      config: `cat ${CONFIG}; stat -c %a:%u:%g ${CONFIG}`,
      code: `head -c 64 ${CODE}`,
      used: `cp ${CODE} /tmp/code; ipmi-bt --sim raw 6 1; cmp ${CODE} /tmp/code`,
      edit: `echo '${EDITED}' > ${CONFIG}; mkdir -p /var/cache/ipmi-bt; touch /var/cache/ipmi-bt/sdr`,
      upgrade: 'apt-get install -y /tmp/next.deb',
      'version after': `ipmi-bt --version; cat ${CONFIG}; head -c 64 ${CODE}`,
      remove: `apt-get remove -y ipmi-bt-standalone`,
      'after removal': `ls ${CONFIG} ${CODE} /usr/lib/ipmi-bt /usr/bin/ipmi-bt`,
      purge: 'apt-get purge -y ipmi-bt-standalone',
      'files after': FILES,
    };
    for (const [name, line] of Object.entries(commands)) steps.set(name, await root.shell(line));
  });

  afterAll(() => root.remove());

  test('comes into a root without compiler, Node and network', () => {
    expect(step('tools').stdout.trim()).toMatch(/^lo:[ 0]*$/);
  });

  test('is installed as the documents show it, with every file as it was packed', () => {
    expect(step('install')).toMatchObject({ exitCode: 0 });
    expect(step('install').stdout).toMatch(/^Device ID +: 32$/m);
    expect(step('install').stdout).toMatch(/^Setting up ipmi-bt-standalone /m);
    expect(linesOf('verify')[0]).toBe('/.');
  });

  test('runs, and logs, on its own Node', () => {
    const { version } = fetchNode();

    expect(step('raw')).toEqual({ exitCode: 0, stdout: DEVICE_ID, stderr: SIMULATED });
    expect(step('log').stderr).toMatch(/^\{"level":20,.*"cmd":1,.*\}$/m);
    expect(step('addon').stdout).toBe('function\n');
    expect(step('code').stdout).toContain(`v${version} x64 `);
    expect(step('used')).toMatchObject({ exitCode: 0 });
  });

  test('asks for no newer libraries than Node and the addon need', async () => {
    const programs = [fetchNode().program, join(ROOT, 'build/Release/ipmi_bt.node')];
    const depends = await runTool('dpkg-deb', ['--field', packages.standalone, 'Depends']);
    const [libc, libstdc] = [
      await highestSymbol('GLIBC', programs),
      await highestSymbol('GLIBCXX', programs),
    ];

    expect(depends.toString()).toContain(`libc6 (>= ${libc}), `);
    // GLIBCXX_3.4.25 came with GCC 8.1.
    expect(depends.toString()).toContain(', libstdc++6 (>= 8)\n');
    expect(Number(libstdc.split('.')[2])).toBeLessThanOrEqual(25);
  });

  test('has a page of the manual, completions of three shells and the unit', () => {
    expect(linesOf('verify')).toEqual(
      expect.arrayContaining([
        '/lib/systemd/system/ipmi-bt-serve.service',
        '/usr/share/bash-completion/completions/ipmi-bt',
        '/usr/share/fish/vendor_completions.d/ipmi-bt.fish',
        '/usr/share/man/man1/ipmi-bt.1.gz',
        '/usr/share/zsh/vendor-completions/_ipmi-bt',
      ]),
    );
  });

  test('has a configuration that names no interface', () => {
    expect(step('config').stdout).toBe('{}\n644:0:0\n');
  });

  test('keeps an edited configuration when it is upgraded, and runs the new program', () => {
    const { version } = fetchNode();

    expect(step('version').stdout).toBe(`${VERSION}\n`);
    expect(step('upgrade')).toMatchObject({ exitCode: 0 });
    expect(linesOf('version after').slice(0, 2)).toEqual([nextOf(VERSION), EDITED]);
    expect(step('version after').stdout).toContain(`v${version} x64 `);
  });

  test('leaves the configuration alone when it is removed', () => {
    expect(step('remove')).toMatchObject({ exitCode: 0 });
    expect(step('after removal').stdout).toBe(`${CONFIG}\n`);
  });

  test('leaves nothing when it is purged', () => {
    const after = linesOf('files after').filter((path) => !KEPT_BY_DPKG.test(path));
    const before = linesOf('files before').filter((path) => !KEPT_BY_DPKG.test(path));

    expect(step('purge')).toMatchObject({ exitCode: 0 });
    expect(after.length).toBeGreaterThan(1_000);
    expect([...after].sort()).toEqual([...before].sort());
  });
});
