/** Steps that stand or fall together, and the stack of what undoes them. */

import { describe, expect, test } from 'vitest';

import { IpmiError } from '../src/errors.ts';
import { Rollback, allOf, both, failuresOf, runSteps } from '../src/rollback.ts';
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

describe('Rollback', () => {
  /** Undos that write down their names, of which those in `bad` fail with theirs. */
  function stack(...bad: readonly string[]) {
    const log: string[] = [];
    const rollback = new Rollback();
    const act = (name: string) => (): void => {
      log.push(name);
      if (bad.includes(name)) throw new Error(name);
    };
    for (const name of NAMES) rollback.add({ run: act(name), runNow: act(`${name} now`) });
    return { log, rollback };
  }

  test('is empty before something is added, and when all is undone', async () => {
    const rollback = new Rollback();
    expect(rollback.isEmpty).toBe(true);
    rollback.add({ run: () => undefined });
    expect(rollback.isEmpty).toBe(false);

    expect(await rollback.run('stop')).toEqual([]);

    expect(rollback.isEmpty).toBe(true);
  });

  test('run() undoes each step once, last first', async () => {
    const { log, rollback } = stack();

    expect(await rollback.run('stop')).toEqual([]);
    expect(await rollback.run('stop')).toEqual([]);

    expect(log).toEqual(['d', 'c', 'b', 'a']);
  });

  test('run() waits for each undo before the next', async () => {
    const log: string[] = [];
    const rollback = new Rollback();
    rollback.add({ run: () => void log.push('a') });
    rollback.add({
      run: async () => {
        log.push('b begins');
        await Promise.resolve();
        log.push('b ends');
      },
    });

    await rollback.run('stop');

    expect(log).toEqual(['b begins', 'b ends', 'a']);
  });

  test("'stop' leaves what is below the failure, which a second run undoes", async () => {
    const { log, rollback } = stack('c');

    expect(await rollback.run('stop')).toEqual([new Error('c')]);
    expect([log.splice(0), rollback.isEmpty]).toEqual([['d', 'c'], false]);

    expect(await rollback.run('stop')).toEqual([]);
    expect([log, rollback.isEmpty]).toEqual([['b', 'a'], true]);
  });

  test("'go on' undoes everything, and collects the failures in order", async () => {
    const { log, rollback } = stack('d', 'a');

    expect(await rollback.run('go on')).toEqual([new Error('d'), new Error('a')]);

    expect([log, rollback.isEmpty]).toEqual([['d', 'c', 'b', 'a'], true]);
  });

  test('collects a promise that rejects', async () => {
    const rollback = new Rollback();
    rollback.add({ run: () => Promise.reject(new Error('late')) });

    expect(await rollback.run('stop')).toEqual([new Error('late')]);
  });

  test('runNow() undoes everything at once, last first, and collects the failures', () => {
    const { log, rollback } = stack('d now', 'b now');

    expect(rollback.runNow()).toEqual([new Error('d now'), new Error('b now')]);

    expect(log).toEqual(['d now', 'c now', 'b now', 'a now']);
    expect(rollback.isEmpty).toBe(true);
  });

  test('runNow() takes run() of a step without one of its own', () => {
    const log: string[] = [];
    const rollback = new Rollback();
    rollback.add({ run: () => void log.push('a') });
    rollback.add({
      run: () => {
        throw new Error('b');
      },
    });

    expect(rollback.runNow()).toEqual([new Error('b')]);
    expect(log).toEqual(['a']);
  });

  test('runNow() in the middle of run() undoes that step and the rest without waiting', async () => {
    const { log, rollback } = stack();
    let end = (): void => undefined;
    rollback.add({
      run: () => new Promise<void>((resolve) => (end = resolve)),
      runNow: () => void log.push('last now'),
    });
    const running = rollback.run('go on');

    expect(rollback.runNow()).toEqual([]);
    expect(log).toEqual(['last now', 'd now', 'c now', 'b now', 'a now']);
    end();

    expect(await running).toBe('overtaken');
    expect(log).toHaveLength(5);
  });

  test('what was overtaken has no failures', async () => {
    const { rollback } = stack('a', 'a now');
    rollback.add({ run: () => Promise.resolve() });
    const failures = failuresOf(rollback, 'go on');

    rollback.runNow();

    expect(await failures).toEqual([]);
  });
});

test('allOf() tells every failure, the last first, and keeps code and outcome of the last', () => {
  const [first, second] = [new Error('first'), new IpmiError('PORT_CLAIMED', 'second')];
  const last = new IpmiError('BMC_UNRESPONSIVE', 'last', { outcome: 'unknown' });

  expect(allOf([first, second, last])).toMatchObject({
    code: 'BMC_UNRESPONSIVE',
    outcome: 'unknown',
    message: 'BMC_UNRESPONSIVE: last; before that: PORT_CLAIMED: second; before that: first',
  });
  expect(allOf([first])).toBe(first);
});
