/**
 * Making settings as they are wanted: what differs is set and read back. The families decide what
 * differs; this file sets it, verifies it, and says what changed.
 */

import type { Clock } from '../clock.ts';
import { sleep } from '../clock.ts';
import { IpmiError, bareText } from '../errors.ts';
import { Completion, isAnswerMissing } from '../ipmi/completion.ts';
import { aBoolean, aFunction } from '../option-table.ts';
import type { CallOptions } from './caller.ts';
import { CALL_TABLE } from './checked-calls.ts';
import type { Taken } from './checked-calls.ts';

/** A value of a setting, as it is told; null where there is none. */
export type Shown = string | number | boolean | null;

/** A setting that was not as wanted. */
export interface Change {
  /** As in the wanted settings: `lan.ipv4.address`. */
  readonly path: string;
  /** Null for a secret, and for what is not known. */
  readonly from: Shown;
  readonly to: Shown;
  /** The setting is a secret: neither value is told. */
  readonly isSecret: boolean;
}

/** A setting that was set, and of which the BMC does not say that it is so now. */
export interface Unverified {
  readonly path: string;
  readonly reason: string;
}

/** A danger of the settings as they are wanted, which keeps nothing from being set. */
export interface Warning {
  readonly path: string;
  readonly reason: string;
}

/** The result of an `apply`. */
export interface ApplyResult {
  readonly channel: number;
  /**
   * Nothing was set, with `check` or because `confirm` said no: the changes are those that would be
   * made.
   */
  readonly isCheck: boolean;
  /** In the order in which they are set; none if all was as wanted. */
  readonly changes: readonly Change[];
  readonly unverified: readonly Unverified[];
  /** None for settings of a LAN or of a channel. */
  readonly warnings: readonly Warning[];
}

/** Options of an `apply`. */
export interface ApplyOptions extends CallOptions {
  /** Only says what would change; sends nothing that sets. */
  readonly check?: boolean | undefined;
  /**
   * Is awaited with the changes, and the warnings, before they are made, unless there are none;
   * nothing is set if it resolves to false, or rejects.
   */
  readonly confirm?: Confirm | undefined;
}

type Confirm = (
  changes: readonly Change[],
  warnings: readonly Warning[],
) => boolean | Promise<boolean>;

/** Options of an `apply`, as they are checked. */
export const APPLY: Taken<ApplyOptions> = {
  example: '{ check: true }',
  table: { ...CALL_TABLE, check: aBoolean, confirm: aFunction },
};

/** The options of each request of an `apply`. */
export function callOptions({ timeoutMs, signal }: ApplyOptions): CallOptions {
  return { timeoutMs, signal };
}

/** A doubt about a setting that was set; one that is not final may pass. */
export interface Doubt extends Unverified {
  readonly isFinal: boolean;
}

/** One command that sets, and the command that reads it back. */
export interface Step {
  readonly changes: readonly Change[];
  /** Sends it; rejects as `Caller.call` does. */
  readonly send: () => Promise<void>;
  /** A second execution could do harm, so that only a BMC that did nothing is asked again. */
  readonly isSentOnce?: boolean;
  /** Reads it back; no doubts: it is as wanted. */
  readonly verify: () => Promise<readonly Doubt[]>;
}

/** The way in which steps are run. */
export interface Running {
  readonly channel: number;
  readonly clock: Clock;
  readonly options: ApplyOptions;
  readonly warnings?: readonly Warning[];
  /** Runs the sets, with whatever must be held meanwhile. */
  readonly hold?: (sets: () => Promise<void>) => Promise<void>;
}

/** BMCs restart their network after a set, and are busy or forgetful for some seconds. */
const PAUSE_MS = 1000;

/** Most repeats of a set that the BMC is too busy for, a second apart. */
const BUSY_REPEATS_MAX = 10;

/** Most looks at a setting that does not show yet, a second apart. */
const LOOKS_MAX = 6;

/** True for the error of a BMC that was busy. After most of these codes it may have set. */
function isBusy(error: unknown): error is IpmiError {
  if (!(error instanceof IpmiError) || error.completionCode === undefined) return false;
  return error.completionCode === Completion.NODE_BUSY || isAnswerMissing(error.completionCode);
}

