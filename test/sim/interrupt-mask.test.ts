/** BT_INTMASK of the simulated BMC, as the specification has it and as QEMU does. */

import { describe, expect, test } from 'vitest';

import { InterruptMask } from '../../src/sim/interrupt-mask.ts';
import { QEMU, SPEC } from '../../src/sim/personality.ts';

const ENABLED = 0x01;
const PENDING = 0x02;

function wired(personality = SPEC) {
  const mask = new InterruptMask(personality);
  const log: (string | number)[] = [];
  mask.attach({ rose: () => log.push('rose'), expect: (atMs) => log.push(atMs) });
  return { mask, log };
}

describe('an interrupt', () => {
  test('comes only when enabled, and once until it is acknowledged', () => {
    const { mask, log } = wired();
    mask.raise();
    expect([mask.value, log]).toEqual([0, []]);

    mask.write(ENABLED, false);
    mask.raise();
    mask.raise();
    expect([mask.value, log]).toEqual([ENABLED | PENDING, ['rose']]);

    mask.write(ENABLED | PENDING, false);
    mask.raise();
    expect([mask.value, log]).toEqual([ENABLED | PENDING, ['rose', 'rose']]);
  });

  test('is gone with a restart, and so is the enable', () => {
    const { mask } = wired();
    mask.write(ENABLED, false);
    mask.raise();

    mask.reset();

    expect(mask.value).toBe(0);
  });

  test('that is to come is told to the receiver that is attached', () => {
    const { mask, log } = wired();
    mask.expect(5);
    mask.attach(undefined);
    mask.expect(6);

    expect(log).toEqual([5]);
  });
});

test.each([
  ['SPEC', SPEC, ENABLED],
  ['QEMU', QEMU, ENABLED | PENDING],
])('to enable while attention is set: %s', (_, personality, value) => {
  const { mask } = wired(personality);

  mask.write(ENABLED, true);

  expect(mask.value).toBe(value);
});

test.each([
  ['SPEC', SPEC, PENDING],
  ['QEMU', QEMU, 0],
])('to disable while one is pending: %s', (_, personality, value) => {
  const { mask } = wired(personality);
  mask.write(ENABLED, false);
  mask.raise();

  mask.write(0, false);

  expect(mask.value).toBe(value);
});
