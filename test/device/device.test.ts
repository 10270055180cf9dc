/** The calls of a device: resets, listeners under either name, and its words at the end. */

import { expect, onTestFinished, test } from 'vitest';

import { open } from '../../src/index.ts';
import { Rollback } from '../../src/rollback.ts';
import { SimBmc } from '../../src/sim/bmc.ts';
import type { SimOptions } from '../../src/sim/bmc.ts';
import { VirtualClock } from '../../src/sim/virtual-clock.ts';
import { newDevice } from '../support/new-device.ts';
import { bringUpOptions } from '../support/rig.ts';

async function bench(options: SimOptions = {}) {
  const clock = new VirtualClock();
  const bmc = new SimBmc({ clock, ...options });
  const logged: string[] = [];
  const note = (_: object, text?: string): void => void logged.push(text ?? '');
  const ignored = { trace: ignore, debug: ignore, warn: ignore, error: ignore };
  const device = await clock.until(
    open({ ...{ base: 0xce4, port: bmc, clock }, logger: { ...ignored, info: note } }),
  );
  onTestFinished(async () => {
    await clock.until(device.close());
  });
  bmc.executed.length = 0;
  return { clock, bmc, device, logged };
}

function ignore(): void {
  // These words are those of other tests.
}

test.each([
  ['cold', 0x02],
  ['warm', 0x03],
] as const)('a %s reset is sent once, as that command', async (kind, cmd) => {
  const { clock, bmc, device } = await bench({ mayReset: true });

  expect(await clock.until(device.reset(kind))).toBe(0);

  const [first] = bmc.executed;
  expect([first?.netFn, first?.cmd, first?.data.length]).toEqual([0x06, cmd, 0]);
});

test('a reset has the options of any request', async () => {
  const { clock, bmc, device } = await bench({ mayReset: true });
  const signal = AbortSignal.abort('no');

  await expect(clock.until(device.reset('cold', { signal }))).rejects.toMatchObject({
    ...{ code: 'REQUEST_ABORTED', outcome: 'not-sent' },
  });
  expect(bmc.executed).toEqual([]);
});

test('a reset of another kind is refused', async () => {
  const { bmc, device } = await bench();

  await expect(device.reset('boot' as never)).rejects.toThrow(
    new RangeError('reset must be cold, warm or interface, not "boot"'),
  );
  expect(bmc.executed).toEqual([]);
});

test('a listener goes by either name of the call', async () => {
  const { clock, device } = await bench();
  const calls: string[] = [];
  const [kept, gone] = ['kept', 'gone'].map((name) => () => void calls.push(name));
  if (kept === undefined || gone === undefined) throw new Error('bug: there are two');
  device.on('closed', kept).on('closed', gone);
  device.removeListener('closed', gone);
  await clock.until(device.close());

  expect(calls).toEqual(['kept']);
});

test('no answer of a satellite controller is awaited from a closed device', async () => {
  const { clock, device } = await bench();
  const expected = { channel: 0, address: 0x82, netFn: 0x06, cmd: 0x01 };
  const awaited = await device.expectAnswer(expected);
  await clock.until(device.close());

  await expect(awaited.answer).rejects.toMatchObject({ code: 'DEVICE_CLOSED' });
  expect(() => device.expectAnswer(expected)).toThrow(/^DEVICE_CLOSED: /);
});

test('its end is logged, once', async () => {
  const { clock, device, logged } = await bench();
  logged.length = 0;
  await clock.until(device.close());
  await clock.until(device.close());

  expect(logged).toEqual(['close']);
});

test('it knows the device that it was taken from', () => {
  const device = newDevice({
    ...{ port: new SimBmc(), clock: new VirtualClock(), takenDevice: 'IPI0001:00' },
  });

  expect(device.takenDevice).toBe('IPI0001:00');
});

test('a lost BMC is looked for at once when a caller hurries', async () => {
  const state = { isSilent: false };
  const { clock, device } = await bench({ answer: () => (state.isSilent ? 'drop' : undefined) });
  state.isSilent = true;
  await expect(clock.until(device.request({ netFn: 0x06, cmd: 0x01 }))).rejects.toThrow();
  await clock.pass(120_000);
  expect(device.state).toBe('lost');
  state.isSilent = false;
  device.hurry();
  await clock.pass(10);

  expect(device.state).toBe('ready');
});

test('a device of which the end of the process was told is closed, and tells it once', async () => {
  const clock = new VirtualClock();
  const device = newDevice({ port: new SimBmc({ clock }), clock, takenDevice: 'IPI0001:00' });
  const told: string[] = [];
  device.on('closed', () => void told.push('closed'));
  device.closeNow();
  await clock.until(device.close());

  expect(told).toEqual(['closed']);
});

test('a lost BMC is not waited for at the end, to put its enables back', async () => {
  const clock = new VirtualClock();
  const state = { isSilent: false };
  const port = new SimBmc({ clock, answer: () => (state.isSilent ? 'drop' : undefined) });
  const device = newDevice({ port, clock, takenDevice: 'IPI0001:00' });
  await clock.until(device.bringUp('full', bringUpOptions(clock)));
  device.on('event', ignore);
  await clock.pass(1000);
  state.isSilent = true;
  await expect(clock.until(device.request({ netFn: 0x06, cmd: 0x01 }))).rejects.toThrow();
  await clock.pass(10_000);
  const startMs = clock.now();
  await clock.until(device.close());

  expect([device.state, clock.now() - startMs]).toEqual(['closed', 0]);
});

test('close() of a device that was taken from a driver waits until that is undone', async () => {
  const clock = new VirtualClock();
  const rollback = new Rollback();
  const done: string[] = [];
  rollback.add({
    run: async () => {
      await clock.pass(100);
      done.push('given back');
    },
    runNow: () => void done.push('left'),
  });
  const port = new SimBmc({ clock });
  const device = newDevice({ port, clock, rollback, takenDevice: 'IPI0001:00' });
  await device.close();

  expect(done).toEqual(['given back']);
});
