/** `ipmi-bt serve --check`: on hosts that lack one thing or another, and on this one. */

import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';

import { findingsOf } from '../../../src/cli/commands/serve-check.ts';
import type { ServeChoices } from '../../../src/cli/commands/serve-choices.ts';
import { readGlobals } from '../../../src/cli/globals.ts';
import type { GLOBAL_OPTIONS } from '../../../src/cli/globals.ts';
import { readLine } from '../../../src/cli/parser.ts';
import type { Values } from '../../../src/cli/spec.ts';
import { PROGRAM } from '../../../src/cli/whole-run.ts';
import { POLICY_FILE } from '../../../src/serve/policy-file.ts';
import { runCli } from '../../support/cli-run.ts';
import { fakeFiles } from '../../support/fake-files.ts';
import { fakeNative, noNative } from '../../support/fake-native.ts';
import { captured } from '../../support/hosts.ts';
import type { HostFiles } from '../../support/hosts.ts';
import { expectObjects } from '../../support/json-output.ts';
import { tempFolder } from '../../support/temp-folder.ts';

const CUSE: HostFiles = { '/dev/cuse': { device: '10:203' } };
const KERNEL = { '/sys/class/ipmi/ipmi0/dev': '240:0', '/dev/ipmi0': { device: '240:0' } };

/** A device file whose name is chosen. */
const FILE: ServeChoices = {
  access: { uid: 0, gid: 0, mode: 0o600 },
  ...{ name: undefined, socket: undefined, dummy: undefined, feed: undefined },
};

/** The findings on a host with these files, as rows of text and exit code. */
function found(
  files: HostFiles,
  words = '',
  {
    load = fakeNative().load,
    ...choices
  }: ServeChoices & { readonly load?: typeof noNative } = FILE,
) {
  const line = readLine(PROGRAM, ['serve', ...words.split(' ').filter(Boolean)]);
  if (line.kind !== 'command') throw new Error(`no command, but ${line.kind}`);
  const globals = readGlobals(line.globals as Values<typeof GLOBAL_OPTIONS>);
  const findings = findingsOf(choices, globals, { files: fakeFiles(files), load });
  return Object.fromEntries(findings.map(({ item, text, exit }) => [item, { text, exit }]));
}

const met = (text: string) => ({ text, exit: undefined });

describe('a host', () => {
  test('that has all of it can serve', () => {
    expect(found({ ...captured('isa-bt'), ...CUSE })).toEqual({
      Policy: met('root alone'),
      Addon: met('loaded'),
      Interface: met('0xce4, which no driver has'),
      Server: met('no other one'),
      'Device file': met('CUSE is there; the name is the last one, or the first that is free'),
    });
  });

  test('that the simulated BMC is on needs no interface', () => {
    expect(Object.keys(found(CUSE, '--sim'))).toEqual(['Policy', 'Addon', 'Device file']);
  });

  test('on which there shall be no device file needs no CUSE', () => {
    const sockets = { ...FILE, access: undefined };

    expect(Object.keys(found({}, '--sim', sockets))).toEqual(['Policy', 'Addon']);
  });

  test('whose interface the kernel has can serve when it is taken', () => {
    const files = { ...captured('isa-bt-bound'), ...KERNEL, ...CUSE };
    const named = { ...FILE, name: 'ipmi0' };

    expect(found(files, '', named)).toMatchObject({
      Interface: { text: expect.stringContaining('use --takeover') as string, exit: 69 },
      'Device file': { exit: 69 },
    });
    expect(found(files, '--takeover', named)).toMatchObject({
      Interface: { text: expect.stringMatching(/^0xce4, taken from /) as string, exit: undefined },
      'Device file': met('/dev/ipmi0 goes with the driver from which the interface is taken'),
    });
    expect(found(files, '--takeover')['Device file']?.exit).toBeUndefined();
  });

  test.each<[lack: string, files: HostFiles, finding: readonly [string, RegExp, number]]>([
    ['an interface', CUSE, ['Interface', /: no BT interface was found; if there is one/, 69]],
    ['CUSE', captured('isa-bt'), ['Device file', /: there is no \/dev\/cuse/, 69]],
    [
      'a policy that can be read',
      { ...CUSE, [POLICY_FILE]: '{' },
      ['Policy', /^\/etc\/ipmi-bt-serve.json/, 78],
    ],
  ])('without %s cannot', (_, files, [item, text, exit]) => {
    expect(found(files)[item]).toEqual({ text: expect.stringMatching(text) as string, exit });
  });

  test('without the addon cannot', () => {
    expect(found(CUSE, '--sim', { ...FILE, load: noNative })['Addon']).toEqual({
      text: 'PORT_UNSUPPORTED: it was not built: run `npm run build:native`',
      exit: 69,
    });
  });

  test('on which the name is taken cannot', () => {
    const named = { ...FILE, name: 'ipmi7' };
    const files = { ...CUSE, '/dev/ipmi7': { device: '1:1' } };

    expect(found(files, '--sim', named)['Device file']).toMatchObject({ exit: 77 });
    expect(found(CUSE, '--sim', named)['Device file']?.text).toBe(
      '/dev/ipmi7 is free, and CUSE is there',
    );
  });
});

test('it is printed as text and as JSON, and nothing is made', async () => {
  const words = ['serve', '--check', '--sockets-only', '--socket', join(tempFolder(), 's')];
  const text = await runCli('--sim', ...words);
  const json = await runCli('--sim', '--json', ...words);

  expect(text).toMatchObject({ exit: 0, stdout: expect.stringMatching(/^Policy +: /) as string });
  expect(expectObjects(json.stdout, 'serve-check')).toMatchObject([
    {
      checks: [
        { item: 'Policy', ok: true },
        { item: 'Addon', ok: true, text: 'loaded' },
      ],
    },
  ]);
  expect(existsSync(words.at(-1) ?? '')).toBe(false);
});

test('its exit code is that of the first thing that lacks', async () => {
  const socket = join(tempFolder(), 's');
  const { stdout, exit } = await runCli('--sim', 'serve', '--check', '--socket', socket);

  const hasCuse = existsSync('/dev/cuse');
  expect(exit).toBe(hasCuse ? 0 : 69);
  expect(/^Device file +: no: PORT_UNSUPPORTED: /m.test(stdout)).toBe(!hasCuse);
});
