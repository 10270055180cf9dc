/** A recording as it is written, line by line, and what is never in it. */

import { expect, test } from 'vitest';

import { Recorder } from '../../src/trace/recorder.ts';
import { ECHO, GET_DEVICE_ID, SECRET, record } from '../support/recordings.ts';

const BLOCK = { base: 0xce4, spacing: 1, count: 3 };

/** Lines without the access to the registers. */
function told(text: string): readonly unknown[] {
  const lines = text.trimEnd().split('\n').slice(1);
  return lines
    .map((line) => JSON.parse(line) as { readonly kind: string })
    .filter(({ kind }) => kind !== 'in' && kind !== 'out' && kind !== 'again');
}

test('the first line names the form, the interface, the program and the payload', async () => {
  const text = await record({ life: () => Promise.resolve() });

  expect(JSON.parse(text.split('\n', 1).join())).toEqual({
    schema: 'ipmi-bt/recording',
    version: 1,
    base: 0xce4,
    spacing: 1,
    program: 'test 1',
    payload: 'hidden',
    clock_ms: 1000,
  });
});

test('a request is recorded with its attempt, its deadlines, its states and its end', async () => {
  const sim = { responseMs: 10 };

  const text = await record({ sim, life: (device) => device.request(GET_DEVICE_ID) });

  const which = { net_fn: 6, lun: 0, cmd: 1, data_bytes: 0 };
  expect(told(text)).toEqual([
    { at_ms: 0, kind: 'request', id: 1, ...which, timeout_ms: 18000, internal: false },
    {
      ...{ at_ms: 0, kind: 'attempt', id: 1, seq: 0x10 },
      ...{ start_within_ms: 6000, reply_within_ms: 6000 },
    },
    { at_ms: 0, kind: 'state', state: 'waitReady' },
    { at_ms: 0, kind: 'state', state: 'waitReply' },
    { at_ms: expect.closeTo(10, 0) as number, kind: 'state', state: 'waitClear' },
    { at_ms: expect.closeTo(10, 0) as number, kind: 'state', state: 'idle' },
    { at_ms: expect.closeTo(10, 0) as number, kind: 'ended', id: 1, result: 'reply' },
    { at_ms: expect.closeTo(10, 0) as number, kind: 'settled', id: 1, completion_code: 0 },
  ]);
});

test('a request that fails has the code of its error, and an attempt its reason', async () => {
  const text = await record({
    sim: { answer: () => 'drop' },
    life: async (device) => {
      await device.request(ECHO, { timeoutMs: 50, retries: 0 }).catch(() => undefined);
    },
  });

  expect(told(text)).toContainEqual(
    expect.objectContaining({ kind: 'settled', id: 1, error: 'REQUEST_TIMEOUT' }),
  );
  expect(told(text).at(-1)).toMatchObject({ kind: 'ended', id: 1, result: 'dropped' });
});

test.each([
  [false, false, false],
  [true, true, false],
  ['all', true, true],
] as const)(
  'with payload %s, that of Get Device ID is shown: %s, that of an OEM command: %s',
  async (payload, isOpen, isAll) => {
    const text = await record({
      payload,
      life: async (device) => {
        await device.request(GET_DEVICE_ID);
        await device.request({ ...ECHO, data: SECRET });
      },
    });

    expect(text.includes('1c 10 01 00 20 01 02 35')).toBe(isOpen);
    expect(text.includes('"bytes":"07 c0 11 01 de ad be ef"')).toBe(isAll);
    expect(text.includes('"bytes":"c4 11 01 00 de ad be ef"')).toBe(isAll);
    expect(text.includes('de ad')).toBe(isAll);
    expect(text.includes('"bytes":"c4 11 01 00","hidden":4')).toBe(!isAll);
  },
);

test('the same read again and again is one line, with its count and the time of the last', () => {
  const lines: string[] = [];
  const time = { ms: 5 };
  const clock = { now: () => (time.ms += 1) };
  const recorder = new Recorder({
    sink: { write: (line) => lines.push(line) },
    block: BLOCK,
    clock,
  });
  const read = { port: 0xce4, isRead: true, value: 0x80, hidden: 0 };

  for (const port of [0xce4, 0xce4, 0xce4, 0xce6, 0xce4]) recorder.accessed({ ...read, port });
  recorder.accessed({ ...read, isRead: false });
  recorder.accessed({ ...read, isRead: false });
  recorder.flush();

  const busy = '"kind":"in","register":"BT_CTRL","value":128';
  const write = '"kind":"out","register":"BT_CTRL","value":128';
  expect(lines.slice(1)).toEqual([
    `{"at_ms":1,${busy}}`,
    '{"at_ms":3,"kind":"again","times":2}',
    '{"at_ms":4,"kind":"in","register":"BT_INTMASK","value":128}',
    `{"at_ms":5,${busy}}`,
    `{"at_ms":6,${write}}`,
    `{"at_ms":7,${write}}`,
  ]);
});

test('a read that was repeated is complete once the device is closed', async () => {
  const sim = { responseMs: 500 };

  const text = await record({ sim, life: (device) => device.request(GET_DEVICE_ID) });

  expect(text).toMatch(/"kind":"again","times":\d+\}\n\{.*"kind":"in".*"value":8\}/);
});
