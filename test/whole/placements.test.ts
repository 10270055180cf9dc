/**
 * Every placement of up to four events over every step of bring-up and what follows: a caller's
 * request, its abort, close(), and a second caller or an interrupt. By enumeration, not by chance.
 */

import { test } from 'vitest';

import { SimBmc } from '../../src/sim/bmc.ts';
import { SimIrqLine } from '../../src/sim/irq-line.ts';
import { judgeAll } from '../support/placements.ts';
import type { StageMaker } from '../support/placements.ts';
import { wire } from '../support/rig.ts';

/** A transaction is four polls then: the ring, two that find nothing, and the reply. */
const RESPONSE_MS = 0.3;

/** BT, with what its interrupt line does to the chip. */
function bt(irq?: 'acknowledges' | 'masks'): StageMaker {
  return (clock, stepped) => {
    const bmc = new SimBmc({ clock, responseMs: RESPONSE_MS, showsBusy: false });
    if (irq === undefined) return { bmc, ...wire(bmc, stepped) };
    const ownsMask = irq === 'acknowledges';
    const line = new SimIrqLine({ bmc, clock, ownsMask, isGated: false });
    const wired = wire(bmc, stepped, { line });
    wired.interrupt?.enable();
    return { bmc, fire: () => line.fire(), ...wired };
  };
}

test('every placement of up to four events ends as it may, and leaves the interface quiet', async () => {
  process.stdout.write(`${await judgeAll(bt(), 'second')}\n`);
}, 600_000);

test.each(['acknowledges', 'masks'] as const)(
  'so does every placement with an interrupt, where the line %s',
  async (line) => {
    process.stdout.write(`${await judgeAll(bt(line), 'interrupt')}, one an interrupt\n`);
  },
  600_000,
);
