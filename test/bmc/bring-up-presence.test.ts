/** How long a BMC of which nothing is seen is waited for, when firmware says that it is there. */

import { describe, expect, test } from 'vitest';

import { checkPresence } from '../../src/bmc/bring-up.ts';
import { bringUpOptions, rig } from '../support/rig.ts';
import { BentPort } from '../support/wraps.ts';

const UNRESPONSIVE = { code: 'BMC_UNRESPONSIVE', outcome: 'not-sent' };
const ABSENT = { code: 'DEVICE_ABSENT', outcome: 'not-sent' };

/** A BMC whose registers all read `reads` until `readyMs`, and what a look at it comes to. */
function restarting(readyMs: number, reads = 0xff, withinMs = 30_000) {
  const parts: ReturnType<typeof rig> = rig({
    wrap: (port) => new BentPort(port, (_, value) => (parts.clock.now() < readyMs ? reads : value)),
  });
  const deadlineMs = parts.clock.now() + withinMs;
  const options = { ...bringUpOptions(parts.clock), deadlineMs, isAnnounced: true };
  const looked = checkPresence(parts.access, options).then(
    () => 'present',
    (error: unknown) => error,
  );
  return { ...parts, looked };
}

describe('a BMC that firmware announces', () => {
  test('is waited for while nothing decodes, and found within a second', async () => {
    const { clock, bmc, looked } = restarting(12_300);

    expect(await clock.until(looked)).toBe('present');
    expect(clock.now()).toBe(13_000);
    expect(bmc.writes).toBe(0);
  });

  test('is given up at the deadline, as one that does not answer', async () => {
    const { clock, bmc, looked } = restarting(60_000);

    const error = await clock.until(looked);

    expect(error).toMatchObject(UNRESPONSIVE);
    expect((error as Error).message).toBe(
      'BMC_UNRESPONSIVE: firmware announces a BMC at 0xce4, but nothing decodes there: ' +
        'BT_CTRL reads 0xff and BT_INTMASK 0xff',
    );
    expect(clock.now()).toBe(30_000);
    expect(bmc.writes).toBe(0);
  });

  test('gets its second look, however short the time', async () => {
    const { clock, looked } = restarting(0.1, 0xff, 0);

    expect(await clock.until(looked)).toBe('present');
    expect(clock.now()).toBeLessThan(1);
  });

  test('is not waited for where something else decodes', async () => {
    const { clock, bmc, looked } = restarting(60_000, 0x63);

    expect(await clock.until(looked)).toMatchObject(ABSENT);
    expect(clock.now()).toBe(1000);
    expect(bmc.writes).toBe(0);
  });
});
