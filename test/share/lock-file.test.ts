/** Files that processes lock, and the folder they lie in. */

import { execFileSync, spawnSync } from 'node:child_process';
import { closeSync, constants, linkSync, mkdirSync, openSync } from 'node:fs';
import { readFileSync, readdirSync, readlinkSync, rmSync } from 'node:fs';
import { statSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, onTestFinished, test } from 'vitest';

import { loadNative } from '../../src/native.ts';
import { flockOf } from '../../src/share/flock.ts';
import { LOCK_FOLDER, LockFile, checkFolder, lockPath } from '../../src/share/lock-file.ts';
import { fakeFiles } from '../support/fake-files.ts';
import { noNative } from '../support/fake-native.ts';
import { ROOT } from '../support/source-code.ts';
import { tempFolder } from '../support/temp-folder.ts';
import { thrownBy } from '../support/thrown-by.ts';

/** One file, as `count` processes have it. */
function files(count: number, load = loadNative) {
  const path = join(tempFolder(), 'file');
  const all = Array.from({ length: count }, () => new LockFile(path, flockOf(load())));
  onTestFinished(() => {
    for (const file of all) file.close();
  });
  return { path, all };
}

const REMOVE = 'remove the path if ipmi-bt did not make it; it is made again';
const NOT_OURS = 'something that ipmi-bt did not make is in the way: remove the path';
const MISSING = 'a folder of the path is missing: make it';

/** Returns the text of the error when `path` cannot be used. */
function refusalOf(path: string, reason: string, remedy = REMOVE): string {
  return `PORT_DENIED: the interface cannot be locked with ${path}: ${reason} (${remedy})`;
}

/** The same for two. */
function two(load = loadNative) {
  const { path, all } = files(2, load);
  const [one, other] = all;
  if (one === undefined || other === undefined) throw new Error('bug: fewer than two');
  return { path, one, other };
}

test('the files of an interface lie in one folder, by its base', () => {
  expect(lockPath(LOCK_FOLDER, 0xce4, 'takers')).toBe('/run/ipmi-bt/bt-0xce4.takers');
});

describe.each([
  ['the addon', loadNative],
  ['flock(1)', noNative],
])('a file, by %s,', (_, load) => {
  test('is locked by one, or by several together', () => {
    const { one, other } = two(load);

    expect([one.tryLock(), one.tryLock(), one.isLocked]).toEqual([true, true, true]);
    expect([other.tryLock(), other.tryShare(), other.isLocked]).toEqual([false, false, false]);
    expect([one.tryShare(), one.isLocked]).toEqual([true, false]);
    expect([other.tryShare(), other.tryLock()]).toEqual([true, false]);
    // The attempt has cost the other its shared lock.
    expect([one.tryLock(), other.tryShare()]).toEqual([true, false]);
  });

  test('is free again after unlock() and after close()', () => {
    const { one, other } = two(load);
    one.tryShare();

    one.unlock();
    expect(other.tryLock()).toBe(true);
    other.close();
    other.close();
    expect([other.isLocked, one.tryLock()]).toEqual([false, true]);
  });
});

test('flock(2) is called for a change only', () => {
  const calls: string[] = [];
  const note = (call: string) => (): boolean => {
    calls.push(call);
    return true;
  };
  const [tryLock, tryShare] = [note('tryLock'), note('tryShare')];
  const file = new LockFile(join(tempFolder(), 'file'), { tryLock, tryShare, unlock: note('un') });

  file.unlock();
  expect(calls).toEqual([]);
  for (const way of ['tryLock', 'tryShare'] as const) {
    expect([file[way](), file[way]()]).toEqual([true, true]);
    expect(calls.splice(0)).toEqual([way]);
  }
  file.unlock();
  file.unlock();
  expect(calls.splice(0)).toEqual(['un']);
  expect([file.tryShare(), file.tryLock(), file.isLocked]).toEqual([true, true, true]);
  file.close();
  file.unlock();
  expect([calls, file.isLocked]).toEqual([['tryShare', 'tryLock'], false]);
});

