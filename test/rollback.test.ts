/** Steps that stand or fall together. */

import { describe, expect, test } from 'vitest';

import { IpmiError } from '../src/errors.ts';
import { both, runSteps } from '../src/rollback.ts';
import type { Step } from '../src/rollback.ts';

const NAMES = ['a', 'b', 'c', 'd'];

/** Steps that write down what is done, of which those in `bad` fail. */
function steps(...bad: readonly string[]) {
  const log: string[] = [];
  const act = (what: string) => () => {
    log.push(what);
    if (bad.includes(what)) throw new IpmiError('PORT_CLAIMED', what);
  };
  const list: readonly Step[] = NAMES.map((name) => ({ run: act(name), undo: act(`-${name}`) }));
  return { log, list };
}

test('all run in order, and nothing is undone', async () => {
  const { log, list } = steps();

  await runSteps(list, 'stop');

  expect(log).toEqual(NAMES);
});

describe('when one fails, exactly those before it are undone, last first:', () => {
  test.each([
    ['a', ['a']],
    ['b', ['a', 'b', '-a']],
    ['c', ['a', 'b', 'c', '-b', '-a']],
    ['d', ['a', 'b', 'c', 'd', '-c', '-b', '-a']],
  ])('%s', async (bad, expected) => {
    const { log, list } = steps(bad);

    await expect(runSteps(list, 'stop')).rejects.toThrow(`PORT_CLAIMED: ${bad}`);
    expect(log).toEqual(expected);
  });
});

test('undoing stops where it fails, and both failures are told', async () => {
  const { log, list } = steps('d', '-b');

  await expect(runSteps(list, 'stop')).rejects.toThrow(
    'PORT_CLAIMED: -b; before that: PORT_CLAIMED: d',
  );
  expect(log).toEqual(['a', 'b', 'c', 'd', '-c', '-b']);
});

test('or goes on where each step is undone for itself, and all failures are told', async () => {
  const { log, list } = steps('d', '-b', '-a');

  await expect(runSteps(list, 'go on')).rejects.toThrow(
    'PORT_CLAIMED: -a; before that: PORT_CLAIMED: -b; before that: PORT_CLAIMED: d',
  );
  expect(log).toEqual(['a', 'b', 'c', 'd', '-c', '-b', '-a']);
});

test('a failure that is a bug stays what it is', () => {
  const bug = new Error('bug: none');

  expect(both(bug, new Error('before'))).toBe(bug);
});
