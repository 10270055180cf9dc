/** Failures by name, and the faults that they are; `bmc-failure.test.ts` shows them to hosts. */

import { expect, test } from 'vitest';

import { faultsOf } from '../../src/sim/failure.ts';
import type { FailureKind } from '../../src/sim/failure.ts';

const NOW = { nowMs: 1000, taken: 5 };

test('silence is that of a BMC which forgets every command', () => {
  const deaf = { kind: 'deaf', fromMs: 1000, forMs: 5000 };

  expect(faultsOf('silent', { forMs: 5000 }, NOW)).toEqual([deaf]);
  expect(faultsOf('deaf', {}, NOW)).toEqual([{ ...deaf, forMs: Infinity }]);
  expect(faultsOf('silent', { inMs: 30, forMs: 1 }, NOW)).toEqual([
    { ...deaf, fromMs: 1030, forMs: 1 },
  ]);
});

test.each([
  ['floats', { fromMs: 1000, forMs: Infinity, value: 0xff }],
  ['busy', { fromMs: 1000, forMs: Infinity, flapping: false }],
  ['sticky', { fromMs: 1000, forMs: Infinity, hits: Infinity }],
  ['flips', { fromMs: 1000, forMs: Infinity }],
  ['untaken', { fromMs: 1000, forMs: Infinity }],
  ['hostBusy', { fromMs: 1000, forMs: Infinity }],
  ['reset', { fromMs: 1000, forMs: Infinity }],
  ['stickyAttention', { fromMs: 1000, forMs: Infinity }],
  ['emptyEvents', { fromMs: 1000, forMs: Infinity }],
  ['endlessEvents', { fromMs: 1000, forMs: Infinity }],
  ['drop', { at: 5 }],
  ['late', { at: 5, byMs: 1000 }],
  ['twice', { at: 5 }],
  ['stale', { at: 5 }],
  ['wrong', { at: 5, what: 'seq' }],
  ['code', { at: 5, code: 0xc0 }],
  ['length', { at: 5, length: 3 }],
] as const)('%s, as it is without options', (kind, fields) => {
  expect(faultsOf(kind, {}, NOW)).toEqual([{ kind, ...fields }]);
});

test('a fault of commands hits as many as it shall, after those that are spared', () => {
  const hit = faultsOf('late', { skip: 2, commands: 3, byMs: 7 }, NOW);

  expect(hit).toEqual([7, 8, 9].map((at) => ({ kind: 'late', at, byMs: 7 })));
});

test.each(['__proto__', 'constructor', 'toString'])('%s is no failure', (name) => {
  const act = (): unknown => faultsOf(name as FailureKind, {}, NOW);

  expect(act).toThrow(/^fail\(\) takes one of silent, /);
});

test('a name or a number that is none is refused', () => {
  const wrong = 'silence' as FailureKind;

  expect(() => faultsOf(wrong, {}, NOW)).toThrow(/^fail\(\) takes one of silent, .*not silence$/);
  expect(() => faultsOf('silent', { forMs: -1 }, NOW)).toThrow(RangeError);
  expect(() => faultsOf('silent', { forMs: NaN }, NOW)).toThrow(/^forMs must be a number from 0/);
});
