/** SMS_ATN is served while the device has a listener, and requests do not starve for it. */

import { describe, expect, test } from 'vitest';

import { LOOK_MS, RECHECK_MS } from '../../src/bmc/attention.ts';
import { READS_MAX } from '../../src/bmc/event-reader.ts';
import type { BmcEvent, Device } from '../../src/index.ts';
import { SIM_EVENT } from '../../src/sim/commands.ts';
import type { Fault, FaultyBmc } from '../../src/sim/faults.ts';
import type { VirtualClock } from '../../src/sim/virtual-clock.ts';
import { A_WHILE_MS, ENABLED, ENABLES, event, listening } from '../support/listening.ts';

const READ_EVENT = 0x35;
const DEVICE_ID = { netFn: 0x06, cmd: 0x01 };

const NOTHING = { flagFetches: 0, events: 0, watchdogPretimeouts: 0, incomingMessages: 0 };

const FOR_EVER = { fromMs: 0, forMs: Infinity };

/** Commands by their numbers, as the BMC got them. */
function asked({ bmc }: FaultyBmc): readonly number[] {
  return bmc.executed.map(({ cmd }) => cmd);
}

/** The sensor numbers of events: which of them were told. */
function numbers(told: readonly BmcEvent[]): readonly number[] {
  return told.flatMap((one) =>
    one.kind === 'event' && one.record.format === 'sensor' ? [one.record.sensorNumber] : [],
  );
}

/** One request after another; how long the slowest of them took. */
async function slowest(device: Device, clock: VirtualClock, count: number): Promise<number> {
  let mostMs = 0;
  for (let index = 0; index < count; index += 1) {
    const sinceMs = clock.now();
    await clock.until(device.request(DEVICE_ID));
    mostMs = Math.max(mostMs, clock.now() - sinceMs);
  }
  return mostMs;
}

describe('while nobody listens', () => {
  test('SMS_ATN is counted, and nothing is read, cleared or changed', async () => {
    const { clock, port, bmc, device } = await listening();
    bmc.raiseFlags(0x08);
    bmc.addMessage([0, 1, 2]);

    await clock.until(device.request(DEVICE_ID));
    await clock.pass(60_000);

    expect(device.statistics()).toMatchObject({ attentions: 1, ...NOTHING });
    expect(asked(port)).toEqual([0x36, 0x01, 0x01]);
    expect(bmc.inb(0xce4)).toBe(0x10);
    expect(bmc.globalEnables).toBe(ENABLES);
  });

  test('there is no timer', async () => {
    const { clock, device, listener } = await listening();
    device.on('event', listener).off('event', listener);
    await clock.pass(A_WHILE_MS);

    expect(clock.pending).toBe(0);
  });
});

describe('while somebody only wants to know of SMS_ATN', () => {
  test('it is told when it rises, within a look, and nothing is read, cleared or changed', async () => {
    const { clock, port, bmc, device } = await listening();
    const told: number[] = [];
    device.on('attention', () => told.push(clock.now()));
    await clock.pass(A_WHILE_MS);
    const sinceMs = clock.now();
    bmc.raiseFlags(0x08);
    await clock.pass(60_000);

    expect(told).toHaveLength(1);
    expect(told[0]).toBeGreaterThan(sinceMs);
    expect(told[0]).toBeLessThanOrEqual(sinceMs + LOOK_MS);
    expect(device.statistics()).toMatchObject({ attentions: 1, ...NOTHING });
    expect(asked(port)).toEqual([0x36, 0x01]);
    expect(bmc.inb(0xce4)).toBe(0x10);
    expect(bmc.globalEnables).toBe(ENABLES);
  });

  test('nobody looks any more when he leaves, and close() waits for nothing', async () => {
    const { clock, bmc, device } = await listening();
    const told: string[] = [];
    const listener = (): unknown => told.push('attention');
    device.on('attention', listener);
    await clock.pass(A_WHILE_MS);
    device.off('attention', listener);
    await clock.pass(0);

    expect(clock.pending).toBe(0);
    bmc.raiseFlags(0x08);
    await clock.pass(A_WHILE_MS);
    expect(told).toEqual([]);

    device.on('attention', listener);
    const sinceMs = clock.now();
    void device.close();
    await clock.pass(0);
    expect(device.state).toBe('closed');
    expect(clock.now()).toBe(sinceMs);
    expect(clock.pending).toBe(0);
  });

  test('a listener to events who leaves does not end the looking', async () => {
    const { clock, bmc, device, told, listener } = await listening();
    const raised: number[] = [];
    device.on('attention', () => raised.push(clock.now())).on('event', listener);
    await clock.pass(A_WHILE_MS);
    expect(bmc.globalEnables).toBe(ENABLED);
    device.off('event', listener);
    await clock.pass(A_WHILE_MS);
    expect(bmc.globalEnables).toBe(ENABLES);
    bmc.raiseFlags(0x08);
    await clock.pass(A_WHILE_MS);

    expect(raised).toHaveLength(1);
    expect(told).toEqual([]);
  });
});

