/** The colours of both palettes, also those that only a canvas or a picture has. */

import { describe, expect, test } from 'vitest';

import { DARK, LIGHT } from '../../../src/smoke/report/html-style.ts';
import { contrast } from '../../support/contrast.ts';
import { offenders } from '../../support/lists.ts';

const GROUNDS = ['ground', 'panel', 'badGround', 'careGround'] as const;
const TEXTS = ['text', 'muted', 'good', 'bad', 'care'] as const;
const SHAPES = ['bar', 'before', 'bad'] as const;

function pairs<A, B>(ones: readonly A[], others: readonly B[]): readonly (readonly [A, B])[] {
  return ones.flatMap((one) => others.map((other) => [one, other] as const));
}

describe.each([
  ['light', LIGHT],
  ['dark', DARK],
])('in %s', (_, palette) => {
  test('each text has a contrast of 4.5 on each ground', () => {
    const unreadable = offenders(pairs(TEXTS, GROUNDS), ([text, ground]) => {
      return contrast(palette[text], palette[ground]) < 4.5;
    });

    expect(unreadable).toEqual([]);
  });

  test('each shape has a contrast of 3 on the page', () => {
    const unseen = offenders(SHAPES, (shape) => contrast(palette[shape], palette.ground) < 3);

    expect(unseen).toEqual([]);
  });
});

test('contrast is that of WCAG', () => {
  expect(contrast('#ffffff', '#000000')).toBeCloseTo(21, 6);
  expect(contrast('rgb(118, 118, 118)', '#ffffff')).toBeCloseTo(4.54, 2);
  expect(contrast('#808080', '#808080')).toBe(1);
});
