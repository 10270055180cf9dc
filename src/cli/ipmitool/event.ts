/** `ipmitool event`: sends events to the BMC (IPMI 2.0 §29.3). */

import { entryOf } from './choose.ts';
import { sendFile } from './event-file.ts';
import { EVENT_HELP } from './event-help.ts';
import { sendEvent } from './event-send.ts';
import { sensorEvent } from './event-sensor.ts';
import type { Family } from './session.ts';

/** Events by their number: the title, then revision, sensor type, number, event type and data. */
const SAMPLES: Readonly<Record<string, readonly [title: string, event: readonly number[]]>> = {
  1: ['Temperature - Upper Critical - Going High', [0x04, 0x01, 0x30, 0x01, 0x09, 0xff, 0xff]],
  2: ['Voltage Threshold - Lower Critical - Going Low', [0x04, 0x02, 0x60, 0x01, 0x02, 0xff, 0xff]],
  3: ['Memory - Correctable ECC', [0x04, 0x0c, 0x53, 0x6f, 0x00, 0xff, 0xff]],
};

export const run: Family = async (session, words) => {
  const [word, file] = words;
  const isHelp = word === undefined || word === 'help' || (word === 'file' && file === undefined);
  if (isHelp) {
    session.complain(EVENT_HELP);
    return 0;
  }
  if (word === 'file' && file !== undefined) return await sendFile(session, file);
  const sample = entryOf(SAMPLES, word);
  if (sample === undefined) return await sensorEvent(session, words);
  const [title, event] = sample;
  session.print(`Sending SAMPLE event: ${title}\n`);
  return await sendEvent(session, event);
};
