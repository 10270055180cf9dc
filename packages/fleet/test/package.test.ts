/** The package as a user gets it, beside the packed `ipmi-bt`; and as it lies in the workspace. */

import {
  existsSync,
  mkdirSync,
  readFileSync,
  readdirSync,
  realpathSync,
  statSync,
  symlinkSync,
} from 'node:fs';
import { dirname, join, resolve } from 'node:path';

import { expect, test, vi } from 'vitest';
import { parse } from 'yaml';

import { nonEmpty, offenders } from '../../../test/support/lists.ts';
import { PATIENCE_MS, programFolder, run, unpacked } from '../../../test/support/packed.ts';
import { samplesIn } from './rig.ts';

const ROOT = resolve(import.meta.dirname, '../../..');
const FLEET = join(ROOT, 'packages/fleet');

interface Manifest {
  readonly version: string;
  readonly bin: Readonly<Record<string, string>>;
  readonly files: readonly string[];
  readonly dependencies: Readonly<Record<string, string>>;
}

/** Files that engines run as they are. */
const PROGRAMS = ['nagios/check_ipmi_bt', 'slurm/ipmi-bt-health', 'slurm/ipmi-bt-prolog'];

function isProgram(file: string): boolean {
  return (statSync(file).mode & 0o111) === 0o111;
}

function manifestIn(folder: string): Manifest {
  return JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8')) as Manifest;
}

vi.setConfig({ testTimeout: PATIENCE_MS });

/** Packs the package, and lays it into `node_modules` of the folder. */
async function install(folder: string): Promise<string> {
  await run('node', [join(FLEET, 'pack.mjs'), folder]);
  const [tarball = ''] = readdirSync(folder).filter((name) => name.endsWith('.tgz'));
  const target = join(folder, 'node_modules/ipmi-bt-fleet');
  mkdirSync(target, { recursive: true });
  await run('tar', ['xzf', join(folder, tarball), '-C', target, '--strip-components=1']);
  return target;
}

test('the packed programs run beside the packed driver', async () => {
  const folder = await unpacked();
  const target = await install(programFolder());
  const placed = join(folder, 'node_modules/ipmi-bt-fleet');
  symlinkSync(target, placed);
  const { dependencies } = manifestIn(target);
  for (const name of Object.keys(dependencies)) {
    const [from, to] = [join(ROOT, 'node_modules', name), join(target, '../', name)];
    mkdirSync(dirname(to), { recursive: true });
    symlinkSync(name === 'ipmi-bt' ? join(folder, 'node_modules', name) : from, to);
  }
  const { bin, version } = manifestIn(target);
  for (const file of nonEmpty(Object.values(bin))) {
    const { stdout } = await run('node', [join(target, file), '--version'], { cwd: folder });
    expect(stdout).toContain(version);
  }
  const output = join(folder, 'ipmi.prom');

  const program = join(target, 'bin/ipmi-bt-exporter.mjs');
  const options = ['--sim', '--collectors', 'chassis', '--textfile', output];
  await run('node', [program, ...options], { cwd: folder });

  expect(samplesIn(readFileSync(output, 'utf8'))).toMatchObject({
    ...{ ipmi_chassis_power_state: 1, 'ipmi_up{collector="chassis"}': 1 },
  });
  expect(readdirSync(join(folder, 'node_modules/ipmi-bt'))).not.toContain('packages');
});

test('the packed package needs a range of versions of ipmi-bt, and has what it names', async () => {
  const target = await install(programFolder());
  const { dependencies, files } = manifestIn(target);

  expect(dependencies).toEqual({
    ...manifestIn(FLEET).dependencies,
    'ipmi-bt': `^${manifestIn(ROOT).version}`,
  });
  expect(offenders(files, (name) => !existsSync(join(target, name)))).toEqual([]);
  expect(readdirSync(target).sort()).toEqual([
    ...['LICENSE', 'README.md', 'ansible', 'bin', 'dist', 'nagios', 'nhc', 'package.json'],
    ...['slurm', 'systemd'],
  ]);
  expect(existsSync(join(target, 'dist/index.d.ts'))).toBe(true);
  // The page of "ipmi-bt-fleet serve" is a few files, which the build puts beside its scripts.
  const page = ['index.html', 'page.css', 'icon.svg', 'page.js', 'rows.js'];
  expect(offenders(page, (name) => !existsSync(join(target, 'dist/browser', name)))).toEqual([]);
  // npm packs the mode of a file.
  expect(offenders(PROGRAMS, (name) => !isProgram(join(target, name)))).toEqual([]);
});

test('the collection of Ansible has the version of the package', () => {
  const galaxy = parse(readFileSync(join(FLEET, 'ansible/galaxy.yml'), 'utf8')) as Manifest;

  expect(galaxy.version).toBe(manifestIn(FLEET).version);
});

test('in the workspace it needs the folder, and npm packs no such package', async () => {
  expect(manifestIn(FLEET).dependencies['ipmi-bt']).toBe('file:../..');
  expect(realpathSync(join(ROOT, 'node_modules/ipmi-bt'))).toBe(realpathSync(ROOT));

  const refused = run('npm', ['pack', '--dry-run'], { cwd: FLEET });
  await expect(refused).rejects.toThrow('this would depend on a folder');
});
