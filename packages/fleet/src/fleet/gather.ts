/**
 * Asks many hosts and gathers what they answer: some hosts first, then the rest; so many at a time;
 * until a deadline, a signal, or too many failures. Each host gets exactly one result, which never
 * says more than is known: a question that was handed over and not answered is `unknown`.
 */

import type { Clock, RequestSignal } from 'ipmi-bt';

import { exitCodeFor } from './exit-code.ts';
import type { Delivery, Failure, Question, StopListening, Transport } from './transport.ts';

/** The choices of one gathering, complete. */
export interface GatherPlan {
  /** Each host once; the first of them are the canaries. */
  readonly hosts: readonly string[];
  readonly question: Question;
  /** Time for the answer of one host. */
  readonly waitMs: number;
  /** Time for everything, from the call. */
  readonly deadlineMs: number;
  /** Hosts that are asked at the same time. */
  readonly fanout: number;
  /** Hosts that are asked first and awaited; 0 for none. */
  readonly canaries: number;
  /** More failures than this share of the canaries, or of the rest, end the sending. */
  readonly maxFailuresPercent: number;
  readonly signal: RequestSignal;
  /** Told just before a question is handed over. */
  readonly onSend: (host: string) => void;
  /** Told of each host once, as it is known. */
  readonly onResult: (result: HostResult) => void;
}

/** The fate of the question to one host. */
export interface HostResult {
  readonly host: string;
  readonly delivery: Delivery;
  /** From sending to the result; 0 for a question that was not sent. */
  readonly elapsedMs: number;
}

/** The end of a gathering. */
export interface Gathered {
  readonly results: readonly HostResult[];
  /** The reason for which hosts were not asked; undefined if all were. */
  readonly stopped: string | undefined;
  /** Answers of hosts whose result was known before: late ones, and repeated ones. */
  readonly surplus: number;
}

/** Parts that a gathering needs besides its plan. */
export interface GatherParts {
  readonly transport: Transport;
  readonly clock: Clock;
}

const PERCENT = 100;

/** Asks the hosts of a plan; resolves when each has its result. Rejects if `onResult` throws. */
export async function gather(parts: GatherParts, plan: GatherPlan): Promise<Gathered> {
  return await new Gathering(parts, plan).run();
}

interface Flight {
  readonly sentMs: number;
  readonly stop: StopListening;
  readonly cancel: () => void;
}

/** Hosts that are asked together, of which too many failures end the sending. */
interface Wave {
  readonly hosts: readonly string[];
  readonly done: () => void;
  next: number;
  failures: number;
}

class Gathering {
  readonly #parts: GatherParts;
  readonly #plan: GatherPlan;
  readonly #flights = new Map<string, Flight>();
  readonly #results = new Map<string, HostResult>();
  /** Of hosts that have their result, listening goes on, so that surplus answers are counted. */
  readonly #stops: StopListening[] = [];
  #wave: Wave | undefined;
  #filling = false;
  /** No more is sent; the failure that the hosts get which were not asked. */
  #stopped: Failure | undefined;
  #surplus = 0;
  /** The error of a caller that was told of a result. */
  #broken: { readonly error: unknown } | undefined;

  constructor(parts: GatherParts, plan: GatherPlan) {
    this.#parts = parts;
    this.#plan = plan;
  }

