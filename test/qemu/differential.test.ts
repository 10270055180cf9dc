/**
 * The simulator's QEMU personality against QEMU itself: thousands of register accesses by chance,
 * and every read the same. Where they differ QEMU is right, and the personality is wrong.
 *
 * Between two sequences QEMU is brought back to its start by commands, without a restart.
 *
 * `IPMI_BT_SEEDS=1000..1999 npx vitest run test/qemu/differential.test.ts` tries so many more
 * seeds, `IPMI_BT_SEEDS=1234` the one that a failure named.
 */

import { expect, test } from 'vitest';

import { QEMU, SPEC, SimBmc } from '../../src/sim/bmc.ts';
import type { Personality } from '../../src/sim/bmc.ts';
import { Ctrl, boot, readCtrl, sendFrame, takeReply, writeCtrl } from './by-hand.ts';
import { commitSeed } from '../support/commit-seed.ts';
import { describeWithQemu } from './describe-with-qemu.ts';
import { DifferenceError, runSeed } from './lockstep.ts';
import type { Start } from './lockstep.ts';
import type { Qemu } from './qemu.ts';

const STEPS_MIN = 5_000;

/** Seconds, unless accesses are slow and there is a difference to shrink. */
const A_SEED_MS = 600_000;

/** The last one had a command of no sensor, to another LUN. */
const KEPT = [1, 2, 3, 4, 5, 2203372989];
const SEEDS = [...new Set([...KEPT, commitSeed(), ...seedsAskedFor()])];

const COLD_RESET = [0x03, 0x18, 0x01, 0x02];
const GET_MESSAGE = [0x03, 0x18, 0x01, 0x33];
const CLEAR_MESSAGE_FLAGS = [0x04, 0x18, 0x01, 0x30, 0xff];

/** Far more messages than a sequence sends. */
const MESSAGES_MAX = 1_000;

describeWithQemu('the QEMU personality of the simulator', () => {
  test.each(SEEDS)(
    'reads as QEMU does, whatever is written: seed %i',
    async (seed) => {
      const qemu = await boot({ bmc: 'sim' });

      expect(runSeed(seed, against(qemu, QEMU))).toBeGreaterThanOrEqual(STEPS_MIN);
    },
    A_SEED_MS,
  );

  test.each(quirksTaken())('is not QEMU without its %s', async (_, personality) => {
    const qemu = await boot({ bmc: 'sim' });

    expect(() => runSeed(1, against(qemu, personality))).toThrow(DifferenceError);
  });
});

/** QEMU, and a simulator of the personality, both like new. */
function against(qemu: Qemu, personality: Personality): Start {
  const { base } = qemu;
  return () => {
    settle(qemu);
    const bmc = new SimBmc({ base, personality, strict: false });
    return [
      { name: 'QEMU', port: qemu.port, base },
      { name: 'the simulator', port: bmc, base },
    ];
  };
}

/** Brings QEMU back to where it started: no request, response, attention, message or interrupt. */
function settle(qemu: Qemu): void {
  const ask = (frame: readonly number[]): number | undefined => {
    sendFrame(qemu, frame);
    const [, , , completionCode] = takeReply(qemu);
    return completionCode;
  };
  writeCtrl(qemu, readCtrl(qemu) & Ctrl.H_BUSY);
  ask(COLD_RESET);
  for (let count = 0; count < MESSAGES_MAX && ask(GET_MESSAGE) === 0x00; count += 1);
  ask(CLEAR_MESSAGE_FLAGS);
  writeCtrl(qemu, Ctrl.CLR_WR_PTR);
}

/** The personality with one quirk less, for each of them. */
function quirksTaken(): readonly (readonly [name: string, personality: Personality])[] {
  const names = Object.keys(QEMU) as readonly (keyof Personality)[];
  const quirks = names.filter((name) => QEMU[name] !== SPEC[name]);
  return quirks.map((name) => [name, { ...QEMU, [name]: SPEC[name] }]);
}

function seedsAskedFor(): readonly number[] {
  const asked = process.env['IPMI_BT_SEEDS'];
  if (asked === undefined) return [];
  const [, from, to = from] = /^(\d+)(?:\.\.(\d+))?$/.exec(asked) ?? [];
  if (from === undefined) throw new RangeError(`IPMI_BT_SEEDS=${asked} is neither N nor N..M`);
  return Array.from({ length: Number(to) - Number(from) + 1 }, (_, index) => Number(from) + index);
}
