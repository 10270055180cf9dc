/** A quirk that was asked for when a device was opened is the machine's. */

import { expect, test } from 'vitest';

import { open } from '../../src/index.ts';
import { SimBmc } from '../../src/sim/bmc.ts';
import { VirtualClock } from '../../src/sim/virtual-clock.ts';
import { outcomeOf } from '../support/rig.ts';
import { BentPort } from '../support/wraps.ts';

const B_BUSY = 0x80;

test.each([
  [[], { code: 'REQUEST_TIMEOUT', outcome: 'not-sent' }],
  [['write-under-busy'], [7]],
] as const)('with %j, a BMC that is always busy answers %j', async (quirks, outcome) => {
  const clock = new VirtualClock();
  const bmc = new SimBmc({ clock, strict: false });
  const port = new BentPort(bmc, (at, value) => (at === bmc.base ? value | B_BUSY : value));
  const device = await clock.until(open({ base: bmc.base, port, clock, bringUp: 'lazy', quirks }));
  const request = { netFn: 0x30, cmd: 0x01, data: Uint8Array.of(7) };

  const sent = outcomeOf(device.request(request, { timeoutMs: 3000 }));

  expect(await clock.until(sent)).toEqual(outcome);
  await device.close();
});
