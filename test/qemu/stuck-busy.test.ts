/** A frame that a dying host left malformed: QEMU's B_BUSY then stays set for ever. */

import { expect, onTestFinished, test } from 'vitest';

import { open } from '../../src/index.ts';
import type { OpenOptions } from '../../src/index.ts';
import { outcomeOf } from '../support/rig.ts';
import { Ctrl, boot, readCtrl, sendFrame } from './by-hand.ts';
import { describeWithQemu } from './describe-with-qemu.ts';

const GET_DEVICE_ID = { netFn: 0x06, cmd: 0x01 };

/** Its length byte says more than follows. */
const MALFORMED = [0x09, 0x18, 0x01, 0x01];

async function rig(options: Partial<OpenOptions>) {
  const qemu = await boot({ bmc: 'sim' });
  sendFrame(qemu, MALFORMED);
  expect(readCtrl(qemu)).toBe(Ctrl.B_BUSY);
  const { base, port } = qemu;
  const device = await open({ base, port, bringUp: 'lazy', ...options });
  onTestFinished(() => device.close());
  return { qemu, device };
}

describeWithQemu('B_BUSY that stays set', () => {
  test('is waited for, and nothing is written', async () => {
    const { qemu, device } = await rig({});

    const sent = device.request(GET_DEVICE_ID, { timeoutMs: 2500 });

    expect(await outcomeOf(sent)).toEqual({ code: 'REQUEST_TIMEOUT', outcome: 'not-sent' });
    expect(readCtrl(qemu)).toBe(Ctrl.B_BUSY);
  });

  test('is written under with the quirk write-under-busy, once it has lasted', async () => {
    const { qemu, device } = await rig({ quirks: ['write-under-busy'] });

    const reply = await device.request(GET_DEVICE_ID);

    expect(reply.completionCode).toBe(0);
    expect(readCtrl(qemu)).toBe(0x00);
  });
});
