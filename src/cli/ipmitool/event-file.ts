/** `ipmitool event file`: sends the events of a file, as `sel save` writes it. */

import { readInput } from './c-files.ts';
import { sendEvent } from './event-send.ts';
import { cByte } from './numbers.ts';
import type { Session } from './session.ts';

/** Revision, sensor type, number, direction and event type, and three bytes of data. */
const EVENT_BYTES = 7;

/** Sends them up to one that fails; a line that is no event is told. */
export async function sendFile(session: Session, path: string): Promise<number> {
  const text = readInput(session, path);
  if (text === undefined) return 1;
  let exit = 0;
  for (const line of text.toString('latin1').split('\n')) {
    const [words = ''] = line.split('#');
    const numbers = words.trim().split(/ +/).filter(Boolean).slice(0, EVENT_BYTES);
    if (numbers.length === 0) continue;
    const values = numbers.map(cByte);
    const wrong = values.indexOf(undefined);
    if (wrong >= 0) {
      session.complain(`Invalid token in file: [${numbers[wrong] ?? ''}]`);
      exit = 1;
    }
    if (values.length < EVENT_BYTES || wrong >= 0) {
      session.complain(`Invalid Event: ${shown(wrong < 0 ? values : values.slice(0, wrong))}`);
      continue;
    }
    exit = await sendEvent(session, values.map(Number));
    if (exit !== 0) break;
  }
  return exit;
}

/** The bytes of an event, zeros where it ends. */
function shown(values: readonly (number | undefined)[]): string {
  const bytes = Buffer.alloc(EVENT_BYTES);
  bytes.set(values.map(Number));
  return bytes.toString('hex');
}
