/** A BMC made of a recording: it answers as it was recorded, and never otherwise. */

import { describe, expect, test } from 'vitest';

import { open } from '../../src/index.ts';
import type { Device } from '../../src/index.ts';
import { VirtualClock } from '../../src/sim/virtual-clock.ts';
import { RecordingError, replay } from '../../src/trace/replay.ts';
import type { ReplayBmc, ReplayOptions } from '../../src/trace/replay.ts';
import { ECHO, GET_DEVICE_ID, SECRET, record } from '../support/recordings.ts';

const GET_GUID = { netFn: 0x06, cmd: 0x37 };

/** Lives with a replayed BMC; resolves to what `life` brings. */
async function withReplay<T>(
  bmc: ReplayBmc,
  life: (device: Device) => Promise<T>,
  bringUp: 'full' | 'lazy' = 'lazy',
): Promise<T> {
  const { base, spacing } = bmc;
  const device = await open({ base, spacing, port: bmc, bringUp });
  try {
    return await life(device);
  } finally {
    await device.close();
  }
}

test('requests are answered as they were, and the rest is counted', async () => {
  const text = await record({
    payload: 'all',
    sim: { base: 0x100, spacing: 4 },
    life: async (device) => {
      await device.request(GET_DEVICE_ID);
      await device.request({ ...ECHO, data: SECRET });
      await device.request({ ...ECHO, lun: 1 });
    },
  });
  const bmc = replay(text);
  expect([bmc.base, bmc.spacing, bmc.left]).toEqual([0x100, 4, 3]);

  const replies = await withReplay(bmc, async (device) => [
    await device.request({ ...ECHO, data: SECRET }),
    await device.request({ ...ECHO, lun: 1 }),
  ]);

  expect(replies).toEqual([
    { completionCode: 0, data: SECRET },
    { completionCode: 0xc2, data: new Uint8Array() },
  ]);
  expect([bmc.left, bmc.unanswered]).toEqual([1, []]);
});

test('answers to one request come in their order, and the last of them stays', async () => {
  let count = 0;
  const text = await record({
    payload: 'all',
    sim: { answer: () => [0, (count += 1)] },
    life: async (device) => {
      for (let sent = 0; sent < 3; sent += 1) await device.request(ECHO);
    },
  });

  const replies = await withReplay(replay(text), async (device) => {
    const got: number[] = [];
    for (let sent = 0; sent < 5; sent += 1) got.push(...(await device.request(ECHO)).data);
    return got;
  });

  expect(replies).toEqual([1, 2, 3, 3, 3]);
});

test('with a clock an answer takes as long as it did, and silence is silence', async () => {
  const text = await record({
    payload: 'all',
    sim: { responseMs: 300 },
    life: (device) => device.request(ECHO),
  });
  const clock = new VirtualClock();
  const bmc = replay(text, { clock, unrecorded: 'drop' });
  const live = async () => {
    const { base, spacing } = bmc;
    const device = await open({ base, spacing, port: bmc, bringUp: 'lazy', clock });
    await device.request(ECHO);
    const answeredMs = clock.now();
    const late = device.request(GET_GUID, { timeoutMs: 100, retries: 0 });
    const error = await late.catch((one: unknown) => one);
    await device.close();
    return { answeredMs, error };
  };

  const { answeredMs, error } = await clock.until(live());

  expect(answeredMs).toBeGreaterThanOrEqual(300);
  expect(answeredMs).toBeLessThan(340);
  expect(error).toMatchObject({ code: 'REQUEST_TIMEOUT' });
});

test('bring-up works with the recording of one, or of Get Device ID alone', async () => {
  const text = await record({ payload: true, life: (device) => device.request(GET_DEVICE_ID) });

  const reply = await withReplay(replay(text), (device) => device.identity(), 'full').catch(String);
  const known = await withReplay(replay(text), (device) => Promise.resolve(device.state), 'full');

  expect(known).toBe('ready');
  expect(reply).toContain('cannot be replayed: the recording has no such request');
});

describe('a request without an answer in the recording', () => {
  const text = record({
    life: async (device) => {
      await device.request(GET_DEVICE_ID);
      await device.request({ ...ECHO, data: SECRET });
    },
  });
  const NO_REQUEST =
    'Get System GUID (netFn 0x06 cmd 0x37) with 0 bytes of data cannot be replayed: the recording has no such request';
  const HIDDEN = 'cannot be replayed: the recording hides its payload; record with --trace-payload';

  test.each([
    [GET_GUID, NO_REQUEST],
    [GET_DEVICE_ID, HIDDEN],
    [{ ...ECHO, data: SECRET }, HIDDEN],
    [{ ...GET_DEVICE_ID, lun: 2 }, 'lun 2 with 0 bytes of data cannot be replayed'],
  ])('%j rejects with an error that says so', async (request, message) => {
    const bmc = replay(await text);

    const error = await withReplay(bmc, (device) => device.request(request).catch(String));

    expect(error).toContain(`the ports failed: RecordingError: `);
    expect(error).toContain(message);
    expect(bmc.unanswered).toHaveLength(1);
  });

  test.each<[ReplayOptions['unrecorded'], number]>([
    [0xc1, 0xc1],
    [0xd4, 0xd4],
  ])('may have the completion code %j', async (unrecorded, completionCode) => {
    const bmc = replay(await text, unrecorded === undefined ? {} : { unrecorded });

    const reply = await withReplay(bmc, (device) => device.request(GET_GUID));

    expect(reply.completionCode).toBe(completionCode);
    expect(bmc.unanswered).toEqual([NO_REQUEST]);
  });
});

test.each([
  ['', {}, 'it is empty'],
  ['no recording', {}, 'line 1: this is no recording of ipmi-bt'],
])('%j with %j is refused', (text, options, message) => {
  expect(() => replay(text, options)).toThrow(new RecordingError(message).message);
});

test.each<[unknown, unknown, string]>([
  [Buffer.from('a'), {}, 'replay() takes the text of a recording, not a Buffer'],
  ['', { unrecorded: 256 }, 'unrecorded must be an integer from 0 to 255, not 256'],
  ['', { unrecorded: 'code' }, 'unrecorded must be throw, drop or a number, not "code"'],
  ['', { unRecorded: 1 }, 'replay() has no option "unRecorded"; did you mean unrecorded?'],
  ['', { clock: {} }, 'clock must be a clock (with now), not an object that lacks now'],
])("a caller's mistake: %j with %j", (text, options, message) => {
  expect(() => replay(text as string, options as ReplayOptions)).toThrow(message);
});
