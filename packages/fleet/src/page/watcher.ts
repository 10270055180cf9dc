/**
 * Asks the hosts of a model in rounds, one at a time, however many pages look at it: no host is
 * asked again before its period is over. It sends what only reads.
 */

import type { Clock, RequestSignal } from 'ipmi-bt';

import { sleep } from '../clock.ts';
import { agentTimeoutMs } from '../fleet/fleet.ts';
import type { Fleet } from '../fleet/fleet.ts';
import type { HostResult } from '../fleet/gather.ts';
import type { Question } from '../fleet/transport.ts';
import type { FleetModel } from './model.ts';
import { isOurs, isSilence } from './reports.ts';

/** The hosts, and the times in which they are asked. */
export interface WatchOptions {
  /** Those of the model; undefined: all that answer to discovery, for so long. */
  readonly hosts: readonly string[] | undefined;
  readonly discoverMs: number;
  readonly intervalMs: number;
  readonly waitMs: number;
  readonly fanout: number;
  /** Undefined: no smoke tests. */
  readonly smokeIntervalMs: number | undefined;
}

/** Everything that a {@link Watcher} is built from. */
export interface WatcherParts {
  readonly fleet: Pick<Fleet, 'gather' | 'hosts'>;
  readonly clock: Clock;
  readonly model: FleetModel;
  readonly options: WatchOptions;
  /** Told of a round that failed as a whole. */
  readonly onError: (error: unknown) => void;
}

/**
 * Get Device ID, which asks the BMC each time; the endpoint `info` answers from memory while the
 * interface works.
 */
const HEARTBEAT: Question = { endpoint: 'raw', body: { netFn: 0x06, cmd: 0x01 } };

/** Smoke tests that run at the same time, each for its host's BMC alone. */
const SMOKE_FANOUT = 16;

/** Time for a smoke test, as `ipmi-bt-fleet smoke` has it. */
const SMOKE_WAIT_MS = 60_000;

/** Agents have connected again so long after the server was back; before that none is silent. */
export const AGENTS_RETURN_MS = 6000;

/** Pause before it is looked again whether there is a connection, or a host that is due. */
const POLL_MS = 500;

/** One question to some hosts. */
interface Asking {
  readonly hosts: readonly string[];
  readonly question: Question;
  readonly waitMs: number;
  readonly fanout: number;
  readonly signal: RequestSignal;
  readonly onSend?: (host: string) => void;
  readonly onResult: (result: HostResult) => void;
}

export class Watcher {
  readonly #parts: WatcherParts;
  #isConnected = true;
  /** Of the clock: the connection was lost, and came back. */
  #lostMs = -Infinity;
  #backMs = -Infinity;

  constructor(parts: WatcherParts) {
    this.#parts = parts;
  }

