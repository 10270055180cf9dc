/** `ipmi-bt version`: what is known of the program, and of hosts of each kind. */

import { expect, test } from 'vitest';

import { versionJson, versionText } from '../../../src/cli/commands/version.ts';
import type { NativeLoad } from '../../../src/native.ts';
import { runCli } from '../../support/cli-run.ts';
import { fakeFiles } from '../../support/fake-files.ts';
import type { FakeTable } from '../../support/fake-files.ts';
import { expectObjects } from '../../support/json-output.ts';
import { readText } from '../../support/source-code.ts';

const MISSING: NativeLoad = {
  ...{ kind: 'missing', reason: 'it was not built', remedy: 'build it', cause: undefined },
};

const LOADED = { kind: 'loaded' } as NativeLoad;

/** A host where everything can be used. */
const ABLE: FakeTable = {
  '/proc/self/status': 'Name:\tnode\nUid:\t0\nCapEff:\t000001ffffffffff\nSeccomp:\t0\n',
  '/proc/ioports': '0ce4-0ce6 : IPI0001:00\n',
  '/proc/sys/kernel/osrelease': '6.1.0-1-amd64\n',
  '/sys/kernel/security/lockdown': '[none] integrity confidentiality\n',
  '/lib/modules/6.1.0-1-amd64/modules.dep': 'kernel/drivers/uio/uio_pci_generic.ko.xz:\n',
  '/dev/port': { device: '1:4' },
  '/dev/cuse': { device: '10:203' },
  '/etc/ipmi-bt.json': '{ "base": "0xce4" }\n',
};

/** One where nothing can. */
const UNABLE: FakeTable = {
  '/proc/self/status': 'Name:\tnode\nUid:\t1000\nCapEff:\t0000000000000000\nSeccomp:\t0\n',
  '/proc/ioports': '0000-0000 : IPI0001:00\n',
  '/etc/ipmi-bt.json': '{ "base": 1 \n',
};

function rows(table: FakeTable, native: NativeLoad): Record<string, string> {
  const text = versionText({ files: fakeFiles(table), load: () => native });
  const pairs = text.trimEnd().split('\n');
  return Object.fromEntries(
    pairs.map((row) => [row.slice(0, 26).trimEnd(), row.slice(28)] as const),
  );
}

test('a host where everything can be used', () => {
  expect(rows(ABLE, LOADED)).toEqual({
    'ipmi-bt': '',
    Build: 'unknown',
    Node: `${process.version} ${process.arch}`,
    Kernel: '6.1.0-1-amd64',
    'Kernel lockdown': 'none',
    'Port backend': 'native',
    Addon: 'loaded',
    'Port file': '/dev/port',
    'Right to use ports': 'nothing forbids it, as far as files tell',
    'Owners of ports': 'can be seen in /proc/ioports',
    Interrupts: 'by uio_pci_generic',
    'Device file of serve': 'CUSE is there',
    'Config file': '/etc/ipmi-bt.json: the interface at 0xce4',
  });
});

test('a host where nothing can be used says of each thing why not', () => {
  expect(rows(UNABLE, MISSING)).toMatchObject({
    Kernel: 'unknown',
    'Kernel lockdown': 'unknown',
    'Port backend': 'none',
    Addon: 'no: PORT_UNSUPPORTED: it was not built: build it',
    'Port file': 'no: PORT_UNSUPPORTED: there is no /dev/port',
    'Right to use ports': expect.stringMatching(/^no: PORT_DENIED: .*run it with sudo/) as string,
    'Owners of ports': expect.stringMatching(/^no: PORT_CLAIMED: .*hides .*run as root/) as string,
    Interrupts: expect.stringMatching(/^no: PORT_UNSUPPORTED: .*is polled$/) as string,
    'Device file of serve': expect.stringMatching(/^no: PORT_UNSUPPORTED: .*cuse/) as string,
    'Config file': expect.stringMatching(/^no: \/etc\/ipmi-bt\.json/) as string,
  });
});

test('without the addon the backend is /dev/port, where it is there', () => {
  expect(rows(ABLE, MISSING)['Port backend']).toBe('dev-port');
});

test('lockdown forbids what the capability allows', () => {
  const locked = { ...ABLE, '/sys/kernel/security/lockdown': 'none [integrity] confidentiality\n' };

  expect(rows(locked, LOADED)).toMatchObject({
    'Kernel lockdown': 'integrity',
    'Right to use ports': expect.stringMatching(/^no: PORT_LOCKED_DOWN: .*Secure Boot/) as string,
  });
});

test('JSON has the same', () => {
  const text = versionJson({ files: fakeFiles(UNABLE), load: () => MISSING });
  const [object] = expectObjects(text, 'version');

  expect(object).toMatchObject({ commit: null, build_date: null, lockdown: null, backend: null });
  expect(object?.['checks']).toHaveLength(7);
});

test('the built program knows its version and its build', async () => {
  const { version } = JSON.parse(readText('package.json')) as { readonly version: string };

  const plain = await runCli('version');
  const asked = await runCli('--version', '--verbose');
  const json = await runCli('-V', '--json', '--verbose');

  expect(plain).toMatchObject({ stderr: '', exit: 0 });
  expect(plain.stdout.split('\n')[0]).toBe(`ipmi-bt                   : ${version}`);
  expect(plain.stdout).toMatch(/^Build {21}: ([\da-f]{7,}(-dirty)?, \d{4}-\d\d-\d\d|unknown)$/m);
  expect(asked).toEqual(plain);
  expect(expectObjects(json.stdout, 'version')[0]).toMatchObject({ program_version: version });
});

test('--verbose is an option of --version alone', async () => {
  expect(await runCli('--verbose')).toMatchObject({ exit: 64, stdout: '' });
  expect(await runCli('--version', '--verbose', '--nothing')).toMatchObject({ exit: 64 });
  expect(await runCli('info', '--version', '--verbose')).toMatchObject({ exit: 64 });
});
