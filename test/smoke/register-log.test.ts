/** Lines of register accesses as evidence. */

import { expect, test } from 'vitest';

import { BtRegisters } from '../../src/bt/registers.ts';
import { SimBmc } from '../../src/sim/bmc.ts';
import { RegisterLog, ctrlText, intMaskText } from '../../src/smoke/register-log.ts';

function newLog() {
  const bmc = new SimBmc();
  return { bmc, log: new RegisterLog(new BtRegisters(bmc, { base: bmc.base, spacing: 1 })) };
}

test('each access is a line with the names of its bits, and no payload', () => {
  const { log } = newLog();

  log.setHostBusy(true, log.ctrl());
  log.firstByte();
  log.setHostBusy(false, log.ctrl());
  log.clearPointers();
  log.setInterruptEnable(true, log.intMask());
  log.setInterruptEnable(false, log.lastMask);

  expect(log.lines).toEqual([
    ...['in  BT_CTRL    0x00', 'out BT_CTRL    0x40 H_BUSY', 'in  BT_CTRL    0x40 H_BUSY'],
    ...['out BT_CTRL    0x02 CLR_RD_PTR', 'in  BMC2HOST   (1 byte)'],
    ...['in  BT_CTRL    0x40 H_BUSY', 'out BT_CTRL    0x40 H_BUSY', 'in  BT_CTRL    0x00'],
    ...['out BT_CTRL    0x03 CLR_WR_PTR CLR_RD_PTR', 'in  BT_CTRL    0x00'],
    ...['in  BT_INTMASK 0x00', 'out BT_INTMASK B2H_IRQ_EN', 'in  BT_INTMASK 0x01 B2H_IRQ_EN'],
    ...['out BT_INTMASK no B2H_IRQ_EN', 'in  BT_INTMASK 0x00'],
  ]);
});

test('the last sixty lines are kept', () => {
  const { log } = newLog();

  for (let read = 0; read < 70; read += 1) log.ctrl();
  log.intMask();

  expect([log.lines.length, log.lines.at(-1)]).toEqual([60, 'in  BT_INTMASK 0x00']);
});

test('values have two digits and names', () => {
  expect([ctrlText(0x04), intMaskText(0x03)]).toEqual(['0x04 H2B_ATN', '0x03 B2H_IRQ_EN B2H_IRQ']);
});
