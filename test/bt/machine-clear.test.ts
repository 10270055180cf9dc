/**
 * The machine and responses that no request asked for, that come twice, or that cannot be cleared.
 */

import { describe, expect, test } from 'vitest';

import type { Attempt } from '../../src/driver/machine.ts';
import type { PortIo } from '../../src/port/port.ts';
import { RecordingPort } from '../support/recording-port.ts';
import { echo, rig } from '../support/rig.ts';
import { BentPort, CyclePort } from '../support/wraps.ts';

const ATTEMPT: Attempt = { request: echo(1), seq: 9, startByMs: 1000, replyWithinMs: 500 };
const ANSWER = [0xc4, 9, 0x01, 0x00, 1];
const STALE = [0x1c, 8, 0x01, 0x00, 0xaa];
const CTRL = 0xce4;
const H_BUSY = 0x40;

/** A machine at a BMC whose B2H_ATN reads 1 for as long as `sticks` is set. */
function stickyRig(responseMs = 0) {
  const fault = { sticks: false };
  const bend = (at: number, value: number): number =>
    at === CTRL && fault.sticks ? value | 0x08 : value;
  return { fault, ...rig({ responseMs, wrap: (port: PortIo) => new BentPort(port, bend) }) };
}

/** A machine, and how often BT_CTRL was read. */
function countingRig(responseMs: number) {
  let recorder: RecordingPort | undefined;
  const wrap = (port: PortIo): PortIo => (recorder = new RecordingPort(port, CTRL));
  const rigged = rig({ responseMs, wrap });
  const reads = (): number =>
    recorder?.cycles.filter(({ direction, port }) => direction === 'in' && port === CTRL).length ??
    0;
  return { reads, ...rigged };
}

describe('idle', () => {
  test('with nothing in the buffer, a poll looks once and writes nothing', () => {
    const { machine, bmc, reads } = countingRig(0);

    expect(machine.poll(0)).toEqual({ kind: 'idle', rung: false, stale: false });

    expect([reads(), bmc.writes]).toEqual([1, 0]);
  });

  test('a second copy of the reply is dropped', () => {
    const { machine, bmc } = rig();
    machine.start(ATTEMPT);
    expect(machine.poll(0)).toMatchObject({ kind: 'done' });
    bmc.leaveResponse(ANSWER);

    expect(machine.poll(1)).toEqual({ kind: 'idle', rung: false, stale: true });
  });

  test('a response that cannot be cleared away is left alone after 100 ms, H_BUSY 0', () => {
    const { machine, bmc, fault } = stickyRig();
    bmc.leaveResponse(STALE);
    fault.sticks = true;

    expect(machine.poll(10)).toMatchObject({ kind: 'wait', untilMs: 11 });
    expect(machine.poll(109.5)).toMatchObject({ kind: 'wait', untilMs: 110 });
    expect([machine.state, machine.isOnWire]).toEqual(['waitClear', false]);
    expect(machine.poll(110)).toEqual({ kind: 'idle', rung: false, stale: false });

    expect(machine.state).toBe('idle');
    bmc.assertQuiet();
  });
});

describe('after the ring', () => {
  test('a BMC that does not answer at once is looked at eight times in a row, then once', () => {
    const { machine, reads } = countingRig(10);
    machine.start(ATTEMPT);

    machine.poll(0);
    // Once for B_BUSY and H2B_ATN, then for the reply.
    expect(reads()).toBe(1 + 8);
    machine.poll(1);
    expect(reads()).toBe(1 + 8 + 1);
  });

  test('a reply that comes between two of these looks is taken at once', () => {
    const { machine, bmc } = rig({
      responseMs: 10_000,
      wrap: (port) =>
        new CyclePort(port, (cycle) => {
          // A look, the pointer, the frame, the ring; and then the third look for the reply.
          if (cycle === 6) bmc.leaveResponse(ANSWER);
        }),
    });
    machine.start(ATTEMPT);

    expect(machine.poll(0)).toMatchObject({ kind: 'done', reply: { data: Uint8Array.of(1) } });
  });

  test('B2H_ATN that will not clear fails the attempt with timeout: it was on the wire', () => {
    const { machine, fault, bmc } = stickyRig(10_000);
    machine.start(ATTEMPT);
    machine.poll(0);
    machine.poll(0);
    fault.sticks = true;

    expect(machine.poll(100)).toMatchObject({ kind: 'wait', untilMs: 101 });
    expect([machine.state, machine.isOnWire, machine.cancel()]).toEqual(['waitClear', true, false]);
    expect(machine.poll(499.5)).toMatchObject({ kind: 'wait', untilMs: 500 });
    expect(machine.poll(500)).toMatchObject({ kind: 'failed', reason: 'timeout' });

    expect([machine.state, machine.isOnWire]).toEqual(['idle', false]);
    fault.sticks = false;
    bmc.assertQuiet();
  });

  test('a bus that floats is written nothing', () => {
    let floats = false;
    const wrap = (port: PortIo): PortIo =>
      new BentPort(port, (_, value) => (floats ? 0xff : value));
    const { machine, bmc } = rig({ responseMs: 10_000, wrap });
    machine.start(ATTEMPT);
    machine.poll(0);
    const { writes } = bmc;
    floats = true;

    expect(machine.poll(5)).toMatchObject({ kind: 'wait' });

    expect(bmc.writes).toBe(writes);
  });

  test('H_BUSY that a misread bit has set is cleared, because the BMC waits for that', () => {
    const { machine, bmc } = rig({ responseMs: 10_000 });
    machine.start(ATTEMPT);
    machine.poll(0);
    bmc.outb(CTRL, H_BUSY);

    expect(machine.poll(5)).toMatchObject({ kind: 'wait' });

    expect(bmc.inb(CTRL) & H_BUSY).toBe(0);
  });

  test('quiesce() gives up what is on the wire', () => {
    const { machine } = rig({ responseMs: 10 });
    machine.start(ATTEMPT);
    machine.poll(0);

    machine.quiesce();

    expect([machine.state, machine.isOnWire]).toEqual(['idle', false]);
  });
});
