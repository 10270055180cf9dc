/** The package as a user gets it: what is in it, that it runs, and that its types are right. */

import { execFile } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { promisify } from 'node:util';

import { expect, onTestFinished, test } from 'vitest';

const run = promisify(execFile);

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

/** Packs the project and lays it where a user's program finds it. */
async function installed(): Promise<string> {
  const folder = mkdtempSync(join(tmpdir(), 'ipmi-bt-package-'));
  onTestFinished(() => {
    rmSync(folder, { recursive: true, force: true });
  });
  const packed = await run('npm', ['pack', '--ignore-scripts', '--pack-destination', folder]);
  const target = join(folder, 'node_modules', 'ipmi-bt');
  mkdirSync(target, { recursive: true });
  const tarball = join(folder, packed.stdout.trim());
  await run('tar', ['xzf', tarball, '-C', target, '--strip-components=1']);
  writeFileSync(join(folder, 'package.json'), '{ "type": "module" }');
  return folder;
}

test('the packed CLI runs with nothing else installed', async () => {
  const folder = await installed();
  const cli = join(folder, 'node_modules/ipmi-bt/dist/cli.cjs');

  const { stdout } = await run('node', [cli, '--sim', 'raw', '6', '1'], { cwd: folder });

  expect(stdout).toBe(' 20 01 02 35 02 9f 00 00 00 b7 00 01 02 03 04\n');
});

test('the packed library runs, and its types say what it does', async () => {
  const folder = await installed();
  writeFileSync(join(folder, 'user.ts'), USER);
  symlinkSync(resolve('node_modules/@types'), join(folder, 'node_modules/@types'));
  const options = ['--strict', '--module', 'nodenext', '--target', 'es2022', '--types', 'node'];

  const tsc = resolve('node_modules/.bin/tsc');
  await run(tsc, [...options, '--noEmitOnError', 'user.ts'], { cwd: folder });
  const { stdout } = await run('node', ['user.js'], { cwd: folder });

  expect(stdout).toBe('0 0 IpmiError\n');
});