describe('a file that is removed', () => {
  test.each(['tryLock', 'tryShare'] as const)('is given up and made again: %s', (lock) => {
    const { path, one, other } = two();
    one[lock]();
    rmSync(path);

    expect([one[lock](), one.isLocked, one[lock]()]).toEqual([false, false, true]);
    expect(other.tryLock()).toBe(false);
  });

  test('is not waited for by a process that did not get it', () => {
    const { path, one, other } = two();
    one.tryLock();
    other.tryLock();
    rmSync(path);

    expect([other.tryLock(), other.tryLock()]).toEqual([false, true]);
  });
});

describe('the content', () => {
  test('is what was written last, seen by all that have tried the lock', () => {
    const { path, one, other } = two();
    expect(one.read()).toBe('');
    one.write('lost');
    one.tryLock();
    expect(one.read()).toBe('');

    one.write('a long text');
    one.write('short');

    expect(other.tryLock()).toBe(false);
    expect([other.read(), readFileSync(path, 'utf8')]).toEqual(['short', 'short']);
    other.close();
    other.write('lost');
    expect([other.read(), one.read()]).toEqual(['', 'short']);
  });
});

test('content that cannot be read is none', () => {
  const { path, one } = two();
  one.tryLock();
  one.write('text');
  // The number of its descriptor, which a folder has from now on.
  const fd = readdirSync('/proc/self/fd').find((name) => linkOf(name) === path);
  closeSync(Number(fd));
  const folder = openSync(tempFolder(), 'r');

  expect([folder, one.read()]).toEqual([Number(fd), '']);
});

function linkOf(name: string): string | undefined {
  try {
    return readlinkSync(`/proc/self/fd/${name}`);
  } catch {
    return undefined;
  }
}

describe('a path that something else has', () => {
  const cases: readonly (readonly [string, string, (path: string) => void])[] = [
    ['a folder', 'EISDIR', (path) => mkdirSync(path)],
    ['a FIFO', 'it is no plain file', (path) => execFileSync('mkfifo', [path])],
    ['a file of two names', 'it has another name', linkTwice],
  ];

  test.each(cases)('is refused, and nothing is written to it: %s', (_, reason, make) => {
    const { path, one } = two();
    make(path);

    const error = thrownBy(() => one.tryLock());

    const message = expect.stringContaining(reason) as string;
    expect(error).toMatchObject({ code: 'PORT_DENIED', message });
    expect(String(error)).toContain('remove the path');
  });
});

describe('what a host lacks', () => {
  const TROUBLES = [
    ['ENOLCK', 'DEVICE_LOCKED', 'try again'],
    ['ENOSPC', 'DEVICE_LOCKED', 'df -i'],
    ['EMFILE', 'DEVICE_LOCKED', 'ulimit -n'],
    ['EIO', 'DEVICE_LOCKED', 'dmesg'],
    ['ESTALE', 'DEVICE_LOCKED', 'dmesg'],
  ] as const;

  test.each(TROUBLES)('%s is told as %s', (errno, code, remedy) => {
    const fail = (): never => {
      throw Object.assign(new Error(errno), { code: errno, syscall: 'flock' });
    };
    const flock = { tryLock: fail, tryShare: fail, unlock: fail };
    const file = new LockFile(join(tempFolder(), 'file'), flock);

    const expected = {
      code,
      outcome: 'not-sent',
      message: expect.stringContaining(remedy) as string,
    };
    expect(thrownBy(() => file.tryLock())).toMatchObject(expected);
    file.close();
  });
});

test('content that cannot be written is left out, and the lock is held all the same', () => {
  const script = `
    import { loadNative } from './dist/native.js';
    import { flockOf } from './dist/share/flock.js';
    import { LockFile } from './dist/share/lock-file.js';
    const file = new LockFile(process.argv[1], flockOf(loadNative()));
    file.tryLock();
    file.write('a name');
    console.log(file.isLocked, JSON.stringify(file.read()));`;
  // No file of this process may have a byte.
  const line = 'ulimit -f 0; exec "$0" --input-type=module -e "$@"';
  const args = ['-c', line, process.execPath, script, join(tempFolder(), 'file')];

  const run = spawnSync('sh', args, { cwd: ROOT, encoding: 'utf8' });

  expect(run).toMatchObject({ stdout: 'true ""\n', status: 0 });
});

