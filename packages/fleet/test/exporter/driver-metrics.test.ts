/** Metrics of the driver: times of transactions and requests, the queue, counters over devices. */

import { open } from 'ipmi-bt';
import { SimBmc } from 'ipmi-bt/sim';
import { VirtualClock } from 'ipmi-bt/sim/clock';
import { expect, onTestFinished, test } from 'vitest';

import { DriverMetrics } from '../../src/exporter/driver-metrics.ts';
import { expose } from '../../src/exporter/exposition.ts';
import { rig, samplesIn, startingWith } from '../rig.ts';

async function samplesOf(metrics: DriverMetrics): Promise<Readonly<Record<string, number>>> {
  return samplesIn((await expose([], metrics.registries())).text);
}

const DEVICE_ID = { netFn: 0x06, cmd: 0x01 };

test('every transaction is in the histogram by its time', async () => {
  const { scrape, sim } = await rig({ collectors: ['chassis'], sim: { responseMs: 20 } });
  const before = sim.executed.length;
  const samples = await scrape();
  const NAME = 'ipmi_bt_transaction_duration_seconds';

  expect(sim.executed.length - before).toBe(1);
  expect(samples).toMatchObject({
    [`${NAME}_count`]: 1,
    [`${NAME}_bucket{le="0.01"}`]: 0,
    [`${NAME}_bucket{le="0.025"}`]: 1,
    [`${NAME}_bucket{le="+Inf"}`]: 1,
  });
});

test('a request that waits in the queue takes longer than its transaction', async () => {
  const clock = new VirtualClock();
  const sim = new SimBmc({ clock, responseMs: 100 });
  const device = await clock.until(open({ base: sim.base, port: sim, clock }));
  const metrics = new DriverMetrics(clock);
  onTestFinished(() => {
    metrics.close();
  });
  metrics.follow(device);
  const requester = metrics.measure(device);
  const replies = [1, 2, 3].map(() => requester.request(DEVICE_ID));
  const during = await samplesOf(metrics);
  await clock.until(Promise.all(replies));
  const after = await samplesOf(metrics);

  expect(startingWith(during, 'ipmi_bt_queue')).toEqual({
    ipmi_bt_queue_requests: 3,
    ipmi_bt_queue_requests_peak: 3,
  });
  expect(startingWith(after, 'ipmi_bt_queue')).toEqual({
    ipmi_bt_queue_requests: 0,
    ipmi_bt_queue_requests_peak: 3,
  });
  expect(after['ipmi_bt_transaction_duration_seconds_bucket{le="0.25"}']).toBe(3);
  expect(after['ipmi_bt_request_duration_seconds_bucket{le="0.25"}']).toBe(2);
  expect(after['ipmi_bt_request_duration_seconds_bucket{le="0.5"}']).toBe(3);
  await clock.until(device.close());
});

test('counters go on when a device is closed and another one opened', async () => {
  const clock = new VirtualClock();
  const metrics = new DriverMetrics(clock);
  onTestFinished(() => {
    metrics.close();
  });
  const ready: (number | undefined)[] = [];
  for (let count = 0; count < 2; count += 1) {
    const sim = new SimBmc({ clock });
    const device = await clock.until(open({ base: sim.base, port: sim, clock, bringUp: 'lazy' }));
    metrics.follow(device);
    await clock.until(device.request(DEVICE_ID));
    ready.push((await samplesOf(metrics))['ipmi_bt_ready']);
    await clock.until(device.close());
    metrics.follow(undefined);
    ready.push((await samplesOf(metrics))['ipmi_bt_ready']);
  }
  const samples = await samplesOf(metrics);

  expect(ready).toEqual([1, 0, 1, 0]);
  expect(samples['ipmi_bt_answers_total']).toBe(samples['ipmi_bt_transactions_total']);
  expect(samples['ipmi_bt_transactions_total']).toBeGreaterThanOrEqual(2);
});

test('measures no more after close()', async () => {
  const clock = new VirtualClock();
  const sim = new SimBmc({ clock });
  const device = await clock.until(open({ base: sim.base, port: sim, clock }));
  const metrics = new DriverMetrics(clock);
  metrics.close();
  await clock.until(device.request(DEVICE_ID));

  expect((await samplesOf(metrics))['ipmi_bt_transaction_duration_seconds_count']).toBe(0);
  await clock.until(device.close());
});
