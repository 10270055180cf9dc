/** Many waits on one signal: one listener, and no warning. */

import { getEventListeners } from 'node:events';
import { expect, onTestFinished, test } from 'vitest';

import { onAbort } from '../src/abort.ts';
import { open } from '../src/index.ts';
import { SimBmc } from '../src/sim/bmc.ts';
import { VirtualClock } from '../src/sim/virtual-clock.ts';

test('all callbacks are called once, in order, by one listener', () => {
  const controller = new AbortController();
  const called: number[] = [];
  const note = (number: number) => () => void called.push(number);
  const both = note(3);
  for (const callback of [note(1), note(2), both, both]) onAbort(controller.signal, callback);
  expect(getEventListeners(controller.signal, 'abort')).toHaveLength(1);

  controller.abort();
  controller.abort();

  expect(called).toEqual([1, 2, 3, 3]);
  expect(getEventListeners(controller.signal, 'abort')).toHaveLength(0);
});

test('a callback that is taken back is not called, and the last one takes the listener along', () => {
  const controller = new AbortController();
  const called: number[] = [];
  const forgets = [1, 2].map((number) =>
    onAbort(controller.signal, () => void called.push(number)),
  );

  forgets[0]?.();
  expect(getEventListeners(controller.signal, 'abort')).toHaveLength(1);
  forgets[1]?.();
  forgets[1]?.();
  expect(getEventListeners(controller.signal, 'abort')).toHaveLength(0);
  controller.abort();

  expect(called).toEqual([]);
});

test('one signal for 50 devices and 20 requests of each raises no warning', async () => {
  const warnings: Error[] = [];
  const warn = (warning: Error): void => void warnings.push(warning);
  process.on('warning', warn);
  onTestFinished(() => void process.off('warning', warn));
  const { signal } = new AbortController();
  const clock = new VirtualClock();
  const devices = await clock.until(
    Promise.all(
      Array.from({ length: 50 }, () =>
        open({ base: 0xce4, port: new SimBmc({ clock, responseMs: 5 }), clock, signal }),
      ),
    ),
  );
  const requests = devices.flatMap((device) =>
    Array.from({ length: 20 }, () => device.request({ netFn: 6, cmd: 1 }, { signal })),
  );
  expect(getEventListeners(signal, 'abort')).toHaveLength(1);

  await clock.until(Promise.all(requests));
  await clock.until(Promise.all(devices.map((device) => device.close())));
  // A warning is told at the next turn of the event loop.
  await new Promise((resolve) => setImmediate(resolve));

  expect(warnings).toEqual([]);
  expect(getEventListeners(signal, 'abort')).toHaveLength(0);
});
