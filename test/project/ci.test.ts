/** The parts of `.ci/run`: counting the tests, the packages, the versions. */

import { chmodSync, mkdirSync, writeFileSync } from 'node:fs';
import { execFileSync, spawnSync } from 'node:child_process';
import { join, resolve } from 'node:path';

import { describe, expect, test } from 'vitest';

import { readText } from '../support/source-code.ts';
import { tempFolder } from '../support/temp-folder.ts';
import { offenders } from '../support/lists.ts';

/** A report of vitest: the numbers that are counted. */
interface Numbers {
  readonly passed: number;
  readonly failed?: number;
  readonly skipped?: number;
  readonly success?: boolean;
}

function output(command: string, args: readonly string[], env: NodeJS.ProcessEnv) {
  const { status, stdout, stderr } = spawnSync(command, args, { encoding: 'utf8', env });
  return { status, stdout, stderr };
}

describe('the count', () => {
  /** What it says of one run named `unit`, of which `least` says the least number. */
  function count(least: string, report?: Numbers) {
    const folder = tempFolder();
    const [file, recorded] = [join(folder, 'report.json'), join(folder, 'least')];
    writeFileSync(recorded, `# A comment.\n${least}\n`);
    if (report !== undefined) {
      const { passed, failed = 0, skipped = 0, success = failed === 0 } = report;
      const json = { numPassedTests: passed, numFailedTests: failed, numPendingTests: skipped };
      writeFileSync(file, JSON.stringify({ ...json, numTodoTests: 0, success }));
    }
    const env = { ...process.env, IPMI_BT_LEAST_TESTS: recorded };
    const run = output(process.execPath, ['.ci/count.mjs', `unit=${file}`], env);
    return { status: run.status, lines: run.stdout.replace(file, 'FILE').trimEnd().split('\n') };
  }

  test('is green when as many tests ran as were recorded', () => {
    expect(count('unit 5', { passed: 5 })).toEqual({ status: 0, lines: ['5 passed, 0 failed'] });
  });

  test.each<readonly [string, string, Numbers | undefined, string, string]>([
    ['fewer tests ran', 'unit 5', { passed: 4 }, 'unit: 4 tests ran, 1 fewer than ', '4 passed, 1'],
    ['none is recorded', 'vm 5', { passed: 4 }, 'unit: 4 tests ran, and .ci/least', '4 passed, 1'],
    ['a test failed', 'unit 5', { passed: 4, failed: 1 }, '4 passed, 1', '4 passed, 1'],
    [
      'a test was skipped',
      'unit 5',
      { passed: 5, skipped: 2 },
      'unit: 2 tests were',
      '5 passed, 2',
    ],
    ['it failed elsewhere', 'unit 5', { passed: 5, success: false }, '5 passed', '5 passed, 1'],
    ['there is no report', 'unit 5', undefined, 'unit: the run left no report', '0 passed, 1'],
  ])('is red when %s', (...[, least, report, first, last]) => {
    const { status, lines } = count(least, report);

    expect(status).toBe(1);
    expect(lines[0]?.startsWith(first)).toBe(true);
    expect(lines.at(-1)).toBe(`${last} failed`);
  });

  test('says the number to record when more tests ran', () => {
    expect(count('unit 5', { passed: 7 })).toEqual({
      status: 0,
      lines: ['unit: 7 tests ran; write "unit 7" into .ci/least-tests', '7 passed, 0 failed'],
    });
  });

  test('has a number for each run of CI', () => {
    const runs = [...readText('.ci/run').matchAll(/"(\w+)=\$reports\//g)].map(([, name]) => name);
    const recorded = [...readText('.ci/least-tests').matchAll(/^(\w+) (\d+)$/gm)];

    expect(recorded.map(([, name]) => name)).toEqual(runs);
    expect(offenders(recorded, ([, , least]) => !(Number(least) > 100))).toEqual([]);
  });
});

/** A PATH with programs of these texts in front of the real ones. */
function pathWith(programs: Readonly<Record<string, string>>): string {
  const bin = join(tempFolder(), 'bin');
  mkdirSync(bin);
  for (const [name, text] of Object.entries(programs)) {
    writeFileSync(join(bin, name), `#!/bin/sh\n${text}\n`);
    chmodSync(join(bin, name), 0o755);
  }
  return `${bin}:${process.env['PATH'] ?? ''}`;
}

describe('the packages', () => {
  /** Debian, with all programs installed, and without the package of that name. */
  function install(lacking: string, aptGet: string) {
    const tools = [
      ...['qemu-system-x86_64', 'busybox', 'ipmitool', 'depmod', 'ipmi_sim', 'chromium'],
      ...['mmdebstrap', 'mksquashfs', 'zsh', 'fish', 'mandoc', 'prometheus', 'nats-server'],
      ...['slurmctld', 'slurmd', 'srun', 'munged', 'ansible-playbook', 'clush'],
    ];
    const PATH = pathWith({
      ...Object.fromEntries(tools.map((tool) => [tool, ''])),
      'dpkg-query': 'exit 1',
      'apt-cache': `[ "$2" != "${lacking}" ]`,
      'apt-get': aptGet,
    });
    return output('bash', [resolve('.ci/packages')], { ...process.env, PATH });
  }

  test('are installed', () => {
    expect(install('', 'echo "$*"')).toEqual({
      status: 0,
      stdout: [
        'update -qq\n',
        'install -y -qq --no-install-recommends libelf1\n',
        'install -y -qq --no-install-recommends fonts-dejavu-core\n',
      ].join(''),
      stderr: '',
    });
  });

  test.each([
    ['the archive does not have it', 'linux-image-6.12-amd64', 'linux-image-6.12-amd64', ''],
    ['it cannot be installed', '', 'libelf1 fonts-dejavu-core', '[ "$1" != install ]'],
  ])('that cannot be had are named: %s', (...[, lacking, named, aptGet]) => {
    const { status, stderr } = install(lacking, aptGet);

    expect(status).toBe(1);
    expect(stderr).toContain(`these packages cannot be had: ${named} (`);
  });

  test('need no archive when all are there', () => {
    const { status, stderr } = install('', '[ "$1" != update ]');

    expect(status).toBe(0);
    expect(stderr).toContain('apt-get update failed; going on');
  });
});

describe('the versions', () => {
  function versions(qemu: string) {
    const PATH = pathWith({
      'qemu-system-x86_64': `echo "QEMU emulator version ${qemu} (Debian)"`,
    });
    return output('bash', [resolve('.ci/versions')], { ...process.env, PATH });
  }

  test('of Node, QEMU, ipmitool, openipmi and the kernels are said', () => {
    const { status, stdout } = versions('7.2.22');

    expect(status).toBe(0);
    expect(stdout.split('\n').map((line) => line.split(' ', 1).join(''))).toEqual([
      ...['Node', 'QEMU', 'ipmitool', 'prometheus', 'slurm', 'nats-server', 'chromium'],
      ...['debhelper', 'g++', 'guest', 'guest', ''],
    ]);
    expect(stdout).toContain(`Node ${process.version}, npm `);
    expect(stdout).toMatch(/^QEMU 7\.2\.22 \(/m);
    expect(stdout).toMatch(/^ipmitool \S+, openipmi \S+$/m);
    expect(stdout).toMatch(/^guest kernel linux-image-6\.12-amd64 \S+$/m);
  });

  test.each([
    ['7.1.9', '7.1.9 is'],
    ['6.10.0', '6.10.0 is'],
    ['', 'of unknown version is'],
  ])('include one of QEMU that is too old: "%s"', (qemu, told) => {
    const { status, stderr } = versions(qemu);

    expect(status).toBe(1);
    expect(stderr).toBe(`QEMU ${told} older than 7.2, which the tests expect\n`);
  });

  test('newer ones of QEMU are taken', () => {
    expect(versions('10.0.2').status).toBe(0);
  });
});

test('.ci/run uses these parts, and its last line is the count', () => {
  const run = readText('.ci/run').trimEnd().split('\n');

  expect(run.join('\n')).toMatch(/\n\.?.*\.ci\/packages.*\.ci\/versions/);
  expect(run.slice(-2)[0]).toMatch(/^node \.ci\/count\.mjs .* \|\| failed=1$/);
  expect(run.at(-1)).toBe('exit "$failed"');
  execFileSync('bash', ['-n', '.ci/run']);
});
