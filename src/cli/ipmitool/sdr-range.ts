/** Lists of slave addresses, such as `0x28,0x40-0x44`, as ipmitool reads them. */

import { say } from './sdr-search.ts';
import type { Session } from './session.ts';

/** The addresses; undefined, with a complaint, where the text is no list. */
export function addressesOf(session: Session, text: string): readonly number[] | undefined {
  const comma = text.indexOf(',');
  // ipmitool does not find a second comma: all behind the first one is one entry.
  const entries = comma < 0 ? [text] : [text.slice(0, comma), text.slice(comma + 1)];
  const all: number[] = [];
  for (const entry of entries) {
    const found = text === '' || comma === 0 ? undefined : entryOf(session, entry);
    if (found === undefined) {
      session.complain('Range - List invalid, cannot be parsed.');
      return undefined;
    }
    all.push(...found);
  }
  return all;
}

/** One address, or all of a range; none of an odd one, with a complaint. */
function entryOf(session: Session, entry: string): readonly number[] | undefined {
  const dash = entry.indexOf('-');
  const first = hexOf(session, dash < 0 ? entry : entry.slice(0, dash));
  if (first === undefined) return undefined;
  const last = dash < 0 ? first : hexOf(session, entry.slice(dash + 1));
  if (last === undefined) return undefined;
  if (first % 2 !== 0 || last % 2 !== 0) {
    say(session, ['I2C address provided value must be even.'], 0);
    return [];
  }
  // ipmitool writes behind its own list where a range does not go up.
  if (dash >= 0 && last <= first) return undefined;
  return Array.from({ length: (last - first) / 2 + 1 }, (_, index) => first + index * 2);
}

function hexOf(session: Session, text: string): number | undefined {
  if (/^0x[0-9a-fA-F]{2}$/.test(text)) return Number.parseInt(text, 16);
  session.complain('Must be Hex value of 4 characters (Ex.: 0x24)');
  return undefined;
}
