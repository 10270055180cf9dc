/**
 * Asks the hosts of a model, each once in a period, however many pages look at it: no host is asked
 * again before that. Hosts that are found are asked at once. It sends what only reads.
 */

import type { Clock, RequestSignal } from 'ipmi-bt';

import { sleep } from '../clock.ts';
import { TOO_MANY_NAMES, agentTimeoutMs } from '../fleet/fleet.ts';
import type { Fleet } from '../fleet/fleet.ts';
import type { HostResult } from '../fleet/gather.ts';
import { HOSTS_MAX } from '../fleet/host-names.ts';
import type { Question } from '../fleet/transport.ts';
import type { FleetModel } from './model.ts';
import { isSilence } from './reports.ts';

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
  readonly fleet: Pick<Fleet, 'gather' | 'discover'>;
  readonly clock: Clock;
  readonly model: FleetModel;
  readonly options: WatchOptions;
  /** Told of a search for hosts, or of questions, that failed as a whole. */
  readonly onError: (error: unknown) => void;
  /** Told why hosts are not shown, each time; of an empty text where all are. */
  readonly onTrouble: (trouble: string) => void;
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

/** Pause before it is looked again whether there is a connection, or a host to be tested. */
const POLL_MS = 500;

/**
 * Pause between two searches for hosts: it grows from the first to the last, which is at most the
 * period. Agents may start when this server does, and a search asks no BMC.
 */
const LOOK_MIN_MS = 1000;
const LOOK_MAX_MS = 60_000;

/** Pause where nothing is due; whatever comes ends it. */
const IDLE_MS = 60_000;

/** So many batches of hosts, or fewer, are awaited at a time: each costs as much as some hosts. */
const BATCHES = 16;

