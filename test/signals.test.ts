/** Signals that end a process, with listeners of this process and no signal sent. */

import { constants } from 'node:os';
import { afterEach, describe, expect, test } from 'vitest';

import { SIGNAL_EXITS, beforeSignal, endingSignals, hasTerminal } from '../src/signals.ts';
import { fakeFiles } from './support/fake-files.ts';

function files(ignored: string) {
  return fakeFiles({ '/proc/self/status': `Name:\tnode\nSigIgn:\t${ignored}\nSigCgt:\t0\n` });
}

const ALL = Object.keys(SIGNAL_EXITS);

function counts(): readonly number[] {
  return ALL.map((name) => process.listenerCount(name));
}

test('each has the exit code that a shell gives it', () => {
  const numbers: Partial<Record<string, number>> = constants.signals;

  expect(SIGNAL_EXITS).toEqual(
    Object.fromEntries(ALL.map((name) => [name, 128 + (numbers[name] ?? NaN)])),
  );
});

test.each([
  ['0000000000000000', []],
  ['0000000000001000', []],
  ['0000000000000001', ['SIGHUP']],
  ['0000000001001003', ['SIGHUP', 'SIGINT']],
  ['0000000020004000', ['SIGTERM', 'SIGPWR']],
])('where %s is ignored, a signal that is among it is left alone: %j', (ignored, left) => {
  expect(endingSignals(files(ignored))).toEqual(ALL.filter((name) => !left.includes(name)));
});

test('where that is not known, all of them end the process', () => {
  expect(endingSignals(fakeFiles({}))).toEqual(ALL);
});

test.each([
  ['123 (node) S 1 123 123 34816 123 4194304 900', true],
  ['123 (a) S 1 2 3 9 (b c) S 1 123 123 0 -1 4194304 900', false],
  ['', false],
])('the terminal of a session is seen in %j', (stat, has) => {
  expect(hasTerminal(fakeFiles({ '/proc/self/stat': stat }))).toBe(has);
});

describe('beforeSignal()', () => {
  const before = counts();
  let undo: () => void = () => undefined;

  afterEach(() => {
    undo();
  });

  test('listens until it is undone, and not for an ignored hang-up', () => {
    undo = beforeSignal(() => Promise.resolve(), files('0000000000000001'));
    const more = ALL.map((name) => (['SIGINT', 'SIGTERM'].includes(name) ? 1 : 0));
    expect(counts()).toEqual(before.map((count, index) => count + (more[index] ?? 0)));

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
