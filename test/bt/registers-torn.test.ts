/** The registers as hardware tests leave and look at them. */

import { expect, test } from 'vitest';

import { BtRegisters } from '../../src/bt/registers.ts';
import { SimBmc } from '../../src/sim/bmc.ts';
import { VirtualClock } from '../../src/sim/virtual-clock.ts';

const FRAME = Uint8Array.of(3, 0x18, 7, 0x01);

function bench(strict = true) {
  const clock = new VirtualClock();
  const bmc = new SimBmc({ clock, responseMs: 10, strict });
  return { clock, bmc, registers: new BtRegisters(bmc, { base: bmc.base, spacing: 1 }) };
}

test('a frame that was torn stays in the buffer, is not taken, and does not harm the next', () => {
  const { clock, bmc, registers } = bench();

  registers.tearFrame(FRAME, 3);
  registers.quiesce(new Uint8Array(255));

  expect(bmc.executed).toEqual([]);
  expect(() => {
    bmc.assertQuiet();
  }).toThrow('bytes in HOST2BMC without H2B_ATN');
  registers.writeFrame(FRAME, 4);
  clock.skip(10);
  expect(bmc.executed).toMatchObject([{ netFn: 6, cmd: 1, seq: 7 }]);
});

test('the BMC is ready, works, and has a response', () => {
  const { clock, registers } = bench();
  const seen = () => [registers.isReady(), registers.hasResponse()];
  expect(seen()).toEqual([true, false]);

  registers.writeFrame(FRAME, 4);

  expect(seen()).toEqual([false, false]);
  clock.skip(10);
  expect(seen()).toEqual([true, true]);
});

test('a torn response is noticed although H_BUSY was 1 before the host toggled it', () => {
  const { clock, bmc, registers } = bench(false);
  const body = new Uint8Array(255);
  const answer = (): void => {
    registers.writeFrame(FRAME, 4);
    clock.skip(10);
  };
  answer();
  registers.setHostBusy(true, registers.status());
  registers.clearAttention();
  expect(registers.takeFrame(body)).toBeGreaterThan(0);

  answer();
  const status = registers.status();
  bmc.leaveHostBusy();
  registers.setHostBusy(true, status);
  registers.clearAttention();
  bmc.reset();

  expect(registers.takeFrame(body)).toBe(0);
});
