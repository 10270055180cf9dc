/** BMC2HOST: holds a response, and the position up to which the host has read it. */

import { FLOATING } from './bits.ts';
import type { Personality } from './personality.ts';

const EMPTY = new Uint8Array(0);

export class ResponseBuffer {
  readonly #personality: Personality;
  #frame: Uint8Array = EMPTY;
  #readAt = 0;

  constructor(personality: Personality) {
    this.#personality = personality;
  }

  put(frame: Uint8Array): void {
    this.#frame = frame;
    if (!this.#personality.keepsReadPointer) this.#readAt = 0;
  }

  rewind(): void {
    this.#readAt = 0;
  }

  read(): number {
    const value = this.#frame[this.#readAt];
    if (value === undefined) return FLOATING;
    this.#readAt += 1;
    if (this.#personality.emptiesWhenRead && this.#readAt === this.#frame.length) {
      this.#frame = EMPTY;
      this.#readAt = 0;
    }
    return value;
  }
}

/** A frame with `body` behind its length byte. */
export function frameOf(body: readonly number[]): Uint8Array {
  return Uint8Array.of(body.length, ...body);
}
