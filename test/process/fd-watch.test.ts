/**
 * Readiness of files, by the real addon. What could crash or hang a process, or must let it end,
 * happens in a process of its own.
 */

import { execFileSync, spawnSync } from 'node:child_process';
import { closeSync, constants, openSync, readSync, readdirSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, onTestFinished, test } from 'vitest';

import { loadNative } from '../../src/native.ts';
import type { NativeWatch } from '../../src/native.ts';
import { tempFolder } from '../support/temp-folder.ts';

const PROGRAM = fileURLToPath(new URL('../fixtures/fd-watch.mjs', import.meta.url));
const ADDON = fileURLToPath(new URL('../../build/Release/ipmi_bt.node', import.meta.url));

/** Without a compiler there is no addon, which is no failure except in CI. */
const noAddon = loadNative().kind === 'missing' && process.env['CI'] !== 'true';

function native(): NativeWatch {
  const load = loadNative();
  if (load.kind === 'missing') throw load.cause;
  return load.watch;
}

/** A FIFO whose both ends are one descriptor, so that it is never at its end. */
function openFifo(): number {
  const path = join(tempFolder(), 'fifo');
  execFileSync('mkfifo', [path]);
  const fd = openSync(path, constants.O_RDWR | constants.O_NONBLOCK);
  onTestFinished(() => {
    closeSync(fd);
  });
  return fd;
}

/** Reads all there is, and says how much. */
function drain(fd: number): number {
  return readSync(fd, new Uint8Array(64));
}

/** A scene that takes longer hangs, on whatever host. */
const PATIENCE_MS = 120_000;

/** Runs a scene of the fixture to its end. */
function play(scene: string): object {
  const args = ['--expose-gc', PROGRAM, ADDON, scene, tempFolder()];
  const { status, signal, stdout, stderr } = spawnSync(process.execPath, args, {
    encoding: 'utf8',
    timeout: PATIENCE_MS,
  });
  return { status, signal, stdout, stderr: stderr.split('\n').find((line) => line !== '') ?? '' };
}

describe.skipIf(noAddon)('a watch', () => {
  test('calls back when the file can be read, each time, and not before', async () => {
    const fd = openFifo();
    const watch = native();
    const counts: number[] = [];
    let wake: () => void = () => undefined;
    const handle = watch.watchFd(fd, (isWatched) => {
      counts.push(isWatched ? drain(fd) : -1);
      wake();
    });

    for (const text of ['a', 'bcd', 'ef']) {
      const woken = new Promise<void>((resolve) => {
        wake = resolve;
      });
      expect(counts).not.toContain(text.length);
      writeSync(fd, text);
      await woken;
    }
    watch.unwatch(handle);

    expect(counts).toEqual([1, 3, 2]);
  });

  test('calls back again while nobody has read', async () => {
    const fd = openFifo();
    const watch = native();
    writeSync(fd, 'x');

    let calls = 0;
    await new Promise<void>((resolve) => {
      const handle = watch.watchFd(fd, () => {
        calls += 1;
        if (calls < 3) return;
        watch.unwatch(handle);
        resolve();
      });
    });

    expect(calls).toBe(3);
  });

  test('ends within its own callback, and only once', async () => {
    const fd = openFifo();
    const watch = native();
    writeSync(fd, 'x');

    const failure = await new Promise<unknown>((resolve) => {
      const handle = watch.watchFd(fd, () => {
        watch.unwatch(handle);
        try {
          watch.unwatch(handle);
        } catch (error) {
          resolve(error);
        }
      });
    });

    expect(failure).toMatchObject({ code: 'EBADF', syscall: 'unwatch' });
  });

  test('stands beside another one of the same file', async () => {
    const fd = openFifo();
    const watch = native();
    writeSync(fd, 'x');

    const watching = [1, 2].map(() => {
      return new Promise<void>((resolve) => {
        const handle = watch.watchFd(fd, () => {
          watch.unwatch(handle);
          resolve();
        });
      });
    });

    await expect(Promise.all(watching)).resolves.toHaveLength(2);
  });

  test('outlives the descriptor it was made with', async () => {
    const fd = openFifo();
    const watch = native();
    const other = openSync(`/proc/self/fd/${fd}`, constants.O_RDWR | constants.O_NONBLOCK);

    const ready = new Promise<void>((resolve) => {
      const handle = watch.watchFd(other, () => {
        watch.unwatch(handle);
        resolve();
      });
    });
    closeSync(other);
    // The next file gets the number, and is not what is watched.
    const next = openSync('/dev/null', 'r');
    writeSync(fd, 'x');
    await ready;

    expect(next).toBe(other);
    closeSync(next);
  });

  test('gives its descriptor back at once', () => {
    const fd = openFifo();
    const watch = native();
    const before = readdirSync('/proc/self/fd').length;

    for (let i = 0; i < 10_000; i++) watch.unwatch(watch.watchFd(fd, () => undefined));

    expect(readdirSync('/proc/self/fd').length).toBe(before);
  });
});