/** Sets and verifies; or only tells, with `check`. */
export async function applySteps(steps: readonly Step[], running: Running): Promise<ApplyResult> {
  const { channel, options, warnings = [] } = running;
  const { hold = (sets: () => Promise<void>) => sets() } = running;
  const isCheck = options.check === true;
  const changes = steps.flatMap((step) => step.changes);
  const result = { channel, isCheck, changes, unverified: [], warnings };
  if (isCheck || steps.length === 0) return result;
  if ((await options.confirm?.(changes, warnings)) === false) return { ...result, isCheck: true };
  await hold(async () => {
    for (const [at, step] of steps.entries()) {
      try {
        await send(step, running);
      } catch (error) {
        throw failedAt(step, steps.slice(0, at), error);
      }
    }
  });
  return { ...result, unverified: await doubts(steps, running) };
}

async function send(step: Step, { clock, options }: Running): Promise<void> {
  for (let repeats = 0; ; repeats += 1) {
    try {
      await step.send();
      return;
    } catch (error) {
      if (repeats === BUSY_REPEATS_MAX || !isBusy(error)) throw error;
      const mayHaveSet = error.completionCode !== Completion.NODE_BUSY;
      if (mayHaveSet && step.isSentOnce === true) throw error;
    }
    await sleep(clock, PAUSE_MS, options.signal);
  }
}

/** Looks at what was set, several times where it does not show at once. */
async function doubts(steps: readonly Step[], running: Running): Promise<readonly Unverified[]> {
  let open = steps;
  const found = new Map<Step, readonly Doubt[]>();
  for (let looks = 1; ; looks += 1) {
    for (const step of open) found.set(step, await look(step));
    open = open.filter((step) => found.get(step)?.some(({ isFinal }) => !isFinal));
    if (open.length === 0 || looks === LOOKS_MAX) break;
    await sleep(running.clock, PAUSE_MS, running.options.signal);
  }
  const all = steps.flatMap((step) => found.get(step) ?? []);
  return all.map(({ path, reason }) => ({ path, reason }));
}

/** Verifies a step; that the BMC is busy is a doubt, as the step was set all the same. */
async function look({ verify, changes }: Step): Promise<readonly Doubt[]> {
  try {
    return await verify();
  } catch (error) {
    if (!isBusy(error)) throw error;
    return changes.map(({ path }) => ({ path, reason: bareText(error), isFinal: false }));
  }
}

/** The error of a set, with the setting, and with those that were set before it. */
function failedAt(step: Step, before: readonly Step[], error: unknown): unknown {
  if (!(error instanceof IpmiError)) return error;
  const { code, outcome, completionCode } = error;
  const done = before.length === 0 ? 'nothing was set before it' : `set before: ${paths(before)}`;
  const text = `${paths([step])}: ${bareText(error)}; ${done}`;
  const known = completionCode === undefined ? {} : { completionCode };
  return new IpmiError(code, text, { outcome, cause: error, ...known });
}

function paths(steps: readonly Step[]): string {
  return steps.flatMap(({ changes }) => changes.map(({ path }) => path)).join(', ');
}

/** The settings of `to` that are not so in `from`. */
export function differences(
  prefix: string,
  from: Readonly<Record<string, Shown>>,
  to: Readonly<Record<string, Shown>>,
): readonly Change[] {
  const names = Object.keys(to).filter((name) => from[name] !== to[name]);
  return names.map((name) => {
    const path = `${prefix}.${name}`;
    return { path, from: from[name] ?? null, to: to[name] ?? null, isSecret: false };
  });
}

/** The doubts about settings that read back otherwise than they were set. */
export function doubtsOf(changes: readonly Change[], found: readonly Change[]): readonly Doubt[] {
  const still = changes.filter(({ path }) => found.some((one) => one.path === path));
  return still.map(({ path, to, isSecret }) => {
    const now = found.find((one) => one.path === path)?.from ?? null;
    const both = `it was set to ${JSON.stringify(to)} and reads ${JSON.stringify(now)}`;
    return { path, reason: isSecret ? 'it reads otherwise than it was set' : both, isFinal: false };
  });
}
