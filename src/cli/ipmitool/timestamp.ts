/** Dates as ipmitool prints them. */

import { numericTime } from './bmc-times.ts';

/** A number of seconds since 1970, of 32 bits, in local time. */
export function timestampText(seconds: number): string {
  return numericTime(seconds);
}
