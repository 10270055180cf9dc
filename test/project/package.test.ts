/** The package as a user gets it: what is in it, that it runs, and that its types are right. */

import { readFileSync, readdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';

import { expect, test, vi } from 'vitest';

import { PATIENCE_MS, run, unpacked } from '../support/packed.ts';

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
  expect(readdirSync(join(root, 'dist/licenses'))).toEqual(['commander', 'typebox', 'uplot']);
  expect(text('dist/licenses/commander')).toMatch(/^\(The MIT License\)\s+Copyright/);
  expect(text('dist/licenses/uplot')).toMatch(/^The MIT License \(MIT\)\s+Copyright/);
});

test('the package has the parts of a report in HTML, with their licence', async () => {
  const folder = await unpacked();
  const report = join(folder, 'node_modules/ipmi-bt/dist/smoke/report/html.js');
  writeFileSync(
    join(folder, 'report.js'),
    `import { htmlReport } from '${report}'; console.log(await htmlReport([]));`,
  );

  const { stdout } = await run('node', [join(folder, 'report.js')], { cwd: folder });

  expect(stdout).toMatch(/^<!doctype html>\n/);
  expect(stdout.match(/uPlot\n\nThe MIT License \(MIT\)/g)).toHaveLength(2);
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
