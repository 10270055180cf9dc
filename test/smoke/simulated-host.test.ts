/** The files of the simulated machine, as discovery reads them. */

import { expect, test } from 'vitest';

import { discover } from '../../src/discover/discover.ts';
import { simulatedHost } from '../../src/smoke/simulated-host.ts';

test('a lie of its firmware is one that discovery sees', () => {
  const { candidates } = discover({ files: simulatedHost({ smbiosBase: 0xce4 }) });

  expect(candidates.flatMap(({ firmwareBugs }) => firmwareBugs).join()).toContain('SMBIOS');
});

test('it is a file system to read from', () => {
  const files = simulatedHost({}, { '/proc/modules': 'uio 1 0\n' });

  expect(files.readText('/proc/modules')).toBe('uio 1 0\n');
  expect(files.readText('/proc/nothing')).toBeUndefined();
  expect(files.list('/sys/firmware')).toEqual(['acpi', 'dmi']);
  expect(files.look('/sys/firmware/dmi/entries')).toEqual({ kind: 'read', names: ['38-0'] });
  expect(files.look('/sys/class')).toEqual({ kind: 'gone' });
  expect(files.stat('/proc/modules')).toMatchObject({ kind: 'file', uid: 0 });
  expect(files.stat('/proc')).toMatchObject({ kind: 'folder' });
  expect(files.stat('/dev')).toBeUndefined();
  expect(files.linkTarget('/proc/modules')).toBeUndefined();
});
