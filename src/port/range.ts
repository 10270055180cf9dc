/**
 * A run of ports: the check at the door, and how messages spell it.
 */

import { hex } from '../errors.ts';
import type { PortRange } from './port.ts';

/** x86 has 64 Ki byte-wide ports. */
export const PORT_MAX = 0xffff;

/** Throws a TypeError or RangeError unless `range` is a run of existing ports. */
export function checkRange(range: PortRange): void {
  const { base, count } = range;
  if (typeof base !== 'number' || typeof count !== 'number') {
    throw new TypeError('a port range needs the numbers base and count');
  }
  if (!Number.isInteger(base) || base < 0 || base > PORT_MAX) {
    throw new RangeError(`port ${hex(base)} is not an integer of 0..${hex(PORT_MAX)}`);
  }
  const most = PORT_MAX + 1 - base;
  if (!Number.isInteger(count) || count < 1 || count > most) {
    throw new RangeError(`${count} ports from ${hex(base)}: must be 1..${most}`);
  }
}

/** `0xce4+3`: three ports from 0xce4. */
export function formatRange(range: PortRange): string {
  return `${hex(range.base)}+${range.count}`;
}
