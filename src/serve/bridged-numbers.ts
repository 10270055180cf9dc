/**
 * The answers of satellite controllers that one client awaits, and their sequence numbers. A client
 * may send only messages with a number that is its own: with another's, it would be given the
 * answer to that one's request, and the other the answer to this.
 */

import { IpmiError, closedError } from '../errors.ts';
import { BMC_ADDRESS, SMS_LUN } from '../ipmi/ipmb.ts';
import type { IpmbResponse } from '../ipmi/message.ts';
import type { AwaitedAnswer, ExpectedAnswer } from '../ipmi/requester.ts';
import type { Carried } from './carried.ts';

/** Answers that one client may await, out of the 64 numbers that there are for all of them. */
export const AWAITED_MAX = 16;

/**
 * Numbers that one user may keep from others, unless it is root: those of answers that its clients
 * await, and those that are out of use because an answer was given up.
 */
export const NUMBERS_OF_USER_MAX = 32;

/** Reserves the numbers; a device does. */
export interface NumberSource {
  expectAnswer(expected: ExpectedAnswer): AwaitedAnswer | Promise<AwaitedAnswer>;
}

interface Awaited {
  readonly expected: ExpectedAnswer;
  readonly cancel: (wasSent: boolean) => void;
  readonly reject: (error: Error) => void;
  /** Its message may have been sent. */
  wasSent: boolean;
}

export class BridgedNumbers {
  readonly #source: NumberSource;
  readonly #onOwed: () => void;
  readonly #awaited = new Map<number, Awaited>();
  /** Numbers that are asked for. */
  #asked = 0;
  #isClosed = false;

  /** `onOwed` is called for each number that is out of use from then on. */
  constructor(source: NumberSource, onOwed: () => void) {
    this.#source = source;
    this.#onOwed = onOwed;
  }

  /** Numbers that it has, or asks for. */
  get size(): number {
    return this.#awaited.size + this.#asked;
  }

  /** As `Device.expectAnswer`, with a limit for the client. */
  async expect(expected: ExpectedAnswer): Promise<AwaitedAnswer> {
    if (this.size >= AWAITED_MAX) {
      const text = `${AWAITED_MAX} requests of this client to satellite controllers wait`;
      throw new IpmiError('QUEUE_FULL', `${text} for their answers; wait for some of them`);
    }
    const { seq, answer: source, cancel } = await this.#reserve(expected);
    let reject: Awaited['reject'] | undefined;
    const answer = new Promise<IpmbResponse>((resolve, fail) => {
      reject = fail;
      source.then(resolve, fail);
    });
    // Whether it is still wanted when it fails is the caller's business.
    answer.catch(() => undefined);
    const entry: Awaited = { expected, cancel, reject: reject ?? ignore, wasSent: false };
    this.#awaited.set(seq, entry);
    const forget = (): void => {
      if (this.#awaited.get(seq) === entry) this.#awaited.delete(seq);
    };
    source.then(forget, forget);
    return {
      seq,
      answer,
      cancel: (wasSent = true) => {
        const isAwaited = this.#awaited.get(seq) === entry;
        forget();
        // A number whose message the BMC never got is not kept out of use, whatever a client says.
        const isOwed = wasSent && entry.wasSent;
        cancel(isOwed);
        if (isOwed && isAwaited) this.#onOwed();
      },
    };
  }

  async #reserve(expected: ExpectedAnswer): Promise<AwaitedAnswer> {
    this.#asked += 1;
    try {
      const awaited = await this.#source.expectAnswer(expected);
      if (!this.#isClosed) return awaited;
      awaited.cancel(false);
      throw closedError();
    } finally {
      this.#asked -= 1;
    }
  }

  /** True when the message is a request whose answer this client awaits, and no other's. */
  isOwn({ seq, channel, address, netFn, cmd, requester, requesterLun }: Carried): boolean {
    const expected = this.#awaited.get(seq)?.expected;
    return (
      expected?.channel === channel &&
      expected.address === address &&
      expected.netFn === netFn &&
      expected.cmd === cmd &&
      requester === BMC_ADDRESS &&
      requesterLun === SMS_LUN
    );
  }

  /** The message with this number is handed to the BMC. */
  sent(seq: number): void {
    const entry = this.#awaited.get(seq);
    if (entry !== undefined) entry.wasSent = true;
  }

  /** Gives all numbers back; answers that may still come keep theirs out of use for a while. */
  close(): void {
    this.#isClosed = true;
    for (const { cancel, reject, wasSent } of this.#awaited.values()) {
      cancel(wasSent);
      if (wasSent) this.#onOwed();
      reject(closedError());
    }
    this.#awaited.clear();
  }
}

function ignore(): void {
  // The promise sets the function before it can be called.
}
