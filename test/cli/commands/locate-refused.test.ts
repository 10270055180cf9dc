/** `locate` where the ports cannot be had, and where firmware leaves something out. */

import { describe, expect, test } from 'vitest';

import { locate } from '../../../src/cli/commands/locate.ts';
import { fakeFiles } from '../../support/fake-files.ts';
import { captured, smbios, type38 } from '../../support/hosts.ts';
import type { HostFiles } from '../../support/hosts.ts';

function run(host: HostFiles, { json = false } = {}) {
  const openPort = () => {
    throw new Error('a port was opened');
  };
  const none = { named: undefined, explain: false, probeDefaults: false };
  return locate({ files: fakeFiles(host), openPort, json, ...none });
}

describe('an interface whose ports cannot be had is not chosen:', () => {
  const STATUS = 'Uid:\t0\t0\t0\t0\nCapEff:\t000001ffffffffff\nSeccomp:\t0\n';
  const UNPRIVILEGED = STATUS.replace('000001ff', '0000').replace(/f{4,}/, '00000000');
  const LOCKDOWN = '/sys/kernel/security/lockdown';

  test.each<[string, HostFiles, RegExp]>([
    [
      'the kernel is locked down',
      { '/proc/self/status': STATUS, [LOCKDOWN]: 'none [integrity] confidentiality\n' },
      /the ports cannot be had: kernel lockdown "integrity"/,
    ],
    [
      'this process is not root',
      { '/proc/self/status': UNPRIVILEGED.replaceAll('\t0', '\t1000') },
      /the ports cannot be had: needs root or CAP_SYS_RAWIO/,
    ],
    [
      'root has no CAP_SYS_RAWIO',
      { '/proc/self/status': UNPRIVILEGED },
      /the ports cannot be had: root without CAP_SYS_RAWIO/,
    ],
    [
      'root is that of a user namespace',
      { '/proc/self/status': STATUS, '/proc/self/uid_map': '0 1000 1\n' },
      /the ports cannot be had: CAP_SYS_RAWIO of a user namespace does not count/,
    ],
  ])('%s', (_, files, reason) => {
    const { stdout, exit } = run({ ...captured('two'), ...files }, { json: true });

    expect(exit).toBe(77);
    const { candidates } = JSON.parse(stdout) as { candidates: readonly Record<string, unknown>[] };
    expect(candidates).toMatchObject([
      { chosen: false, reason: expect.stringMatching(reason) as unknown },
      { chosen: false },
    ]);
    const bound = run({ ...captured('isa-bt-bound'), ...files });
    expect(bound.exit).toBe(77);
    expect(run({ ...captured('kcs'), ...files }).exit).toBe(69);
  });

  test('but is where nothing stands in the way', () => {
    const free = {
      '/proc/self/status': STATUS,
      '/proc/self/uid_map': '         0          0 4294967295\n',
      [LOCKDOWN]: '[none] integrity confidentiality\n',
    };

    const { stdout, exit } = run({ ...captured('isa-bt'), ...free });

    expect(exit).toBe(0);
    expect(stdout).toContain('Verdict: chosen: the first usable interface\n');
  });
});

test('what firmware leaves out is not a number', () => {
  const host = smbios(type38({ base: 1n, modifier: 0xc0, irq: 0xff }));

  const { stdout } = run({ ...captured('none'), ...host }, { json: true });

  expect(JSON.parse(stdout)).toMatchObject({
    candidates: [{ base: null, register_spacing: null, irq: null }],
  });
  expect(run({ ...captured('none'), ...host }).stdout).toContain('Register spacing: unknown\n');
});
