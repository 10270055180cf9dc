/** All checks, in the order in which they run. */

import type { Check } from './check.ts';
import { ABANDON } from './checks/abandon.ts';
import { ATTENTION } from './checks/attention.ts';
import { BRING_UP_RACE } from './checks/bring-up-race.ts';
import { BRING_UP } from './checks/bring-up.ts';
import { ENABLES } from './checks/enables.ts';
import { EVENT_LOOP } from './checks/event-loop.ts';
import { FIRMWARE_AGREEMENT } from './checks/firmware-agreement.ts';
import { FRAMES } from './checks/frames.ts';
import { HOST } from './checks/host.ts';
import { INTERRUPT } from './checks/interrupt.ts';
import { LATENCY } from './checks/latency.ts';
import { NOT_WEDGED } from './checks/not-wedged.ts';
import { OWNER } from './checks/owner.ts';
import { PACE } from './checks/pace.ts';
import { PLATFORM_EVENT_CHECK } from './checks/platform-event.ts';
import { REGISTERS } from './checks/registers.ts';
import { RESET } from './checks/reset.ts';
import { SEL_ENTRY } from './checks/sel-entry.ts';
import { SHARE } from './checks/share.ts';
import { TEARDOWN } from './checks/teardown.ts';
import { TORN_FRAME } from './checks/torn-frame.ts';

/**
 * The firmware is compared with the registers, for which the ports must be had. A reset comes
 * behind all that could suffer from it, and the end of the run behind that.
 */
export const CATALOG: readonly Check[] = [
  ...[HOST, OWNER, FIRMWARE_AGREEMENT, REGISTERS],
  ...[BRING_UP, BRING_UP_RACE, LATENCY, FRAMES, PACE, ABANDON, SHARE],
  ...[INTERRUPT, ATTENTION, EVENT_LOOP],
  ...[ENABLES, PLATFORM_EVENT_CHECK, SEL_ENTRY, TORN_FRAME, RESET],
  ...[NOT_WEDGED, TEARDOWN],
];
