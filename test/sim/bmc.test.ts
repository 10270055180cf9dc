/** The simulated BMC: true to the register, and strict with a host that is not. */

import { describe, expect, test } from 'vitest';

import { SimBmc } from '../../src/sim/bmc.ts';
import { SIM_DEVICE_ID } from '../../src/sim/commands.ts';
import { VirtualClock } from '../../src/sim/virtual-clock.ts';

const CTRL = 0xce4;
const FIFO = 0xce5;
const MASK = 0xce6;
const H2B_ATN = 0x04;
const B2H_ATN = 0x08;
const H_BUSY = 0x40;

function writeFrame(bmc: SimBmc, ...body: number[]): void {
  bmc.outb(CTRL, 0x01);
  for (const value of [body.length, ...body]) bmc.outb(FIFO, value);
  bmc.outb(CTRL, H2B_ATN);
}

function readFrame(bmc: SimBmc): number[] {
  bmc.outb(CTRL, H_BUSY);
  bmc.outb(CTRL, B2H_ATN);
  bmc.outb(CTRL, 0x02);
  const frame = Array.from({ length: bmc.inb(FIFO) }, () => bmc.inb(FIFO));
  bmc.outb(CTRL, H_BUSY);
  return frame;
}

function ask(bmc: SimBmc, ...body: number[]): number[] {
  writeFrame(bmc, ...body);
  return readFrame(bmc);
}

describe('registers', () => {
  test('H_BUSY toggles, B2H_ATN and SMS_ATN clear on 1, zeros do nothing', () => {
    const bmc = new SimBmc();
    bmc.outb(CTRL, H_BUSY);
    bmc.outb(CTRL, 0x00);
    expect(bmc.inb(CTRL)).toBe(H_BUSY);
    bmc.outb(CTRL, H_BUSY);
    expect(bmc.inb(CTRL)).toBe(0);

    bmc.leaveResponse([1]);
    bmc.raiseSmsAttention();
    expect(bmc.inb(CTRL)).toBe(0x18);
    bmc.outb(CTRL, B2H_ATN);
    expect(bmc.inb(CTRL)).toBe(0x10);
    bmc.outb(CTRL, 0x10);
    expect(bmc.inb(CTRL)).toBe(0);
  });

  test('B_BUSY is 1 from H2B_ATN to the reply', () => {
    const clock = new VirtualClock();
    const bmc = new SimBmc({ clock, responseMs: 10 });
    writeFrame(bmc, 0x18, 5, 0x01);
    expect(bmc.inb(CTRL)).toBe(0x80);
    clock.skip(10);
    expect(bmc.inb(CTRL)).toBe(B2H_ATN);
  });

  test('a BMC with an answer waits until the host is done with the last one', () => {
    const clock = new VirtualClock();
    const bmc = new SimBmc({ clock, responseMs: 10 });
    writeFrame(bmc, 0x18, 5, 0x01);
    bmc.leaveResponse([0x1c, 4, 1, 0]);
    clock.skip(20);

    expect(readFrame(bmc)).toEqual([0x1c, 4, 1, 0]);
    expect(bmc.inb(CTRL)).toBe(B2H_ATN);
    expect(readFrame(bmc)).toEqual([0x1c, 5, 0x01, 0x00, ...SIM_DEVICE_ID]);
  });

  test('B2H_IRQ_EN is a level, B2H_IRQ comes with an attention and clears on 1', () => {
    const bmc = new SimBmc();
    bmc.outb(MASK, 0x01);
    bmc.leaveResponse([1]);
    expect(bmc.inb(MASK)).toBe(0x03);
    bmc.outb(MASK, 0x03);
    expect(bmc.inb(MASK)).toBe(0x01);
    bmc.outb(MASK, 0x00);
    expect(bmc.inb(MASK)).toBe(0x00);
  });

  test('an empty buffer and a port beside the registers read 0xff', () => {
    const bmc = new SimBmc();
    bmc.outb(CTRL, H_BUSY);
    expect([bmc.inb(FIFO), bmc.inb(0xce7)]).toEqual([0xff, 0xff]);
  });
});

