/** The lock between real processes, in a folder of the test's own. */

import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmodSync, mkdirSync, readFileSync, rmSync, statSync, symlinkSync } from 'node:fs';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

import { describe, expect, onTestFinished, test } from 'vitest';

import { InterfaceLock, privateLock } from '../../src/share/lock.ts';
import { loadNative } from '../../src/native.ts';
import { noNative } from '../support/fake-native.ts';
import { tempFolder } from '../support/temp-folder.ts';
import { thrownBy } from '../support/thrown-by.ts';

const BASE = 0xce4;
const HOLDER = fileURLToPath(new URL('../fixtures/lock-holder.mjs', import.meta.url));

/** Each of two processes takes the lock so often. */
const TIMES = 500;

/** Both ways to flock(2): the addon, and the program of util-linux. */
const WAYS = [
  ['the addon', loadNative],
  ['flock(1)', noNative],
] as const;

function folderOf(): string {
  return join(tempFolder(), 'locks');
}

function lockIn(folder: string, load = loadNative): InterfaceLock {
  const lock = new InterfaceLock({ base: BASE, firstSeq: 0, folder, load });
  onTestFinished(() => {
    lock.close();
  });
  return lock;
}

function startHolder(folder: string, ...args: string[]) {
  const child = spawn(process.execPath, [HOLDER, folder, String(BASE), ...args], {
    stdio: ['pipe', 'pipe', 'inherit'],
  });
  onTestFinished(() => {
    child.kill('SIGKILL');
  });
  return child;
}

describe.each(WAYS)('by %s', (_, load) => {
  test('one has it, and the other gets it when the first lets go', () => {
    const folder = folderOf();
    const [one, two] = [lockIn(folder, load), lockIn(folder, load)];

    expect([one.tryAcquire(false), two.tryAcquire(false)]).toEqual([true, false]);
    expect([one.isShared, one.isNext, two.isNext]).toEqual([true, false, true]);
    expect([one.tryAcquire(false), one.isWanted()]).toEqual([true, true]);
    one.release();

    // The other is next in line.
    expect([one.tryAcquire(false), two.tryAcquire(false)]).toEqual([false, true]);
    expect([two.isWanted(), two.isNext, one.isNext]).toEqual([false, false, false]);
    two.close();
    two.close();
    expect(one.tryAcquire(false)).toBe(true);
  });

  test('a process that holds it is named, and SIGKILL of it frees the lock', async () => {
    const folder = folderOf();
    const lock = lockIn(folder, load);
    const child = startHolder(folder);
    await once(child.stdout, 'data');

    expect(lock.tryAcquire(true)).toBe(false);
    const holder = { pid: child.pid, command: `${process.execPath} ${HOLDER}` };
    expect(lock.holder()).toEqual(holder);
    child.kill('SIGKILL');
    await once(child, 'exit');

    // What it wrote is still there, and harms no other process.
    expect(lock.holder()).toEqual(holder);
    expect(lock.tryAcquire(false)).toBe(true);
    expect(lock.holder()?.pid).toBe(process.pid);
  });
});

test('two processes that want it all the time have it by turns, never at once', async () => {
  const folder = folderOf();
  const children = [1, 2].map(() => startHolder(folder, String(TIMES)));
  await Promise.all(children.map(({ stdout }) => once(stdout, 'data')));

  for (const { stdin } of children) stdin.write('go');
  const exits = await Promise.all(children.map((child) => once(child, 'exit')));

  expect(exits).toEqual([
    [0, null],
    [0, null],
  ]);
  const order = readFileSync(join(folder, 'order'), 'utf8').trimEnd().split('\n');
  expect(order).toHaveLength(2 * TIMES);
  // Each releases when the other is in line, which then goes first; starved, one would come last.
  const changes = order.filter((pid, at) => at > 0 && pid !== order[at - 1]);
  expect(changes.length).toBeGreaterThan(2);
});

test('the next in line leaves the line with release(), and is overtaken out of turn', () => {
  const folder = folderOf();
  const [one, two, three] = [lockIn(folder), lockIn(folder), lockIn(folder)];
  one.tryAcquire(false);
  two.tryAcquire(false);
  one.release();

  expect([three.tryAcquire(false), three.tryAcquire(true)]).toEqual([false, true]);
  three.release();
  two.release();
  expect(one.tryAcquire(false)).toBe(true);
});

test.each([
  ['nothing', ''],
  ['half a line', '{"pid":1,"com'],
  ['another kind of file', '[1,2,3]\n'],
  ['null', 'null'],
])('a file with %s in it is as good as a new one', (_, content) => {
  const folder = folderOf();
  mkdirSync(folder, { mode: 0o700 });
  const path = join(folder, 'bt-0xce4.lock');
  writeFileSync(path, content);
  const lock = lockIn(folder);

  expect(lock.tryAcquire(false)).toBe(true);

  expect(lock.holder()?.pid).toBe(process.pid);
  expect(readFileSync(path, 'utf8')).toMatch(/^\{"pid":\d+,.*\}\n$/);
});

