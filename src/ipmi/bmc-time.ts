/**
 * Times of a BMC (IPMI 2.0 §37.1): four bytes, which are a date only if the clock was set. The
 * clock runs in local time or in UTC, as the difference to UTC says (§31.11a).
 */

import { mapped, u32 } from './codec.ts';
import type { Field } from './codec.ts';

/** A time: a date, a time since the start of the BMC, or none. */
export type BmcTime =
  /** Seconds since 1970 by the BMC's clock. */
  | { readonly kind: 'date'; readonly seconds: number }
  /** Seconds since the BMC was started, while its clock was not set. */
  | { readonly kind: 'since-start'; readonly seconds: number }
  | { readonly kind: 'unspecified' };

/** Up to this time, itself included, seconds count from the start of the BMC. */
export const SINCE_START_MAX_S = 0x2000_0000;

/** The value that is no time. */
export const TIME_UNSPECIFIED = 0xffff_ffff;

/** Tells the kinds of a time apart. */
export function bmcTime(seconds: number): BmcTime {
  if (seconds === TIME_UNSPECIFIED) return { kind: 'unspecified' };
  return { kind: seconds > SINCE_START_MAX_S ? 'date' : 'since-start', seconds };
}

/** The four bytes of a time, as a number. */
export function secondsOf(time: BmcTime): number {
  return time.kind === 'unspecified' ? TIME_UNSPECIFIED : time.seconds;
}

/** A time in four bytes. */
export const BMC_TIME: Field<BmcTime> = mapped(u32, bmcTime, secondsOf);
