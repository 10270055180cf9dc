/**
 * The answers of satellite controllers that a client awaits at its server, which gives each the
 * sequence number of its request.
 */

import type { Clock } from '../clock.ts';
import { IpmiError } from '../errors.ts';
import type { IpmiErrorCode } from '../errors.ts';
import { IPMB_NUMBERS } from '../ipmi/ipmb.ts';
import type { IpmbResponse } from '../ipmi/message.ts';
import type { AwaitedAnswer, ExpectedAnswer } from '../ipmi/requester.ts';
import type { LastingLink } from './lasting-link.ts';
import { bytesOf } from './protocol.ts';
import type { ServerMessageOf } from './protocol.ts';
import { errorOf } from './requests.ts';

/** Longest time until a server gives a number, which it does at once. */
const NUMBER_MS = 10_000;

/** Everything that {@link ServedAnswers} is built from. */
export interface ServedAnswersParts {
  readonly link: Pick<LastingLink, 'send' | 'pid' | 'trouble'>;
  readonly clock: Clock;
  /** A number for a message, used once. */
  readonly nextId: () => number;
}

/** An answer that is awaited; `begin` is called with its number. */
interface Waiting {
  readonly expected: ExpectedAnswer;
  hasNumber: boolean;
  readonly begin: (seq: number) => void;
  readonly fail: (error: IpmiError) => void;
  readonly resolve: (answer: IpmbResponse) => void;
}

export class ServedAnswers {
  readonly #parts: ServedAnswersParts;
  readonly #waiting = new Map<number, Waiting>();

  constructor(parts: ServedAnswersParts) {
    this.#parts = parts;
  }

  /** Resolves when a server awaits it; rejects as the server says. */
  expect(expected: ExpectedAnswer): Promise<AwaitedAnswer> {
    const { link, clock, nextId } = this.#parts;
    if (this.#waiting.size >= IPMB_NUMBERS) return Promise.reject(tooMany());
    const id = nextId();
    return new Promise((tell, refuse) => {
      let settle: Pick<Waiting, 'resolve' | 'fail'> | undefined;
      const answer = new Promise<IpmbResponse>((resolve, reject) => {
        settle = { resolve, fail: reject };
      });
      // Whether it is still wanted when it fails is the caller's business.
      answer.catch(() => undefined);
      const cancelTimer = clock.timer(
        NUMBER_MS,
        () => {
          const { trouble = `the server (pid ${link.pid})` } = link;
          this.#cancel(id, false);
          const text = `${trouble}: no sequence number was given within ${NUMBER_MS} ms`;
          refuse(new IpmiError('REQUEST_TIMEOUT', text));
        },
        true,
      );
      const waiting: Waiting = {
        ...{ expected, hasNumber: false },
        begin: (seq) => {
          cancelTimer();
          waiting.hasNumber = true;
          tell({ seq, answer, cancel: (wasSent = true) => this.#cancel(id, wasSent) });
        },
        fail: (error) => {
          cancelTimer();
          refuse(error);
          settle?.fail(error);
        },
        resolve: (response) => settle?.resolve(response),
      };
      this.#waiting.set(id, waiting);
      link.send({ type: 'expect', id, ...expected });
    });
  }

  /** Asks the next server for the numbers that the last one did not give. */
  askAgain(): void {
    for (const [id, { expected, hasNumber }] of this.#waiting) {
      if (!hasNumber) this.#parts.link.send({ type: 'expect', id, ...expected });
    }
  }

  expected({ id, seq }: ServerMessageOf<'expected'>): void {
    this.#waiting.get(id)?.begin(seq);
  }

  answer({ id, data, netFn, address, seq, cmd, completionCode }: ServerMessageOf<'answer'>): void {
    const waiting = this.#waiting.get(id);
    this.#waiting.delete(id);
    waiting?.resolve({ netFn, address, seq, cmd, completionCode, data: bytesOf(data) });
  }

  /** Takes the failure of one; nothing when it is a request's. */
  failed(message: ServerMessageOf<'failed'>): void {
    const waiting = this.#waiting.get(message.id);
    this.#waiting.delete(message.id);
    waiting?.fail(errorOf(message));
  }

  /** The server that was to tell the answers is gone; the numbers that it gave went with it. */
  lose(text: string): void {
    this.#fail(text, 'BMC_UNRESPONSIVE', ({ hasNumber }) => hasNumber);
  }

  /** Fails all that are awaited; the controllers may have executed what they were sent. */
  failAll(text: string): void {
    this.#fail(text, 'DEVICE_CLOSED', () => true);
  }

  #fail(text: string, code: IpmiErrorCode, isMeant: (waiting: Waiting) => boolean): void {
    for (const [id, waiting] of [...this.#waiting]) {
      if (!isMeant(waiting)) continue;
      this.#waiting.delete(id);
      waiting.fail(new IpmiError(code, text, { outcome: 'unknown' }));
    }
  }

  #cancel(id: number, wasSent: boolean): void {
    if (this.#waiting.delete(id)) this.#parts.link.send({ type: 'cancel', id, wasSent });
  }
}

/** The server takes fewer from one client: so many can only wait for a server. */
function tooMany(): IpmiError {
  const text = `${IPMB_NUMBERS} requests to satellite controllers wait; wait for some of them`;
  return new IpmiError('QUEUE_FULL', text);
}
