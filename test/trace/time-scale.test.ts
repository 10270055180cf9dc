/** A scale that leaves out the time in which nothing happens. */

import { expect, test } from 'vitest';

import { GAP_WIDTH, timeScale } from '../../src/trace/time-scale.ts';

test('spans that touch are one piece, over the whole width', () => {
  const { pieces, x } = timeScale(
    [
      { fromMs: 5, toMs: 10 },
      { fromMs: 0, toMs: 5 },
    ],
    100,
  );

  expect(pieces).toEqual([{ fromMs: 0, toMs: 10, x: 0, width: 100 }]);
  expect([0, 2.5, 10, 11, -1].map(x)).toEqual([0, 25, 100, 100, 0]);
});

test('a long time without events is a gap of one width', () => {
  const spans = [
    { fromMs: 0, toMs: 1 },
    { fromMs: 1001, toMs: 1004 },
  ];

  const { pieces, x } = timeScale(spans, 400 + GAP_WIDTH);

  expect(pieces.map((piece) => [piece.x, piece.width])).toEqual([
    [0, 100],
    [100 + GAP_WIDTH, 300],
  ]);
  expect(x(500)).toBe(100 + GAP_WIDTH / 2);
  expect(x(1001)).toBe(100 + GAP_WIDTH);
});

test('there are at most eight gaps, and every span has its place in order', () => {
  const spans = Array.from({ length: 50 }, (_, index) => ({
    fromMs: index * 100 + index,
    toMs: index * 100 + index + 1,
  }));

  const { pieces, x } = timeScale(spans, 660);

  const places = spans.map(({ fromMs }) => x(fromMs));
  expect(pieces.length).toBeLessThanOrEqual(51);
  expect(places).toEqual([...places].sort((one, other) => one - other));
});

test('events of no length, or none at all, do not divide by zero', () => {
  expect(timeScale([{ fromMs: 3, toMs: 3 }], 100).x(3)).toBe(0);
  expect(timeScale([], 100).x(3)).toBe(0);
});
