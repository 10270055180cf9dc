/** One turn at the device, of a request whose time is over when the turn has come. */

import { expect, test } from 'vitest';

import type { Requester } from '../../src/ipmi/requester.ts';
import { Turn } from '../../src/serve/turn.ts';
import { VirtualClock } from '../../src/sim/virtual-clock.ts';

const REQUEST = { netFn: 0x30, cmd: 0x01, lun: 0, data: new Uint8Array() };

/** Lets a turn with a timeout of 5 ms come after so long, before the timer was looked at. */
async function turnAfter(ms: number) {
  const clock = new VirtualClock();
  const timeouts: unknown[] = [];
  const device: Requester = {
    request: (_, options) => {
      timeouts.push(options?.timeoutMs);
      return Promise.resolve({ completionCode: 0, data: new Uint8Array() });
    },
  };
  const turn = new Turn({
    ...{ request: REQUEST, clock, timeoutMs: 5 },
    ...{ retries: undefined, repeatBusy: undefined, signal: undefined },
    ...{ onGone: () => undefined, onWaited: () => undefined, onBegin: () => undefined },
    ...{ onRest: () => undefined, onRested: () => undefined },
  });
  const outcome = turn.result.then(
    ({ completionCode }) => completionCode,
    (error: unknown) => error,
  );
  await clock.pass(ms);
  await turn.begin(device);
  return { outcome: await outcome, timeouts };
}

test('a request whose time is over is not sent any more', async () => {
  const { outcome, timeouts } = await turnAfter(5);

  expect(outcome).toMatchObject({ code: 'REQUEST_TIMEOUT', outcome: 'not-sent' });
  expect(timeouts).toEqual([]);
});

test('one whose time is not over has the rest of it', async () => {
  expect(await turnAfter(4)).toEqual({ outcome: 0, timeouts: [1] });
});
