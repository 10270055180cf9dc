/**
 * What QEMU's `isa-ipmi-bt` does at its registers, worked by hand without the driver. These are
 * the facts the driver and the simulated BMC rely on: when one of them fails, look here before
 * looking at the driver.
 */

import { expect, test } from 'vitest';

import { systemClock } from '../../src/clock.ts';
import { Ctrl, IntMask, awaitReply, boot, readCtrl, readFifo } from './by-hand.ts';
import { sendFrame, takeReply, until, untilCtrl } from './by-hand.ts';
import { writeCtrl, writeFifo, writeIntMask } from './by-hand.ts';
import { describeWithQemu } from './describe-with-qemu.ts';
import { EXTERN_DEVICE_ID, ExternBmc } from './extern-bmc.ts';
import type { BmcFate } from './extern-bmc.ts';
import { JUMPING_CLOCK } from './qemu.ts';
import { VmCommand } from './vm-protocol.ts';

const SEQ = 0x5a;
const GET_DEVICE_ID = [0x03, 0x18, SEQ, 0x01];
const SET_GLOBAL_ENABLES = [0x04, 0x18, SEQ, 0x2e, 0x01];
const ECHO = [0x06, 0xc0, SEQ, 0x01, 0xa0, 0xa1, 0xaa];
const ECHO_REPLY = [0xc4, SEQ, 0x01, 0x00, 0xa0, 0xa1, 0xaa];

describeWithQemu("QEMU's BT registers over its simulated BMC", () => {
  test('idle: BT_CTRL and BT_INTMASK read 0x00, the FIFO and the fourth port 0xff', async () => {
    const { port, base } = await boot({ bmc: 'sim' });

    const values = [0, 1, 2, 3].map((offset) => port.inb(base + offset));

    expect(values).toEqual([0x00, 0xff, 0x00, 0xff]);
  });

  test('ports nothing decodes read 0xff', async () => {
    const { port, base } = await boot({ bmc: 'sim' });

    const values = [0, 1, 2].map((offset) => port.inb(base + 0x10 + offset));

    expect(values).toEqual([0xff, 0xff, 0xff]);
  });

  test('Get Device ID is answered before H2B_ATN can be read back, seq echoed', async () => {
    const qemu = await boot({ bmc: 'sim' });

    sendFrame(qemu, GET_DEVICE_ID);

    expect(readCtrl(qemu)).toBe(Ctrl.B2H_ATN);
    expect(takeReply(qemu)).toEqual([
      ...[0x1c, SEQ, 0x01, 0x00],
      ...[0x20, 0x00, 0x00, 0x00, 0x02, 0x07, 0x00, 0x00, 0x00, 0x00, 0x00],
    ]);
    expect(readCtrl(qemu)).toBe(0x00);
  });

  test('H_BUSY toggles when 1 is written and stays when 0 is', async () => {
    const qemu = await boot({ bmc: 'sim' });

    const seen = [Ctrl.H_BUSY, 0x00, Ctrl.H_BUSY].map((value) => {
      writeCtrl(qemu, value);
      return readCtrl(qemu);
    });

    expect(seen).toEqual([Ctrl.H_BUSY, Ctrl.H_BUSY, 0x00]);
  });

  test('B2H_ATN is cleared by writing 1, not by writing 0', async () => {
    const qemu = await boot({ bmc: 'sim' });
    sendFrame(qemu, GET_DEVICE_ID);

    const seen = [0x00, Ctrl.B2H_ATN, Ctrl.B2H_ATN].map((value) => {
      writeCtrl(qemu, value);
      return readCtrl(qemu);
    });

    expect(seen).toEqual([Ctrl.B2H_ATN, 0x00, 0x00]);
  });

  test('CLR_RD_PTR rewinds a reply read in part, but not one read to its end', async () => {
    const qemu = await boot({ bmc: 'sim' });
    sendFrame(qemu, GET_DEVICE_ID);

    expect(readFifo(qemu, 2)).toEqual([0x0f, 0x1c]);
    writeCtrl(qemu, Ctrl.CLR_RD_PTR);
    expect(readFifo(qemu, 16).slice(0, 2)).toEqual([0x0f, 0x1c]);
    writeCtrl(qemu, Ctrl.CLR_RD_PTR);
    expect(readFifo(qemu, 2)).toEqual([0xff, 0xff]);
  });

  test('H2B_ATN again without the frame is answered under a wrong seq', async () => {
    const qemu = await boot({ bmc: 'sim' });
    sendFrame(qemu, GET_DEVICE_ID);
    takeReply(qemu);

    writeCtrl(qemu, Ctrl.H2B_ATN);

    expect(takeReply(qemu).slice(0, 3)).toEqual([0x1c, 0x18, 0x01]);
  });

  test('without CLR_WR_PTR the frame is appended and B_BUSY stays, BMC_HWRST or not', async () => {
    const qemu = await boot({ bmc: 'sim' });
    sendFrame(qemu, GET_DEVICE_ID);
    takeReply(qemu);

    writeFifo(qemu, GET_DEVICE_ID);
    writeCtrl(qemu, Ctrl.H2B_ATN);
    expect(readCtrl(qemu)).toBe(Ctrl.B_BUSY);
    writeIntMask(qemu, IntMask.BMC_HWRST);
    expect(readCtrl(qemu)).toBe(Ctrl.B_BUSY);

    sendFrame(qemu, GET_DEVICE_ID);
    expect(readCtrl(qemu)).toBe(Ctrl.B2H_ATN);
    expect(takeReply(qemu).slice(0, 4)).toEqual([0x1c, SEQ, 0x01, 0x00]);
  });

  test('the interrupt is raised once per reply, after an acknowledge', async () => {
    const qemu = await boot({ bmc: 'sim' });
    sendFrame(qemu, SET_GLOBAL_ENABLES);
    takeReply(qemu);
    qemu.port.interceptInterrupts();
    writeIntMask(qemu, IntMask.B2H_IRQ_EN);

    const counts = [0, IntMask.B2H_IRQ | IntMask.B2H_IRQ_EN, 0].map((acknowledge) => {
      if (acknowledge !== 0) writeIntMask(qemu, acknowledge);
      sendFrame(qemu, GET_DEVICE_ID);
      takeReply(qemu);
      return qemu.port.interruptCount(qemu.irq);
    });

    expect(counts).toEqual([1, 2, 2]);
  });
});

