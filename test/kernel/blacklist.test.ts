/** The file that keeps ipmi_si from being loaded at the next boot. */

import { execFileSync } from 'node:child_process';
import { existsSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';

import {
  MODPROBE_FILE,
  endPersistent,
  isPersistent,
  makePersistent,
} from '../../src/kernel/blacklist.ts';
import { FakeSystem } from '../support/fake-files.ts';
import { tempFolder } from '../support/temp-folder.ts';

const MODPROBE = '/usr/sbin/modprobe';

test('is written once or twice, and removed once', () => {
  const system = new FakeSystem({});

  makePersistent(system);
  makePersistent(system);
  expect(isPersistent(system)).toBe(true);

  expect([endPersistent(system), endPersistent(system)]).toEqual([true, false]);
  expect(isPersistent(system)).toBe(false);
});

describe('a file that another program wrote', () => {
  test.each(['', 'blacklist ipmi_si\n', '# Written by somebody.\n'])('%j stays', (text) => {
    const system = new FakeSystem({ [MODPROBE_FILE]: text });

    for (const change of [isPersistent, makePersistent, endPersistent]) {
      expect(() => change(system)).toThrow('was not written by ipmi-bt: move it out of the way');
    }
    expect(system.changes).toEqual([]);
  });
});

test.runIf(existsSync(MODPROBE))('modprobe reads it, and would run false for ipmi_si', () => {
  const system = new FakeSystem({});
  makePersistent(system);
  const folder = tempFolder();
  writeFileSync(join(folder, 'ipmi-bt.conf'), system.readText(MODPROBE_FILE) ?? '');

  const shown = execFileSync(MODPROBE, ['-C', folder, '-n', '-v', 'ipmi_si'], { encoding: 'utf8' });
  const config = execFileSync(MODPROBE, ['-C', folder, '-c'], { encoding: 'utf8' });

  expect(shown.trim()).toBe('install /bin/false');
  expect(config).toMatch(/^blacklist ipmi_si$/m);
});
