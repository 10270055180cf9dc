/**
 * Decides which bytes of a frame a trace or a recording may show. The header always; payload only
 * if asked for: that of commands known to hold no secret (`ipmi/secret.ts`), or that of all.
 */

import type { Request } from '../ipmi/message.ts';
import { isSecret } from '../ipmi/secret.ts';
import { isAnswer } from './frame.ts';

/**
 * `true`: the payload of commands that are known to hold no secret. `'all'`: that of every command;
 * passwords, keys and user names are among it. `false`: none.
 */
export type PayloadChoice = boolean | 'all';

/** Bytes of a request frame that are protocol, not payload: length, netFn/LUN, seq, cmd. */
const REQUEST_HEADER = 4;

/** Bytes behind a reply's length byte that are not payload: netFn/LUN, seq, cmd, code. */
const REPLY_HEADER = 4;

export class Disclosure {
  readonly #choice: PayloadChoice;
  /** The last request whose payload, and whose answer, may be shown. */
  #open: Uint8Array | undefined;
  /** The last access was of a buffer: a further byte of it is not its length byte. */
  #isInFrame = false;

  constructor(choice: PayloadChoice = false) {
    this.#choice = choice;
  }

  /** A request is written: returns how many bytes of the frame, from its first, may be shown. */
  request(frame: Uint8Array): number {
    const isOpen = !isSecret(requestIn(frame));
    this.#open = isOpen ? frame.slice() : undefined;
    this.#isInFrame = true;
    return this.#shown(frame, REQUEST_HEADER, isOpen);
  }

  /** The same for what was read behind the length byte of a reply. */
  reply(body: Uint8Array): number {
    // A reply to any other request may be that of a secret one, sent before this driver began.
    const isOpen = this.#open !== undefined && isAnswer(body, this.#open);
    this.#isInFrame = true;
    return this.#shown(body, REPLY_HEADER, isOpen);
  }

  /** A single byte was read or written: true if it may be shown. */
  byte(isOfBuffer: boolean): boolean {
    const isShown = !isOfBuffer || !this.#isInFrame || this.#choice === 'all';
    this.#isInFrame = isOfBuffer;
    return isShown;
  }

  #shown(bytes: Uint8Array, headerBytes: number, isOpen: boolean): number {
    const isShown = this.#choice === 'all' || (this.#choice && isOpen);
    return isShown ? bytes.length : Math.min(headerBytes, bytes.length);
  }
}

function requestIn([, netFnLun = 0, , cmd = 0, ...data]: Uint8Array): Request {
  return { netFn: netFnLun >> 2, lun: netFnLun & 3, cmd, data: Uint8Array.from(data) };
}
