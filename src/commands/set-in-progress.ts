/**
 * Set In Progress, parameter 0 of the LAN configuration (IPMI 2.0 table 23-4) and of the boot
 * options (table 28-14), by which one party at a time sets parameters: held while parameters are
 * set, and released on every way out.
 */

import { sleep } from '../clock.ts';
import type { Clock } from '../clock.ts';
import { IpmiError, bareText } from '../errors.ts';
import { encode } from '../ipmi/codec.ts';
import { requestOf } from '../ipmi/command.ts';
import type { Command } from '../ipmi/command.ts';
import { Completion, isAbsent } from '../ipmi/completion.ts';
import { ParameterCode, SET_IN_PROGRESS } from '../ipmi/parameter.ts';
import { failureOf } from './caller.ts';
import type { CallOptions, Caller } from './caller.ts';

/** The command that sets parameters, and the way to it. */
export interface Setting<Args> {
  readonly caller: Caller;
  readonly clock: Clock;
  readonly options: CallOptions;
  readonly command: Command<Args, void>;
  /** The arguments that set parameter 0 to these bytes. */
  readonly argsOf: (data: Uint8Array) => Args;
}

/** Pause between two attempts to hold it. */
const PAUSE_MS = 1000;

/** Most attempts, a pause apart: others hold it for the time of some sets. */
const ATTEMPTS_MAX = 10;

/** Answers of a BMC that is busy. */
const LATER: readonly number[] = [
  ParameterCode.IN_PROGRESS,
  Completion.NODE_BUSY,
  Completion.INITIALIZING,
];

/**
 * Holds Set In Progress, runs `sets`, commits and releases: three transactions besides those of
 * `sets`, or one for a BMC that does not have it. After an error it is released without a commit,
 * by which a BMC that can forgets what was set.
 */
export async function holdSets<Args>(
  setting: Setting<Args>,
  sets: () => Promise<void>,
): Promise<void> {
  // A caller that gives up must not leave it held.
  const signal = new AbortController().signal;
  const always = { ...setting, options: { ...setting.options, signal } };
  if (!(await take(setting, always))) {
    await sets();
    return;
  }
  try {
    await sets();
    // A BMC without rollback refuses it, and has everything already.
    await write(always, 'commit');
  } catch (error) {
    await release(always);
    throw error;
  }
  const completionCode = await write(always, 'complete');
  if (completionCode !== Completion.OK) throw failureOf(setting.command, completionCode);
}

/** True once it is held; false for a BMC that does not have it, or does not let it be set. */
async function take<Args>(setting: Setting<Args>, always: Setting<Args>): Promise<boolean> {
  const { NOT_SUPPORTED, READ_ONLY } = ParameterCode;
  for (let attempt = 1; ; attempt += 1) {
    const code = await begin(setting, always);
    if (code === Completion.OK) return true;
    if (code === NOT_SUPPORTED || code === READ_ONLY || isAbsent(code)) return false;
    if (!LATER.includes(code)) throw failureOf(setting.command, code);
    if (attempt === ATTEMPTS_MAX) throw heldByAnother(setting, code);
    await sleep(setting.clock, PAUSE_MS, setting.options.signal);
  }
}

async function begin<Args>(setting: Setting<Args>, always: Setting<Args>): Promise<number> {
  try {
    return await write(setting, 'in-progress');
  } catch (error) {
    if (error instanceof IpmiError && error.outcome === 'unknown') await release(always);
    throw error;
  }
}

type State = 'complete' | 'in-progress' | 'commit';

function argsFor<Args>({ argsOf }: Setting<Args>, state: State): Args {
  return argsOf(encode(SET_IN_PROGRESS, { state, reserved: 0 }));
}

async function write<Args>(setting: Setting<Args>, state: State): Promise<number> {
  const { caller, command, options } = setting;
  return (await caller.answer(command, argsFor(setting, state), options)).completionCode;
}

/** Releases it as far as that is possible; the error before is the one that is told. */
async function release<Args>(setting: Setting<Args>): Promise<void> {
  try {
    await write(setting, 'complete');
  } catch (error) {
    if (!(error instanceof IpmiError)) throw error;
  }
}

function heldByAnother<Args>(setting: Setting<Args>, completionCode: number): IpmiError {
  const { command } = setting;
  const seconds = ((ATTEMPTS_MAX - 1) * PAUSE_MS) / 1000;
  const { data } = requestOf(command, argsFor(setting, 'complete'));
  const remedy = `if none is at work, this command with the data ${[...(data ?? [])].join(' ')}`;
  const text = `${bareText(failureOf(command, completionCode))}, for ${seconds} s`;
  const all = `${text}; ${remedy} ends what one has left behind; nothing was set`;
  return new IpmiError('COMMAND_FAILED', all, { outcome: 'answered', completionCode });
}
