/**
 * Registers that read anything, for ever, from any state of the machine on: each poll makes a
 * bounded number of accesses, and the attempt ends by its deadline.
 */

import { expect, test } from 'vitest';

import { BtMachine } from '../../src/bt/machine.ts';
import { BtRegisters } from '../../src/bt/registers.ts';
import type { Attempt } from '../../src/driver/machine.ts';
import { PollPolicy } from '../../src/driver/poll-policy.ts';
import { SimBmc } from '../../src/sim/bmc.ts';
import { Rng } from '../../src/sim/rng.ts';
import { HostilePort } from '../support/hostile-port.ts';
import { echo } from '../support/rig.ts';

const ATTEMPT: Attempt = { request: echo(1), seq: 9, startByMs: 1000, replyWithinMs: 500 };

/** Writing 255 bytes, reading 255, and some looks. */
const ACCESSES_MAX = 600;

/** A response that is found at the deadline gives the BMC this much more. */
const OVERTIME_MS = 100;

/** Longest attempt: becoming ready, and the reply. */
const ENDS_BY_MS = ATTEMPT.startByMs + ATTEMPT.replyWithinMs + OVERTIME_MS;

/** Rounds of looking without end are noticed here. */
const POLLS_MAX = 100_000;

const SEEDS = 400;

test.each(Array.from({ length: 8 }, (_, index) => index * (SEEDS / 8)))(
  'an attempt ends by its deadline, whatever the registers read: fifty seeds from %i',
  (first) => {
    for (let seed = first; seed < first + SEEDS / 8; seed += 1) live(seed);
  },
);

/** An attempt that begins at a sound BMC and goes on at registers that read anything. */
function live(seed: number): void {
  const rng = new Rng(seed);
  let nowMs = 0;
  const clock = { now: () => nowMs };
  const responseMs = rng.pick([0, 1, 200, 2000]);
  const bmc = new SimBmc({ clock, responseMs, strict: false });
  if (rng.chance(30)) bmc.leaveResponse([0x1c, 8, 0x01, 0x00, 0xaa]);
  const port = new HostilePort(bmc, { rng, fromAccess: rng.integer(0, 60) });
  const machine = new BtMachine(new BtRegisters(port, { base: 0xce4, spacing: 1 }), {
    policy: new PollPolicy(rng.pick([0, 5])),
    quirks: rng.chance(20) ? ['write-under-busy'] : [],
  });
  // A stale response may be on its way out before the attempt begins.
  if (rng.chance(30)) machine.poll(nowMs);
  while (isBusy()) nowMs += pollOnce();
  const startMs = nowMs;
  const isRepeat = rng.chance(30);
  machine.start({ ...ATTEMPT, startByMs: startMs + ATTEMPT.startByMs, isRepeat });
  if (rng.chance(20)) machine.cancel();
  for (let polls = 0; isBusy(); polls += 1) {
    expect(polls, `SEED=${seed}: polls`).toBeLessThan(POLLS_MAX);
    nowMs += pollOnce();
  }

  expect(nowMs - startMs, `SEED=${seed}: ms`).toBeLessThanOrEqual(ENDS_BY_MS + 1);

  function isBusy(): boolean {
    return !machine.isIdle;
  }

  /** Polls, and returns the time to the next poll. */
  function pollOnce(): number {
    const before = port.accesses;
    const result = machine.poll(nowMs, rng.chance(5));
    expect(port.accesses - before, `SEED=${seed}: accesses`).toBeLessThan(ACCESSES_MAX);
    expect(result.kind, `SEED=${seed}: ${port.kind}`).not.toBe('broken');
    if (result.kind !== 'wait') return 0;
    return Math.max(result.untilMs - nowMs, rng.pick([0.001, 0.1, 1]));
  }
}