describe('while somebody listens', () => {
  test('an SMS_ATN seen by a request is served at once', async () => {
    const { clock, bmc, device, told, listener } = await listening();
    device.on('event', listener);
    await clock.pass(A_WHILE_MS);
    expect(bmc.addEvent(SIM_EVENT)).toBe(true);
    await clock.until(device.request(DEVICE_ID));
    await clock.pass(LOOK_MS / 10);

    expect(told).toHaveLength(1);
  });

  test('an event is told once, decoded', async () => {
    const { clock, bmc, device, told, listener } = await listening();
    device.on('event', listener);
    await clock.pass(A_WHILE_MS);

    expect(bmc.addEvent(SIM_EVENT)).toBe(true);
    await clock.pass(RECHECK_MS * 3);

    expect(told).toMatchObject([
      { kind: 'event', record: { sensorTypeText: 'Temperature', severity: 'critical' } },
    ]);
    expect(device.statistics()).toMatchObject({ attentions: 1, events: 1, eventsMissed: 0 });
    expect(bmc.inb(0xce4)).toBe(0);
  });

  test('what waited already is told', async () => {
    const { clock, bmc, device, told, listener } = await listening();
    bmc.addMessage([0x37, 0xaa, 0xbb]);
    device.on('event', listener);
    await clock.pass(A_WHILE_MS);

    expect(told).toEqual([{ kind: 'message', channel: 7, data: Uint8Array.of(0xaa, 0xbb) }]);
    expect(device.statistics()).toMatchObject({ incomingMessages: 1, flagFetches: 1 });
  });

  test('the watchdog and the OEM bits are told, and their flags cleared', async () => {
    const { clock, port, bmc, device, told, listener } = await listening();
    device.on('event', listener);
    await clock.pass(A_WHILE_MS);
    bmc.raiseFlags(0xa8);
    await clock.pass(A_WHILE_MS);
    bmc.raiseFlags(0x08);
    await clock.pass(A_WHILE_MS);

    expect(told).toEqual([
      { kind: 'watchdogPretimeout' },
      { kind: 'oem', flags: 0xa0 },
      { kind: 'watchdogPretimeout' },
    ]);
    const cleared = port.executed.filter(({ cmd }) => cmd === 0x30).map(({ data }) => [...data]);
    expect(cleared).toEqual([[0xa8], [0x08]]);
    expect(device.statistics()).toMatchObject({ watchdogPretimeouts: 2 });
  });

  test('a flag that the BMC does not clear is told once', async () => {
    const { clock, bmc, device, told, listener } = await listening({
      faults: [{ kind: 'stickyAttention', ...FOR_EVER }],
      answer: ({ cmd }) => (cmd === 0x30 ? [0xc1] : undefined),
    });
    device.on('event', listener);
    bmc.raiseFlags(0x08);
    await clock.pass(60_000);

    expect(told).toEqual([{ kind: 'watchdogPretimeout' }]);
  });

  test('more events than are read in a row are all told, in order', async () => {
    const { clock, bmc, device, told, listener } = await listening({ responseMs: 3 });
    device.on('event', listener);
    await clock.pass(A_WHILE_MS);
    const all = Array.from({ length: 3 * READS_MAX }, (_, index) => index);
    for (const number of all) bmc.addEvent(event(number));
    await clock.pass(3000);

    expect(numbers(told)).toEqual(all);
  });

  test('an event whose answer is lost is counted, and not asked for again', async () => {
    let reads = 0;
    const { clock, bmc, device, told, listener } = await listening({
      respond: ({ cmd }, honest) => {
        if (cmd !== READ_EVENT) return [honest];
        reads += 1;
        return reads === 1 ? [] : [honest];
      },
    });
    device.on('event', listener);
    await clock.pass(A_WHILE_MS);
    bmc.addEvent(event(1));
    await clock.pass(20_000);
    bmc.addEvent(event(2));
    await clock.pass(A_WHILE_MS);

    expect(device.statistics().eventsMissed).toBe(1);
    expect(numbers(told)).toEqual([2]);
    // The lost one, the next one, and one that finds nothing behind it.
    expect(reads).toBe(3);
  });

  test('a BMC that restarts unseen is told again to keep events', async () => {
    const { clock, bmc, device, listener } = await listening();
    device.on('event', listener);
    await clock.pass(A_WHILE_MS);
    bmc.reset();
    expect(bmc.globalEnables).toBe(ENABLES);

    await clock.pass(RECHECK_MS);

    expect(bmc.globalEnables).toBe(ENABLED);
  });

  test('a BMC that floats the bus is lost though nobody asks it, and told when it is back', async () => {
    const { clock, bmc, device, told, listener } = await listening({
      faults: [{ kind: 'floats', value: 0xff, fromMs: 1000, forMs: 5000 }],
    });
    device.on('event', listener);
    await clock.pass(2000);
    expect(device.state).toBe('lost');

    bmc.reset();
    await clock.pass(60_000);
    expect(device.state).toBe('ready');
    expect(bmc.addEvent(event(1))).toBe(true);
    await clock.pass(A_WHILE_MS);

    expect(numbers(told)).toEqual([1]);
  });
});

