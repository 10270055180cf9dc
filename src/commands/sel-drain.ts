/**
 * Reads a SEL and clears it without losing an entry: the SEL is reserved before it is read, and
 * cleared under the same reservation, which every entry that comes cancels (IPMI 2.0 §31.4). Not
 * every BMC cancels it, so that its number of entries and its times are compared as well.
 */

import { IpmiError } from '../errors.ts';
import { Completion } from '../ipmi/completion.ts';
import type { SensorLookup } from '../ipmi/entry-words.ts';
import { FIRST_RECORD } from '../ipmi/record-read.ts';
import { CLEAR_SEL, GET_SEL_INFO } from '../ipmi/sel.ts';
import type { SelInfo } from '../ipmi/sel.ts';
import { failureOf } from './caller.ts';
import { erase } from './sel-erasure.ts';
import type { ErasureMeans } from './sel-erasure.ts';
import { SelReader } from './sel-reader.ts';
import { SelWalk } from './sel-walk.ts';
import type { SelItem } from './sel-walk.ts';

/** The result of a drain. */
export interface SelDrained {
  /** Entries that were given and are erased. */
  readonly entries: number;
  /** Attempts to clear: one, and one more each time that entries came meanwhile. */
  readonly attempts: number;
}

/** Options of a drain besides those of each request. */
export interface DrainPlan {
  readonly sensors?: SensorLookup | undefined;
  readonly beforeClear?: (() => void | Promise<void>) | undefined;
}

/** A SEL that gets entries faster than they are read is given up after so many attempts. */
const ATTEMPTS_MAX = 16;

/** Gives all entries; clears the SEL when the last one was taken. */
export async function* drain(
  means: ErasureMeans,
  { sensors, beforeClear }: DrainPlan,
): AsyncGenerator<SelItem, SelDrained> {
  const { caller, options } = means;
  const reader = new SelReader(caller, options);
  const walk = new SelWalk(reader, sensors);
  await reader.reserve();
  let info = await caller.call(GET_SEL_INFO, undefined, options);
  if (info.entries === 0) return { entries: 0, attempts: 0 };
  let items = walk.items(FIRST_RECORD, info.entries);
  let unread: IpmiError | undefined;
  for (let attempts = 1; attempts <= ATTEMPTS_MAX; attempts += 1) {
    for await (const item of items) {
      if (item.kind === 'error') unread ??= item.error;
      yield item;
    }
    if (unread !== undefined) throw notCleared(unread);
    await beforeClear?.();
    const present = await caller.call(GET_SEL_INFO, undefined, options);
    const isSame = present.entries <= walk.present && isUnchanged(info, present);
    if (isSame && (await erase(means, reader.reservation))) {
      return { entries: walk.given, attempts };
    }
    info = present;
    await reader.reserve();
    items = walk.news(info.entries);
  }
  throw tooBusy(walk.given);
}

function isUnchanged(before: SelInfo, after: SelInfo): boolean {
  return (
    JSON.stringify([before.lastAdd, before.lastErase]) ===
    JSON.stringify([after.lastAdd, after.lastErase])
  );
}

function notCleared(cause: IpmiError): IpmiError {
  const text = `the SEL is not cleared, because an entry could not be read: ${cause.message}`;
  const { code, completionCode } = cause;
  const answered = { outcome: 'answered', cause } as const;
  return new IpmiError(code, text, {
    ...answered,
    ...(completionCode === undefined ? {} : { completionCode }),
  });
}

function tooBusy(given: number): IpmiError {
  const { message } = failureOf(CLEAR_SEL, Completion.RESERVATION_LOST);
  const text =
    `the SEL is not cleared: entries came during each of ${ATTEMPTS_MAX} attempts ` +
    `(${given} were read); look for the source of the events, and drain it again (${message})`;
  const completionCode = Completion.RESERVATION_LOST;
  return new IpmiError('COMMAND_FAILED', text, { outcome: 'answered', completionCode });
}
