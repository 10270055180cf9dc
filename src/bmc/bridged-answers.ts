/**
 * Answers of satellite controllers that are awaited, by sequence number. The one reader of the
 * receive message queue offers each message here first (IPMI 2.0 §22.6).
 */

import { IpmiError } from '../errors.ts';
import { IPMB_NUMBERS, decodeIpmbResponse } from '../ipmi/ipmb.ts';
import type { IpmbResponse } from '../ipmi/message.ts';
import type { AwaitedAnswer, ExpectedAnswer } from '../ipmi/requester.ts';

interface Waiting {
  readonly expected: ExpectedAnswer;
  readonly resolve: (response: IpmbResponse) => void;
  readonly reject: (error: Error) => void;
}

export class BridgedAnswers {
  readonly #waiting = new Map<number, Waiting>();
  readonly #onChange: (isAwaited: boolean) => void;
  #last: number;

  /** Calls back when the first answer is awaited, and when none is any more. */
  constructor(onChange: (isAwaited: boolean) => void, random: () => number = Math.random) {
    this.#onChange = onChange;
    // Answers to a process that has ended may still come.
    this.#last = Math.floor(random() * IPMB_NUMBERS);
  }

  /** Reserves a sequence number for an answer; throws `QUEUE_FULL` when all are reserved. */
  expect(expected: ExpectedAnswer): AwaitedAnswer {
    const seq = this.#nextNumber();
    let settle: Pick<Waiting, 'resolve' | 'reject'> | undefined;
    const answer = new Promise<IpmbResponse>((resolve, reject) => {
      settle = { resolve, reject };
    });
    // Whether it is still wanted when it fails is the caller's business.
    answer.catch(() => undefined);
    if (settle !== undefined) this.#waiting.set(seq, { expected, ...settle });
    if (this.#waiting.size === 1) this.#onChange(true);
    const cancel = (): void => {
      this.#forget(seq, settle?.resolve);
    };
    return { seq, answer, cancel };
  }

  /** Hands an answer that is awaited on; false for any other message. */
  offer(channel: number, data: Uint8Array): boolean {
    const response = decodeIpmbResponse(data);
    if (response === undefined) return false;
    const waiting = this.#waiting.get(response.seq);
    if (waiting === undefined || !isAnswer(response, channel, waiting.expected)) return false;
    this.#forget(response.seq, waiting.resolve);
    waiting.resolve(response);
    return true;
  }

  /** Fails all that are awaited. */
  close(error: Error): void {
    for (const [seq, { resolve, reject }] of this.#waiting) {
      this.#forget(seq, resolve);
      reject(error);
    }
  }

  #nextNumber(): number {
    for (let tries = 0; tries < IPMB_NUMBERS; tries += 1) {
      this.#last = (this.#last + 1) % IPMB_NUMBERS;
      if (!this.#waiting.has(this.#last)) return this.#last;
    }
    const text = `${IPMB_NUMBERS} requests to satellite controllers wait for their answers`;
    throw new IpmiError('QUEUE_FULL', `${text}; wait for some of them`);
  }

  #forget(seq: number, resolve: Waiting['resolve'] | undefined): void {
    if (this.#waiting.get(seq)?.resolve !== resolve) return;
    this.#waiting.delete(seq);
    if (this.#waiting.size === 0) this.#onChange(false);
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
