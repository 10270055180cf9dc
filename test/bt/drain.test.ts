/** An interface is given to another driver when the BMC has no command of ours any more. */

import { describe, expect, test } from 'vitest';

import { BtDrain } from '../../src/bt/drain.ts';
import { BtRegisters } from '../../src/bt/registers.ts';
import type { PortIo } from '../../src/port/port.ts';
import { SimBmc } from '../../src/sim/bmc.ts';
import { VirtualClock } from '../../src/sim/virtual-clock.ts';

const [FREE, SMS, H_BUSY, B_BUSY, H2B, NOTHING] = [0x00, 0x10, 0x40, 0x80, 0x04, 0xff];

/** A BT_CTRL that always reads the same. */
function drainOf(status: number, onWire = false): BtDrain {
  const port: PortIo = {
    inb: () => status,
    outb: () => undefined,
    readBytes: () => undefined,
    writeBytes: () => undefined,
    close: () => undefined,
  };
  return new BtDrain(new BtRegisters(port, { base: 0xce4, spacing: 1 }), onWire);
}

describe('with nothing on the wire', () => {
  test.each([FREE, SMS, H_BUSY])('BT_CTRL 0x%i is free', (status) => {
    expect(drainOf(status).look(false)).toBe(true);
  });

  test.each([
    [B_BUSY, 'the BMC is busy: BT_CTRL reads 0x80 B_BUSY'],
    [H2B, 'the BMC is busy: BT_CTRL reads 0x4 H2B_ATN'],
    [B_BUSY | H2B, 'the BMC is busy: BT_CTRL reads 0x84 H2B_ATN B_BUSY'],
  ])('BT_CTRL 0x%i is not, late or not', (status, reason) => {
    const drain = drainOf(status);

    expect([drain.look(false), drain.look(true)]).toEqual([false, false]);
    expect(drain.reason).toBe(reason);
  });

  test('nothing that decodes is not free', () => {
    expect(drainOf(NOTHING).look(true)).toBe(false);
  });
});

describe('with a command on the wire', () => {
  test('a command is in flight in a BMC that is not busy, until it times out', () => {
    const drain = drainOf(FREE, true);

    expect(drain.look(false)).toBe(false);
    expect(drain.reason).toBe('a command is still in flight in the BMC');
    expect(drain.look(true)).toBe(true);
  });

  test('the answer is taken out of the way, and then it is free', () => {
    const clock = new VirtualClock();
    const bmc = new SimBmc({ clock, responseMs: 500 });
    const registers = new BtRegisters(bmc, { base: bmc.base, spacing: 1 });
    registers.writeFrame(Uint8Array.of(3, 0x18, 0, 0x01), 4);
    const drain = new BtDrain(registers, true);

    expect(drain.look(false)).toBe(false);
    clock.skip(500);
    expect(drain.look(false)).toBe(true);
    bmc.assertQuiet();
  });
});
