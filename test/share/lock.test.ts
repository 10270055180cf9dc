/** The lock between real processes, in a folder of the test's own. */

import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmodSync, mkdirSync, readFileSync, readlinkSync, rmSync, statSync } from 'node:fs';
import { symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

import { describe, expect, onTestFinished, test } from 'vitest';

import { systemFiles } from '../../src/files.ts';
import { ownSignature } from '../../src/share/holder.ts';
import { InterfaceLock, privateLock } from '../../src/share/lock.ts';
import { loadNative } from '../../src/native.ts';
import { noNative } from '../support/fake-native.ts';
import { tempFolder } from '../support/temp-folder.ts';
import { thrownBy } from '../support/thrown-by.ts';

const BASE = 0xce4;
const NAMESPACE = readlinkSync('/proc/self/ns/pid');
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
    const holder = { pid: child.pid, command: 'node lock-holder.mjs' };
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
  ['{"pid":"1","program":"x"}', undefined],
  ['{"pid":1,"program":2}', undefined],
  ['{"pid":1}', undefined],
  ['{"program":"x"}', undefined],
  ['{"pid":1,"command":"node -e secret","losses":2}', undefined],
  ['null', undefined],
  [`{"pid":1,"pidNamespace":"${NAMESPACE}","program":"x"}`, { pid: 1, command: 'x' }],
  ['{"pid":1,"pidNamespace":"pid:[1]","program":"x"}', { pid: undefined, command: 'x' }],
  ['{"pid":1,"pidNamespace":7,"program":"x"}', { pid: undefined, command: 'x' }],
  ['{"pid":1,"program":"x"}', { pid: undefined, command: 'x' }],
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
  writeFileSync(join(folder, 'bt-0xce4.lock'), `{"pid":1,"program":"x","losses":${losses}}`);
  const lock = lockIn(folder);

  lock.tryAcquire(false);

  expect(lock.losses).toBe(count);
});

test('the file is signed anew only when another process has signed it', () => {
  const folder = folderOf();
  mkdirSync(folder, { mode: 0o700 });
  const path = join(folder, 'bt-0xce4.lock');
  const signed = (before: string): string => {
    writeFileSync(path, before);
    const lock = lockIn(folder);
    lock.tryAcquire(false);
    lock.close();
    return readFileSync(path, 'utf8');
  };
  const { pid, pidNamespace, program } = ownSignature(systemFiles);
  const ours = JSON.stringify({ program, losses: 0, pidNamespace, pid });
  const anew = `${JSON.stringify({ pid, pidNamespace, program, losses: 0 })}\n`;

  expect(signed(ours)).toBe(ours);
  expect(signed(ours.replace(`${pid}`, `${pid + 1}`))).toBe(anew);
  expect(signed(ours.replace(NAMESPACE, 'pid:[1]'))).toBe(anew);
  expect(signed(ours.replace(program, 'node other.js'))).toBe(anew);
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
    chmodSync(folder, 0o772);

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
  expect(lock.isValid()).toBe(true);
  lock.release();
  lock.close();
  expect([lock.holder(), lock.isNext]).toEqual([undefined, false]);
});

describe('sequence numbers', () => {
  test('of a private port go on from one device to the next', () => {
    const port = {};
    const first = privateLock(port, 7);
    first.numbers.owe(first.numbers.take());
    first.numbers.take();
    first.release();

    const { numbers } = privateLock(port, 99);
    expect([7, 8].map((seq) => numbers.isOwed(seq))).toEqual([true, false]);
    expect(numbers.take()).toBe(9);
    expect(privateLock({}, 99).numbers.take()).toBe(99);
  });

  test.each(['release', 'close'] as const)(
    'one that was answered is not owed after %s()',
    (end) => {
      const folder = folderOf();
      const [a, b] = [lockIn(folder), lockIn(folder)];
      a.tryAcquire(false);
      a.numbers.take();
      a[end]();

      b.tryAcquire(false);
      expect([b.numbers.isOwed(0), b.numbers.take()]).toEqual([false, 1]);
    },
  );

  test('go on from one process to the next, which knows what is owed', () => {
    const folder = folderOf();
    const [a, b] = [lockIn(folder), lockIn(folder)];
    a.tryAcquire(false);
    expect([a.numbers.take(), a.numbers.take()]).toEqual([0, 1]);
    a.numbers.owe(1);
    a.release();

    b.tryAcquire(false);
    expect([b.numbers.isOwed(0), b.numbers.isOwed(1), b.numbers.take()]).toEqual([false, true, 2]);
    b.close();
    a.tryAcquire(false);
    expect([a.numbers.isOwed(2), a.numbers.take()]).toEqual([false, 3]);
    a.close();
  });

  test('one that was in use when its process was killed is owed', () => {
    const folder = folderOf();
    const a = lockIn(folder);
    a.tryAcquire(false);
    a.numbers.take();
    // What is in the file at the moment of the kill.
    const path = join(folder, 'bt-0xce4.seq');
    const left = readFileSync(path);
    a.close();
    writeFileSync(path, left);

    const b = lockIn(folder);
    b.tryAcquire(false);
    expect([b.numbers.isOwed(0), b.numbers.take()]).toEqual([true, 1]);
    b.close();
  });
});