describe.skipIf(noAddon)('wrong calls of a watch throw:', () => {
  const wrong = [undefined, null, '3', -1, 1.5, NaN, 2 ** 31, 2 ** 32, {}] as number[];

  test.each(wrong)('EINVAL for the descriptor %s', (fd) => {
    expect(() => native().watchFd(fd, () => undefined)).toThrow(
      expect.objectContaining({ code: 'EINVAL' }),
    );
  });

  test.each([undefined, null, 1, {}] as never[])('EINVAL for the callback %s', (ready) => {
    expect(() => native().watchFd(0, ready)).toThrow(expect.objectContaining({ code: 'EINVAL' }));
  });

  test.each([...wrong, 0])('EBADF for the handle %s', (handle) => {
    expect(() => {
      native().unwatch(handle);
    }).toThrow(expect.objectContaining({ code: 'EBADF' }));
  });

  test('EBADF for a descriptor that is not open', () => {
    const call = (): number => native().watchFd(2 ** 31 - 2, () => undefined);

    expect(call).toThrow(expect.objectContaining({ code: 'EBADF', syscall: 'watch' }));
  });

  test('EPERM for a file that is always ready', () => {
    const before = readdirSync('/proc/self/fd').length;
    const fd = openSync(PROGRAM, 'r');
    const call = (): number => native().watchFd(fd, () => undefined);

    expect(call).toThrow(expect.objectContaining({ code: 'EPERM', syscall: 'watch' }));

    closeSync(fd);
    expect(readdirSync('/proc/self/fd').length).toBe(before);
  });
});

describe.skipIf(noAddon)('a process', () => {
  const well = { status: 0, signal: null, stderr: '' };

  test('ends while a watch waits', () => {
    expect(play('end')).toEqual({ ...well, stdout: 'watching\n' });
  });

  test('keeps nothing of 10,000 watches that ended', () => {
    expect(play('leak')).toEqual({ ...well, stdout: 'handles 0, callback collected\n' });
  });

  test('meets what a callback throws as an uncaught exception, and watches on', () => {
    expect(play('throw')).toEqual({ ...well, stdout: 'caught thrown 1\ncaught thrown 2\n' });
  });

  test('ends by what a callback throws when nobody catches it', () => {
    expect(play('throw-uncaught')).toMatchObject({ status: 1, signal: null, stdout: '' });
  });

  test('runs promises and ticks after a callback', () => {
    expect(play('ticks')).toEqual({ ...well, stdout: 'tick, promise\n' });
  });

  test.each(['waiting', 'closing', 'looping', 'throwing', 'ending'])(
    'outlives a worker that is %s with watches',
    (scene) => {
      expect(play(`worker-${scene}`)).toEqual({ ...well, stdout: `${scene}: ended\n` });
    },
  );
});
