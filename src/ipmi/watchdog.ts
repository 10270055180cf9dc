/**
 * Get Watchdog Timer (IPMI 2.0 §27.7): decodes whether the watchdog runs, and so has to be fed.
 */

import { Completion } from './completion.ts';

/** First byte of the data, timer use: the timer is started. */
const RUNNING = 0x40;

/** Tells whether the BMC's watchdog counts down; `unknown` when the reply does not say. */
export function watchdogState(
  completionCode: number,
  data: Uint8Array,
): 'running' | 'stopped' | 'unknown' {
  // A BMC that does not know the command has no watchdog.
  if (completionCode === Completion.INVALID_COMMAND) return 'stopped';
  const [use] = data;
  if (completionCode !== Completion.OK || use === undefined) return 'unknown';
  return (use & RUNNING) === 0 ? 'stopped' : 'running';
}
