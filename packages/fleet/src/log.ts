/**
 * The log of a service: JSON in lines on standard error, whose loss does not end the service, and
 * whose warnings are bounded, because others cause them: agents, callers, a BMC that is broken.
 */

import { limitWarnings, systemClock } from 'ipmi-bt';
import type { Log } from 'ipmi-bt';
import { destination, pino } from 'pino';

import type { LogLevel } from './log-levels.ts';

const STDERR = 2;

/** So much is kept while it cannot be written, as when the disk is full. */
const KEPT_BYTES = 1024 * 1024;

/** Begins a log. The first warnings of a kind in a minute are written, the others counted. */
export function openLog(level: LogLevel): Log {
  const stream = destination({ fd: STDERR, sync: true, maxLength: KEPT_BYTES });
  stream.on('error', () => {
    // There is nowhere to tell it; the next line tries again.
  });
  return limitWarnings(pino({ level }, stream), () => systemClock.now());
}
