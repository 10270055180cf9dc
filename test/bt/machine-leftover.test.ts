/** The machine beside the way of a request: resets, pauses, short frames and late leftovers. */

import { expect, test } from 'vitest';

import { BtMachine } from '../../src/bt/machine.ts';
import { BtRegisters } from '../../src/bt/registers.ts';
import type { Attempt, Dropped } from '../../src/driver/machine.ts';
import type { PortIo } from '../../src/port/port.ts';
import { SimBmc } from '../../src/sim/bmc.ts';
import { echo, rig } from '../support/rig.ts';
import { BentPort } from '../support/wraps.ts';

const ATTEMPT: Attempt = { request: echo(1), seq: 9, startByMs: 1000, replyWithinMs: 500 };
const MISFIT = [0xc0, 9, 0x01, 0x00];
const STALE = [0x1c, 8, 0x01, 0x00, 0xaa];
const [CTRL, B2H_ATN, H_BUSY, B_BUSY] = [0xce4, 0x08, 0x40, 0x80];

/** A machine at a BMC of which the bits that are set read 1. */
function bentRig(responseMs: number) {
  const fault = { bits: 0 };
  const bend = (at: number, value: number): number => (at === CTRL ? value | fault.bits : value);
  return { fault, ...rig({ responseMs, wrap: (port: PortIo) => new BentPort(port, bend) }) };
}

test('a reset of the interface ends the attempt', () => {
  const { machine } = rig({ responseMs: 10_000, mayReset: true });
  machine.start(ATTEMPT);
  machine.poll(0);
  expect(machine.isOnWire).toBe(true);
  machine.reset();

  expect([machine.state, machine.isOnWire]).toEqual(['idle', false]);
});

test('no poll before its time drops a response, nor one while the BMC is busy', () => {
  const { machine } = rig({ responseMs: 10_000, pollMs: 50 });
  machine.start(ATTEMPT);
  machine.poll(0);
  expect(machine.poll(1)).toMatchObject({ kind: 'wait', stale: false });
  expect(machine.poll(2)).toEqual({ kind: 'wait', rung: true, stale: false, untilMs: 50 });

  const busy = bentRig(0);
  busy.fault.bits = B_BUSY;
  busy.machine.start(ATTEMPT);
  expect(busy.machine.poll(0)).toMatchObject({ kind: 'wait', rung: false, stale: false });
  busy.machine.cancel();
});

test('H_BUSY stays set while B2H_ATN does not clear, and the fault of a frame is known meanwhile', () => {
  const { machine, bmc, fault } = bentRig(10_000);
  machine.start(ATTEMPT);
  machine.poll(0);
  bmc.leaveResponse(MISFIT);
  machine.poll(1);
  const told = machine.misfit;
  expect(told).toMatch(/^NetFn/);
  fault.bits = B2H_ATN;
  machine.poll(2);
  for (const nowMs of [3, 4]) {
    const { writes } = bmc;
    expect(machine.poll(nowMs)).toMatchObject({ kind: 'wait' });
    // B2H_ATN alone is written, four times: H_BUSY is not let go for a moment.
    expect([machine.state, bmc.inb(CTRL) & H_BUSY, bmc.writes - writes]).toEqual([
      ...['waitClear', H_BUSY, 4],
    ]);
  }
  expect([machine.misfit, machine.isOnWire]).toEqual([told, true]);
  fault.bits = 0;
  machine.quiesce();
});

test('a leftover that clears only after its time is one, and no failure', () => {
  const { machine, bmc, fault } = bentRig(0);
  bmc.leaveResponse(STALE);
  fault.bits = B2H_ATN;
  machine.poll(10);
  fault.bits = 0;

  expect(machine.poll(5000)).toEqual({ kind: 'idle', rung: false, stale: true });
});

test.each([
  [[0x1c, 8, 0x01], []],
  [
    STALE.slice(0, 4),
    [{ netFn: 0x06, cmd: 0x01, reply: { completionCode: 0, data: new Uint8Array() } }],
  ],
])('of a response %j that is dropped, this is told: %j', (body, expected) => {
  const bmc = new SimBmc();
  const told: Dropped[] = [];
  const registers = new BtRegisters(bmc, { base: bmc.base, spacing: 1 });
  const machine = new BtMachine(registers, { onDropped: (dropped) => void told.push(dropped) });
  bmc.leaveResponse(body);
  machine.poll(0);

  expect(told).toEqual(expected);
});
