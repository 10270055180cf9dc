/** The machine and responses at the deadline, and replies to an earlier attempt. */

import { describe, expect, test } from 'vitest';

import type { Attempt } from '../../src/driver/machine.ts';
import { echo, rig } from '../support/rig.ts';

const ATTEMPT: Attempt = { request: echo(1), seq: 9, startByMs: 1000, replyWithinMs: 500 };

test('a reply that is there at the deadline is taken; a response to something else is dropped', () => {
  for (const [body, kind] of [
    [[0xc4, 9, 0x01, 0x00, 1], 'done'],
    [[0xc4, 8, 0x01, 0x00, 1], 'wait'],
  ] as const) {
    const { machine, bmc } = rig({ responseMs: 10_000 });
    machine.start(ATTEMPT);
    machine.poll(0);
    machine.poll(0);
    bmc.leaveResponse(body);

    expect(machine.poll(500)).toMatchObject({ kind, stale: kind === 'wait' });
    expect(machine.isIdle).toBe(kind === 'done');
  }
});

describe('a response with the number of the request, before the request is handed over,', () => {
  const OURS = [0xc4, 9, 0x01, 0x00, 1];

  test('is dropped the first time', () => {
    const { machine, bmc } = rig();
    bmc.leaveResponse(OURS);
    machine.start(ATTEMPT);

    expect(machine.poll(0)).toMatchObject({ kind: 'wait', rung: false, stale: true });
  });

  test.each([0, 1000])('is the reply when the request is sent again, at %i ms', (atMs) => {
    const { machine, bmc } = rig();
    bmc.leaveResponse(OURS);
    machine.start({ ...ATTEMPT, isRepeat: true });

    expect(machine.poll(atMs)).toMatchObject({ kind: 'done', reply: { completionCode: 0 } });
    expect(bmc.executed).toEqual([]);
  });

  test('is dropped at the deadline when it answers something else', () => {
    const { machine, bmc } = rig();
    bmc.leaveResponse([0xc4, 8, 0x01, 0x00, 1]);
    machine.start({ ...ATTEMPT, isRepeat: true });

    expect(machine.poll(1000)).toMatchObject({ kind: 'failed', reason: 'notReady', stale: true });
  });
});
