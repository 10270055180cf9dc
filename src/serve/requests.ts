/**
 * The requests of a client that a server carries out. A few are with the server at a time; the
 * others wait here, also for the next server, so that it is known of most that they were not sent,
 * whatever happens. None is handed over twice.
 */

import { onAbort } from '../abort.ts';
import type { Clock } from '../clock.ts';
import { countLatency } from '../driver/statistics.ts';
import type { Statistics } from '../driver/statistics.ts';
import { hasTransactionListener, tellTransaction } from '../driver/transactions.ts';
import { IpmiError, abortText, hex } from '../errors.ts';
import type { IpmiErrorCode } from '../errors.ts';
import type { SubmitOptions } from '../driver/driver.ts';
import { isCarrier } from '../ipmi/ipmb.ts';
import { ReceivedReply } from '../ipmi/message.ts';
import type { Reply, Request } from '../ipmi/message.ts';
import type { LastingLink } from './lasting-link.ts';
import { bytesOf, digitsOf } from './protocol.ts';
import type { ServerMessageOf } from './protocol.ts';

/** Requests that are with the server at once: the BMC has one, and the next should be there. */
const HANDED_MAX = 8;

/** The server settles a request when its time is over, and says more; then it is given up here. */
const LATE_MS = 250;

/** Everything that {@link ServedRequests} is built from. */
export interface ServedRequestsParts {
  readonly link: Pick<LastingLink, 'send' | 'isFull' | 'pid' | 'trouble' | 'hurry'>;
  readonly clock: Clock;
  /** Name of the device, told to listeners of its transactions. */
  readonly name: string;
  /** Most requests that wait here. */
  readonly queueMax: number;
  readonly statistics: Statistics;
  /** A number for a message, used once. */
  readonly nextId: () => number;
}

/** One request. */
interface Asked {
  readonly id: number;
  readonly request: Request;
  readonly options: SubmitOptions;
  readonly deadlineMs: number;
  readonly timeoutMs: number;
  readonly settle: (result: Reply | Promise<never>) => void;
  /** When it was handed over. */
  handedMs: number | undefined;
  cancel: () => void;
  forget: (() => void) | undefined;
}

interface Failure {
  readonly code: IpmiErrorCode;
  readonly text: string;
  readonly cause?: unknown;
}

export class ServedRequests {
  readonly #parts: ServedRequestsParts;
  readonly #waiting = new Map<number, Asked>();
  readonly #handed = new Map<number, Asked>();

  constructor(parts: ServedRequestsParts) {
    this.#parts = parts;
  }

