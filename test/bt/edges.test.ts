/** The machine's table of edges: the ones there are, and an assertion for all others. */

import { describe, expect, test } from 'vitest';

import { EDGES, checkEdge } from '../../src/bt/edges.ts';
import type { StateName } from '../../src/bt/edges.ts';

const STATES: readonly StateName[] = ['idle', 'waitReady', 'waitReply', 'waitClear'];

/** Spelt a second time, apart from the table. */
const ALLOWED: ReadonlySet<string> = new Set([
  'idle -> waitReady',
  'idle -> waitClear',
  'waitReady -> waitReply',
  'waitReady -> waitClear',
  'waitReady -> idle',
  'waitReply -> waitClear',
  'waitReply -> idle',
  'waitClear -> idle',
  'waitClear -> waitReady',
  'waitClear -> waitReply',
]);

const PAIRS = STATES.flatMap((from) => STATES.map((to) => [from, to] as const));

test('the table has these states', () => {
  expect(Object.keys(EDGES)).toEqual(STATES);
});

describe('checkEdge()', () => {
  test.each(PAIRS.filter(([from, to]) => ALLOWED.has(`${from} -> ${to}`)))(
    'accepts %s -> %s',
    (from, to) => {
      expect(() => {
        checkEdge(from, to);
      }).not.toThrow();
    },
  );

  test.each(PAIRS.filter(([from, to]) => !ALLOWED.has(`${from} -> ${to}`)))(
    'throws for %s -> %s',
    (from, to) => {
      expect(() => {
        checkEdge(from, to);
      }).toThrow(new Error(`bug: no edge ${from} -> ${to}`));
    },
  );
});
