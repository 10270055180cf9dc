/** The spans of a recording: states, the time left of deadlines, and what overlapped what. */

import { expect, test } from 'vitest';

import { timelineOf } from '../../src/trace/timeline.ts';
import { ECHO, GET_DEVICE_ID, recording } from '../support/recordings.ts';

test('an attempt has its states, and the time that its deadline left in each', async () => {
  const life = recording({
    sim: { responseMs: 100 },
    life: (device) => device.request(GET_DEVICE_ID, { timeoutMs: 3000 }),
  });

  const { requests, accesses, bits } = timelineOf(await life);

  const [request] = requests;
  expect(request).toMatchObject({ id: 1, timeoutMs: 3000, completionCode: 0, isSettled: true });
  const [attempt] = request?.attempts ?? [];
  expect(attempt).toMatchObject({ seq: 0x10, fromMs: 0, rungMs: 0, result: 'reply' });
  expect(attempt?.states.map(({ state, leftMs }) => [state, leftMs])).toEqual([
    ['waitReady', 3000],
    ['waitReply', 6000],
    ['waitClear', expect.closeTo(5900, -2) as number],
  ]);
  expect(accesses).toBeGreaterThan(20);
  expect(new Set(bits.map(({ bit }) => bit))).toEqual(new Set(['B_BUSY', 'B2H_ATN', 'H_BUSY']));
});

test('requests that waited for another know it, and for how long', async () => {
  const life = recording({
    sim: { responseMs: 50 },
    life: (device) => Promise.all([device.request(ECHO), device.request(GET_DEVICE_ID)]),
  });

  const { requests } = timelineOf(await life);

  expect(requests.map(({ overlaps }) => overlaps)).toEqual([
    [],
    [{ id: 1, ms: expect.closeTo(50, -1) as number, isOrphan: false }],
  ]);
});

test('a request whose caller gave up is an orphan to the next', async () => {
  const life = recording({
    sim: { responseMs: 500 },
    life: async (device) => {
      const late = device.request(ECHO, { timeoutMs: 100, retries: 0 }).catch(() => undefined);
      const next = device.request(GET_DEVICE_ID);
      await Promise.all([late, next]);
    },
  });

  const { requests } = timelineOf(await life);

  expect(requests[0]).toMatchObject({ error: 'REQUEST_TIMEOUT', completionCode: undefined });
  expect(requests[0]?.attempts[0]?.result).toBe('reply');
  expect(requests[1]?.overlaps).toMatchObject([{ id: 1, isOrphan: true }]);
});

test('a response to no request is a span of its own', async () => {
  const life = recording({
    life: async (device, sim) => {
      sim.leaveResponse([0x1c, 0x77, 0x01, 0x00]);
      await device.request(ECHO);
      sim.leaveResponse([0x1c, 0x77, 0x01, 0x00]);
      await device.request(ECHO);
    },
  });

  const { requests } = timelineOf(await life);

  const states = requests.flatMap(({ attempts }) => attempts.flatMap((one) => one.states));
  expect(states.filter(({ state }) => state === 'waitClear').length).toBeGreaterThan(2);
});

test('what the recording cuts off ends with it', async () => {
  const whole = await recording({ life: (device) => device.request(GET_DEVICE_ID) });
  const cut = whole.entries.findIndex(
    (entry) => entry.kind === 'state' && entry.state === 'waitReply',
  );

  const { requests } = timelineOf({ entries: whole.entries.slice(0, cut + 1) });

  expect(requests).toMatchObject([
    { isSettled: false, attempts: [{ result: undefined, states: [{}, { state: 'waitReply' }] }] },
  ]);
});

test('an empty recording has an empty timeline', () => {
  expect(timelineOf({ entries: [] })).toEqual({
    ...{ lengthMs: 0, accesses: 0, requests: [], stale: [], bits: [] },
  });
});
