/**
 * One request of a client: it waits for its turn, and is then handed to the device. Its timeout
 * counts from the call, so that waiting and answering share it. Repeats are the device's affair,
 * except those for which the BMC asks, being busy: others have their turns in the pause.
 */

import { onAbort } from '../abort.ts';
import { aborted } from '../clock.ts';
import type { Clock } from '../clock.ts';
import type { Linked, LinkedList } from '../driver/linked-list.ts';
import { pauseOfBusy } from '../driver/retry.ts';
import { AbortReason, IpmiError, bareText } from '../errors.ts';
import { commandText } from '../ipmi/command-names.ts';
import type { Reply, Request } from '../ipmi/message.ts';
import type { RequestOptions, Requester } from '../ipmi/requester.ts';

/** Everything a turn is built from. */
export interface TurnParts {
  readonly request: Request;
  readonly retries: RequestOptions['retries'];
  readonly repeatBusy: RequestOptions['repeatBusy'];
  readonly signal: RequestOptions['signal'];
  readonly clock: Clock;
  /** From the call to the end, milliseconds. */
  readonly timeoutMs: number;
  /** Called when it is over before its turn has come: it is to be removed from the queue. */
  readonly onGone: () => void;
  /** Called when it waits no more, whatever the reason. */
  readonly onWaited: (waitedMs: number) => void;
  /** Called when its turn has come; returns the error for which it is not sent any more. */
  readonly onBegin: () => IpmiError | undefined;
  /** Called when it is to be repeated after a pause, and when that is over. */
  readonly onRest: () => void;
  readonly onRested: () => void;
}

export class Turn implements Linked<Turn> {
  list: LinkedList<Turn> | undefined;
  previous: Turn | undefined;
  next: Turn | undefined;
  readonly result: Promise<Reply>;
  readonly #parts: TurnParts;
  readonly #sinceMs: number;
  #settle: { readonly resolve: (reply: Reply) => void; readonly reject: (error: Error) => void };
  #cancelTimer: (() => void) | undefined;
  #cancelRest: (() => void) | undefined;
  #forgetSignal: (() => void) | undefined;
  /** The last answer by which the BMC said that it can answer later, and the repeats after such. */
  #busy: Reply | undefined;
  #repeats = 0;
  /** Aborts the request at the device; undefined while it waits. */
  #atDevice: AbortController | undefined;

  constructor(parts: TurnParts) {
    this.#parts = parts;
    this.#sinceMs = parts.clock.now();
    this.#settle = { resolve: ignore, reject: ignore };
    this.result = new Promise<Reply>((resolve, reject) => {
      this.#settle = { resolve, reject };
    });
  }

  /** Lets the timeout, and the signal, end the waiting. */
  wait(): void {
    const { signal, onGone } = this.#parts;
    this.#limitWaiting();
    if (signal === undefined) return;
    const abort = (): void => {
      if (this.#atDevice === undefined) {
        onGone();
        this.fail(aborted(signal.reason));
      } else this.#atDevice.abort(signal.reason);
    };
    this.#forgetSignal = onAbort(signal, abort);
    if (signal.aborted) abort();
  }

  /** Hands the request to the device; resolves when it is done with it, and never rejects. */
  async begin(device: Requester): Promise<void> {
    const { request, onBegin } = this.#parts;
    this.#endWaiting();
    if (this.#leftMs <= 0) {
      this.#expire();
      return;
    }
    const obstacle = onBegin();
    if (obstacle !== undefined) {
      this.fail(obstacle);
      return;
    }
    this.#atDevice = new AbortController();
    const { signal } = this.#atDevice;
    try {
      const how = { retries: this.#retries, signal, timeoutMs: this.#leftMs, repeatBusy: false };
      const reply = await device.request(request, how);
      if (signal.aborted || !this.#repeatLater(reply)) this.#answer(reply);
    } catch (error) {
      this.#forgetSignal?.();
      this.#settle.reject(error as Error);
    }
  }

  /** Its client has left: the device drops the request, unless the BMC has it. */
  abandon(): void {
    this.#atDevice?.abort(new AbortReason('its client closed the device'));
  }

  /** Ends the waiting with an error. The BMC has had the request if it was busy. */
  fail(error: IpmiError): void {
    this.#endWaiting();
    this.#forgetSignal?.();
    const { netFn, cmd } = this.#parts.request;
    const text = `${commandText(netFn, cmd)}: ${bareText(error)}`;
    const outcome = this.#busy === undefined ? 'not-sent' : 'unknown';
    this.#settle.reject(new IpmiError(error.code, text, { cause: error, outcome }));
  }

  /**
   * Repeats after silence that are left for the device. It does not tell how many of a number it
   * has made before a busy answer: none is left then, so that there are never more than allowed.
   */
  get #retries(): RequestOptions['retries'] {
    const { retries } = this.#parts;
    return this.#busy === undefined || typeof retries !== 'number' ? retries : 0;
  }

  /** Time until its timeout, milliseconds. */
  get #leftMs(): number {
    return this.#sinceMs + this.#parts.timeoutMs - this.#parts.clock.now();
  }

  #limitWaiting(): void {
    const late = (): void => {
      this.#parts.onGone();
      this.#expire();
    };
    this.#cancelTimer = this.#parts.clock.timer(this.#leftMs, late, false);
  }

  /** Puts it back, if the BMC is busy and there is time for a repeat; false if not. */
  #repeatLater(reply: Reply): boolean {
    const { request, retries = 'safe', repeatBusy = true, clock } = this.#parts;
    const history = { request, retries, repeatBusy, repeats: 0, laterRepeats: this.#repeats };
    const pauseMs = pauseOfBusy(reply.completionCode, history);
    if (pauseMs === undefined || pauseMs >= this.#leftMs) return false;
    this.#repeats += 1;
    this.#busy = reply;
    this.#atDevice = undefined;
    this.#parts.onRest();
    this.#limitWaiting();
    const rested = (): void => {
      this.#cancelRest = undefined;
      this.#parts.onRested();
    };
    this.#cancelRest = clock.timer(pauseMs, rested, false);
    return true;
  }

  #answer(reply: Reply): void {
    this.#forgetSignal?.();
    this.#settle.resolve(reply);
  }

  #expire(): void {
    if (this.#busy !== undefined) {
      this.#endWaiting();
      this.#answer(this.#busy);
      return;
    }
    const { timeoutMs } = this.#parts;
    const text = `its turn behind other programs did not come within ${timeoutMs} ms`;
    this.fail(new IpmiError('REQUEST_TIMEOUT', `${text}; it was not sent`));
  }

  #endWaiting(): void {
    const { clock, onWaited } = this.#parts;
    // The pauses of a BMC that is busy are not the turns of others.
    if (this.#cancelTimer !== undefined && this.#busy === undefined) {
      onWaited(clock.now() - this.#sinceMs);
    }
    this.#cancelTimer?.();
    this.#cancelTimer = undefined;
    this.#cancelRest?.();
    this.#cancelRest = undefined;
  }
}

function ignore(): void {
  // The promise sets both functions before anything is settled.
}
