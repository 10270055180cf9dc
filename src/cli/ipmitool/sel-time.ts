/** `ipmitool sel time`: the clock of the SEL (IPMI 2.0 §31.10, §31.11). */

import { timestamp } from '../../clock.ts';
import { GET_SEL_TIME, SET_SEL_TIME } from '../../ipmi/sel.ts';
import { numericTime } from './bmc-times.ts';
import { askFor } from './ask.ts';
import { say } from './sdr-search.ts';
import type { Session } from './session.ts';

const TIME_BYTES = 4;

/** Years of two digits from here on are those of the last century. */
const LAST_CENTURY = 69;

/** Runs the command. */
export async function selTime(session: Session, words: readonly string[]): Promise<number> {
  const [command, time] = words;
  if (command === 'get') {
    await printTime(session);
    return 0;
  }
  if (command !== 'set') return say(session, ['sel time commands: get set'], 0);
  if (time === undefined) {
    return say(session, ['usage: sel time set "mm/dd/yyyy hh:mm:ss"'], 0);
  }
  return await setTime(session, time);
}

async function printTime(session: Session): Promise<void> {
  const { netFn, cmd } = GET_SEL_TIME;
  const text = 'Get SEL Time command failed';
  const reply = await askFor(session, { netFn, cmd }, { text, silent: `${text}: Unknown` });
  if (reply === undefined) return;
  const { length } = reply.data;
  if (length !== TIME_BYTES) session.complain(`${text}: Invalid data length ${length}`);
  else session.print(`${numericTime(Buffer.from(reply.data).readUInt32LE())}\n`);
}

async function setTime(session: Session, text: string): Promise<number> {
  const isNow = text.toLowerCase() === 'now';
  const wanted = isNow ? Math.floor(Date.parse(timestamp()) / 1000) : parsed(text);
  if (wanted === undefined) return say(session, ['Specified time could not be parsed'], 1);
  const { netFn, cmd } = SET_SEL_TIME;
  const data = Buffer.alloc(TIME_BYTES);
  data.writeUInt32LE(asIfLocal(wanted) % 2 ** 32);
  const failed = 'Set SEL Time command failed';
  const failing = { text: failed, silent: `${failed}: Unknown` };
  if ((await askFor(session, { netFn, cmd, data: [...data] }, failing)) === undefined) return 1;
  await printTime(session);
  return 0;
}

/** Date and time of strptime's `%x %X`; it passes over blanks. */
const DATE = new RegExp(
  String.raw`^\s*(\d{1,2})\s*/\s*(\d{1,2})\s*/\s*(\d{1,2})\s+` +
    String.raw`(\d{1,2})\s*:\s*(\d{1,2})\s*:\s*(\d{1,2})`,
);

/** A time as the locale `C` writes it, with a year of two digits, in the local time zone. */
function parsed(text: string): number | undefined {
  const found = DATE.exec(text);
  if (found === null) return undefined;
  const [month = 0, day = 0, year = 0, hour = 0, minute = 0, second = 0] = found
    .slice(1)
    .map(Number);
  const isDate = month >= 1 && month <= 12 && day >= 1 && day <= 31;
  if (!isDate || hour > 23 || minute > 59 || second > 61) return undefined;
  const whole = year + (year < LAST_CENTURY ? 2000 : 1900);
  const seconds = new Date(whole, month - 1, day, hour, minute, second).getTime() / 1000;
  return seconds < 0 ? undefined : seconds;
}

/** ipmitool takes the fields of UTC for those of the local time, and so sends another time. */
function asIfLocal(seconds: number): number {
  const date = new Date(seconds * 1000);
  const [year, month, day] = [date.getUTCFullYear(), date.getUTCMonth(), date.getUTCDate()];
  const clock = [date.getUTCHours(), date.getUTCMinutes(), date.getUTCSeconds()] as const;
  return new Date(year, month, day, ...clock).getTime() / 1000;
}
