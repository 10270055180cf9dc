/**
 * The differential test tested, without QEMU: two simulators, one of them bent, are told apart, and
 * what is reported of it is enough to work with.
 */

import { describe, expect, test } from 'vitest';

import { QEMU, SimBmc } from '../../src/sim/bmc.ts';
import type { Executed, Personality } from '../../src/sim/bmc.ts';
import { DifferenceError, runSeed } from './lockstep.ts';
import type { Side } from './lockstep.ts';
import { offenders } from '../support/lists.ts';

const BASE = 0xce4;
const SEED = 1;
const STEPS_MAX = 5_000;

const [CTRL, FIFO, INTMASK, NOTHING] = [0, 1, 2, 3] as const;

/** How a port is wrong: what a read gives instead, and what a write becomes. */
interface Bend {
  readonly read?: (offset: number, value: number) => number;
  readonly write?: (offset: number, value: number) => number;
}

/** What QEMU does as the specification says, so that it is no quirk of a personality. */
const BENDS: readonly [string, () => Bend][] = [
  ['an empty FIFO reads 0x00', () => ({ read: at(FIFO, (value) => (value === 0xff ? 0 : value)) })],
  ['the port behind the registers reads 0x00', () => ({ read: at(NOTHING, () => 0x00) })],
  ['B_BUSY is what the host wrote', () => keeping(CTRL, 0x80, (_, value) => value)],
  ['OEM0 can be set', () => keeping(CTRL, 0x20, (_, value) => value)],
  ['H2B_ATN stays set', () => keeping(CTRL, 0x04, (kept, value) => kept | value)],
  ['the reserved bits of BT_INTMASK are kept', () => keeping(INTMASK, 0x60, (_, value) => value)],
  ['BMC_HWRST is kept', () => keeping(INTMASK, 0x80, (_, value) => value)],
  [
    'BMC_HWRST leaves B2H_IRQ_EN alone',
    () => ({ write: at(INTMASK, (value) => ((value & 0x80) === 0 ? value : value | 0x01)) }),
  ],
  ['H_BUSY cannot be cleared', () => keeping(CTRL, 0x40, (kept, value) => kept | value)],
  ['SMS_ATN is not cleared', () => ({ write: at(CTRL, (value) => value & ~0x10) })],
  ['B2H_ATN is not cleared', () => ({ write: at(CTRL, (value) => value & ~0x08) })],
  ['CLR_RD_PTR does nothing', () => ({ write: at(CTRL, (value) => value & ~0x02) })],
  ['CLR_WR_PTR does nothing', () => ({ write: at(CTRL, (value) => value & ~0x01) })],
];

test('two of a kind are never told apart', () => {
  const steps = runSeed(SEED, () => [simulator('one'), simulator('other')]);

  expect(steps).toBeGreaterThan(STEPS_MAX);
});

test.each(BENDS)('found out within 5,000 steps: %s', (_, bend) => {
  expect(differenceOf(bend).step).toBeLessThan(STEPS_MAX);
});

test('a difference is told with its seed, the last forty accesses and the fewest that differ', () => {
  const [summary, , ...lines] = differenceOf(() => ({ read: at(NOTHING, () => 0x12) }))
    .message.split('\n')
    .map((line) => line.trim());
  const [last, fewest] = [lines.slice(0, 40), lines.slice(40)];

  expect(summary).toMatch(/^SEED=1, step \d+: one and other differ$/);
  expect(last.at(-1)).toBe('in  (none)     0xff and 0x12');
  expect(fewest).toEqual(['the fewest that differ, 1:', 'in  (none)     0xff and 0x12']);
});

describe('the accesses of a seed', () => {
  test('send every command of the personality, so that it is done', () => {
    const answers = Object.keys(QEMU.commands[0x06] ?? {}).map(Number);
    const done = new Set(executed().map(({ cmd }) => cmd));

    expect(offenders(answers, (cmd) => !done.has(cmd))).toEqual([]);
  });

  test('send nothing that resets the machine or tells the time', () => {
    const risky = executed().filter(({ netFn, lun, cmd }) => {
      const isWatchdog = netFn === 0x06 && cmd >= 0x22 && cmd <= 0x25;
      return lun === 0 && (isWatchdog || [0x00, 0x04, 0x0a].includes(netFn));
    });

    expect(risky).toEqual([]);
  });
});

/** Every command executed in the course of a seed. */
function executed(): readonly Executed[] {
  const bmcs: SimBmc[] = [];
  runSeed(SEED, () => {
    const port = newBmc(QEMU);
    bmcs.push(port);
    return [{ name: 'one', port, base: BASE }, simulator('other')];
  });
  return bmcs.flatMap((bmc) => bmc.executed);
}

function differenceOf(bend: () => Bend): DifferenceError {
  try {
    runSeed(SEED, () => [simulator('one'), bent('other', bend())]);
  } catch (error) {
    if (error instanceof DifferenceError) return error;
    throw error;
  }
  throw new Error('no difference was found');
}

function simulator(name: string): Side {
  return bent(name, {});
}

function bent(name: string, { read, write }: Bend): Side {
  const bmc = newBmc(QEMU);
  const port = {
    inb(at: number): number {
      const value = bmc.inb(at);
      return read?.(at - BASE, value) ?? value;
    },
    outb(at: number, value: number): void {
      bmc.outb(at, write?.(at - BASE, value) ?? value);
    },
  };
  return { name, port, base: BASE };
}

function newBmc(personality: Personality): SimBmc {
  return new SimBmc({ base: BASE, personality, strict: false });
}

/** Bends one register. */
function at(register: number, bend: (value: number) => number) {
  return (offset: number, value: number) => (offset === register ? bend(value) : value);
}

/** Some bits of a register are read as `next` made them at the last write. */
function keeping(
  register: number,
  mask: number,
  next: (kept: number, written: number) => number,
): Bend {
  let kept = 0;
  return {
    read: at(register, (value) => (value & ~mask) | kept),
    write: at(register, (value) => {
      kept = next(kept, value) & mask;
      return value;
    }),
  };
}
