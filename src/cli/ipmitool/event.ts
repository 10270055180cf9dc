/** `ipmitool event`: sends events to the BMC (IPMI 2.0 §29.3). */

import { NetFn, PLATFORM_EVENT } from '../../ipmi/commands.ts';
import { askFor } from './ask.ts';
import { entryOf, refuse } from './choose.ts';
import { EVENT_HELP } from './event-help.ts';
import { selEntry } from './sel-entry.ts';
import { EntryPrinter } from './sel-list.ts';
import type { Family, Session } from './session.ts';
import { unsupported } from './unsupported.ts';

/** The generator of an event that comes over the system interface: software, 20h. */
const SOFTWARE = 0x41;

/** Where the bytes of an event stand in an entry of the SEL (§32.1). */
const TYPE_AT = 2;
const GENERATOR_AT = 7;
const EVENT_AT = 9;
const ENTRY_BYTES = 16;
const SYSTEM_EVENT = 0x02;

/** Events by their number: the title, then revision, sensor type, number, event type and data. */
const SAMPLES: Readonly<Record<string, readonly [title: string, event: readonly number[]]>> = {
  1: ['Temperature - Upper Critical - Going High', [0x04, 0x01, 0x30, 0x01, 0x09, 0xff, 0xff]],
  2: ['Voltage Threshold - Lower Critical - Going Low', [0x04, 0x02, 0x60, 0x01, 0x02, 0xff, 0xff]],
  3: ['Memory - Correctable ECC', [0x04, 0x0c, 0x53, 0x6f, 0x00, 0xff, 0xff]],
};

/** Prints an event as an entry that the SEL does not have yet, and sends it. */
async function send(session: Session, event: readonly number[]): Promise<number> {
  const bytes = new Uint8Array(ENTRY_BYTES);
  bytes[TYPE_AT] = SYSTEM_EVENT;
  bytes[GENERATOR_AT] = SOFTWARE;
  bytes.set(event, EVENT_AT);
  await new EntryPrinter(session, false).print(selEntry(bytes));
  const data = [SOFTWARE, ...event];
  const question = { netFn: NetFn.SENSOR_EVENT, cmd: PLATFORM_EVENT, data };
  const failing = { text: 'Platform Event Message command failed' };
  return (await askFor(session, question, failing)) === undefined ? 1 : 0;
}

export const run: Family = async (session, [word, file]) => {
  const isHelp = word === undefined || word === 'help' || (word === 'file' && file === undefined);
  if (isHelp) {
    session.complain(EVENT_HELP);
    return 0;
  }
  const sample = entryOf(SAMPLES, word);
  if (sample === undefined) {
    return refuse(session, unsupported(word === 'file' ? 'event file' : 'event SENSOR'));
  }
  const [title, event] = sample;
  session.print(`Sending SAMPLE event: ${title}\n`);
  return await send(session, event);
};
