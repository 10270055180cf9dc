/** Faults of a simulated BMC, seen at its registers. */

import { describe, expect, test } from 'vitest';

import { FaultyBmc } from '../../src/sim/faults.ts';
import type { Fault } from '../../src/sim/faults.ts';

const CTRL = 0xce4;
const FIFO = 0xce5;
const B_BUSY = 0x80;
const H_BUSY = 0x40;
const SMS_ATN = 0x10;
const B2H_ATN = 0x08;
const H2B_ATN = 0x04;
const CLR_WR_PTR = 0x01;
const GET_DEVICE_ID = Uint8Array.of(3, 0x18, 0x21, 0x01);

/** A BMC that answers in 1 ms, with faults, at a time that the test sets. */
function bench(...faults: readonly Fault[]) {
  const clock = {
    ms: 0,
    now() {
      return this.ms;
    },
  };
  const bmc = new FaultyBmc({ clock, faults, seed: 1, responseMs: 1 });
  const ring = (): void => {
    bmc.outb(CTRL, CLR_WR_PTR);
    bmc.writeBytes(FIFO, GET_DEVICE_ID, GET_DEVICE_ID.length);
    bmc.outb(CTRL, H2B_ATN);
  };
  const answer = (): number[] => {
    clock.ms += 1;
    if ((bmc.inb(CTRL) & B2H_ATN) === 0) return [];
    bmc.outb(CTRL, H_BUSY);
    bmc.outb(CTRL, B2H_ATN);
    const bytes = new Uint8Array(5);
    bmc.readBytes(FIFO, bytes, bytes.length);
    bmc.outb(CTRL, H_BUSY);
    return [...bytes];
  };
  return { clock, bmc, ring, answer };
}

const HONEST = [19, 0x1c, 0x21, 0x01, 0x00];

describe('a fault of a command', () => {
  test('is of that command only, counted from 0', () => {
    const { ring, answer } = bench({ kind: 'drop', at: 1 });

    const answers = [1, 2, 3].map(() => {
      ring();
      return answer();
    });

    expect(answers).toEqual([HONEST, [], HONEST]);
  });

  test('of 0xC0 leaves the command unexecuted, of another code executed', () => {
    const { bmc, ring, answer } = bench(
      { kind: 'code', at: 0, code: 0xc0 },
      { kind: 'code', at: 1, code: 0xce },
    );

    ring();
    expect(answer()).toEqual([4, 0x1c, 0x21, 0x01, 0xc0]);
    expect(bmc.executed).toEqual([]);
    ring();
    expect(answer()).toEqual([4, 0x1c, 0x21, 0x01, 0xce]);
    expect(bmc.executed).toHaveLength(1);
  });
});

describe('a fault of the registers lasts for its time:', () => {
  const spell = { fromMs: 10, forMs: 5 };

  test.each<[string, Fault, number]>([
    ['floats', { ...spell, kind: 'floats', value: 0xff }, 0xff],
    ['busy', { ...spell, kind: 'busy', flapping: false }, B_BUSY],
    ['stickyAttention', { ...spell, kind: 'stickyAttention' }, SMS_ATN],
  ])('%s', (_, fault, value) => {
    const { clock, bmc } = bench(fault);

    const reads = [9, 10, 14, 15].map((ms) => {
      clock.ms = ms;
      return bmc.inb(CTRL);
    });

    expect(reads).toEqual([0, value, value, 0]);
    expect(bmc.calmFromMs).toBe(15);
  });

  test('floats loses writes as well', () => {
    const { clock, bmc } = bench({ ...spell, kind: 'floats', value: 0 });
    clock.ms = 10;
    bmc.outb(CTRL, H_BUSY);
    clock.ms = 20;

    expect(bmc.inb(CTRL)).toBe(0);
  });

  test('deaf forgets every command', () => {
    const { bmc, clock, ring, answer } = bench({ ...spell, kind: 'deaf' });
    clock.ms = 10;

    ring();

    expect(answer()).toEqual([]);
    clock.ms = 20;
    ring();
    expect(answer()).toEqual(HONEST);
    expect(bmc.executed).toHaveLength(2);
  });

  test('hostBusy comes once, and calm() ends what is left', () => {
    const { clock, bmc } = bench(
      { ...spell, kind: 'hostBusy' },
      { fromMs: 12, forMs: 99, kind: 'stickyAttention' },
    );
    clock.ms = 10;
    expect(bmc.inb(CTRL)).toBe(0);
    expect(bmc.inb(CTRL)).toBe(H_BUSY);
    bmc.outb(CTRL, H_BUSY);
    clock.ms = 13;
    expect(bmc.inb(CTRL)).toBe(SMS_ATN);

    bmc.calm();

    expect(bmc.inb(CTRL)).toBe(0);
  });
});
