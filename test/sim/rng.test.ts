/** The seeded generator behind all faults. */

import { expect, test } from 'vitest';

import { Rng } from '../../src/sim/rng.ts';
import { offenders } from '../support/lists.ts';

function draw<T>(count: number, next: () => T): T[] {
  return Array.from({ length: count }, next);
}

test('one seed gives one sequence, another seed another', () => {
  const [one, same, other] = [new Rng(7), new Rng(7), new Rng(8)];

  const numbers = draw(20, () => one.next());

  expect(draw(20, () => same.next())).toEqual(numbers);
  expect(draw(20, () => other.next())).not.toEqual(numbers);
  expect(offenders(numbers, (number) => number < 0 || number >= 1)).toEqual([]);
});

test('integers reach both ends and nothing beyond', () => {
  const rng = new Rng(1);

  const integers = new Set(draw(200, () => rng.integer(3, 5)));

  expect([...integers].sort()).toEqual([3, 4, 5]);
});

test('a chance of 0 never comes, one of 100 always, one of 30 about so often', () => {
  const rng = new Rng(1);

  expect(draw(100, () => rng.chance(0))).not.toContain(true);
  expect(draw(100, () => rng.chance(100))).not.toContain(false);
  const hits = draw(1000, () => rng.chance(30)).filter(Boolean).length;
  expect(hits).toBeGreaterThan(250);
  expect(hits).toBeLessThan(350);
});

test('each of several choices is picked', () => {
  const rng = new Rng(1);

  expect(new Set(draw(50, () => rng.pick(['a', 'b', 'c']))).size).toBe(3);
});
