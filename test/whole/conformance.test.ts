/**
 * The conformance suite over three BMCs: the simulated one, QEMU's, and one of our own behind QEMU.
 * The first is written to the specification, the others show that the driver does not merely fit
 * its own simulator.
 */

import { expect } from 'vitest';

import { systemClock } from '../../src/clock.ts';
import { SimBmc } from '../../src/sim/bmc.ts';
import { SIM_DEVICE_ID } from '../../src/sim/commands.ts';
import { conformance } from '../support/conformance.ts';
import type { Bench } from '../support/conformance.ts';
import { Ctrl, readCtrl, sendFrame, takeReply, untilCtrl } from '../qemu/by-hand.ts';
import { describeWithQemu } from '../qemu/describe-with-qemu.ts';
import { EXTERN_DEVICE_ID, ExternBmc } from '../qemu/extern-bmc.ts';
import type { BmcReply } from '../qemu/extern-bmc.ts';
import { startQemu } from '../qemu/qemu.ts';
import { VmCommand } from '../qemu/vm-protocol.ts';

/** The registers are busy for a while after each request, so that the driver has to wait. */
const SIM_RESPONSE_MS = 1;

/** QEMU's BMC is IPMI 2.0 with SDR, SEL and FRU, and of no known make. */
const QEMU_DEVICE_ID = [0x20, 0x00, 0x00, 0x00, 0x02, 0x07, 0x00, 0x00, 0x00, 0x00, 0x00];

/**
 * Send Message (§22.7) with a Get Device ID for address 0x40, to be answered to LUN 2: QEMU's BMC
 * puts an answer into the receive queue and sets SMS_ATN.
 */
const SEND_MESSAGE = [0x18, 0x01, 0x34, 0x00, 0x40, 0x18, 0xa8, 0x20, 0x06, 0x01, 0xd9];

/** Most data QEMU passes on: with one byte more the reply's length byte would wrap to 0. */
const EXTERN_REPLY_DATA_MAX = 251;

conformance('the driver over the simulated BMC', () => {
  const bmc = new SimBmc({ clock: systemClock, responseMs: SIM_RESPONSE_MS });
  return Promise.resolve({
    port: bmc,
    base: bmc.base,
    deviceId: SIM_DEVICE_ID,
    has: ['selfTest', 'echo'],
    raiseSmsAttention() {
      bmc.raiseSmsAttention();
    },
    stop() {
      bmc.assertQuiet();
    },
  });
});

describeWithQemu('with QEMU', () => {
  conformance('the driver over the BMC of QEMU', async (): Promise<Bench> => {
    const qemu = await startQemu({ bmc: 'sim' });
    return {
      port: qemu.port,
      base: qemu.base,
      deviceId: QEMU_DEVICE_ID,
      has: [],
      raiseSmsAttention() {
        sendFrame(qemu, [SEND_MESSAGE.length, ...SEND_MESSAGE]);
        expect(takeReply(qemu)).toEqual([0x1c, 0x01, 0x34, 0x00]);
        expect(readCtrl(qemu)).toBe(Ctrl.SMS_ATN);
      },
      stop: () => qemu.stop(),
    };
  });

  conformance('the driver over a BMC of our own behind QEMU', async (): Promise<Bench> => {
    const bmc = ourBmc();
    const qemu = await startQemu({ bmc });
    return {
      port: qemu.port,
      base: qemu.base,
      deviceId: [...EXTERN_DEVICE_ID],
      has: ['selfTest', 'echo'],
      async raiseSmsAttention() {
        bmc.sendCommand(VmCommand.ATTN);
        await untilCtrl(qemu, Ctrl.SMS_ATN);
      },
      stop: () => qemu.stop(),
    };
  });
});

/** A BMC with one logical unit and the commands that the other two have. */
function ourBmc(): ExternBmc {
  const bmc = new ExternBmc({
    plan: ({ lun }) => (lun === 0 ? {} : { completionCode: 0xc2 }),
  });
  let globalEnables: Uint8Array = Uint8Array.of(0x08);
  bmc.handle(0x06, 0x2e, ({ data }) => {
    globalEnables = data;
    return ok();
  });
  bmc.handle(0x06, 0x2f, () => ok(globalEnables));
  bmc.handle(0x06, 0x31, () => ok(Uint8Array.of(0x00)));
  bmc.handle(0x30, 0x01, ({ data }) => ok(data.slice(0, EXTERN_REPLY_DATA_MAX)));
  return bmc;
}

function ok(data: Uint8Array = new Uint8Array()): BmcReply {
  return { completionCode: 0x00, data };
}
