/** The states of a device, as its program sees them and as they are by the table. */

import { describe, expect, test } from 'vitest';

import { STATE_EDGES, Lifecycle } from '../../src/device/state.ts';
import type { DeviceState } from '../../src/device/state.ts';
import { FaultyBmc } from '../../src/sim/faults.ts';
import type { Fault } from '../../src/sim/faults.ts';
import { VirtualClock } from '../../src/sim/virtual-clock.ts';
import { newDevice } from '../support/new-device.ts';
import { bringUpOptions } from '../support/rig.ts';

/** Every edge, spelt here a second time. */
const EDGES: readonly string[] = [
  'found -> registering',
  'found -> closed',
  'registering -> ready',
  'registering -> lost',
  'registering -> closed',
  'ready -> lost',
  'ready -> closed',
  'lost -> ready',
  'lost -> closed',
];

/** The states on the shortest way to each. */
const WAYS: Readonly<Record<DeviceState, readonly DeviceState[]>> = {
  found: [],
  registering: ['registering'],
  ready: ['registering', 'ready'],
  lost: ['registering', 'lost'],
  closed: ['closed'],
};

const STATES = Object.keys(WAYS) as DeviceState[];

test('there are five states, and the ways between them', () => {
  expect(Object.keys(STATE_EDGES).sort()).toEqual(STATES.toSorted());
  expect(STATES.flatMap((from) => STATE_EDGES[from].map((to) => `${from} -> ${to}`))).toEqual(
    EDGES,
  );
});

describe('from one state to another is a way, or a bug:', () => {
  test.each(STATES.flatMap((from) => STATES.map((to) => [from, to] as const)))(
    '%s -> %s',
    (from, to) => {
      const lifecycle = new Lifecycle();
      for (const state of WAYS[from]) lifecycle.enter(state);
      const go = (): void => {
        lifecycle.enter(to);
      };

      const isEdge = EDGES.includes(`${from} -> ${to}`);
      if (isEdge) go();
      else expect(go).toThrow(`bug: no edge ${from} -> ${to}`);
      expect(lifecycle.state).toBe(isEdge ? to : from);
    },
  );
});

function bench(faults: readonly Fault[]) {
  const clock = new VirtualClock();
  const port = new FaultyBmc({ clock, seed: 1, faults, responseMs: 5 });
  return { clock, device: newDevice({ port, clock }) };
}

test('a device that was asked for its watchdog first is brought up twice, and ready once', async () => {
  const { clock, device } = bench([]);

  await clock.until(device.bringUp('lazy', bringUpOptions(clock)));
  expect(device.state).toBe('ready');
  await clock.until(device.bringUp('full', bringUpOptions(clock)));

  expect(device.state).toBe('ready');
  expect(device.deviceId).toBeDefined();
  device.closeNow();
});

test('a device is found, registers, is ready, is lost, is ready again, and is closed', async () => {
  const away: Fault = { kind: 'floats', value: 0xff, fromMs: 1000, forMs: 20_000 };
  const { clock, device } = bench([away]);
  const states: DeviceState[] = [device.state];

  const up = device.bringUp('full', bringUpOptions(clock));
  states.push(device.state);
  await clock.until(up);
  states.push(device.state);
  await clock.pass(2000);
  const sent = device.request({ netFn: 6, cmd: 1 }, { timeoutMs: 60_000 });
  await clock.pass(15_000);
  states.push(device.state);
  await clock.until(sent);
  states.push(device.state);
  await device.close();
  states.push(device.state);

  expect(states).toEqual(['found', 'registering', 'ready', 'lost', 'ready', 'closed']);
});

test('a device that is closed while it registers is closed', async () => {
  const { clock, device } = bench([]);

  const up = device.bringUp('full', bringUpOptions(clock));
  await clock.pass(1);
  await device.close();

  await expect(clock.until(up)).rejects.toMatchObject({ code: 'DEVICE_CLOSED' });
  expect(device.state).toBe('closed');
});
