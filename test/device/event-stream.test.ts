/** Events in a `for await` loop, and with `events.once()` of Node. */

import { once } from 'node:events';
import { expect, onTestFinished, test } from 'vitest';

import { BUFFERED_EVENTS_MAX, EventStream } from '../../src/device/event-stream.ts';
import { open } from '../../src/index.ts';
import type { BmcEvent } from '../../src/index.ts';
import { SimBmc } from '../../src/sim/bmc.ts';
import { SIM_EVENT } from '../../src/sim/commands.ts';
import { VirtualClock } from '../../src/sim/virtual-clock.ts';
import { thrownBy } from '../support/thrown-by.ts';

async function bench() {
  const clock = new VirtualClock();
  const bmc = new SimBmc({ clock });
  const device = await clock.until(open({ base: 0xce4, port: bmc, clock }));
  onTestFinished(async () => {
    await clock.until(device.close());
    expect(clock.pending).toBe(0);
  });
  return { clock, bmc, device };
}

function message(channel: number): BmcEvent {
  return { kind: 'message', channel, data: new Uint8Array() };
}

function ignore(): void {
  // There is no stream yet.
}

/** A stream of its own, without a device. */
function stream(signal?: AbortSignal) {
  const clock = new VirtualClock();
  const dropped: BmcEvent[] = [];
  const source = { tell: ignore as (event: BmcEvent) => void, end: ignore, stops: 0 };
  const events = new EventStream({
    ...{ clock, signal, onDropped: (event) => void dropped.push(event) },
    listen: (tell, end) => {
      Object.assign(source, { tell, end });
      return () => void (source.stops += 1);
    },
  });
  return { clock, dropped, source, events };
}

test('a for await loop takes the events of a BMC, and ends when the device closes', async () => {
  const { clock, bmc, device } = await bench();
  const kinds: string[] = [];
  const events = device.events();
  const loop = (async () => {
    for await (const event of events) {
      kinds.push(event.kind);
      if (kinds.length === 2) void device.close();
    }
  })();
  await clock.pass(1000);
  bmc.addEvent(SIM_EVENT);
  await clock.pass(1000);
  bmc.addEvent(SIM_EVENT);

  await clock.until(loop);

  expect(kinds).toEqual(['event', 'event']);
});

test('leaving the loop stops the reading of events', async () => {
  const { clock, bmc, device } = await bench();
  const loop = (async () => {
    for await (const event of device.events()) return event.kind;
    return 'none';
  })();
  await clock.pass(1000);
  bmc.addEvent(SIM_EVENT);

  expect(await clock.until(loop)).toBe('event');
  await clock.pass(1000);
  expect(bmc.globalEnables & 0x04).toBe(0);
});

test('events.once() resolves to the event, and does not go on listening', async () => {
  const { clock, bmc, device } = await bench();
  const first = once(device as never, 'event') as Promise<[BmcEvent]>;
  await clock.pass(1000);
  bmc.addEvent(SIM_EVENT);

  const [event] = await clock.until(first);

  expect(event.kind).toBe('event');
  await clock.pass(1000);
  expect(bmc.globalEnables & 0x04).toBe(0);
});

test('events.once() can be aborted, and a listener of once() be removed', async () => {
  const { clock, device } = await bench();
  const controller = new AbortController();
  const closed = once(device as never, 'closed', { signal: controller.signal });
  let calls = 0;
  const count = (): void => void (calls += 1);
  device.once('closed', count).off('closed', count).once('closed', count);

  controller.abort();

  await expect(closed).rejects.toThrow('aborted');
  await clock.until(device.close());
  await clock.pass(1);
  expect(calls).toBe(1);
});

test('an event prints its bytes as arrays of numbers', async () => {
  const { clock, bmc, device } = await bench();
  const events = device.events();
  const next = events.next();
  await clock.pass(1000);
  bmc.addEvent(SIM_EVENT);

  const { value } = await clock.until(next);

  const { record } = JSON.parse(JSON.stringify(value)) as { record: { raw: unknown } };
  expect(record.raw).toEqual([...SIM_EVENT]);
  expect(await events.return?.()).toEqual({ done: true, value: undefined });
  await clock.pass(1000);
});

test('a name that is no event, and a listener that is no function, are refused', async () => {
  const { device } = await bench();
  const wrong = device as unknown as { on: (name: unknown, listener: unknown) => void };
  const refusal = (name: unknown, listener: unknown): string =>
    String(thrownBy(() => wrong.on(name, listener)));

  expect(refusal('evnt', String)).toBe(
    'TypeError: a device has no event "evnt"; did you mean event?',
  );
  expect(refusal(7, String)).toBe('TypeError: the name of an event must be a string, not 7');
  expect(refusal('event', 7)).toBe('TypeError: the listener to event must be a function, not 7');
  expect(String(thrownBy(() => device.events({ signl: 1 } as object)))).toBe(
    'TypeError: events() has no option "signl"; did you mean signal?',
  );
});

test('of more events than wait, the oldest is dropped and told', async () => {
  const { events, source, dropped } = stream();
  for (let channel = 0; channel <= BUFFERED_EVENTS_MAX; channel += 1) source.tell(message(channel));

  expect(dropped).toEqual([message(0)]);
  expect(await events.next()).toEqual({ done: false, value: message(1) });
});

test('events that came before the end are taken, and then it is the end', async () => {
  const { events, source } = stream();
  source.tell(message(1));
  source.end();
  source.tell(message(2));

  expect([await events.next(), await events.next(), await events.next()]).toEqual([
    { done: false, value: message(1) },
    { done: true, value: undefined },
    { done: true, value: undefined },
  ]);
  expect(source.stops).toBe(1);
});

test('events that are left in the buffer are told as dropped', async () => {
  const { events, source, dropped, clock } = stream();
  source.tell(message(1));

  expect(await events.return()).toEqual({ done: true, value: undefined });
  expect(dropped).toEqual([message(1)]);
  expect(clock.pending).toBe(0);
});

test('several calls of next() get their events in order, and the process stays meanwhile', async () => {
  const { events, source, clock } = stream();
  const nexts = [events.next(), events.next()];
  expect(clock.pending).toBe(1);

  source.tell(message(1));
  expect(clock.pending).toBe(1);
  source.tell(message(2));

  expect(clock.pending).toBe(0);
  expect((await Promise.all(nexts)).map(({ value }) => value)).toEqual([message(1), message(2)]);
});

test('a signal ends the wait, once, and a signal that has aborted ends it before', async () => {
  const controller = new AbortController();
  const { events, clock, source } = stream(controller.signal);
  const nexts = [events.next(), events.next()];

  controller.abort('enough');

  await expect(nexts[0]).rejects.toMatchObject({ code: 'REQUEST_ABORTED', cause: 'enough' });
  expect(await nexts[1]).toEqual({ done: true, value: undefined });
  expect(await events.next()).toEqual({ done: true, value: undefined });
  expect([clock.pending, source.stops]).toEqual([0, 1]);
  const late = stream(controller.signal).events;
  await expect(late.next()).rejects.toMatchObject({ code: 'REQUEST_ABORTED' });
  expect(await late.next()).toEqual({ done: true, value: undefined });
});
