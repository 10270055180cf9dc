/**
 * Whole lives of a device at a second kind of interface, each from a seed, and the promises that
 * broken ones break. A failure names its seed.
 */

import { describe, expect, test } from 'vitest';

import type { Machine, PollResult } from '../../src/driver/machine.ts';
import { failuresOf } from '../support/failures.ts';
import type { Worsen } from '../support/toy-device.ts';
import { liveToy, liveToys, toyPlanOf } from '../support/toy-life.ts';
import type { ToyLiveOptions } from '../support/toy-life.ts';

/** Fewer where the tests run over and over, as of `seeds.test.ts`; but never more than so many. */
const SEEDS = Math.min(Number(process.env['IPMI_BT_LIVES'] ?? 600), 600);
const A_BATCH = 50;

const batches = Array.from({ length: SEEDS / A_BATCH }, (_, batch) => batch * A_BATCH);

test.each(batches)('keeps its promises in fifty lives from seed %i', async (first) => {
  expect(await liveToys(first, A_BATCH)).toBe(50);
});

/** A machine that is honest but for what `change` says. */
function altered(change: (machine: Machine) => Partial<Machine>): Worsen {
  return (hardware) => {
    const { machine } = hardware;
    const honest: Machine = {
      get isIdle() {
        return machine.isIdle;
      },
      get misfit() {
        return machine.misfit;
      },
      start: (attempt) => machine.start(attempt),
      poll: (nowMs, isLast) => machine.poll(nowMs, isLast),
      cancel: () => machine.cancel(),
      attention: () => machine.attention(),
      presence: () => machine.presence(),
      quiesce: () => machine.quiesce(),
      reset: () => machine.reset(),
    };
    const changed = Object.entries(change(machine)).map(([name, value]) => [name, { value }]);
    const properties = Object.fromEntries(changed) as PropertyDescriptorMap;
    return { ...hardware, machine: Object.create(honest, properties) as Machine };
  };
}

/** The same for the result of each poll. */
function bent(bend: (result: PollResult) => PollResult): Worsen {
  return altered((machine) => ({
    poll: (nowMs, isLast) => bend(machine.poll(nowMs, isLast)),
  }));
}

/** The reply to one request is told to the next. */
function belated(): Worsen {
  let last: PollResult | undefined;
  return bent((result) => {
    if (result.kind !== 'done') return result;
    const told = last ?? result;
    last = result;
    return told;
  });
}

describe('an interface that breaks a promise is found out:', () => {
  test.each<[string, RegExp, ToyLiveOptions]>([
    [
      'it says that nothing was handed over when the BMC has it',
      /^AssertionError.*: request .* took \d/,
      {
        worsen: bent((result) => (result.kind === 'wait' ? { ...result, rung: false } : result)),
      },
    ],
    [
      'it says after silence that the request was never handed over',
      /^AssertionError.*: changes executed: /,
      {
        worsen: bent((result) =>
          result.kind === 'failed' ? { ...result, rung: false, reason: 'notReady' } : result,
        ),
      },
    ],
    [
      'it gives each request the reply to the one before',
      /^AssertionError.*: \d+ after the last fault/,
      { worsen: belated() },
    ],
    [
      'it drops a request that the BMC has',
      // The next request finds the interface at work, which is a bug, and closes the device.
      /DEVICE_CLOSED: /,
      {
        worsen: altered((machine) => ({
          cancel: () => machine.cancel() || true,
        })),
      },
    ],
  ])('%s', async (_, reason, options) => {
    const seeds = Array.from({ length: 60 }, (_, seed) => seed);
    const found = await failuresOf(seeds.map((seed) => liveToy(toyPlanOf(seed), options)));

    expect(found).toContainEqual(expect.stringMatching(reason));
  });
});
