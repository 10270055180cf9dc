/**
 * Set In Progress, parameter 0 of the LAN configuration, by which one party at a time sets
 * parameters (IPMI 2.0 table 23-4): held while parameters are set, and released on every way out.
 */

import { sleep } from '../clock.ts';
import type { Clock } from '../clock.ts';
import { IpmiError } from '../errors.ts';
import { LanCode, SET_LAN_PARAMETERS } from '../ipmi/lan.ts';
import { failureOf } from './caller.ts';
import { writeParameter } from './lan-parameter.ts';
import type { LanTarget } from './lan-parameter.ts';

const SET_IN_PROGRESS = 0;
const COMPLETE = 0;
const IN_PROGRESS = 1;
const COMMIT = 2;

/** Pause between two attempts to hold it. */
const PAUSE_MS = 1000;

/** Most attempts, a pause apart: others hold it for the time of some sets. */
const ATTEMPTS_MAX = 10;

/** Answers of a BMC that lacks the parameter, or does not let it be set. */
const LACKING: readonly number[] = [LanCode.NOT_SUPPORTED, LanCode.READ_ONLY, 0xc9, 0xcc];

/** Answers of a BMC that is busy. */
const LATER: readonly number[] = [LanCode.IN_PROGRESS, 0xc0, 0xd2];

/**
 * Holds Set In Progress, runs `sets`, commits and releases. After an error it is released without a
 * commit, by which a BMC that can forgets what was set.
 */
export async function holdSets(
  target: LanTarget,
  clock: Clock,
  sets: () => Promise<void>,
): Promise<void> {
  // A caller that gives up must not leave it held.
  const always: LanTarget = {
    ...target,
    call: { ...target.call, signal: new AbortController().signal },
  };
  const isHeld = await take(target, always, clock);
  if (!isHeld) {
    await sets();
    return;
  }
  try {
    await sets();
    // A BMC without rollback refuses it, and has everything already.
    await write(always, COMMIT);
  } catch (error) {
    await release(always);
    throw error;
  }
  const completionCode = await write(always, COMPLETE);
  if (completionCode !== 0) throw failureOf(SET_LAN_PARAMETERS, completionCode);
}

/** True once it is held; false for a BMC that does not have it. */
async function take(target: LanTarget, always: LanTarget, clock: Clock): Promise<boolean> {
  for (let attempt = 1; ; attempt += 1) {
    const completionCode = await begin(target, always);
    if (completionCode === 0) return true;
    if (LACKING.includes(completionCode)) return false;
    if (!LATER.includes(completionCode)) throw failureOf(SET_LAN_PARAMETERS, completionCode);
    if (attempt === ATTEMPTS_MAX) throw heldByAnother(target.channel, completionCode);
    await sleep(clock, PAUSE_MS, target.call.signal);
  }
}

async function begin(target: LanTarget, always: LanTarget): Promise<number> {
  try {
    return await write(target, IN_PROGRESS);
  } catch (error) {
    if (error instanceof IpmiError && error.outcome === 'unknown') await release(always);
    throw error;
  }
}

async function write(target: LanTarget, state: number): Promise<number> {
  return await writeParameter(target, SET_IN_PROGRESS, Uint8Array.of(state));
}

/** Releases it as far as that is possible; the error before is the one that is told. */
async function release(target: LanTarget): Promise<void> {
  try {
    await write(target, COMPLETE);
  } catch (error) {
    if (!(error instanceof IpmiError)) throw error;
  }
}

function heldByAnother(channel: number, completionCode: number): IpmiError {
  const { message, code } = failureOf(SET_LAN_PARAMETERS, completionCode);
  const seconds = ((ATTEMPTS_MAX - 1) * PAUSE_MS) / 1000;
  const remedy = `if none is at work, raw 0x0c 0x01 ${channel} 0 0 ends what one has left behind`;
  const text = `${message.slice(code.length + 2)}, for ${seconds} s; ${remedy}; nothing was set`;
  return new IpmiError(code, text, { outcome: 'answered', completionCode });
}
