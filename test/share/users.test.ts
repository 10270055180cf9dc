/** Processes that have an interface open, or keep its driver away, with real locks. */

import { chmodSync, existsSync, readFileSync, rmSync, statSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, onTestFinished, test } from 'vitest';

import { systemFiles } from '../../src/files.ts';
import { Users, hasTakers } from '../../src/share/users.ts';
import { fakeFiles } from '../support/fake-files.ts';
import { noNative } from '../support/fake-native.ts';
import { tempFolder } from '../support/temp-folder.ts';

/** As many processes as are asked for, as far as their locks are concerned. */
function processes(load?: typeof noNative) {
  const folder = tempFolder();
  const start = (): Users => {
    const how = load === undefined ? {} : { load };
    const users = new Users({ base: 0xce4, folder, ...how });
    onTestFinished(() => {
      users.close();
    });
    return users;
  };
  return { folder, start };
}

describe.each([
  ['with the addon', undefined],
  ['with flock of util-linux', noNative],
])('processes that use the ports (%s)', (_, load) => {
  test('do so together, until one has them for itself', () => {
    const { start } = processes(load);
    const [one, two] = [start(), start()];

    expect([one.enter(), two.enter()]).toEqual([true, true]);
    expect(one.isAlone()).toBe(false);
    two.close();
    expect(one.isAlone()).toBe(true);
    expect(start().enter()).toBe(false);
    one.close();
    expect(start().enter()).toBe(true);
  });
});

describe('processes that keep the driver away', () => {
  test('wait for the first to be ready, and then join it', () => {
    const { start } = processes();
    const [one, two] = [start(), start()];

    expect([one.join(), two.join()]).toEqual(['first', 'busy']);
    expect(one.settle()).toBe(true);
    expect(two.join()).toBe('joined');
  });

  test('leave one after the other, and the last one knows it, however many leave at once', () => {
    const { start } = processes();
    const all = [start(), start(), start()];
    expect(all.map((one) => [one.join(), one.settle()])).toEqual([
      ['first', true],
      ['joined', true],
      ['joined', true],
    ]);

    expect(all.map((one) => one.leave())).toEqual([false, false, true]);
    expect(start().join()).toBe('busy');
  });

  test('do not keep out those that only use the ports', () => {
    const { start } = processes();
    expect(start().join()).toBe('first');

    expect(start().enter()).toBe(true);
  });
});

describe('the others', () => {
  test('are named by pid and program', () => {
    const { folder, start } = processes();
    const one = start();
    one.enter();
    const { ino } = statSync(join(folder, 'bt-0xce4.users'));
    const table = {
      '/proc/locks': `1: FLOCK  ADVISORY  READ 1234 00:19:${ino} 0 EOF
2: FLOCK  ADVISORY  READ ${process.pid} 00:19:${ino} 0 EOF
3: FLOCK  ADVISORY  READ 99 00:19:${ino} 0 EOF
4: FLOCK  ADVISORY  WRITE 77 00:19:${ino + 1} 0 EOF
`,
      ...{ '/proc/1234/comm': 'node\n', '/proc/77/comm': 'other\n' },
      '/proc/self': { linkTo: `${process.pid}` },
      ...Object.fromEntries(
        [1234, 99, 77].map((pid) => [`/proc/${pid}/fd/9`, { linkTo: '/run/bt-0xce4.users' }]),
      ),
    };

    expect(one.others(fakeFiles(table))).toBe('pid 1234 (node)');
    const both = fakeFiles({ ...table, '/proc/99/comm': 'other\n' });
    expect(one.others(both)).toBe('pid 1234 (node), pid 99 (other)');
    expect(one.others(fakeFiles({}))).toBe('another process');
  });

  test('does not name ourselves, as the kernel lists us', () => {
    const { start } = processes();
    const one = start();
    one.enter();
    expect(readFileSync('/proc/locks', 'utf8')).toContain('FLOCK');

    expect(one.others(systemFiles)).toBe('another process');
  });
});

test('processes that keep the driver away are seen from outside, by interface', () => {
  const { folder, start } = processes();
  const nothing = fakeFiles({ '/proc/locks': '' });
  expect(hasTakers(0xce4, nothing, folder)).toBe(false);
  start().join();
  const { ino } = statSync(join(folder, 'bt-0xce4.takers'));
  const locked = fakeFiles({
    '/proc/locks': `1: FLOCK  ADVISORY  WRITE 1234 00:19:${ino} 0 EOF\n`,
    '/proc/1234/fd/9': { linkTo: '/run/bt-0xce4.takers' },
  });

  expect(hasTakers(0xce4, locked, folder)).toBe(true);
  expect(hasTakers(0xce4, nothing, folder)).toBe(false);
  expect(hasTakers(0xe4, locked, folder)).toBe(false);
});

test('a process that has ended gets nothing more, and can end again', () => {
  const { start } = processes();
  const [one, two] = [start(), start()];
  expect([one.enter(), one.join(), one.settle()]).toEqual([true, 'first', true]);

  one.close();
  one.close();

  expect([one.enter(), one.join()]).toEqual([false, 'busy']);
  expect([two.isAlone(), two.join()]).toEqual([true, 'first']);
});

test.each<[string, (users: Users) => unknown]>([
  ['users', (users) => users.enter()],
  ['users', (users) => users.isAlone()],
  ['takers', (users) => users.join()],
  ['takers', (users) => users.settle()],
  ['takers', (users) => users.leave()],
])('a link in place of the %s file is refused, and what it leads to is left alone', (name, use) => {
  const { folder, start } = processes();
  const [path, target] = [join(folder, `bt-0xce4.${name}`), join(tempFolder(), 'target')];
  symlinkSync(target, path);

  expect(() => use(start())).toThrow(new RegExp(`^PORT_DENIED: .*bt-0xce4\\.${name}: .*ELOOP`));
  expect(existsSync(target)).toBe(false);
});

test('a folder that others may write to is refused', () => {
  const { folder, start } = processes();

  chmodSync(folder, 0o702);
  expect(() => start()).toThrow(/^PORT_DENIED: .*: others may write there/);
});

test('a file that was removed is not waited for', () => {
  const { folder, start } = processes();
  const one = start();
  expect(one.enter()).toBe(true);
  rmSync(join(folder, 'bt-0xce4.users'));

  expect(one.isAlone()).toBe(false);
  expect(one.isAlone()).toBe(true);
  expect(start().enter()).toBe(false);
});
