/** Clears a SEL under a reservation, and waits until it is erased (IPMI 2.0 §31.9). */

import { sleep } from '../clock.ts';
import type { Clock } from '../clock.ts';
import { IpmiError } from '../errors.ts';
import { Completion } from '../ipmi/completion.ts';
import { CLEAR_LETTERS, CLEAR_SEL, RESERVE_SEL } from '../ipmi/sel.ts';
import { failureOf } from './caller.ts';
import type { CallOptions, Caller } from './caller.ts';

/** Time from one question for the progress to the next: an erasure takes seconds. */
const POLL_MS = 250;

/** Longest erasure: flash memory of 64 KiB takes seconds, and slow BMCs up to a minute. */
const ERASURE_MAX_MS = 120_000;

/** Completion codes of a BMC that is busy erasing. */
const BUSY: ReadonlySet<number> = new Set([
  0x81,
  Completion.NODE_BUSY,
  Completion.TIMEOUT,
  Completion.NOT_IN_THIS_STATE,
]);

/** The means of an erasure. */
export interface ErasureMeans {
  readonly caller: Caller;
  readonly clock: Clock;
  readonly options: CallOptions;
}

/**
 * Begins the erasure and waits for its end; false, and nothing was erased, when the reservation is
 * lost. One transaction, and one more for each quarter of a second that the erasure takes.
 */
export async function erase(means: ErasureMeans, reservation: number): Promise<boolean> {
  const { caller, options } = means;
  const args = { reservation, letters: CLEAR_LETTERS, action: 'initiate' } as const;
  const answer = await caller.answer(CLEAR_SEL, args, options);
  if (answer.completionCode === Completion.RESERVATION_LOST) return false;
  if (answer.value === undefined) throw failureOf(CLEAR_SEL, answer.completionCode);
  if (answer.value.progress !== 'completed') await waitForEnd(means, reservation);
  return true;
}

async function waitForEnd(means: ErasureMeans, before: number): Promise<void> {
  const { caller, clock, options } = means;
  const untilMs = clock.now() + ERASURE_MAX_MS;
  let reservation = before;
  while (clock.now() < untilMs) {
    await sleep(clock, POLL_MS, options.signal);
    const args = { reservation, letters: CLEAR_LETTERS, action: 'status' } as const;
    const answer = await caller.answer(CLEAR_SEL, args, options);
    const { completionCode } = answer;
    if (answer.value?.progress === 'completed') return;
    // Clearing may end the reservation itself, and any entry that comes then does.
    if (completionCode === Completion.RESERVATION_LOST) {
      const renewed = await caller.answer(RESERVE_SEL, undefined, options);
      reservation = renewed.value ?? reservation;
    } else if (answer.value === undefined && !BUSY.has(completionCode)) {
      throw failureOf(CLEAR_SEL, completionCode);
    }
  }
  const text =
    `the SEL is still being erased after ${ERASURE_MAX_MS / 1000} s; ` +
    'look at its number of entries later';
  throw new IpmiError('REQUEST_TIMEOUT', text, { outcome: 'unknown' });
}
