/**
 * The last look of an attempt: a reply that is there at the deadline counts, however it comes to be
 * seen only then.
 */

import { describe, expect, test } from 'vitest';

import type { Attempt } from '../../src/driver/machine.ts';
import { limitsFor } from '../../src/driver/limits.ts';
import type { PortIo } from '../../src/port/port.ts';
import { DEFAULT_CAPABILITIES } from '../../src/ipmi/bt-capabilities.ts';
import { TURN_MS } from '../../src/sim/virtual-clock.ts';
import { echo, outcomeOf, rig, send } from '../support/rig.ts';
import { BentPort } from '../support/wraps.ts';

const REPLY_WITHIN_MS = 500;
const ATTEMPT: Attempt = {
  ...{ request: echo(1), seq: 9, startByMs: 1000, replyWithinMs: REPLY_WITHIN_MS },
};
const STALE = [0x1c, 8, 0x01, 0x00, 0xaa];
const [CTRL, B2H_ATN] = [0xce4, 0x08];

/** An attempt that is on the wire, its time beginning at 0. */
function onWire(options: Parameters<typeof rig>[0]) {
  const rigged = rig(options);
  rigged.machine.start(ATTEMPT);
  rigged.machine.poll(0);
  rigged.machine.poll(0);
  expect(rigged.machine.state).toBe('waitReply');
  return rigged;
}

describe('a reply that is there is taken by a poll', () => {
  test.each([
    ['just before the deadline', REPLY_WITHIN_MS - TURN_MS],
    ['at the deadline', REPLY_WITHIN_MS],
    ['just after it', REPLY_WITHIN_MS + TURN_MS],
    ['an hour after it, because the process was stopped', 3_600_000],
  ])('%s', (_, atMs) => {
    const { machine, clock } = onWire({ responseMs: REPLY_WITHIN_MS - TURN_MS });
    clock.skip(atMs);

    expect(machine.poll(atMs)).toMatchObject({ kind: 'done', reply: { completionCode: 0 } });
  });

  test.each([0, 1])(
    'at the deadline, with B2H_ATN stuck at 1 until %i ms before it',
    (beforeMs) => {
      let isStuck = false;
      const wrap = (port: PortIo): PortIo =>
        new BentPort(port, (at, value) => (at === CTRL && isStuck ? value | B2H_ATN : value));
      const { machine, clock } = onWire({ responseMs: 10, wrap });
      isStuck = true;
      clock.skip(REPLY_WITHIN_MS - beforeMs);
      expect(machine.poll(REPLY_WITHIN_MS - 2)).toMatchObject({ kind: 'wait' });
      expect(machine.state).toBe('waitClear');
      isStuck = false;

      expect(machine.poll(REPLY_WITHIN_MS)).toMatchObject({ kind: 'done' });
    },
  );
});

describe('a stale response that is found when the process goes on after a stop', () => {
  const HOUR_MS = 3_600_000;
  const OVERTIME_MS = 100;

  /** A BMC with an old answer in the buffer, which has the reply at `replyMs`. */
  function stopped(replyMs: number) {
    const rigged = onWire({ responseMs: replyMs });
    rigged.bmc.leaveResponse(STALE);
    rigged.clock.skip(HOUR_MS);
    expect(rigged.machine.poll(HOUR_MS)).toMatchObject({
      ...{ kind: 'wait', stale: true, untilMs: HOUR_MS + 1 },
    });
    return rigged;
  }

  test('does not cost the reply behind it', () => {
    const { machine } = stopped(10);

    expect(machine.poll(HOUR_MS + 1)).toMatchObject({ kind: 'done', reply: { completionCode: 0 } });
  });

  test.each([
    ['until 100 ms are over', OVERTIME_MS, 'done'],
    ['and no longer', OVERTIME_MS + TURN_MS, 'failed'],
  ])('leaves the BMC time to put the reply into the buffer %s', (_, afterMs, kind) => {
    const { machine, clock } = stopped(HOUR_MS + afterMs);
    for (let ms = 1; ms < OVERTIME_MS; ms += 1) {
      clock.skip(1);
      expect(machine.poll(HOUR_MS + ms)).toMatchObject({ kind: 'wait', stale: false });
    }
    clock.skip(1);

    expect(machine.poll(HOUR_MS + OVERTIME_MS)).toMatchObject({ kind });
  });

  test('and others without end do not prolong the attempt beyond that', () => {
    const { machine, bmc } = stopped(2 * HOUR_MS);
    for (let ms = 1; ms < OVERTIME_MS; ms += 1) {
      bmc.leaveResponse(STALE);
      expect(machine.poll(HOUR_MS + ms)).toMatchObject({ kind: 'wait', stale: true });
    }
    bmc.leaveResponse(STALE);

    expect(machine.poll(HOUR_MS + OVERTIME_MS)).toMatchObject({
      ...{ kind: 'failed', stale: true, reason: 'timeout' },
    });
  });

  test('a reply is taken, too, when B2H_ATN does not clear at once', () => {
    let isStuck = false;
    const wrap = (port: PortIo): PortIo =>
      new BentPort(port, (at, value) => (at === CTRL && isStuck ? value | B2H_ATN : value));
    const { machine, clock } = onWire({ responseMs: 10, wrap });
    isStuck = true;
    clock.skip(HOUR_MS);
    expect(machine.poll(HOUR_MS)).toMatchObject({ kind: 'wait', untilMs: HOUR_MS + 1 });
    isStuck = false;

    expect(machine.poll(HOUR_MS + 1)).toMatchObject({ kind: 'done' });
  });
});

test('a stale response just before the deadline leaves the BMC the same time', () => {
  const { machine, bmc } = onWire({ responseMs: 10_000 });
  bmc.leaveResponse(STALE);

  machine.poll(REPLY_WITHIN_MS - 1);
  expect(machine.poll(REPLY_WITHIN_MS)).toMatchObject({ kind: 'wait' });
  expect(machine.poll(REPLY_WITHIN_MS + 98)).toMatchObject({ kind: 'wait' });
  expect(machine.poll(REPLY_WITHIN_MS + 99)).toMatchObject({ kind: 'failed', reason: 'timeout' });
});

describe('the driver hands a reply to its caller', () => {
  const { attemptMs } = limitsFor(DEFAULT_CAPABILITIES);

  // The time of an attempt begins with the first poll after the request was written.
  test.each([0, 1, 100, 1000])(
    'that comes when the attempt ends, with %i ms from one poll to the next',
    async (pollMs) => {
      const { clock, driver, statistics } = rig({ responseMs: attemptMs + pollMs, pollMs });

      expect(await clock.until(outcomeOf(send(driver, echo(1))))).toEqual([1]);
      expect(statistics.longTimeouts).toBe(0);
    },
  );

  test.each([0, 3, 500, 1000])(
    'that comes when its timeout ends, with %i ms from one poll to the next',
    async (pollMs) => {
      const timeoutMs = 1700;
      const { clock, driver, statistics } = rig({ responseMs: timeoutMs, pollMs });

      expect(await clock.until(outcomeOf(send(driver, echo(1), { timeoutMs })))).toEqual([1]);
      expect(statistics.orphans).toBe(0);
    },
  );

  test('and not one that comes a millisecond later', async () => {
    const { clock, driver } = rig({ responseMs: attemptMs + 1 });

    expect(await clock.until(outcomeOf(send(driver, echo(1))))).toEqual({
      code: 'BMC_UNRESPONSIVE',
      outcome: 'unknown',
    });
    await clock.pass(10);
  });
});