describeWithQemu("QEMU's BT registers over an external BMC", () => {
  test('B_BUSY is set from H2B_ATN until the reply, and the data come back', async () => {
    const bmc = new ExternBmc();
    const qemu = await boot({ bmc });

    sendFrame(qemu, ECHO);

    expect(readCtrl(qemu)).toBe(Ctrl.B_BUSY);
    expect(await awaitReply(qemu)).toEqual(ECHO_REPLY);
    expect(bmc.executed).toEqual([
      { netFn: 0x30, lun: 0, cmd: 0x01, data: Uint8Array.of(0xa0, 0xa1, 0xaa) },
    ]);
  });

  test('Get Device ID is the one of the external BMC', async () => {
    const qemu = await boot({ bmc: new ExternBmc() });

    sendFrame(qemu, GET_DEVICE_ID);

    expect(await awaitReply(qemu)).toEqual([0x1c, SEQ, 0x01, 0x00, ...EXTERN_DEVICE_ID]);
  });

  test('a reply that takes 50 ms arrives after 50 ms', async () => {
    const qemu = await boot({ bmc: new ExternBmc({ plan: () => ({ delayMs: 50 }) }) });

    const startMs = systemClock.now();
    sendFrame(qemu, ECHO);
    await untilCtrl(qemu, Ctrl.B2H_ATN);

    // Timers count whole milliseconds of a clock that may stand almost one further.
    expect(systemClock.now() - startMs).toBeGreaterThan(48);
    expect(takeReply(qemu)).toEqual(ECHO_REPLY);
  });

  test('a completion code without execution is passed on', async () => {
    const bmc = new ExternBmc({ plan: () => ({ completionCode: 0xc0 }) });
    const qemu = await boot({ bmc });

    sendFrame(qemu, ECHO);

    expect(await awaitReply(qemu)).toEqual([0xc4, SEQ, 0x01, 0xc0]);
    expect(bmc.executed).toEqual([]);
  });

  test.each([
    ['request', 0],
    ['reply', 1],
  ] as const)('B_BUSY stays when the BMC loses the %s', async (drop, executed) => {
    let received = 0;
    const plan = (): BmcFate => {
      received += 1;
      return { drop };
    };
    const bmc = new ExternBmc({ plan });
    const qemu = await boot({ bmc });

    sendFrame(qemu, ECHO);
    await until(
      () => received === 1,
      () => `the BMC received ${received} requests, not 1`,
    );

    expect(readCtrl(qemu)).toBe(Ctrl.B_BUSY);
    expect(bmc.executed).toHaveLength(executed);
  });

  test('QEMU gives a silent BMC up and answers 0xc3 itself', async () => {
    const bmc = new ExternBmc({ plan: () => ({ drop: 'request' }) });
    const qemu = await boot({ bmc, args: JUMPING_CLOCK });

    sendFrame(qemu, ECHO);

    expect(await awaitReply(qemu)).toEqual([0xc4, SEQ, 0x01, 0xc3]);
  });

  test('the answer of a BMC that was given up is dropped', async () => {
    const delayMs = 20;
    const bmc = new ExternBmc({ plan: () => ({ delayMs }) });
    const qemu = await boot({ bmc, args: JUMPING_CLOCK });
    sendFrame(qemu, ECHO);
    expect(await awaitReply(qemu)).toEqual([0xc4, SEQ, 0x01, 0xc3]);

    await until(
      () => bmc.executed.length === 1,
      () => 'the BMC has no request',
    );
    await new Promise<void>((resolve) => systemClock.timer(2 * delayMs, resolve, true));
    bmc.sendCommand(VmCommand.ATTN);

    // QEMU reads in order: by now it has read the late answer, and B2H_ATN is clear.
    await untilCtrl(qemu, Ctrl.SMS_ATN);
  });

  test('a request sent too early gets the answer of the one before as its own', async () => {
    let received = 0;
    const plan = (_: unknown, index: number): BmcFate => {
      received += 1;
      return index === 0 ? { delayMs: 100 } : { drop: 'request' };
    };
    const qemu = await boot({ bmc: new ExternBmc({ plan }) });

    sendFrame(qemu, ECHO);
    // QEMU aborts if it still holds the first message when the second comes.
    await until(
      () => received === 1,
      () => 'the BMC has no request',
    );
    sendFrame(qemu, [0x03, 0x18, SEQ + 1, 0x01]);

    expect(await awaitReply(qemu)).toEqual([0xc4, SEQ + 1, 0x01, 0x00, 0xa0, 0xa1, 0xaa]);
  });

  test('QEMU answers 0xd2 itself while the BMC is away, the BMC once it is back', async () => {
    const bmc = new ExternBmc();
    const qemu = await boot({ bmc });

    await bmc.close();
    sendFrame(qemu, ECHO);
    expect(await awaitReply(qemu)).toEqual([0xc4, SEQ, 0x01, 0xd2]);

    await bmc.start(qemu.bmcPath);
    sendFrame(qemu, ECHO);
    expect(await awaitReply(qemu)).toEqual(ECHO_REPLY);
  });

  test('SMS_ATN follows the BMC, and is cleared by writing 1', async () => {
    const bmc = new ExternBmc();
    const qemu = await boot({ bmc });

    bmc.sendCommand(VmCommand.ATTN);
    await untilCtrl(qemu, Ctrl.SMS_ATN);
    writeCtrl(qemu, Ctrl.SMS_ATN);
    expect(readCtrl(qemu)).toBe(0x00);

    bmc.sendCommand(VmCommand.ATTN);
    await untilCtrl(qemu, Ctrl.SMS_ATN);
    bmc.sendCommand(VmCommand.NO_ATTN);
    await untilCtrl(qemu, 0x00);
  });
});
