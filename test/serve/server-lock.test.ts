/** The lock of a server, and the name of its device file. */

import { chmodSync, existsSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, onTestFinished, test } from 'vitest';

import { systemFiles } from '../../src/files.ts';
import type { Files } from '../../src/files.ts';
import { loadNative } from '../../src/native.ts';
import { serverLockPath } from '../../src/serve/place.ts';
import { ServerLock, checkNoServer } from '../../src/serve/server-lock.ts';
import { fakeFiles } from '../support/fake-files.ts';
import { noNative } from '../support/fake-native.ts';
import { tempFolder } from '../support/temp-folder.ts';

const BASE = 0xce4;

const STOP = 'stop it with `systemctl stop ipmi-bt-serve`';

/** This host, with only those files in /dev. */
function hostWith(...paths: readonly string[]): Files {
  const fake = fakeFiles(Object.fromEntries(paths.map((path) => [path, ''])));
  return Object.assign(Object.create(systemFiles) as Files, {
    exists: (path: string) => fake.exists(path),
  });
}

/** Takes the lock of an interface in that folder. */
function lockIn(folder: string, { base = BASE, files = hostWith(), load = loadNative } = {}) {
  const lock = new ServerLock({ base, files, load, folder });
  onTestFinished(() => {
    lock.close();
  });
  return lock;
}

describe.each([
  ['the addon', loadNative],
  ['flock(1)', noNative],
])('an interface, by %s,', (_, load) => {
  test('has one server', () => {
    const folder = tempFolder();
    const first = lockIn(folder, { load });

    expect(() => lockIn(folder, { load })).toThrow(
      `DEVICE_LOCKED: another process serves 0xce4: ${STOP}`,
    );

    first.close();
    first.close();
    expect(lockIn(folder, { load }).chooseName()).toBe('ipmi0');
  });

  test('is served beside another', () => {
    const folder = tempFolder();
    lockIn(folder, { load });

    expect(lockIn(folder, { load, base: 0xd00 }).chooseName()).toBe('ipmi0');
  });
});

describe('the name of the device file', () => {
  test('is the first that is free', () => {
    const lock = lockIn(tempFolder(), { files: hostWith('/dev/ipmi0', '/dev/ipmi1') });

    expect(lock.chooseName()).toBe('ipmi2');
  });

  test('is kept for the next server, and not taken by that of another interface', () => {
    const folder = tempFolder();
    const first = lockIn(folder, { files: hostWith('/dev/ipmi0') });
    first.remember(first.chooseName());
    first.close();

    expect(lockIn(folder).chooseName()).toBe('ipmi1');
    const other = lockIn(folder, { base: 0xd00, files: hostWith('/dev/ipmi0') });
    expect(other.chooseName()).toBe('ipmi2');
    other.remember('ipmi2');
    expect(lockIn(folder, { base: 0xe00 }).chooseName()).toBe('ipmi0');
  });

  test('that an operator has named is kept as well', () => {
    const folder = tempFolder();
    const first = lockIn(folder);
    first.remember('ipmidev/0');
    first.close();

    expect(lockIn(folder).chooseName()).toBe('ipmidev/0');
  });

  test('is chosen anew where the file has none', () => {
    const folder = tempFolder();
    writeFileSync(serverLockPath(BASE, folder), '../etc/passwd\n', { mode: 0o600 });

    expect(lockIn(folder).chooseName()).toBe('ipmi0');
  });

  test('is none where all are taken', () => {
    const all = Array.from({ length: 256 }, (_, number) => `/dev/ipmi${number}`);
    const lock = lockIn(tempFolder(), { files: hostWith(...all) });

    expect(() => lock.chooseName()).toThrow(
      'DEVICE_LOCKED: /dev/ipmi0 to /dev/ipmi255 are all taken; name another with --name',
    );
  });
});

describe('the folder', () => {
  test('is made so that other users reach the sockets, but not the lock', () => {
    const folder = join(tempFolder(), 'made');
    lockIn(folder).remember('ipmi4');

    const lock = join(folder, 'ce4.lock');
    expect(readFileSync(lock, 'utf8')).toBe('ipmi4');
    expect([folder, lock].map((path) => statSync(path).mode & 0o777)).toEqual([0o755, 0o600]);
  });

  test('is refused when others may write there', () => {
    const folder = tempFolder();
    chmodSync(folder, 0o777);

    expect(() => lockIn(folder)).toThrow(
      `PORT_DENIED: the interface cannot be locked with ${folder}: others may write there`,
    );
    expect(existsSync(serverLockPath(BASE, folder))).toBe(false);
  });
});

describe('a check without the lock', () => {
  test('finds the process that has it', () => {
    const folder = tempFolder();
    const path = serverLockPath(BASE, folder);
    lockIn(folder);
    const { ino } = statSync(path);
    const table = {
      '/proc/locks': `1: FLOCK  ADVISORY  WRITE 4321 00:19:${ino} 0 EOF\n`,
      '/proc/4321/fd/18': { linkTo: path },
    };

    expect(() => {
      checkNoServer(BASE, fakeFiles(table), folder);
    }).toThrow(`DEVICE_LOCKED: pid 4321 serves 0xce4: ${STOP} or \`kill 4321\``);
  });

  test('finds none where none is, and makes no file', () => {
    const folder = tempFolder();

    expect(() => {
      checkNoServer(BASE, systemFiles, folder);
    }).not.toThrow();
    expect(existsSync(serverLockPath(BASE, folder))).toBe(false);
  });
});