describe('commands', () => {
  test.each([
    ['Get Device ID', [0x18, 1, 0x01], [0x1c, 1, 0x01, 0x00, ...SIM_DEVICE_ID]],
    ['Get Self Test Results', [0x18, 1, 0x04], [0x1c, 1, 0x04, 0x00, 0x55, 0x00]],
    ['Get BT Interface Capabilities', [0x18, 1, 0x36], [0x1c, 1, 0x36, 0, 1, 255, 255, 10, 0]],
    ['Get BMC Global Enables', [0x18, 1, 0x2f], [0x1c, 1, 0x2f, 0x00, 0x08]],
    ['Get Message Flags', [0x18, 1, 0x31], [0x1c, 1, 0x31, 0x00, 0x00]],
    ['the OEM echo', [0xc0, 1, 0x01, 7, 8], [0xc4, 1, 0x01, 0x00, 7, 8]],
    ['an unknown command', [0x18, 1, 0x99], [0x1c, 1, 0x99, 0xc1]],
    ['another LUN', [0x19, 1, 0x01], [0x1d, 1, 0x01, 0xc2]],
    ['data where none belongs', [0x18, 1, 0x01, 0], [0x1c, 1, 0x01, 0xc7]],
  ])('answers %s', (_, request, reply) => {
    expect(ask(new SimBmc(), ...request)).toEqual(reply);
  });

  test('both GUIDs are 16 bytes and the same BMC', () => {
    const bmc = new SimBmc();
    const [device, system] = [ask(bmc, 0x18, 1, 0x08), ask(bmc, 0x18, 2, 0x37)];

    expect(device.slice(4)).toHaveLength(16);
    expect(device.slice(4)).toEqual(system.slice(4));
  });

  test('Set BMC Global Enables is kept', () => {
    const bmc = new SimBmc();
    expect(ask(bmc, 0x18, 1, 0x2e, 0x09)).toEqual([0x1c, 1, 0x2e, 0x00]);
    expect(ask(bmc, 0x18, 2, 0x2f)).toEqual([0x1c, 2, 0x2f, 0x00, 0x09]);
  });

  test('keeps a log of what it executed', () => {
    const bmc = new SimBmc();
    ask(bmc, 0xc1, 9, 0x01, 7);

    const data = Uint8Array.of(7);
    expect(bmc.executed).toEqual([{ netFn: 0x30, lun: 1, seq: 9, cmd: 0x01, data, atMs: 0 }]);
  });
});

describe('a host that breaks the protocol is told so', () => {
  test.each<[string, (bmc: SimBmc) => void]>([
    ['BMC2HOST read without H_BUSY', (bmc) => bmc.inb(FIFO)],
    [
      'BMC2HOST read before B2H_ATN was cleared',
      (bmc) => {
        bmc.leaveResponse([1]);
        bmc.outb(CTRL, H_BUSY);
        bmc.inb(FIFO);
      },
    ],
    ['HOST2BMC written without CLR_WR_PTR', (bmc) => bmc.outb(FIFO, 3)],
    [
      'HOST2BMC written under B_BUSY',
      (bmc) => {
        writeFrame(bmc, 0x18, 1, 1);
        bmc.outb(CTRL, 0x01);
        bmc.outb(FIFO, 3);
      },
    ],
    [
      'length byte 4 for 3 bytes',
      (bmc) => {
        bmc.outb(CTRL, 0x01);
        for (const value of [4, 0x18, 1, 1]) bmc.outb(FIFO, value);
        bmc.outb(CTRL, H2B_ATN);
      },
    ],
    [
      'H2B_ATN rung while H_BUSY is set',
      (bmc) => {
        bmc.outb(CTRL, H_BUSY);
        writeFrame(bmc, 0x18, 1, 1);
      },
    ],
    [
      'a command starts while another is open',
      (bmc) => {
        writeFrame(bmc, 0x18, 1, 1);
        bmc.outb(CTRL, H2B_ATN);
      },
    ],
    ['OEM0 written', (bmc) => bmc.outb(CTRL, 0x20)],
    ['reserved BT_INTMASK bits written', (bmc) => bmc.outb(MASK, 0x40)],
    ['BMC_HWRST written, and no reset is expected', (bmc) => bmc.outb(MASK, 0x80)],
    ['write to port 0xce7, which is no BT register', (bmc) => bmc.outb(0xce7, 0)],
  ])('%s', (what, act) => {
    const bmc = new SimBmc({ clock: new VirtualClock(), responseMs: 10 });

    expect(() => act(bmc)).toThrow(`BT protocol violation by the host: ${what}`);
    expect(() => bmc.assertQuiet()).toThrow(what);
  });

  test.each<[string, (bmc: SimBmc) => void]>([
    ['H_BUSY is set', (bmc) => bmc.leaveHostBusy()],
    ['B2H_ATN is set', (bmc) => bmc.leaveResponse([1])],
    ['BT_INTMASK is not as it was found', (bmc) => bmc.outb(MASK, 0x01)],
    [
      'bytes in HOST2BMC without H2B_ATN',
      (bmc) => {
        bmc.outb(CTRL, 0x01);
        bmc.outb(FIFO, 3);
      },
    ],
  ])('assertQuiet() throws when %s', (what, act) => {
    const bmc = new SimBmc();
    bmc.assertQuiet();
    act(bmc);
    expect(() => bmc.assertQuiet()).toThrow(what);
  });
});

test('a response time needs a clock', () => {
  expect(() => new SimBmc({ responseMs: 5 })).toThrow(TypeError);
});
