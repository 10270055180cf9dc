/**
 * A BMC is never reset unasked: not after minutes of silence, not after days of it, whatever the
 * registers read and whatever the BMC answers.
 */

import { expect, test } from 'vitest';

import { open } from '../../src/index.ts';
import type { Device } from '../../src/index.ts';
import { FaultyBmc } from '../../src/sim/faults.ts';
import type { Fault } from '../../src/sim/faults.ts';
import { SimIrqLine } from '../../src/sim/irq-line.ts';
import type { SimOptions } from '../../src/sim/options.ts';
import { VirtualClock } from '../../src/sim/virtual-clock.ts';
import { ResetWatch } from '../support/reset-watch.ts';
import { outcomeOf } from '../support/rig.ts';
import { thrownBy } from '../support/thrown-by.ts';

/** From one burst of requests to the next, and how many there are, which makes 4 hours. */
const ROUND_MS = 600_000;
const ROUNDS = 24;
const MORE_THAN_A_DAY = 150;
const TROUBLE_AT_MS = 1000;
const FOR_EVER = { fromMs: TROUBLE_AT_MS, forMs: Infinity };

/** Reads and a change, in this order in every round. */
const REQUESTS = [
  { netFn: 0x06, cmd: 0x01 },
  { netFn: 0x30, cmd: 0x01, data: Uint8Array.of(7) },
  { netFn: 0x06, cmd: 0x04 },
];

interface Trouble {
  readonly faults?: readonly Fault[];
  readonly options?: Omit<SimOptions, 'clock'>;
  readonly rounds?: number;
}

/** A device that is ready, with a line and a listener, before its BMC begins to be troubled. */
async function troubled({ faults = [], options = {} }: Trouble) {
  const clock = new VirtualClock();
  const bmc = new FaultyBmc({ clock, seed: 1, responseMs: 20, faults, ...options });
  const port = new ResetWatch(bmc);
  const irq = new SimIrqLine({ bmc: bmc.bmc, clock, ownsMask: false });
  const device = await clock.until(open({ base: bmc.bmc.base, port, irq, clock }));
  device.on('event', () => undefined);
  await clock.pass(TROUBLE_AT_MS);
  return { clock, bmc, port, device };
}

/** The requests of a round, at once, and then the rest of its time. */
async function aRound(clock: VirtualClock, device: Device): Promise<readonly unknown[]> {
  const sent = REQUESTS.map((request) => outcomeOf(device.request(request)));
  const outcomes = await clock.until(Promise.all(sent));
  await clock.pass(ROUND_MS);
  return outcomes;
}

/** Answers every command so, from the beginning of the trouble. */
function answering(answer: readonly number[] | 'drop'): SimOptions {
  return { answer: ({ atMs }) => (atMs < TROUBLE_AT_MS ? undefined : answer) };
}

test.each<[string, Trouble]>([
  ['hears nothing', { faults: [{ kind: 'deaf', ...FOR_EVER }], rounds: MORE_THAN_A_DAY }],
  ['drops every command', { options: answering('drop') }],
  ['does not take what is rung', { faults: [{ kind: 'untaken', ...FOR_EVER }] }],
  ['stays busy', { faults: [{ kind: 'busy', flapping: false, ...FOR_EVER }] }],
  ['is busy at every other look', { faults: [{ kind: 'busy', flapping: true, ...FOR_EVER }] }],
  [
    'is gone: the bus floats',
    { faults: [{ kind: 'floats', value: 0xff, ...FOR_EVER }], rounds: MORE_THAN_A_DAY },
  ],
  ['has registers that read 0', { faults: [{ kind: 'floats', value: 0x00, ...FOR_EVER }] }],
  ['keeps B2H_ATN set', { faults: [{ kind: 'sticky', hits: Infinity, ...FOR_EVER }], rounds: 1 }],
  ['has bits that flip', { faults: [{ kind: 'flips', ...FOR_EVER }], rounds: ROUNDS / 2 }],
  ['keeps SMS_ATN set', { faults: [{ kind: 'stickyAttention', ...FOR_EVER }], rounds: 6 }],
  ['is always busy with others', { options: answering([0xc0]), rounds: ROUNDS / 2 }],
  ['is always starting', { options: answering([0xd2]), rounds: ROUNDS / 2 }],
  ['fails everything', { options: answering([0xff]), rounds: ROUNDS / 2 }],
  [
    'restarts, and is deaf from then on',
    {
      faults: [
        { kind: 'reset', fromMs: TROUBLE_AT_MS, forMs: 0 },
        { kind: 'deaf', ...FOR_EVER },
      ],
    },
  ],
])('a BMC that %s is not reset in hours or days, nor at close()', async (_, trouble) => {
  const { rounds = ROUNDS } = trouble;
  const { clock, port, device } = await troubled(trouble);

  let count = 0;
  for (let round = 0; round < rounds; round += 1) count += (await aRound(clock, device)).length;
  await clock.until(device.close());

  expect(count).toBe(rounds * REQUESTS.length);
  expect(port.resets).toEqual([]);
  port.assertNone();
});

test('a reset that a caller asks for is one that the watch sees, and the driver adds none', async () => {
  const options: SimOptions = { mayReset: true, restartMs: 3000 };
  const { clock, port, device, bmc } = await troubled({ options });

  await clock.until(device.reset('interface'));
  await clock.pass(ROUND_MS);
  expect(String(thrownBy(() => port.assertNone()))).toContain('BMC_HWRST was written');
  expect(port.resets).toHaveLength(1);

  port.resets.length = 0;
  await clock.until(device.reset('cold'));
  await clock.pass(ROUND_MS);
  expect(String(thrownBy(() => port.assertNone()))).toContain('a command that resets');
  expect(bmc.executed.filter(({ netFn, cmd }) => netFn === 0x06 && cmd === 0x02)).toHaveLength(1);
  expect(port.resets).toEqual([]);
  await clock.until(device.close());
});