  /** Hands a request over, now or later; `timeoutMs` counts from now. */
  submit(request: Request, options: SubmitOptions & { timeoutMs: number }): Promise<Reply> {
    const { clock, link, nextId, queueMax } = this.#parts;
    const { timeoutMs, signal } = options;
    return new Promise((settle) => {
      const deadlineMs = clock.now() + timeoutMs;
      const fresh = { handedMs: undefined, cancel: () => undefined, forget: undefined };
      const asked: Asked = {
        id: nextId(),
        request,
        options,
        deadlineMs,
        timeoutMs,
        settle,
        ...fresh,
      };
      if (this.#waiting.size >= queueMax) {
        const text = `${queueMax} requests are waiting; wait for some, or raise queueMax`;
        this.#fail(asked, { code: 'QUEUE_FULL', text });
        return;
      }
      if (link.trouble !== undefined && isCarrier(request)) {
        this.#fail(asked, numberless(link.trouble));
        return;
      }
      this.#waiting.set(asked.id, asked);
      asked.cancel = clock.timer(timeoutMs, () => this.#expire(asked), !options.internal);
      asked.forget = signal && onAbort(signal, () => this.#abort(asked));
      if (signal?.aborted === true) this.#abort(asked);
      link.hurry();
      this.handOver();
    });
  }

  /** Hands over what may be handed over by now. */
  handOver(): void {
    const { link, clock } = this.#parts;
    for (const asked of this.#waiting.values()) {
      if (this.#handed.size >= HANDED_MAX || link.isFull) return;
      const { id, request, options, deadlineMs } = asked;
      const { data, ...rest } = request;
      this.#waiting.delete(id);
      this.#handed.set(id, asked);
      asked.handedMs = clock.now();
      const timeoutMs = Math.max(deadlineMs - asked.handedMs, 1);
      const how = { timeoutMs, retries: options.retries, repeatBusy: options.repeatBusy };
      link.send({ type: 'request', id, ...rest, data: digitsOf(data), ...how });
    }
  }

  /** Takes the reply to a request; one that was given up is dropped. */
  reply({ id, completionCode, data }: ServerMessageOf<'reply'>): void {
    const asked = this.#handed.get(id);
    if (asked === undefined) return;
    const received = new ReceivedReply(completionCode, bytesOf(data));
    this.#count(asked, received);
    this.#end(asked);
    asked.settle(received);
    this.handOver();
  }

  /** Takes the failure of a request, in the words of the server. */
  failed(message: ServerMessageOf<'failed'>): void {
    const asked = this.#handed.get(message.id);
    if (asked === undefined) return;
    // The policy has refused it, say: the BMC never had it.
    if (message.outcome !== 'not-sent') this.#count(asked);
    this.#end(asked);
    asked.settle(rejection(() => errorOf(message)));
    this.handOver();
  }

  /** The server is gone, and with it the answers to what it had; the others wait for the next. */
  lose(text: string): void {
    for (const asked of [...this.#handed.values()]) {
      this.#fail(asked, { code: 'BMC_UNRESPONSIVE', text: `${text}; it may have been executed` });
    }
    for (const asked of [...this.#waiting.values()]) {
      if (isCarrier(asked.request)) this.#fail(asked, numberless(text));
    }
    if (this.#waiting.size > 0) this.#parts.link.hurry();
  }

  /** Fails all of them, because this program has closed the device. */
  failAll(code: IpmiErrorCode, text: string): void {
    for (const asked of [...this.#waiting.values(), ...this.#handed.values()]) {
      this.#fail(asked, { code, text });
    }
  }

  /** Its time is over: while it waits here, at once. */
  #expire(asked: Asked): void {
    const { clock, link, statistics } = this.#parts;
    if (asked.handedMs === undefined) {
      const { trouble } = link;
      const text =
        trouble === undefined
          ? 'the timeout passed while earlier requests were with the server'
          : `${trouble}; no other came until the timeout`;
      this.#fail(asked, { code: 'REQUEST_TIMEOUT', text });
      return;
    }
    const giveUp = (): void => {
      link.send({ type: 'abort', id: asked.id });
      statistics.orphans += 1;
      const server = `the server (pid ${link.pid})`;
      const text = `${server} has not answered within ${Math.round(asked.timeoutMs)} ms`;
      this.#fail(asked, { code: 'REQUEST_TIMEOUT', text: `${text}; it may have been executed` });
      this.handOver();
    };
    asked.cancel = clock.timer(LATE_MS, giveUp, true);
  }

  #abort(asked: Asked): void {
    const { reason } = asked.options.signal ?? {};
    if (asked.handedMs !== undefined) {
      this.#parts.link.send({ type: 'abort', id: asked.id });
      this.#parts.statistics.orphans += 1;
    }
    this.#fail(asked, { code: 'REQUEST_ABORTED', text: abortText(reason), cause: reason });
    this.handOver();
  }

  #fail(asked: Asked, { code, text, cause }: Failure): void {
    if (asked.handedMs !== undefined) this.#count(asked);
    this.#end(asked);
    const outcome = asked.handedMs === undefined ? 'not-sent' : 'unknown';
    const { netFn, cmd, lun } = asked.request;
    const name = `netFn ${hex(netFn)} cmd ${hex(cmd)} lun ${lun}`;
    asked.settle(rejection(() => new IpmiError(code, `${name}: ${text}`, { outcome, cause })));
  }

  /** Counts a request that the BMC may have had, and tells the listeners of transactions. */
  #count(asked: Asked, reply?: Reply): void {
    const { statistics, clock, name } = this.#parts;
    const { request, options, handedMs = clock.now() } = asked;
    const durationMs = clock.now() - handedMs;
    statistics.transactions += 1;
    if (reply !== undefined) {
      statistics.completeTransactions += 1;
      countLatency(statistics.latency, durationMs);
    }
    if (!hasTransactionListener()) return;
    const { internal: isInternal } = options;
    tellTransaction({ device: name, request, isInternal, durationMs }, reply);
  }

  #end(asked: Asked): void {
    this.#waiting.delete(asked.id);
    this.#handed.delete(asked.id);
    asked.cancel();
    asked.forget?.();
  }
}

/**
 * A message for another controller has a sequence number of the server that is gone: with the next
 * one, its answer could be taken for that to another message.
 */
function numberless(trouble: string): Failure {
  const text = `${trouble}, and with it the sequence number of this message`;
  return { code: 'BMC_UNRESPONSIVE', text };
}

/** The error that a server tells. */
export function errorOf(message: ServerMessageOf<'failed'>): IpmiError {
  const { code, text, outcome, completionCode, silence } = message;
  const answered = completionCode === undefined ? {} : { completionCode };
  return new IpmiError(code, text, { outcome, silence, ...answered });
}

/**
 * Rejects with an error whose stack names the caller, which V8 finds through its `await` if the
 * error is made after a turn of the microtask queue.
 */
async function rejection(make: () => IpmiError): Promise<never> {
  await Promise.resolve().then(() => undefined);
  throw make();
}
