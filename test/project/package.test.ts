/** The package as a user gets it: what is in it, that it runs, and that its types are right. */

import { existsSync, readFileSync, readdirSync, statSync } from 'node:fs';
import { symlinkSync, writeFileSync } from 'node:fs';
import { SourceMap } from 'node:module';
import type { SourceMapping, SourceMapPayload } from 'node:module';
import { dirname, join, resolve } from 'node:path';

import { expect, test, vi } from 'vitest';

import { offenders } from '../support/lists.ts';
import { PATIENCE_MS, pack, programFolder, run, unpacked } from '../support/packed.ts';

/** The size that the package must not reach: it is also carried to hosts without network. */
const TARBALL_BYTES_MAX = 1_000_000;

const USER = `
import { IpmiError, open, type Device, type Reply } from 'ipmi-bt';
import { SimBmc } from 'ipmi-bt/sim';
import { VirtualClock } from 'ipmi-bt/sim/clock';

const sim = new SimBmc();
const device: Device = await open({ base: sim.base, port: sim, clock: new VirtualClock() });
const reply: Reply = await device.request({ netFn: 0x06, cmd: 0x01 });
const code: number = reply.completionCode;
// @ts-expect-error a reply's completion code is no string
const text: string = reply.completionCode;
// @ts-expect-error not for programs
device.closeNow();
console.log(code, text, IpmiError.name);
`;

/** The licence that a file names for itself, if it does. */
const SPDX = /SPDX-License-Identifier: (\S+)/;

vi.setConfig({ testTimeout: PATIENCE_MS });

test('the package names every licence it has, and brings the text of each', async () => {
  const root = join(await unpacked(), 'node_modules/ipmi-bt');
  const text = (path: string): string => readFileSync(join(root, path), 'utf8');
  const files = readdirSync(root, { recursive: true, encoding: 'utf8' });
  const sources = files.filter((path) => /\.([ch]|cc|js|conf)$|Kbuild$/.test(path));
  const named = sources.flatMap((path) => {
    const [, licence] = SPDX.exec(text(path)) ?? [];
    return licence === undefined ? [] : [`${path} ${licence}`];
  });

  // What names none is the package's own, Apache-2.0.
  expect(named.sort()).toEqual([
    'native/uio/Kbuild GPL-2.0-only',
    'native/uio/dkms.conf GPL-2.0-only',
    'native/uio/ipmi_bt_uio.c GPL-2.0-only',
  ]);
  expect(JSON.parse(text('package.json'))).toMatchObject({
    license: 'Apache-2.0 AND GPL-2.0-only AND MIT',
  });
  expect(text('LICENSE')).toMatch(/^\s*Apache License\s+Version 2\.0, January 2004/);
  expect(text('native/uio/COPYING')).toMatch(
    /^\s*GNU GENERAL PUBLIC LICENSE\s+Version 2, June 1991/,
  );
  // The packages that are bundled into the command, and into what it writes.
  expect(readdirSync(join(root, 'dist/licenses'))).toEqual([
    ...['commander', 'node-addon-api', 'node-gyp-build', 'uplot'],
  ]);
  expect(text('dist/licenses/commander')).toMatch(/^\(The MIT License\)\s+Copyright/);
  expect(text('dist/licenses/uplot')).toMatch(/^The MIT License \(MIT\)\s+Copyright/);
});

test('the package has the parts of a report in HTML, with their licence', async () => {
  const folder = await unpacked();
  const cli = join(folder, 'node_modules/ipmi-bt/dist/cli.cjs');
  const words = ['--sim', 'smoke', '--only', 'bring-up,latency', '--html', 'report.html'];

  await run('node', [cli, ...words], { cwd: folder });

  const report = readFileSync(join(folder, 'report.html'), 'utf8');
  expect(report).toMatch(/^<!doctype html>\n/);
  expect(report.match(/uPlot\n\nThe MIT License \(MIT\)/g)).toHaveLength(2);
});

test('the package is small, and has what was promised and nothing else', async () => {
  const folder = programFolder();
  const tarball = await pack(folder);
  const { stdout } = await run('tar', ['tzf', tarball]);
  const files = stdout.trimEnd().split('\n');

  expect(statSync(tarball).size).toBeLessThan(TARBALL_BYTES_MAX);
  const kinds = files.map((file) => file.split('/').slice(1, 2).join(''));
  expect([...new Set(kinds)].sort()).toEqual([
    ...['CHANGELOG.md', 'LICENSE', 'README.md', 'dist', 'docs', 'lib', 'native', 'package.json'],
    ...(existsSync('prebuilds') ? ['prebuilds'] : []),
  ]);
  expect(offenders(files, (file) => /\.(gypi?|cc|h|code)$/.test(file))).toEqual([]);
  const manifest = JSON.parse(readFileSync('package.json', 'utf8')) as { dependencies: object };
  expect(Object.keys(manifest.dependencies)).toEqual(['pino']);
});

test('each map of the types leads to a source in the package, and to the same line', async () => {
  const root = join(await unpacked(), 'node_modules/ipmi-bt');
  const types = readdirSync(join(root, 'lib/types'), { recursive: true, encoding: 'utf8' });
  const maps = types.filter((path) => path.endsWith('.d.ts.map'));
  const declared = types.filter((path) => path.endsWith('.d.ts'));
  const sourceOf = (map: string): string => {
    const { sources } = JSON.parse(
      readFileSync(join(root, 'lib/types', map), 'utf8'),
    ) as SourceMapPayload;
    return join(root, 'lib/types', dirname(map), sources.join());
  };

  expect(maps.sort()).toEqual(declared.map((path) => `${path}.map`).sort());
  expect(offenders(maps, (map) => !existsSync(sourceOf(map)))).toEqual([]);
  const text = readFileSync(join(root, 'lib/types/device/device.d.ts'), 'utf8');
  const line = text.split('\n').findIndex((one) => one.includes('class Device '));
  const map = new SourceMap(
    JSON.parse(
      readFileSync(join(root, 'lib/types/device/device.d.ts.map'), 'utf8'),
    ) as SourceMapPayload,
  );
  const { originalLine } = map.findEntry(line, 'export declare class '.length) as SourceMapping;
  const source = readFileSync(sourceOf('device/device.d.ts.map'), 'utf8').split('\n');
  expect(source[originalLine]).toContain('class Device ');
});

test('the packed CLI runs with nothing else installed', async () => {
  const folder = await unpacked();
  const cli = join(folder, 'node_modules/ipmi-bt/dist/cli.cjs');

  const { stdout } = await run('node', [cli, '--sim', 'raw', '6', '1'], { cwd: folder });

  expect(stdout).toBe(' 20 01 02 35 02 9f 00 00 00 b7 00 01 02 03 04\n');
});

test('the packed library runs, and its types say what it does', async () => {
  const folder = await unpacked();
  writeFileSync(join(folder, 'user.ts'), USER);
  symlinkSync(resolve('node_modules/@types'), join(folder, 'node_modules/@types'));
  const options = ['--strict', '--module', 'nodenext', '--target', 'es2022', '--types', 'node'];

  const tsc = resolve('node_modules/.bin/tsc');
  await run(tsc, [...options, '--noEmitOnError', 'user.ts'], { cwd: folder });
  const { stdout } = await run('node', ['user.js'], { cwd: folder });

  expect(stdout).toBe('0 0 IpmiError\n');
});
