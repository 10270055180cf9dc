/** Modules of the running kernel, by the list that modprobe uses. */

import { chmodSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, onTestFinished, test } from 'vitest';

import { hasModule, isLoaded, kernelRelease, modprobe } from '../../src/kernel/module.ts';
import { fakeFiles } from '../support/fake-files.ts';
import { tempFolder } from '../support/temp-folder.ts';

const RELEASE = { '/proc/sys/kernel/osrelease': '6.1.0-9-amd64\n' };
const LIST = '/lib/modules/6.1.0-9-amd64/modules.dep';

test('a driver is loaded while its folder is there, on its bus', () => {
  const files = fakeFiles({ '/sys/bus/pci/drivers/ipmi_si/bind': '' });

  expect([isLoaded('pci', 'ipmi_si', files), isLoaded('platform', 'ipmi_si', files)]).toEqual([
    ...[true, false],
  ]);
});

describe('a module is there', () => {
  const list =
    'kernel/drivers/uio/uio.ko.xz:\nextra/ipmi_bt_uio.ko: kernel/uio.ko.xz\ntop.ko.zst:\n';
  const files = fakeFiles({ ...RELEASE, [LIST]: list });

  test.each([
    ['uio', true],
    ['ipmi_bt_uio', true],
    ['top', true],
    ['bt_uio', false],
    ['ipmi_bt', false],
    ['uio_pci_generic', false],
  ])('%s: %s', (name, expected) => {
    expect(hasModule(name, files)).toBe(expected);
  });

  test('only in the list of the running kernel', () => {
    expect(hasModule('uio', fakeFiles({ [LIST]: list }))).toBe(false);
    expect([kernelRelease(files), kernelRelease(fakeFiles({}))]).toEqual([
      ...['6.1.0-9-amd64', 'unknown'],
    ]);
  });
});

describe('modprobe', () => {
  /** A program of that name in front of the path. */
  function install(script: string): string {
    const folder = tempFolder();
    const program = join(folder, 'modprobe');
    writeFileSync(program, `#!/bin/sh\n${script}\n`);
    chmodSync(program, 0o755);
    const path = process.env['PATH'];
    process.env['PATH'] = `${folder}:${path ?? ''}`;
    onTestFinished(() => {
      process.env['PATH'] = path;
    });
    return folder;
  }

  test('gets the module and its parameters', () => {
    install('[ "$*" = "ipmi_bt_uio spacing=4" ]');

    expect(() => {
      modprobe('ipmi_bt_uio', 'spacing=4');
    }).not.toThrow();
    expect(() => {
      modprobe('ipmi_bt_uio');
    }).toThrow('PORT_UNSUPPORTED');
  });

  test('that fails is an error with its own words', () => {
    install('echo "modprobe: FATAL: no such module" >&2; exit 1');

    expect(() => {
      modprobe('acme');
    }).toThrow(
      'PORT_UNSUPPORTED: the module acme could not be loaded: modprobe: FATAL: no such module',
    );
  });

  test('that is missing is an error as well', () => {
    install('');
    process.env['PATH'] = '/nowhere';

    expect(() => {
      modprobe('acme');
    }).toThrow(/could not be loaded: spawnSync modprobe ENOENT/);
  });
});
