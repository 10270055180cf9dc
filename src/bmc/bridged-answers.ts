/**
 * Answers of satellite controllers that are awaited, by sequence number. The one reader of the
 * receive message queue offers each message here first (IPMI 2.0 §22.6).
 *
 * There are but 64 numbers, and nothing else tells two requests of a kind apart. So the number of a
 * request that was given up is not used again while its answer may still come, or lie in the queue.
 */

import type { Clock } from '../clock.ts';
import { IpmiError } from '../errors.ts';
import { IPMB_NUMBERS, decodeIpmbResponse } from '../ipmi/ipmb.ts';
import type { IpmbResponse } from '../ipmi/message.ts';
import type { AwaitedAnswer, ExpectedAnswer } from '../ipmi/requester.ts';

/**
 * An answer that was given up may still come for so long: twice the time for which a controller
 * keeps a sequence number (IPMB 1.0 table 4-1, T6), because the BMC, too, may take its time.
 */
export const OWED_MS = 10_000;

/** Everything that {@link BridgedAnswers} is built from. */
export interface BridgedAnswersParts {
  readonly clock: Pick<Clock, 'now'>;
  /** Called when the first answer is awaited, and when none is any more. */
  readonly onChange: (isAwaited: boolean) => void;
  /** Chooses the first number. */
  readonly random?: () => number;
}

interface Waiting {
  readonly expected: ExpectedAnswer;
  readonly resolve: (response: IpmbResponse) => void;
  readonly reject: (error: Error) => void;
}

/** An answer that was given up. */
interface Owed {
  readonly expected: ExpectedAnswer;
  readonly untilMs: number;
}

export class BridgedAnswers {
  readonly #parts: BridgedAnswersParts;
  readonly #waiting = new Map<number, Waiting>();
  /** In the order in which they were given up. */
  readonly #owed = new Map<number, Owed>();
  #last: number;

  constructor(parts: BridgedAnswersParts) {
    const { random = Math.random } = parts;
    this.#parts = parts;
    // Answers to a process that has ended may still come.
    this.#last = Math.floor(random() * IPMB_NUMBERS);
  }

  /** Reserves a sequence number for an answer; throws `QUEUE_FULL` when there is none. */
  expect(expected: ExpectedAnswer): AwaitedAnswer {
    const seq = this.#nextNumber();
    const answer = new Promise<IpmbResponse>((resolve, reject) => {
      this.#waiting.set(seq, { expected, resolve, reject });
    });
    // Whether it is still wanted when it fails is the caller's business.
    answer.catch(() => undefined);
    if (this.#waiting.size === 1) this.#parts.onChange(true);
    const waiting = this.#waiting.get(seq);
    const cancel = (wasSent = true): void => {
      if (this.#waiting.get(seq) !== waiting) return;
      if (wasSent) this.#owe(seq, expected);
      this.#forget(seq);
    };
    return { seq, answer, cancel };
  }

  /** Takes an answer that is awaited, or was given up; false for any other message. */
  offer(channel: number, data: Uint8Array): boolean {
    const response = decodeIpmbResponse(data);
    if (response === undefined) return false;
    const { seq } = response;
    const owed = this.#owed.get(seq);
    if (owed !== undefined && isAnswer(response, channel, owed.expected)) {
      return this.#owed.delete(seq);
    }
    const waiting = this.#waiting.get(seq);
    if (waiting === undefined || !isAnswer(response, channel, waiting.expected)) return false;
    this.#forget(seq);
    waiting.resolve(response);
    return true;
  }

  /** The queue was found empty: what has not come in its time by now does not lie in it either. */
  emptied(): void {
    const nowMs = this.#parts.clock.now();
    for (const [seq, { untilMs }] of this.#owed) if (untilMs <= nowMs) this.#owed.delete(seq);
  }

  /** Fails all that are awaited, whose answers cannot be read; they may come nevertheless. */
  fail(error: Error): void {
    for (const [seq, { expected, reject }] of this.#waiting) {
      this.#owe(seq, expected);
      this.#forget(seq);
      reject(error);
    }
  }

  /** Fails all that are awaited, because the program closes the device. */
  close(): void {
    const text = 'the program closed the device meanwhile; the controller may have executed it';
    this.fail(new IpmiError('DEVICE_CLOSED', text, { outcome: 'unknown' }));
  }

  #nextNumber(): number {
    for (let tries = 0; tries < IPMB_NUMBERS; tries += 1) {
      this.#last = (this.#last + 1) % IPMB_NUMBERS;
      if (!this.#waiting.has(this.#last) && !this.#owed.has(this.#last)) return this.#last;
    }
    return this.#overdue() ?? this.#refuse();
  }

  /** The number that was given up first, if its time is over and nothing is read that says more. */
  #overdue(): number | undefined {
    if (this.#waiting.size > 0) return undefined;
    for (const [seq, { untilMs }] of this.#owed) {
      if (untilMs > this.#parts.clock.now()) return undefined;
      this.#owed.delete(seq);
      return seq;
    }
    return undefined;
  }

  #refuse(): never {
    const text = `${IPMB_NUMBERS} requests to satellite controllers wait for their answers`;
    const others = this.#owed.size === 0 ? '' : `, or were given up within ${OWED_MS / 1000} s`;
    throw new IpmiError('QUEUE_FULL', `${text}${others}; wait for some of them`);
  }

  #owe(seq: number, expected: ExpectedAnswer): void {
    this.#owed.set(seq, { expected, untilMs: this.#parts.clock.now() + OWED_MS });
  }

  #forget(seq: number): void {
    this.#waiting.delete(seq);
    if (this.#waiting.size === 0) this.#parts.onChange(false);
  }
}

function isAnswer(response: IpmbResponse, channel: number, expected: ExpectedAnswer): boolean {
  return (
    channel === expected.channel &&
    response.address === expected.address &&
    response.netFn === (expected.netFn | 1) &&
    response.cmd === expected.cmd
  );
}
