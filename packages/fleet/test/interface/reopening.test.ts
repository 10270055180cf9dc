/** A device that is opened when it is needed, and again after its end. */

import { open } from 'ipmi-bt';
import { SimBmc } from 'ipmi-bt/sim';
import { expect, test } from 'vitest';

import { Reopening } from '../../src/interface/reopening.ts';
import type { Opened } from '../../src/interface/reopening.ts';

const DEVICE_ID = { netFn: 0x06, cmd: 0x01 };

/** A way to simulated BMCs, of which the first `failures` cannot be opened. */
function wayTo(failures = 0) {
  const opened: Opened[] = [];
  const changes: (string | undefined)[] = [];
  let left = failures;
  const way = new Reopening({
    open: async () => {
      left -= 1;
      if (left >= 0) throw new Error('not yet');
      const port = new SimBmc();
      const device = await open({ base: port.base, port, bringUp: 'lazy' });
      opened.push(device);
      return device;
    },
    onChange: (device) => changes.push(device?.name),
  });
  return { way, opened, changes };
}

test('opens once for requests at once', async () => {
  const { way, opened } = wayTo();
  const replies = await Promise.all([1, 2, 3].map(() => way.request(DEVICE_ID)));
  await way.close();

  expect(replies.map(({ completionCode }) => completionCode)).toEqual([0, 0, 0]);
  expect(opened).toHaveLength(1);
  expect(opened[0]?.state).toBe('closed');
});

test('opens again after the device has closed, and tells of both', async () => {
  const { way, opened, changes } = wayTo();
  await way.request(DEVICE_ID);
  await opened[0]?.close();
  const { completionCode } = await way.request(DEVICE_ID);
  await way.close();

  expect(completionCode).toBe(0);
  expect(opened).toHaveLength(2);
  expect(changes).toEqual(['bt0', undefined, 'bt0', undefined]);
});

test('an opening that fails is the error of the request, and the next one tries again', async () => {
  const { way } = wayTo(1);

  await expect(way.request(DEVICE_ID)).rejects.toThrow('not yet');
  expect((await way.request(DEVICE_ID)).completionCode).toBe(0);
  await way.close();
});

test('a request that is aborted does not wait for the opening', async () => {
  const way = new Reopening<Opened>({ open: () => new Promise(() => undefined) });
  const end = new AbortController();
  const reply = way.request(DEVICE_ID, { signal: end.signal });
  end.abort();

  await expect(reply).rejects.toThrow('aborted while the interface was being opened');
  await expect(way.request(DEVICE_ID, { signal: AbortSignal.abort() })).rejects.toThrow('aborted');
});

test('is closed without having been opened', async () => {
  const { way, opened } = wayTo();
  await way.close();

  expect(opened).toEqual([]);
  await expect(way.request(DEVICE_ID)).rejects.toThrow('bug: a request after close()');
});
