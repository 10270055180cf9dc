/** Sends events to the BMC (IPMI 2.0 §29.3). */

import { NetFn, PLATFORM_EVENT } from '../../ipmi/commands.ts';
import { EVENT_RECORD_BYTES } from '../../ipmi/event-record.ts';
import { askFor } from './ask.ts';
import { selEntry } from './sel-entry.ts';
import { EntryPrinter } from './sel-list.ts';
import type { Session } from './session.ts';

/** The generator of an event that comes over the system interface: software, 20h. */
const SOFTWARE = 0x41;

/** Where the bytes of an event stand in an entry of the SEL (§32.1). */
const GENERATOR_AT = 7;
const EVENT_AT = 9;

/** Prints an event as an entry that the SEL does not have yet; ipmitool gives it no type. */
async function show(session: Session, event: readonly number[]): Promise<void> {
  const bytes = new Uint8Array(EVENT_RECORD_BYTES);
  bytes[GENERATOR_AT] = SOFTWARE;
  bytes.set(event, EVENT_AT);
  await new EntryPrinter(session, false).print(selEntry(bytes));
}

/**
 * Prints an event, and sends it: revision, sensor type, number, direction and event type, and three
 * bytes of data. Resolves to the exit code.
 */
export async function sendEvent(session: Session, event: readonly number[]): Promise<number> {
  await show(session, event);
  const data = [SOFTWARE, ...event];
  const question = { netFn: NetFn.SENSOR_EVENT, cmd: PLATFORM_EVENT, data };
  const failing = { text: 'Platform Event Message command failed' };
  return (await askFor(session, question, failing)) === undefined ? 1 : 0;
}
