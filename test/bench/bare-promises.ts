/**
 * Requests that need no driver: promises, and something that settles them. Each caller of a library
 * gets a promise, so no driver can avoid the cost of queueing these.
 */

import { systemClock } from '../../src/clock.ts';
import type { Reply } from '../../src/ipmi/message.ts';

/** As the driver's budget for what lies ready. */
const TURN_MS = 1;

const DATA_BYTES = 11;

export class BarePromises {
  #waiting: ((reply: Reply) => void)[] = [];

  /** Is answered at once. */
  ask(): Promise<Reply> {
    return Promise.resolve(newReply());
  }

  /** Is answered in its turn, from the next turn of the event loop on. */
  queue(): Promise<Reply> {
    return new Promise((resolve) => {
      this.#waiting.push(resolve);
      if (this.#waiting.length === 1) this.#drain(0);
    });
  }

  #drain(from: number): void {
    systemClock.turn(() => {
      const untilMs = systemClock.now() + TURN_MS;
      let next = from;
      while (next < this.#waiting.length && systemClock.now() < untilMs) {
        this.#waiting[next]?.(newReply());
        next += 1;
      }
      if (next < this.#waiting.length) this.#drain(next);
      else this.#waiting = [];
    });
  }
}

function newReply(): Reply {
  return { completionCode: 0, data: new Uint8Array(DATA_BYTES) };
}
