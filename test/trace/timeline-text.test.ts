/** A timeline in words. */

import { expect, test } from 'vitest';

import { registerText, timelineFields, timelineText } from '../../src/trace/timeline-text.ts';
import { timelineOf } from '../../src/trace/timeline.ts';
import { ECHO, GET_DEVICE_ID, SECRET, recording } from '../support/recordings.ts';

const LATE = {
  sim: { responseMs: 500 },
  life: async (device: Parameters<Parameters<typeof recording>[0]['life']>[0]) => {
    const late = device.request({ ...ECHO, data: SECRET }, { timeoutMs: 100, retries: 0 });
    await Promise.all([late.catch(() => undefined), device.request({ ...GET_DEVICE_ID, lun: 1 })]);
  },
};

test('requests, attempts, states, deadlines and overlaps are told', async () => {
  const recorded = await recording(LATE);

  const text = timelineText(recorded, timelineOf(recorded));

  expect(text).toMatch(
    /^BT interface at 0xce4, register spacing 1, by test 1; payload: hidden\n2 requests, /,
  );
  expect(text).toContain(`
#1 netFn 0x30 cmd 0x01, 4 bytes of data
       0.000  asked, to be answered within 100.000 ms
       0.000  attempt with seq 0x10
       0.000    waitReady for 0.000 ms, 100.000 ms left
`);
  expect(text).toContain('     100.000  REQUEST_TIMEOUT, 100.000 ms in all\n');
  expect(text).toMatch(
    / waited \d+\.\d{3} ms while #1 was with the BMC, whose caller had given it up\n/,
  );
  expect(text).toContain('answered: 0xc2 (Invalid command on LUN)');
  expect(text).not.toMatch(/de ad|222/);
});

test('register accesses are told with the names of their bits', async () => {
  const recorded = await recording({ payload: true, ...LATE });

  const text = registerText(recorded);

  expect(text).toContain('       0.000  out BT_CTRL    0x01 CLR_WR_PTR\n');
  expect(text).toContain('       0.000  out HOST2BMC   07 c0 10 01 (+4 bytes)\n');
  expect(text).toMatch(/ {2}the same, \d+ times more\n/);
});

test('as JSON it has the same', async () => {
  const recorded = await recording(LATE);

  const fields = timelineFields(recorded, timelineOf(recorded));

  expect(JSON.parse(JSON.stringify(fields))).toMatchObject({
    ...{ base: 0xce4, register_spacing: 1, program: 'test 1', payload: 'hidden', cut_off: false },
    requests: [
      { id: 1, net_fn: 0x30, cmd: 1, name: null, completion_code: null, error: 'REQUEST_TIMEOUT' },
      {
        ...{ id: 2, name: 'Get Device ID', lun: 1, completion_code: 0xc2, error: null },
        overlaps: [{ id: 1, orphan: true }],
        attempts: [{ seq: 0x11, result: 'reply', states: [{ state: 'waitReady' }, {}, {}] }],
      },
    ],
  });
});
