/** A clock whose timers are shorter than those of the system, for tests that wait for none. */

import { systemClock } from 'ipmi-bt';
import type { Clock } from 'ipmi-bt';

/** The clock of the system with timers that are so many times shorter. */
export function hastened(haste: number): Clock {
  return {
    now: () => systemClock.now(),
    turn: (callback) => systemClock.turn(callback),
    timer: (delayMs, callback, keepAlive) =>
      systemClock.timer(delayMs / haste, callback, keepAlive),
  };
}