describe('a file that cannot be opened', () => {
  test.each(['tryLock', 'tryShare'] as const)('because it is a link is refused: %s', (lock) => {
    const { path, one } = two();
    symlinkSync('elsewhere', path);

    const cause = thrownBy(() => openSync(path, constants.O_RDWR | constants.O_NOFOLLOW));
    expect(thrownBy(() => one[lock]())).toMatchObject({
      message: refusalOf(path, (cause as Error).message, NOT_OURS),
      cause: { code: 'ELOOP', path },
    });
  });

  test('because its folder was removed is made again, with the folder', () => {
    const folder = join(tempFolder(), 'locks');
    const file = new LockFile(join(folder, 'file'), flockOf(loadNative()));
    checkFolder(folder);
    rmSync(folder, { recursive: true });

    expect(file.tryShare()).toBe(true);
    file.close();
    expect(statSync(folder).mode & 0o777).toBe(0o700);
  });

  test('because the folder of its folder was removed is refused', () => {
    const folder = join(tempFolder(), 'missing', 'folder');
    const file = new LockFile(join(folder, 'file'), flockOf(loadNative()));

    expect(thrownBy(() => file.tryShare())).toMatchObject({
      message: refusalOf(folder, `ENOENT: no such file or directory, mkdir '${folder}'`, MISSING),
      cause: { code: 'ENOENT' },
    });
  });
});

test('a file that was never locked has no name', () => {
  const { one } = two();
  expect(one.hasName).toBe(false);
  one.tryShare();
  expect(one.hasName).toBe(true);
});

test('the other processes that have a file locked are known by its number', () => {
  const { path, one } = two();
  one.tryShare();
  const { ino } = statSync(path);
  const locks = `1: FLOCK  ADVISORY  READ 1234 00:19:${ino} 0 EOF
2: FLOCK  ADVISORY  READ ${process.pid} 00:19:${ino} 0 EOF
3: FLOCK  ADVISORY  WRITE 77 00:19:${ino + 1} 0 EOF
4: POSIX  ADVISORY  WRITE 78 00:19:${ino} 0 EOF
5: FLOCK  ADVISORY  READ 55 08:01:${ino} 0 EOF
6: FLOCK  ADVISORY  READ 56 00:19:${ino} 0 EOF
7: FLOCK  ADVISORY  READ 57 00:19:${ino} 0 EOF
`;
  const files = fakeFiles({
    '/proc/locks': locks,
    '/proc/self': { linkTo: `${process.pid}` },
    // 55 has locked a file of another file system, and 56 is not there any more.
    '/proc/55/fd/3': { linkTo: '/var/other' },
    // 57 has closed a descriptor since its list was read.
    '/proc/57/fd/3': '',
    ...Object.fromEntries(
      [1234, process.pid, 77, 78].map((pid) => [`/proc/${pid}/fd/9`, { linkTo: path }]),
    ),
  });

  expect(one.holders(files)).toEqual([1234]);
  expect(one.holders(fakeFiles({}))).toEqual([]);
  one.close();
  expect(one.holders(files)).toEqual([]);
});

test('a /proc of another pid namespace does not make this process another one', () => {
  const { path, one } = two();
  one.tryShare();
  const { ino } = statSync(path);
  const files = fakeFiles({
    '/proc/locks': `1: FLOCK  ADVISORY  READ 4711 00:19:${ino} 0 EOF\n`,
    '/proc/self': { linkTo: '4711' },
    '/proc/4711/fd/9': { linkTo: path },
  });

  expect(one.holders(files)).toEqual([]);
});

function linkTwice(path: string): void {
  writeFileSync(`${path}.other`, 'precious');
  linkSync(`${path}.other`, path);
}