  async run(): Promise<Gathered> {
    const { hosts, canaries, deadlineMs, signal } = this.#plan;
    const cancel = this.#parts.clock.timer(deadlineMs, () => this.#onDeadline(), true);
    const abort = (): void => this.#onAbort();
    signal.addEventListener('abort', abort);
    if (signal.aborted) abort();
    try {
      const waves = [hosts.slice(0, canaries), hosts.slice(canaries)];
      for (const wave of waves) await this.#ask(wave);
      this.#giveUpUnsent();
    } finally {
      cancel();
      signal.removeEventListener('abort', abort);
      for (const stop of this.#stops) stop();
    }
    if (this.#broken !== undefined) throw this.#broken.error;
    const results = hosts.flatMap((host) => this.#results.get(host) ?? []);
    return { results, stopped: this.#stopped?.message, surplus: this.#surplus };
  }

  async #ask(hosts: readonly string[]): Promise<void> {
    if (hosts.length === 0 || this.#stopped !== undefined) return;
    await new Promise<void>((done) => {
      this.#wave = { hosts, done, next: 0, failures: 0 };
      this.#fill();
    });
    this.#wave = undefined;
  }

  /** Sends as long as it may; ends the wave when nothing of it is left. */
  #fill(): void {
    const wave = this.#wave;
    // A transport may tell of a result while the question is being handed over.
    if (wave === undefined || this.#filling) return;
    this.#filling = true;
    while (this.#stopped === undefined && this.#flights.size < this.#plan.fanout) {
      const host = wave.hosts[wave.next];
      if (host === undefined) break;
      wave.next += 1;
      this.#send(host);
    }
    this.#filling = false;
    const isOver = this.#stopped !== undefined || wave.next >= wave.hosts.length;
    if (isOver && this.#flights.size === 0) wave.done();
  }

  #send(host: string): void {
    const { transport, clock } = this.#parts;
    const { question, waitMs, onSend } = this.#plan;
    const sentMs = clock.now();
    let early: Delivery | undefined;
    let isAway = false;
    const listener = (delivery: Delivery): void => {
      if (isAway) this.#settle(host, delivery);
      else if (early === undefined) early = delivery;
      else this.#surplus += 1;
    };
    onSend(host);
    try {
      const stop = transport.send(host, question, listener);
      const cancel = clock.timer(waitMs, () => this.#settle(host, silent(waitMs)), true);
      this.#flights.set(host, { sentMs, stop, cancel });
    } catch (error) {
      early = unsent('DEVICE_CLOSED', `not sent: ${String(error)}`);
      this.#flights.set(host, { sentMs, stop: nothing, cancel: nothing });
    }
    isAway = true;
    if (early !== undefined) this.#settle(host, early);
  }

  #settle(host: string, delivery: Delivery): void {
    const flight = this.#flights.get(host);
    if (flight === undefined) {
      this.#surplus += 1;
      return;
    }
    this.#flights.delete(host);
    flight.cancel();
    this.#stops.push(flight.stop);
    this.#record({ host, delivery, elapsedMs: this.#parts.clock.now() - flight.sentMs });
    this.#countFailure(delivery);
    this.#fill();
  }

  #record(result: HostResult): void {
    this.#results.set(result.host, result);
    try {
      this.#plan.onResult(result);
    } catch (error) {
      // What is away still has its result, after which the caller has its error.
      this.#broken ??= { error };
      this.#stopped ??= unsent('REQUEST_ABORTED', 'stopped: a result could not be taken');
    }
  }

  #countFailure(delivery: Delivery): void {
    const wave = this.#wave;
    if (wave === undefined || exitCodeFor(delivery) === 0) return;
    wave.failures += 1;
    const { length } = wave.hosts;
    if (wave.failures * PERCENT <= this.#plan.maxFailuresPercent * length) return;
    this.#stopped ??= unsent(
      'REQUEST_ABORTED',
      `stopped: ${wave.failures} of ${length === 1 ? '1 host' : `${length} hosts`} failed`,
    );
  }

  #onDeadline(): void {
    const { deadlineMs } = this.#plan;
    const text = `the deadline of ${deadlineMs} ms passed`;
    this.#stopped ??= unsent('REQUEST_TIMEOUT', text);
    this.#giveUpFlights({ ...unsent('REQUEST_TIMEOUT', text), outcome: 'unknown' });
  }

  #onAbort(): void {
    const text = 'aborted by the caller';
    this.#stopped ??= unsent('REQUEST_ABORTED', text);
    this.#giveUpFlights({ ...unsent('REQUEST_ABORTED', text), outcome: 'unknown' });
  }

  #giveUpFlights(failure: Failure): void {
    for (const host of [...this.#flights.keys()]) this.#settle(host, failure);
  }

  #giveUpUnsent(): void {
    const failure = this.#stopped;
    if (failure === undefined) return;
    for (const host of this.#plan.hosts) {
      if (this.#results.has(host)) continue;
      this.#record({ host, delivery: failure, elapsedMs: 0 });
    }
  }
}

function unsent(code: Failure['code'], message: string): Failure {
  return { kind: 'failure', code, message, outcome: 'not-sent' };
}

function silent(waitMs: number): Failure {
  const message = `no answer within ${waitMs} ms`;
  return { kind: 'failure', code: 'REQUEST_TIMEOUT', message, outcome: 'unknown' };
}

function nothing(): void {
  // There is nothing to end.
}
