/** The log of a service: JSON in lines on standard error, whose loss does not end the service. */

import { destination, pino } from 'pino';
import type { Logger } from 'pino';

import type { LogLevel } from './log-levels.ts';

const STDERR = 2;

/** So much is kept while it cannot be written, as when the disk is full. */
const KEPT_BYTES = 1024 * 1024;

/** Begins a log. */
export function openLog(level: LogLevel): Logger {
  const stream = destination({ fd: STDERR, sync: true, maxLength: KEPT_BYTES });
  stream.on('error', () => {
    // There is nowhere to tell it; the next line tries again.
  });
  return pino({ level }, stream);
}
