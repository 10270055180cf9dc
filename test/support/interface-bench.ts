/** An interface that is up without a device around it, and its BMC, which can be silent. */

import { expect, onTestFinished } from 'vitest';

import { btInterface } from '../../src/bt/interface.ts';
import { Listeners } from '../../src/device/events.ts';
import { Lifecycle } from '../../src/device/state.ts';
import { SystemInterface } from '../../src/device/system-interface.ts';
import { silentLog } from '../../src/log.ts';
import { btBlock } from '../../src/port/register-block.ts';
import { privateLock } from '../../src/share/lock.ts';
import type { Lock } from '../../src/share/lock.ts';
import { ownSettings } from '../../src/share/settings.ts';
import { SimBmc } from '../../src/sim/bmc.ts';
import { SIM_DEVICE_ID } from '../../src/sim/commands.ts';
import { SimIrqLine } from '../../src/sim/irq-line.ts';
import { VirtualClock } from '../../src/sim/virtual-clock.ts';
import { GET_DEVICE_ID, bringUpOptions } from './rig.ts';

const DEVICE_ID = 0x01;

/** Longer than the search for a BMC ever pauses. */
export const LONG_MS = 120_000;

interface Bench {
  readonly lock?: Lock;
  readonly responseMs?: number;
  /** True: it has an interrupt line. */
  readonly hasLine?: boolean;
  readonly mode?: 'full' | 'lazy';
  /** The command that the BMC never answers. */
  readonly unanswered?: number;
}

/** The interface, its BMC, and what its listeners were told. */
export async function interfaceBench(options: Bench = {}) {
  const { lock = privateLock({}, 0), responseMs = 0, mode = 'full', hasLine = false } = options;
  const clock = new VirtualClock();
  const state = { isSilent: false, productByte: 0x00 };
  const bmc = new SimBmc({
    ...{ clock, responseMs, mayReset: true },
    answer: ({ cmd }) => {
      if (state.isSilent || cmd === options.unanswered) return 'drop';
      if (cmd !== DEVICE_ID || state.productByte === 0) return undefined;
      return [0x00, ...Array.from<number>(SIM_DEVICE_ID).with(9, state.productByte)];
    },
  });
  const [lifecycle, listeners] = [new Lifecycle(), new Listeners()];
  const told: unknown[] = [];
  listeners.add('lost', (reason) => told.push(['lost', reason]));
  listeners.add('ready', () => told.push(['ready']));
  listeners.add('identity', (now, before) => told.push([before.productId, now.productId]));
  const block = btBlock(bmc.base);
  const line = hasLine ? new SimIrqLine({ bmc, clock, ownsMask: false }) : undefined;
  const hardware = { port: bmc, block, quirks: [], pollMs: 0, line, trace: undefined };
  const quiet: unknown[] = [];
  const bt = new SystemInterface(
    {
      ...{ clock, lock, log: silentLog, block, settings: ownSettings() },
      ...{ lockTimeoutMs: 30_000, queueMax: 8, attemptMs: undefined, port: bmc },
      onQuiet: (released) => void quiet.push(released),
      newHardware: (events) => btInterface(hardware, events),
    },
    { lifecycle, listeners },
  );
  onTestFinished(async () => {
    bt.close();
    await clock.pass(1);
    bmc.assertQuiet();
    expect(clock.pending).toBe(0);
  });
  lifecycle.enter('registering');
  await clock.until(bt.bringUp(mode, bringUpOptions(clock)));
  lifecycle.enter('ready');
  const request = (): Promise<unknown> =>
    bt.submit(GET_DEVICE_ID, { retries: 0, internal: false }).catch((error: unknown) => error);
  const lose = async (): Promise<void> => {
    state.isSilent = true;
    await clock.until(request());
    await clock.pass(LONG_MS);
  };
  return { clock, state, bmc, bt, lifecycle, told, request, lose, quiet };
}