/** A host with the time of its next questions. */
interface Due {
  readonly host: string;
  readonly dueMs: number;
}

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
  /** All hosts, the next one first. */
  #queue: Due[] = [];
  /** Hosts whose answers are awaited. */
  #awaited = 0;
  readonly #running = new Set<Promise<void>>();
  #wake: () => void = nothing;

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
    const { hosts, smokeIntervalMs } = this.#parts.options;
    this.#enlist(this.#parts.model.hosts);
    const looking = hosts === undefined ? this.#look(signal) : undefined;
    const testing = smokeIntervalMs === undefined ? undefined : this.#test(signal, smokeIntervalMs);
    await Promise.all([this.#watch(signal), looking, testing]);
    await Promise.all(this.#running);
  }

  /** Looks for hosts, soon again after the start and after others were found. */
  async #look(signal: RequestSignal): Promise<void> {
    const { fleet, model, clock, options, onError, onTrouble } = this.#parts;
    const mostMs = Math.min(options.intervalMs, LOOK_MAX_MS);
    let pauseMs = LOOK_MIN_MS;
    while (!signal.aborted) {
      await this.#untilConnected(signal);
      try {
        const { hosts, isCut } = await fleet.discover(options.discoverMs, signal);
        const added = model.add(hosts);
        this.#enlist(added);
        if (added.length > 0) pauseMs = LOOK_MIN_MS;
        const shown = new Set(model.hosts);
        onTrouble(troubleText(hosts.filter((host) => !shown.has(host)).length, isCut));
      } catch (error) {
        onError(error);
      }
      await this.#until(clock.now() + pauseMs, signal);
      pauseMs = Math.min(2 * pauseMs, mostMs);
    }
  }

  /** Hosts that have not been asked yet. */
  #enlist(hosts: readonly string[]): void {
    const dueMs = this.#parts.clock.now();
    this.#queue = [...hosts.map((host) => ({ host, dueMs })), ...this.#queue];
    this.#wake();
  }

  /** Asks each host when it is due, and as soon as few enough others are awaited. */
  async #watch(signal: RequestSignal): Promise<void> {
    while (!signal.aborted) {
      await this.#untilConnected(signal);
      const hosts = this.#takeDue();
      if (hosts.length > 0) this.#begin(hosts, signal);
      else await this.#idle(signal);
    }
  }

  /** Hosts that may be asked now; none while a batch of them would be a small one. */
  get #places(): number {
    const { fanout } = this.#parts.options;
    const free = fanout - this.#awaited;
    return free >= fanout / BATCHES ? free : 0;
  }

  #takeDue(): readonly string[] {
    const now = this.#parts.clock.now();
    const most = this.#places;
    let count = 0;
    while (count < most && (this.#queue[count]?.dueMs ?? Infinity) <= now) count += 1;
    return this.#queue.splice(0, count).map(({ host }) => host);
  }

  /** All questions to these hosts at once; what comes is told to the model. */
  #begin(hosts: readonly string[], signal: RequestSignal): void {
    const { model, clock, onError, options } = this.#parts;
    const asking = { hosts, signal, waitMs: options.waitMs, fanout: hosts.length };
    this.#awaited += hosts.length;
    const work = Promise.all([
      this.#heartbeat(asking),
      this.#ask({
        ...{ ...asking, question: { endpoint: 'info', body: {} } },
        onResult: ({ host, delivery }) => model.identified(host, delivery),
      }),
      this.#ask({
        ...{ ...asking, question: { endpoint: 'statistics', body: {} } },
        // The last of the questions, so that none is early the next time.
        onSend: (host) => {
          this.#queue.push({ host, dueMs: clock.now() + options.intervalMs });
          this.#wake();
        },
        onResult: ({ host, delivery }) => model.counted(host, delivery),
      }),
    ]);
    const running = work.then(nothing, onError).finally(() => this.#running.delete(running));
    this.#running.add(running);
  }

  async #heartbeat(asking: Omit<Asking, 'question' | 'onResult'>): Promise<void> {
    await this.#ask({
      ...{ ...asking, question: HEARTBEAT },
      onResult: (result) => {
        const { host, delivery, elapsedMs } = result;
        this.#awaited -= 1;
        if (this.#places > 0) this.#wake();
        if (!this.#isFaultOfLink(result)) this.#parts.model.heard(host, delivery, elapsedMs);
      },
    });
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

  async #ask({ question, waitMs, ...asking }: Asking): Promise<void> {
    if (asking.hosts.length === 0) return;
    const { endpoint, body } = question;
    await this.#parts.fleet.gather({
      ...{ ...asking, waitMs },
      question: { endpoint, body: { ...body, timeoutMs: agentTimeoutMs(waitMs) } },
    });
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

  /** Until the next host is due; or an answer, a new host, or the signal comes. */
  async #idle(signal: RequestSignal): Promise<void> {
    const { clock } = this.#parts;
    const [next] = this.#queue;
    const isFull = this.#places === 0;
    const waitMs = next === undefined || isFull ? IDLE_MS : next.dueMs - clock.now();
    const waking = new AbortController();
    const wake = (): void => {
      waking.abort(new Error('there is something to do'));
    };
    this.#wake = wake;
    signal.addEventListener('abort', wake);
    if (signal.aborted) wake();
    await sleep(clock, waitMs, waking.signal).catch(nothing);
    signal.removeEventListener('abort', wake);
    this.#wake = nothing;
  }

  /** Until that time of the clock, or the signal. */
  async #until(atMs: number, signal: RequestSignal): Promise<void> {
    const { clock } = this.#parts;
    const waitMs = atMs - clock.now();
    if (waitMs > 0) await sleep(clock, waitMs, signal).catch(() => undefined);
  }
}

/** The reason why hosts that answer are not shown. */
function troubleText(left: number, isCut: boolean): string {
  const remedy = 'name those to be shown (--hosts)';
  if (isCut) return `${TOO_MANY_NAMES}: hosts may be missing; ${remedy}`;
  if (left === 0) return '';
  return `this page shows ${HOSTS_MAX} hosts, and ${left} more answer: ${remedy}, and the others by another page`;
}

function nothing(): void {
  // There is nothing to do.
}