describe('nobody starves for a BMC', () => {
  /** The enables are read and written in one go, which a caller's request waits for. */
  const [RESPONSE_MS, MOST_MS] = [20, 70];

  test.each<[string, Fault, number]>([
    ['whose events have no end', { kind: 'endlessEvents', ...FOR_EVER }, 100],
    [
      'that answers for ever that there is an event, and none',
      { kind: 'emptyEvents', ...FOR_EVER },
      0,
    ],
    ['whose SMS_ATN sticks', { kind: 'stickyAttention', ...FOR_EVER }, 0],
  ])('%s', async (_, fault, least) => {
    const faults = [fault];
    const { clock, device, told, listener } = await listening({ faults, responseMs: RESPONSE_MS });
    device.on('event', listener);

    expect(await slowest(device, clock, 500)).toBeLessThan(MOST_MS);
    expect(told.length).toBeGreaterThanOrEqual(least);
    expect(device.statistics().flagFetches).toBeGreaterThan(1);
  });

  test('whose events have no end, and many callers at once', async () => {
    const faults: Fault[] = [{ kind: 'endlessEvents', ...FOR_EVER }];
    const { clock, device, told, listener } = await listening({ faults, responseMs: RESPONSE_MS });
    device.on('event', listener);
    await clock.pass(A_WHILE_MS);
    const before = told.length;
    const requests = Array.from({ length: 100 }, () => device.request(DEVICE_ID));

    await clock.until(Promise.all(requests));

    expect(told.length - before).toBeLessThanOrEqual(requests.length);
    expect(told.length).toBeGreaterThan(before);
  });

  test('that drops what it does not know: it is asked ever more rarely', async () => {
    const { clock, port, device, listener } = await listening({
      answer: ({ cmd }) => ([0x2f, 0x31].includes(cmd) ? 'drop' : undefined),
    });
    device.on('event', listener);
    await clock.pass(600_000);

    const times = asked(port).filter((cmd) => cmd === 0x2f).length;
    expect(times).toBe(19);
  });
});
