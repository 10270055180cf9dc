/** `ipmi-bt lan apply`, in a process, on the simulated BMC. */

import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';

import { SIM_LINE, runCli } from '../../support/cli-run.ts';
import { expectObjects } from '../../support/json-output.ts';
import { tempFolder } from '../../support/temp-folder.ts';

/** A file of that content, and the folder it is in. */
function fileOf(content: unknown): string {
  const path = join(tempFolder(), 'lan.json');
  writeFileSync(path, typeof content === 'string' ? content : JSON.stringify(content));
  return path;
}

const WANTED = { ipv4: { address: '192.0.2.20', netmask: '255.255.255.0' }, vlan: { id: 5 } };

describe('lan apply', () => {
  test('prints what it changed', async () => {
    const { stdout, stderr, exit } = await runCli('--sim', 'lan', 'apply', fileOf(WANTED), '--yes');

    expect({ stderr, exit }).toEqual({ stderr: SIM_LINE, exit: 0 });
    expect(stdout).toBe(`lan.ipv4.address: 192.0.2.10 -> 192.0.2.20
lan.vlan.id: none -> 5
2 settings changed
`);
  });

  test('with --check prints what would change, and ends with 2; it needs no --yes', async () => {
    const { stdout, exit } = await runCli('--sim', 'lan', 'apply', fileOf(WANTED), '--check');

    expect(exit).toBe(2);
    expect(stdout).toMatch(/\n2 settings would change\n$/);
  });

  test('ends with 0 where all is as wanted', async () => {
    const file = fileOf({ ipv4: { source: 'static' } });

    const checked = await runCli('--sim', 'lan', 'apply', file, '--check');

    expect(checked).toMatchObject({ stdout: 'all is as wanted\n', exit: 0 });
  });

  test('with --json prints one object of its schema', async () => {
    const { stdout, exit } = await runCli(
      '--sim',
      '--json',
      'lan',
      'apply',
      fileOf(WANTED),
      '--yes',
    );

    expect(exit).toBe(0);
    expect(expectObjects(stdout, 'apply-result')).toMatchObject([
      {
        family: 'lan',
        channel: 1,
        check: false,
        changes: [
          { path: 'lan.ipv4.address', from: '192.0.2.10', to: '192.0.2.20', secret: false },
          { path: 'lan.vlan.id', from: null, to: 5, secret: false },
        ],
        unverified: [],
        warnings: [],
      },
    ]);
  });

  test('without a terminal and --yes sends nothing', async () => {
    const { stdout, stderr, exit } = await runCli('--sim', 'lan', 'apply', fileOf(WANTED));

    expect({ stdout, exit }).toEqual({ stdout: '', exit: 64 });
    // The simulated BMC was not even opened.
    expect(stderr).toMatch(/Confirm with --yes; nothing was sent/);
    expect(stderr).not.toContain(SIM_LINE);
  });

  test('is told that the BMC refuses a setting, with its path', async () => {
    const file = fileOf({ cipherSuites: { '0': 'unused' } });

    const { stderr, exit } = await runCli('--sim', 'lan', 'apply', file, '--yes');

    expect(exit).toBe(1);
    expect(stderr).toContain('lan.cipherSuites.0: the BMC does not have this suite; it has 3, 17');
  });

  test('takes the community string from a file beside its own, and shows it nowhere', async () => {
    const file = fileOf({ snmpCommunityFile: 'community' });
    writeFileSync(join(file, '..', 'community'), 'hunter2\n', { mode: 0o600 });

    const shown = ['--sim', '--trace-payload', '--log-level', 'trace'];
    const { stdout, stderr, exit } = await runCli(...shown, 'lan', 'apply', file, '--yes');

    expect(exit).toBe(0);
    expect(stderr.length).toBeGreaterThan(1000);
    expect(stderr).not.toMatch(/hunter|68 75 6e|104,117,110/);
    expect(stdout).toBe('lan.snmpCommunity: (secret)\n1 setting changed\n');
  });
});

describe('a file that is wrong is refused, and nothing is sent:', () => {
  test.each<[unknown, string]>([
    [{ ipv4: { address: '10.0.0' } }, 'lan.ipv4.address: "10.0.0" is not an IPv4 address'],
    [{ ipv5: {} }, 'lan has no setting "ipv5"; did you mean ipv4?'],
    ['{"ipv4":', 'is not JSON'],
    [{ snmpCommunity: 'hunter2' }, 'lan.snmpCommunity: a secret does not stand in this file'],
    [{ snmpCommunityFile: 5 }, 'lan.snmpCommunityFile is not a path'],
    [{ snmpCommunityFile: 'absent' }, 'cannot be read: there is no such file'],
    [[], 'lan: an array is not an object'],
  ])('%j', async (content, message) => {
    const { stdout, stderr, exit } = await runCli(
      '--sim',
      'lan',
      'apply',
      fileOf(content),
      '--yes',
    );

    expect({ stdout, exit }).toEqual({ stdout: '', exit: 64 });
    expect(stderr).toContain(message);
    expect(stderr).not.toMatch(/hunter2|simulated/);
  });

  test('one that is not there', async () => {
    const { stderr, exit } = await runCli('--sim', 'lan', 'apply', '/absent/lan.json', '--check');

    expect(exit).toBe(64);
    expect(stderr).toContain('/absent/lan.json cannot be read: there is no such file');
  });
});
