/** Signals that end a process, with listeners of this process and no signal sent. */

import { afterEach, describe, expect, test } from 'vitest';

import { SIGNAL_EXITS, beforeSignal, endingSignals } from '../src/signals.ts';
import { fakeFiles } from './support/fake-files.ts';

function files(ignored: string) {
  return fakeFiles({ '/proc/self/status': `Name:\tnode\nSigIgn:\t${ignored}\nSigCgt:\t0\n` });
}

const ALL = ['SIGHUP', 'SIGINT', 'SIGTERM'] as const;

function counts(): readonly number[] {
  return ALL.map((name) => process.listenerCount(name));
}

test('each has the exit code that a shell gives it', () => {
  expect(SIGNAL_EXITS).toEqual({ SIGHUP: 128 + 1, SIGINT: 128 + 2, SIGTERM: 128 + 15 });
});

test.each([
  ['0000000000000000', ALL],
  ['0000000000001000', ALL],
  ['0000000000000001', ['SIGINT', 'SIGTERM']],
  ['0000000001001003', ['SIGINT', 'SIGTERM']],
])('where %s is ignored, a hang-up that is among it is left alone', (ignored, expected) => {
  expect(endingSignals(files(ignored))).toEqual(expected);
});

test('where that is not known, all three end the process', () => {
  expect(endingSignals(fakeFiles({}))).toEqual(ALL);
});

describe('beforeSignal()', () => {
  const before = counts();
  let undo: () => void = () => undefined;

  afterEach(() => {
    undo();
  });

  test('listens until it is undone, and not for an ignored hang-up', () => {
    undo = beforeSignal(() => Promise.resolve(), files('0000000000000001'));
    expect(counts()).toEqual(before.map((count, index) => count + (index === 0 ? 0 : 1)));

    undo();

    expect(counts()).toEqual(before);
  });

  test('leaves a signal to the program that listens for it itself', () => {
    let calls = 0;
    const own = (): void => undefined;
    process.on('SIGINT', own);
    undo = beforeSignal(() => {
      calls += 1;
      return Promise.resolve();
    }, files('0'));

    process.emit('SIGINT', 'SIGINT');

    process.off('SIGINT', own);
    expect(calls).toBe(0);
  });
});
