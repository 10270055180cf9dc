/** BMC Global Enables are restored when the last listener is removed; close() is bounded. */

import { expect, test } from 'vitest';

import { PUT_BACK_MS } from '../../src/device/system-interface.ts';
import { A_WHILE_MS, ENABLED, ENABLES, listening } from '../support/listening.ts';
import { outcomeOf } from '../support/rig.ts';

const DEVICE_ID = { netFn: 0x06, cmd: 0x01 };

test('are as they were found when the last listener has gone', async () => {
  const { clock, bmc, device, listener } = await listening();
  const other = (): void => undefined;
  device.on('event', listener).on('event', other);
  await clock.pass(A_WHILE_MS);
  device.off('event', other);
  await clock.pass(A_WHILE_MS);
  expect(bmc.globalEnables).toBe(ENABLED);

  device.off('event', listener);
  await clock.pass(A_WHILE_MS);

  expect(bmc.globalEnables).toBe(ENABLES);
  expect(clock.pending).toBe(0);
});

test('are as they were found after close(), which settles requests at once', async () => {
  const { clock, bmc, device, listener } = await listening({ responseMs: 100 });
  device.on('event', listener);
  await clock.pass(A_WHILE_MS);
  const requests = [1, 2].map(() => outcomeOf(device.request(DEVICE_ID)));
  const sinceMs = clock.now();

  const closing = device.close();

  expect(device.state).toBe('closed');
  expect(await Promise.all(requests)).toEqual([
    { code: 'DEVICE_CLOSED', outcome: 'unknown' },
    { code: 'DEVICE_CLOSED', outcome: 'not-sent' },
  ]);
  expect(clock.now()).toBe(sinceMs);
  expect(await outcomeOf(device.request(DEVICE_ID))).toMatchObject({ code: 'DEVICE_CLOSED' });
  await clock.until(closing);
  expect(bmc.globalEnables).toBe(ENABLES);
  expect(clock.now() - sinceMs).toBeLessThan(400);
});

test('that were set already stay so', async () => {
  const { clock, bmc, device, listener } = await listening();
  await clock.until(
    device.request({ netFn: 0x06, cmd: 0x2e, data: Uint8Array.of(ENABLED | 0x01) }),
  );
  device.on('event', listener);
  await clock.pass(A_WHILE_MS);
  await clock.until(device.close());

  expect(bmc.globalEnables).toBe(ENABLED | 0x01);
});

test('of a BMC that does not answer any more do not keep close() for long', async () => {
  const { clock, device, listener } = await listening({
    faults: [{ kind: 'deaf', fromMs: 1000, forMs: 1e9 }],
  });
  device.on('event', listener);
  await clock.pass(2000);
  const sinceMs = clock.now();

  await clock.until(device.close());

  expect(clock.now() - sinceMs).toBeLessThanOrEqual(PUT_BACK_MS);
});

test('an exit while close() puts back ends it at once', async () => {
  const { clock, device, listener } = await listening({ responseMs: 1000 });
  const ends: string[] = [];
  device.on('event', listener).on('closed', () => void ends.push('closed'));
  await clock.pass(10_000);

  const closing = device.close();
  device.closeNow();
  await closing;
  await clock.pass(10_000);

  expect(ends).toEqual(['closed']);
});
