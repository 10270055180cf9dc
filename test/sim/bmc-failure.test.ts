/** A simulated BMC that fails while it runs, and that is opened and closed at will. */

import { expect, onTestFinished, test } from 'vitest';

import { open } from '../../src/index.ts';
import type { Device } from '../../src/index.ts';
import { SimBmc } from '../../src/sim/bmc.ts';
import type { FailureKind } from '../../src/sim/bmc.ts';
import { VirtualClock } from '../../src/sim/virtual-clock.ts';

const ECHO = { netFn: 0x30, cmd: 0x01, data: Uint8Array.of(7) };
const GET_DEVICE_ID = { netFn: 0x06, cmd: 0x01 };

async function bench() {
  const clock = new VirtualClock();
  const sim = new SimBmc({ clock });
  const device = await clock.until(open({ base: sim.base, port: sim, clock }));
  onTestFinished(() => clock.until(device.close()));
  const ask = (request: Parameters<Device['request']>[0] = ECHO): Promise<unknown> =>
    clock.until(
      device.request(request, { timeoutMs: 600_000 }).then(
        ({ completionCode }) => completionCode,
        (error: unknown) => (error as { code: string }).code,
      ),
    );
  return { clock, sim, device, ask };
}

test('a silence that begins in the midst is noticed, and ends by itself', async () => {
  const { clock, sim, device, ask } = await bench();
  const told: string[] = [];
  device.on('lost', () => told.push('lost'));
  device.on('ready', () => told.push('ready'));
  expect(await ask()).toBe(0);

  sim.fail('silent', { forMs: 20_000 });

  expect(await ask()).toBe('BMC_UNRESPONSIVE');
  expect(await ask()).toBe(0);
  expect(told).toEqual(['lost', 'ready']);
  expect(clock.now()).toBeGreaterThan(20_000);
});

test('calm() ends it at once', async () => {
  const { sim, ask } = await bench();
  sim.fail('silent');
  expect(await ask()).toBe('BMC_UNRESPONSIVE');

  sim.calm();

  expect(await ask()).toBe(0);
});

const KINDS: readonly FailureKind[] = [
  ...(['silent', 'floats', 'busy', 'sticky', 'flips', 'deaf', 'untaken', 'hostBusy'] as const),
  ...(['reset', 'stickyAttention', 'emptyEvents', 'endlessEvents'] as const),
  ...(['drop', 'late', 'twice', 'stale', 'wrong', 'code', 'length'] as const),
];

test.each(KINDS)('after the failure %s the BMC answers again', async (kind) => {
  const { clock, sim, ask } = await bench();

  sim.fail(kind, { forMs: 3000 });
  await ask(GET_DEVICE_ID);
  await clock.pass(3000);

  expect(await ask()).toBe(0);
});

test('a failure of one command hits that one', async () => {
  const { sim, ask } = await bench();

  sim.fail('code', { code: 0xd5, skip: 1 });

  expect([await ask(), await ask(), await ask()]).toEqual([0, 0xd5, 0]);
});

test('it fails on the time of this host when it has no clock', async () => {
  const sim = new SimBmc();
  const device = await open({ base: sim.base, port: sim });

  sim.fail('silent', { forMs: 3_600_000 });

  const asked = device.request(ECHO, { timeoutMs: 20 });
  await expect(asked).rejects.toMatchObject({ code: 'REQUEST_TIMEOUT', outcome: 'unknown' });
  await device.close();
});

test('it is opened and closed at will, by one device at a time', async () => {
  const sim = new SimBmc();
  const how = { base: sim.base, port: sim };

  for (let round = 0; round < 3; round += 1) {
    const device = await open(how);
    await expect(open(how)).rejects.toMatchObject({ code: 'DEVICE_LOCKED', outcome: 'not-sent' });
    expect((await device.request(ECHO)).completionCode).toBe(0);
    await device.close();
    expect(() => sim.inb(sim.base)).toThrow('port I/O after close()');
  }
});

test('a failure may be said to last for ever, as it does by default', async () => {
  const { clock, sim, ask } = await bench();
  sim.fail('silent', { forMs: Infinity });
  await clock.pass(3_600_000);
  expect(await ask()).toBe('BMC_UNRESPONSIVE');
  sim.calm();

  expect(await ask()).toBe(0);
});
