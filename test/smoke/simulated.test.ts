/** The simulated BMC and its machine as the interface under test. */

import { expect, test } from 'vitest';

import { SimIrqLine } from '../../src/sim/irq-line.ts';
import { simulatedHost } from '../../src/smoke/simulated-host.ts';
import { simulatedSubject } from '../../src/smoke/simulated.ts';
import { smokeBench } from '../support/smoke-runner-bench.ts';

const GET_DEVICE_ID = { netFn: 6, cmd: 1 };

test('its firmware agrees with the simulated BMC', async () => {
  const { subject } = smokeBench();
  const { candidates } = subject.discovery();

  expect(candidates).toHaveLength(1);
  expect(candidates[0]).toMatchObject({
    ...{ type: 'bt', space: 'io', base: 0xce4, spacing: 1, irq: 6, firmwareBugs: [] },
    ...{ sources: ['spmi', 'smbios'], ipmiVersion: '2.0' },
  });
  expect(await subject.block()).toEqual({ base: 0xce4, spacing: 1, count: 3 });
});

test('devices are opened and closed, and leave nothing', async () => {
  const { subject, clock } = smokeBench();
  const device = await clock.until(subject.open());
  expect(await subject.leftovers()).toEqual([{ text: 'the ports at 0xce4 are still open' }]);
  await clock.until(device.close());

  expect(await subject.leftovers()).toEqual([]);
});

test('processes share the BMC, and each gets its own answers', async () => {
  const { subject, clock, bmc } = smokeBench();
  const { signal } = new AbortController();
  const processes = await clock.until(subject.processes(5, signal));
  const replies = await clock.until(
    Promise.all(
      processes.flatMap((one) => [one.request(GET_DEVICE_ID), one.request(GET_DEVICE_ID)]),
    ),
  );
  await clock.until(Promise.all(processes.map((one) => one.close())));

  expect(new Set(replies.map(({ data }) => Buffer.from(data).toString('hex'))).size).toBe(1);
  expect(bmc.executed.filter(({ cmd }) => cmd === 1).length).toBeGreaterThanOrEqual(10);
  expect(bmc.violations).toEqual([]);
  expect(await subject.leftovers()).toEqual([]);
});

test('the door opens below a device', async () => {
  const { subject, clock } = smokeBench();
  const door = await clock.until(subject.door());

  expect(door.machine.presence()).toBeDefined();
  await clock.until(door.close());
  expect(await subject.leftovers()).toEqual([]);
});

test('interrupts are counted over all lines', async () => {
  const { clock, bmc, subject: without } = smokeBench();
  const newLine = (): SimIrqLine => new SimIrqLine({ bmc, clock, ownsMask: false, isGated: false });
  const subject = simulatedSubject({ bmc, clock, files: simulatedHost(), newLine });
  for (let round = 0; round < 2; round += 1) {
    const device = await clock.until(subject.open({ interrupt: true }));
    await clock.until(device.request(GET_DEVICE_ID));
    await clock.until(device.close());
  }

  expect(subject.hasInterrupt()).toBe(true);
  expect(subject.kernelInterrupts()).toBeGreaterThanOrEqual(2);
  expect(without.hasInterrupt()).toBe(false);
  expect(without.kernelInterrupts()).toBeUndefined();
});