  /** Told of the connection to NATS: without it, a host that does not answer is not silent. */
  connected(isConnected: boolean): void {
    const now = this.#parts.clock.now();
    if (isConnected === this.#isConnected) return;
    this.#isConnected = isConnected;
    if (isConnected) this.#backMs = now;
    else this.#lostMs = now;
  }

  /** Asks until the signal aborts. */
  async run(signal: RequestSignal): Promise<void> {
    const { smokeIntervalMs } = this.#parts.options;
    const testing = smokeIntervalMs === undefined ? undefined : this.#test(signal, smokeIntervalMs);
    await Promise.all([this.#watch(signal), testing]);
  }

  /** The time of the last question of a round decides on the next one, so that no host is early. */
  async #watch(signal: RequestSignal): Promise<void> {
    const { clock, onError, options } = this.#parts;
    const { hosts, discoverMs, intervalMs } = options;
    // Looking for hosts takes time, after which the questions are due.
    const leadMs = hosts === undefined ? discoverMs : 0;
    let dueMs = clock.now();
    while (!signal.aborted) {
      let lastMs = clock.now();
      try {
        lastMs = await this.#round(signal, dueMs);
      } catch (error) {
        onError(error);
      }
      dueMs = lastMs + intervalMs;
      await this.#until(dueMs - leadMs, signal);
    }
  }

  /** Looks for hosts, and asks all questions at once; resolves to the time of the last one. */
  async #round(signal: RequestSignal, dueMs: number): Promise<number> {
    const { fleet, model, options } = this.#parts;
    const { hosts, discoverMs, waitMs, fanout } = options;
    await this.#untilConnected(signal);
    if (hosts === undefined) model.add(await fleet.hosts(discoverMs, signal));
    await this.#until(dueMs, signal);
    const asking = { hosts: model.hosts, waitMs, fanout, signal };
    const lastMs = await Promise.all([
      this.#heartbeat(asking),
      this.#ask({
        ...{ ...asking, question: { endpoint: 'info', body: {} } },
        onResult: ({ host, delivery }) => model.identified(host, delivery),
      }),
      this.#ask({
        ...{ ...asking, question: { endpoint: 'statistics', body: {} } },
        onResult: ({ host, delivery }) => model.counted(host, delivery),
      }),
    ]);
    return Math.max(...lastMs);
  }

  async #heartbeat(asking: Omit<Asking, 'question' | 'onResult'>): Promise<number> {
    const { model } = this.#parts;
    let answered = 0;
    const lastMs = await this.#ask({
      ...{ ...asking, question: HEARTBEAT },
      onResult: (result) => {
        const { host, delivery, elapsedMs } = result;
        if (this.#isFaultOfLink(result)) return;
        if (!isSilence(delivery) && !isOurs(delivery)) answered += 1;
        model.heard(host, delivery, elapsedMs);
      },
    });
    if (!asking.signal.aborted) model.roundEnded(asking.hosts.length, answered);
    return lastMs;
  }

  /** Each host has its own period, so that one that comes later is tested when it has come. */
  async #test(signal: RequestSignal, periodMs: number): Promise<void> {
    const { clock, model } = this.#parts;
    const testedMs = new Map<string, number>();
    const isDue = (host: string): boolean =>
      clock.now() >= (testedMs.get(host) ?? -Infinity) + periodMs;
    while (!signal.aborted) {
      await this.#untilConnected(signal);
      await this.#ask({
        ...{ hosts: model.answering.filter(isDue), question: { endpoint: 'smoke', body: {} } },
        ...{ waitMs: SMOKE_WAIT_MS, fanout: SMOKE_FANOUT, signal },
        onSend: (host) => testedMs.set(host, clock.now()),
        onResult: ({ host, delivery }) => model.tested(host, delivery),
      });
      await this.#until(clock.now() + POLL_MS, signal);
    }
  }

  /** Resolves to the time of the last question when all have been answered, or given up. */
  async #ask({ question, waitMs, onSend, ...asking }: Asking): Promise<number> {
    const { fleet, clock } = this.#parts;
    let lastMs = clock.now();
    if (asking.hosts.length === 0) return lastMs;
    const { endpoint, body } = question;
    await fleet.gather({
      ...{ ...asking, waitMs },
      question: { endpoint, body: { ...body, timeoutMs: agentTimeoutMs(waitMs) } },
      onSend: (host) => {
        lastMs = clock.now();
        onSend?.(host);
      },
    });
    return lastMs;
  }

  /** An answer cannot come where the connection was lost after the question. */
  #isFaultOfLink({ delivery, elapsedMs }: HostResult): boolean {
    if (!isSilence(delivery)) return false;
    return !this.#isConnected || this.#lostMs >= this.#parts.clock.now() - elapsedMs;
  }

  async #untilConnected(signal: RequestSignal): Promise<void> {
    const { clock } = this.#parts;
    const isReady = (): boolean =>
      this.#isConnected && clock.now() >= this.#backMs + AGENTS_RETURN_MS;
    while (!isReady() && !signal.aborted) await this.#until(clock.now() + POLL_MS, signal);
  }

  /** Until that time of the clock, or the signal. */
  async #until(atMs: number, signal: RequestSignal): Promise<void> {
    const { clock } = this.#parts;
    const waitMs = atMs - clock.now();
    if (waitMs > 0) await sleep(clock, waitMs, signal).catch(() => undefined);
  }
}