test.each([
  ['{"pid":"1","command":"x"}', undefined],
  ['{"pid":1,"command":2}', undefined],
  ['{"pid":1}', undefined],
  ['{"command":"x"}', undefined],
  ['null', undefined],
  ['{"pid":1,"command":"x","losses":2}', { pid: 1, command: 'x' }],
])('the holder is named if its file says so: %s', (content, holder) => {
  const folder = folderOf();
  const [one, two] = [lockIn(folder), lockIn(folder)];
  expect(two.holder()).toBeUndefined();
  one.tryAcquire(false);
  two.tryAcquire(true);
  writeFileSync(join(folder, 'bt-0xce4.lock'), content);

  expect(two.holder()).toEqual(holder);
});

test.each([
  ['2', 2],
  ['"2"', 0],
  ['null', 0],
])('losses count that are a number: %s', (losses, count) => {
  const folder = folderOf();
  mkdirSync(folder, { mode: 0o700 });
  writeFileSync(join(folder, 'bt-0xce4.lock'), `{"pid":1,"command":"x","losses":${losses}}`);
  const lock = lockIn(folder);

  lock.tryAcquire(false);

  expect(lock.losses).toBe(count);
});

describe('the name in the file', () => {
  /** Returns what is in the file after a process called like this has taken the lock. */
  function signed(before: string, ...args: string[]): string {
    const { argv } = process;
    process.argv = [process.execPath, ...args];
    onTestFinished(() => {
      process.argv = argv;
    });
    const folder = folderOf();
    mkdirSync(folder, { mode: 0o700 });
    const path = join(folder, 'bt-0xce4.lock');
    writeFileSync(path, before);
    lockIn(folder).tryAcquire(false);
    return readFileSync(path, 'utf8');
  }

  const { pid, argv0 } = process;
  const named = (command: string): string => `${JSON.stringify({ pid, command, losses: 0 })}\n`;

  test('is the program and its script, without arguments', () => {
    expect(signed('', 'script.js', '--password', 'secret')).toBe(named(`${argv0} script.js`));
    expect(signed('')).toBe(named(argv0));
  });

  test('is cut off after 1024 characters', () => {
    const command = `${argv0} ${'x'.repeat(2000)}`.slice(0, 1024);
    expect(signed('', 'x'.repeat(2000))).toBe(named(command));
  });

  test('is written only when another one is there', () => {
    const ours = `{"command": "${argv0} a.js", "pid": ${pid}}`;

    expect(signed(ours, 'a.js')).toBe(ours);
    expect(signed(ours, 'b.js')).toBe(named(`${argv0} b.js`));
    expect(signed(ours.replace(`${pid}`, `${pid + 1}`), 'a.js')).toBe(named(`${argv0} a.js`));
  });
});

test('how often the BMC was lost is known to the next holder of the lock', () => {
  const folder = folderOf();
  const [one, two] = [lockIn(folder), lockIn(folder)];
  one.tryAcquire(false);
  expect(one.losses).toBe(0);
  one.countLoss();
  one.countLoss();
  one.release();

  two.tryAcquire(false);

  expect([one.losses, two.losses]).toEqual([2, 2]);
  two.countLoss();
  two.release();
  one.tryAcquire(false);
  expect(one.losses).toBe(3);
  expect(one.holder()?.pid).toBe(process.pid);
});

test('a file that was removed is made again, and locked by all', () => {
  const folder = folderOf();
  const [one, two] = [lockIn(folder), lockIn(folder)];
  one.tryAcquire(false);
  one.release();
  rmSync(join(folder, 'bt-0xce4.lock'));

  expect([one.tryAcquire(false), one.tryAcquire(false)]).toEqual([false, true]);
  expect(two.tryAcquire(true)).toBe(false);
});

describe('the folder', () => {
  test('and what is in it are for us only', () => {
    const folder = folderOf();
    lockIn(folder).tryAcquire(false);

    const paths = [folder, join(folder, 'bt-0xce4.lock'), join(folder, 'bt-0xce4.next')];
    expect(paths.map((path) => (statSync(path).mode & 0o777).toString(8))).toEqual([
      '700',
      '600',
      '600',
    ]);
  });

  test('that others may write to is refused', () => {
    const folder = folderOf();
    mkdirSync(folder);
    chmodSync(folder, 0o770);

    expect(thrownBy(() => lockIn(folder))).toMatchObject({
      code: 'PORT_DENIED',
      message: expect.stringContaining(`${folder}: others may write there`) as unknown,
    });
  });

  test('that is fine, with a link for a file, is refused', () => {
    const folder = folderOf();
    mkdirSync(folder, { mode: 0o700 });
    symlinkSync('elsewhere', join(folder, 'bt-0xce4.next'));
    const lock = lockIn(folder);

    expect(() => lock.tryAcquire(false)).toThrow(/^PORT_DENIED: .*bt-0xce4\.next: .*ELOOP/);
  });
});

test('the lock of a private port is always free, and never wanted', () => {
  const lock = privateLock({}, 0);
  lock.countLoss();
  expect(lock.losses).toBe(0);
  expect([lock.tryAcquire(false), lock.isWanted(), lock.isShared]).toEqual([true, false, false]);
  lock.release();
  lock.close();
  expect([lock.holder(), lock.isNext]).toEqual([undefined, false]);
});
