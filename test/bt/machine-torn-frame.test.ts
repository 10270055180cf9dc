/** A BMC that restarts in the middle of a frame, at every byte of it. */

import { expect, test } from 'vitest';

import { open } from '../../src/index.ts';
import { SIM_DEVICE_ID } from '../../src/sim/commands.ts';
import { FaultyBmc } from '../../src/sim/faults.ts';
import { VirtualClock } from '../../src/sim/virtual-clock.ts';
import { outcomeOf } from '../support/rig.ts';

const READ = { netFn: 0x06, cmd: 0x01 };
const CHANGE = { netFn: 0x30, cmd: 0x01, data: Uint8Array.of(1, 2, 3, 4, 5, 6, 7, 8) };

/** Bytes of the longest frame below: the reply to Get Device ID, its length byte included. */
const FRAME_BYTES = 5 + SIM_DEVICE_ID.length;

/** Sends one request to a BMC that restarts at this byte of its first frame that is so long. */
async function ask(message: typeof READ, atByte: number) {
  const clock = new VirtualClock();
  const port = new FaultyBmc({
    clock,
    seed: 1,
    responseMs: 1,
    faults: [{ kind: 'reset', fromMs: 0, forMs: 0, atByte }],
  });
  const device = await open({ base: port.bmc.base, port, clock, bringUp: 'lazy' });
  const outcome = await clock.until(outcomeOf(device.request(message, { timeoutMs: 60_000 })));
  await device.close();
  await clock.pass(1);
  expect(clock.pending).toBe(0);
  return { outcome, executed: port.bmc.executed.length };
}

const bytes = Array.from({ length: FRAME_BYTES }, (_, index) => index + 1);

test.each(bytes)('restarts at byte %i: what only reads gets the right reply', async (atByte) => {
  expect((await ask(READ, atByte)).outcome).toEqual(SIM_DEVICE_ID);
});

test.each(bytes)(
  'restarts at byte %i: a change gets its own reply or an honest error, and is not sent again',
  async (atByte) => {
    const { outcome, executed } = await ask(CHANGE, atByte);

    // Nothing of the first frame was there to be forgotten, or it was read already.
    const isWhole = atByte === 1 || atByte > 5 + CHANGE.data.length;
    expect(isWhole).toBe(JSON.stringify(outcome) === JSON.stringify([...CHANGE.data]));
    if (!isWhole)
      expect(outcome).toHaveProperty('outcome', expect.stringMatching('unknown|answered'));
    expect(executed).toBeLessThanOrEqual(1);
  },
);
