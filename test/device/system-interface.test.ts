/** One interface without a device around it: loss and return of its BMC, and its end. */

import { describe, expect, test } from 'vitest';

import { LONG_MS, interfaceBench as bench } from '../support/interface-bench.ts';
import { SharedLock } from '../support/shared-lock.ts';

const GET_ENABLES = 0x2f;

describe('a BMC that becomes silent', () => {
  test('is lost, once, and ready when it answers again', async () => {
    const { clock, state, lifecycle, told, lose } = await bench();

    await lose();
    expect([lifecycle.state, told]).toEqual(['lost', [['lost', 'silent']]]);
    state.isSilent = false;
    await clock.pass(LONG_MS);

    expect([lifecycle.state, told]).toEqual(['ready', [['lost', 'silent'], ['ready']]]);
  });

  test('is not lost when it answers the first request of the search', async () => {
    const { clock, state, lifecycle, told, request } = await bench();
    state.isSilent = true;
    await clock.until(request());
    state.isSilent = false;
    await clock.pass(LONG_MS);

    expect([lifecycle.state, told]).toEqual(['ready', []]);
  });

  test('is another one if its device id differs, which is told after `ready`', async () => {
    const { clock, state, bt, told, lose } = await bench();
    const before = bt.identity.deviceId?.productId ?? NaN;

    await lose();
    Object.assign(state, { isSilent: false, productByte: 0x77 });
    await clock.pass(LONG_MS);

    const now = (before & 0xff00) | 0x77;
    expect(told).toEqual([['lost', 'silent'], ['ready'], [before, now]]);
    expect(bt.identity.deviceId?.productId).toBe(now);
  });

  test('is looked for at once when a caller hurries', async () => {
    const { clock, state, bt, lifecycle, lose } = await bench();
    await lose();
    state.isSilent = false;

    bt.hurry();
    await clock.pass(10);

    expect(lifecycle.state).toBe('ready');
  });

  test('is looked for at once when a caller sends a request, which is answered', async () => {
    const { clock, state, lifecycle, request, lose } = await bench();
    await lose();
    state.isSilent = false;

    const sent = request();
    await clock.pass(10);

    expect(await sent).toMatchObject({ completionCode: 0 });
    expect(lifecycle.state).toBe('ready');
  });

  test('that answers again after the device was closed is not told of', async () => {
    const { clock, state, lifecycle, told, lose } = await bench();
    await lose();
    lifecycle.enter('closed');
    state.isSilent = false;

    await clock.pass(LONG_MS);

    expect([lifecycle.state, told]).toEqual(['closed', [['lost', 'silent']]]);
  });

  test('is not found while neither happens', async () => {
    const { clock, state, lifecycle, lose } = await bench();
    await lose();
    state.isSilent = false;

    await clock.pass(10);

    expect(lifecycle.state).toBe('lost');
  });
});

test('hurry() asks nothing of a BMC that answers', async () => {
  const { clock, bmc, bt } = await bench();
  const { writes } = bmc;

  bt.hurry();
  await clock.pass(1000);

  expect(bmc.writes).toBe(writes);
});

describe('isServing', () => {
  test('is false without a listener, and with one to the attention bit alone', async () => {
    const { clock, bt } = await bench();
    expect(bt.isServing).toBe(false);

    bt.listen({ attention: true, event: false });
    await clock.pass(1000);

    expect(bt.isServing).toBe(false);
  });

  test('is true from a listener to events on, until the enables are put back', async () => {
    const { clock, bmc, bt } = await bench();
    const found = bmc.globalEnables;

    bt.listen({ attention: false, event: true });
    expect(bt.isServing).toBe(true);
    await clock.pass(1000);
    expect(bmc.globalEnables).toBe(found | 0x04);
    bt.listen({ attention: false, event: false });
    expect(bt.isServing).toBe(true);
    await clock.pass(1000);

    expect([bt.isServing, bmc.globalEnables]).toEqual([false, found]);
  });

  test('is false while the BMC is lost, which could not be told anything', async () => {
    const { clock, bt, bmc, lose } = await bench();
    bt.listen({ attention: false, event: true });
    await clock.pass(1000);
    expect(bmc.executed.map(({ cmd }) => cmd)).toContain(GET_ENABLES);

    await lose();

    expect(bt.isServing).toBe(false);
  });
});

test('retire() settles callers at once, and puts the enables back', async () => {
  const { clock, bmc, bt, request } = await bench({ responseMs: 20 });
  const found = bmc.globalEnables;
  bt.listen({ attention: false, event: true });
  await clock.pass(1000);

  const [sent, startMs] = [request(), clock.now()];
  const retired = bt.retire();
  expect(await sent).toMatchObject({ code: 'DEVICE_CLOSED' });
  expect(clock.now()).toBe(startMs);
  await clock.until(retired);

  expect([bt.isServing, bmc.globalEnables]).toEqual([false, found]);
});

describe('a reset of the interface', () => {
  const patience = { deadlineMs: Infinity, signal: undefined };

  test('loses the BMC, and finds it again', async () => {
    const { clock, bt, told } = await bench();

    await clock.until(bt.reset(patience));
    await clock.pass(LONG_MS);

    expect(told).toEqual([['lost', 'reset'], ['ready']]);
  });

  test('is refused when it is closed, and writes nothing', async () => {
    const { bmc, bt } = await bench();
    bt.close();
    const { writes } = bmc;

    await expect(bt.reset(patience)).rejects.toMatchObject({
      code: 'DEVICE_CLOSED',
      message: 'DEVICE_CLOSED: the device is closed; open it again',
      outcome: 'not-sent',
    });
    expect(bmc.writes).toBe(writes);
  });

  test('is refused when it is closed while it waits for another process', async () => {
    const lock = new SharedLock();
    const { clock, bmc, bt, told } = await bench({ lock: lock.as('us') });
    await clock.pass(100);
    const other = lock.as('other');
    expect(other.tryAcquire(false)).toBe(true);
    const { writes } = bmc;

    const reset = bt.reset(patience);
    await clock.pass(50);
    bt.close();

    await expect(clock.until(reset)).rejects.toMatchObject({ code: 'DEVICE_CLOSED' });
    expect([bmc.writes, told]).toEqual([writes, []]);
    other.close();
  });
});
