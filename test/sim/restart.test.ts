/** The restart of a simulated BMC. */

import { expect, test } from 'vitest';

import { Restart } from '../../src/sim/restart.ts';

test('is away from its time on for as long as it takes, and is back once', () => {
  const restart = new Restart(100);
  restart.schedule(50);

  const times = [0, 49, 50, 149, 150, 151, 1000];

  expect(times.map((nowMs) => restart.look(nowMs))).toEqual([
    ...['here', 'here', 'away', 'away', 'back', 'here', 'here'],
  ]);
});

test('comes back also when it is not looked at meanwhile', () => {
  const restart = new Restart(100);
  restart.schedule(50);

  expect([restart.look(500), restart.look(500)]).toEqual(['back', 'here']);
});

test('never happens when it takes no time', () => {
  const restart = new Restart(0);
  restart.schedule(50);

  expect(restart.look(1000)).toBe('here');
});
