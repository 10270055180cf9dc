/** The events of a BMC. */

import type { EventRecord } from './event-record.ts';

/** One event, by where the BMC keeps it (IPMI 2.0 §22.4). */
export type BmcEvent =
  /** A sensor's event, or an OEM's, from the event message buffer. */
  | { readonly kind: 'event'; readonly record: EventRecord }
  /** A message from the receive message queue: where it came from, and its bytes. */
  | { readonly kind: 'message'; readonly channel: number; readonly data: Uint8Array }
  /** The watchdog is about to expire. */
  | { readonly kind: 'watchdogPretimeout' }
  /** OEM bits of the message flags: bit 5 is OEM 0, bit 6 OEM 1, bit 7 OEM 2. */
  | { readonly kind: 'oem'; readonly flags: number };
