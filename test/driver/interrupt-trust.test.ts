/** When an interrupt is believed, when it is missed, and when there are too many. */

import { describe, expect, test } from 'vitest';

import {
  MISSES_MAX,
  OTHERS_SHARE,
  STORM_MIN,
  STORM_WINDOW_MS,
  SURE_MS,
} from '../../src/driver/interrupt.ts';
import { TURN, enabled } from '../support/journal-line.ts';

const MISSED = ['interrupts do not come', { line: '/dev/uio7' }];
const STORM = ['interrupt line fires without end', { line: '/dev/uio7' }];

/** An interrupt of whose line was heard before in this turn, which is ours. */
function inTurn() {
  const bench = enabled();
  bench.fire(0, 0);
  return bench;
}

describe('trust', () => {
  test('begins with an interrupt for a reply, and not with another one', () => {
    const { interrupt, find, fire } = enabled();
    fire(1, 0);
    find('other');
    expect(interrupt.isTrusted).toBe(false);

    find('reply');

    expect(interrupt.isTrusted).toBe(true);
  });

  test('is kept while interrupts come for nothing', () => {
    const { interrupt, find, fire } = enabled();
    find('reply');
    fire(1, 0);

    expect(interrupt.isTrusted).toBe(true);
  });

  test('is not given to a line that is let go of while its reply is taken', () => {
    const { interrupt } = enabled();

    interrupt.fired({ count: 1, nowMs: 0, turn: TURN }, () => {
      interrupt.replied(0);
      interrupt.close();
    });

    expect(interrupt.isTrusted).toBe(false);
  });

  test('ends with the line', () => {
    const { interrupt, find } = enabled();
    find('reply');
    interrupt.letGo();

    expect(interrupt.isTrusted).toBe(false);
  });
});

describe('an interrupt that does not come', () => {
  test('is lost at the frame after the last reply without one, before that is rung', () => {
    const { interrupt, find, miss, lost, warnings } = enabled();
    find('reply');
    miss(MISSES_MAX);
    expect([interrupt.isTrusted, lost.times, warnings]).toEqual([true, 0, []]);

    interrupt.beforeRing();

    expect([interrupt.isTrusted, lost.times, warnings]).toEqual([false, 1, [MISSED]]);
  });

  test('is reported also where none has ever come', () => {
    const { miss, warnings } = enabled();
    miss(MISSES_MAX + 1);

    expect(warnings).toEqual([MISSED]);
  });

  test('may be on its way when the reply is taken so soon', () => {
    const { miss, lost } = enabled();
    miss(2 * MISSES_MAX, SURE_MS - 1);

    expect(lost.times).toBe(0);
  });

  test('is not expected any more until one comes, and then is', () => {
    const { miss, find, lost } = enabled();
    miss(10 * MISSES_MAX);
    expect(lost.times).toBe(1);

    find('reply');
    miss(MISSES_MAX + 1);

    expect(lost.times).toBe(2);
  });

  test('is reported once, however often it is lost', () => {
    const { miss, find, lost, warnings } = enabled();
    for (let time = 0; time < 3; time += 1) {
      miss(MISSES_MAX + 1);
      find('reply');
    }

    expect([lost.times, warnings]).toEqual([3, [MISSED]]);
  });

  test('is missed in a row: one that comes in between begins it anew', () => {
    const { interrupt, miss, find, lost } = enabled();
    miss(MISSES_MAX - 1);
    interrupt.beforeRing();
    find('reply');
    interrupt.replied(SURE_MS);
    miss(MISSES_MAX - 1);

    interrupt.beforeRing();

    expect(lost.times).toBe(0);
  });

  test('is not missed from a line that is gone', () => {
    const { interrupt, miss, lost, warnings } = enabled();
    miss(MISSES_MAX);
    interrupt.letGo();

    interrupt.beforeRing();

    expect([lost.times, warnings]).toEqual([0, []]);
  });
});

describe('a line that fires for nothing', () => {
  test('is let go of and reported when it has done so too often', () => {
    const { interrupt, fire, warnings } = inTurn();
    fire(STORM_MIN - 1, 0);
    expect([interrupt.isOver, warnings]).toEqual([false, []]);

    fire(1, STORM_WINDOW_MS);

    expect([interrupt.isOver, warnings]).toEqual([true, [STORM]]);
  });

  test('is kept when it takes longer for that', () => {
    const { interrupt, fire } = inTurn();
    fire(STORM_MIN - 1, 0);
    fire(STORM_MIN - 1, STORM_WINDOW_MS + 1);

    expect(interrupt.isOver).toBe(false);
  });

  test.each(['reply', 'other'] as const)(
    'is kept when something was found meanwhile: %s',
    (what) => {
      const { interrupt, fire, find } = inTurn();
      fire(STORM_MIN - 1, 0);
      find(what);
      fire(STORM_MIN - 1, 0);
      expect(interrupt.isOver).toBe(false);

      fire(1, 0);
      expect(interrupt.isOver).toBe(true);
    },
  );

  test('is one that tells late of what a look has found', () => {
    const { interrupt, fire } = inTurn();
    for (let late = 0; late < 2 * STORM_MIN; late += 1) {
      interrupt.found();
      fire(1, 0);
    }
    for (let found = 0; found < STORM_MIN; found += 1) interrupt.found();
    fire(STORM_MIN, 0);

    expect(interrupt.isOver).toBe(false);
  });

  test('is let go of when it fires far more often than something is found', () => {
    const { interrupt, fire } = inTurn();
    for (let found = 0; found < 3; found += 1) interrupt.found();
    fire(STORM_MIN + 2, 0);
    expect(interrupt.isOver).toBe(false);

    fire(1, 0);

    expect(interrupt.isOver).toBe(true);
  });
});

describe("a line that fires in another process's turn", () => {
  test('is kept: it may tell of replies there', () => {
    const { interrupt, fireForOthers } = inTurn();
    for (let count = 0; count < 10 * STORM_MIN; count += 1) fireForOthers(1, 0);

    expect(interrupt.isOver).toBe(false);
  });

  test('is let go of when it fires more often than any interface answers', () => {
    const { interrupt, fireForOthers, warnings } = inTurn();
    fireForOthers(OTHERS_SHARE * STORM_MIN - 1, 0);
    expect(interrupt.isOver).toBe(false);

    fireForOthers(1, STORM_WINDOW_MS);

    expect([interrupt.isOver, warnings]).toEqual([true, [STORM]]);
  });

  test('may be heard of only in the next turn of ours', () => {
    const { interrupt, fireForOthers, fire } = inTurn();
    fireForOthers(1, 0);
    fire(2 * STORM_MIN, 0, TURN + 1);
    fire(2 * STORM_MIN, 0, TURN + 2);
    expect(interrupt.isOver).toBe(false);

    fire(STORM_MIN, 0, TURN + 2);

    expect(interrupt.isOver).toBe(true);
  });
});

test('a look knows whether the line has fired', () => {
  const { interrupt } = enabled();
  const seen = [interrupt.isFiring];

  interrupt.fired({ count: 1, nowMs: 0, turn: TURN }, () => seen.push(interrupt.isFiring));

  expect([...seen, interrupt.isFiring]).toEqual([false, true, false]);
});
