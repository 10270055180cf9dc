/** Requests and their replies, found in the register accesses of a recording. */

import { expect, test } from 'vitest';

import { exchangesOf } from '../../src/trace/exchange.ts';
import { ECHO, GET_DEVICE_ID, SECRET, recording } from '../support/recordings.ts';

const DEVICE_ID = [0x20, 1, 2, 0x35, 2, 0x9f, 0, 0, 0, 0xb7, 0, 1, 2, 3, 4];

test('a request has its data, its reply and the time that the reply took', async () => {
  const found = exchangesOf(
    await recording({
      payload: 'all',
      sim: { responseMs: 20 },
      life: async (device) => {
        await device.request(GET_DEVICE_ID);
        await device.request({ ...ECHO, lun: 0, data: SECRET });
      },
    }),
  );

  const afterMs = expect.closeTo(20, -1) as number;
  expect(found).toEqual([
    {
      ...{ netFn: 6, lun: 0, cmd: 1, seq: 0x10, data: [], dataBytes: 0, atMs: 0 },
      reply: { kind: 'shown', bytes: [0, ...DEVICE_ID], afterMs },
    },
    {
      ...{ netFn: 0x30, lun: 0, cmd: 1, seq: 0x11, data: [...SECRET], dataBytes: 4 },
      atMs: expect.any(Number) as number,
      reply: { kind: 'shown', bytes: [0, ...SECRET], afterMs },
    },
  ]);
});

test('what the recording hides is known as hidden, with its length and its completion code', async () => {
  const life = recording({ life: (device) => device.request({ ...ECHO, data: SECRET }) });

  expect(exchangesOf(await life)).toMatchObject([
    { netFn: 0x30, data: undefined, dataBytes: 4, reply: { kind: 'hidden', completionCode: 0 } },
  ]);
});

test('a completion code other than 0 has nothing to hide', async () => {
  const life = recording({ life: (device) => device.request({ ...GET_DEVICE_ID, lun: 1 }) });

  expect(exchangesOf(await life)).toMatchObject([
    { lun: 1, data: [], reply: { kind: 'shown', bytes: [0xc2] } },
  ]);
});

test('a request that was sent again is there twice, and the reply is that of the second', async () => {
  let count = 0;
  const found = exchangesOf(
    await recording({
      payload: true,
      sim: { answer: () => ((count += 1) === 1 ? 'drop' : undefined) },
      life: (device) => device.request(GET_DEVICE_ID),
    }),
  );

  expect(found.map(({ seq, reply }) => [seq, reply.kind])).toEqual([
    [0x10, 'none'],
    [0x10, 'shown'],
  ]);
});

test('a response that answers no request of the recording is none of its replies', async () => {
  const found = exchangesOf(
    await recording({
      payload: 'all',
      life: async (device, sim) => {
        sim.leaveResponse([0x1c, 0x77, 0x01, 0x00]);
        await device.request(ECHO);
      },
    }),
  );

  expect(found).toMatchObject([{ netFn: 0x30, reply: { kind: 'shown', bytes: [0] } }]);
});

test('accesses of another driver, byte by byte, make no exchange', () => {
  const byte = { atMs: 1, bytes: undefined, hidden: 0 };
  const entries = [
    { ...byte, kind: 'out', register: 'HOST2BMC', value: 3 },
    { ...byte, kind: 'out', register: 'BT_CTRL', value: 4 },
    { ...byte, kind: 'in', register: 'BMC2HOST', value: 4 },
  ] as const;

  expect(exchangesOf({ entries })).toEqual([]);
});
