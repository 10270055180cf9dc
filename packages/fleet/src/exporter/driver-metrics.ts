/** Metrics of the driver itself, `ipmi_bt_...`: what it does, and what happens to it. */

import { subscribe, unsubscribe } from 'node:diagnostics_channel';

import type { Clock, Device, Reply, Requester, Statistics, Transaction } from 'ipmi-bt';
import type { RequestInput, RequestOptions } from 'ipmi-bt';
import { Counter, Gauge, Histogram, Registry } from 'prom-client';

/** The channel on which the driver tells each transaction. */
const CHANNEL = 'ipmi-bt:transaction';

/** Seconds: from a BMC that answers at once to the longest time of an attempt. */
const BUCKETS = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30];

const MS_PER_S = 1000;

type CounterName = {
  [Name in keyof Statistics]: Statistics[Name] extends number ? Name : never;
}[keyof Statistics];

/** Counters of the driver that are exported. */
const COUNTERS: readonly (readonly [name: string, counter: CounterName, help: string])[] = [
  ['transactions', 'transactions', 'Requests that were handed to the BMC, each repeat counted.'],
  ['answers', 'completeTransactions', 'Transactions that ended with an answer.'],
  ['attempt_timeouts', 'longTimeouts', 'Attempts that timed out.'],
  ['retries', 'retries', 'Commands that were sent again.'],
  ['losses', 'hosedCount', 'Times that the BMC was lost.'],
  ['recoveries', 'recoveries', 'Times that the BMC answered again after it was lost.'],
  ['stale_replies', 'staleReplies', 'Responses that answered no pending request.'],
  ['orphans', 'orphans', 'Commands that were given up while they were on the wire.'],
  ['attentions', 'attentions', 'Rises of SMS_ATN.'],
  ['interrupts', 'interrupts', 'Interrupts that were handled.'],
];

/** The part of a device that tells what it has done. */
export type Counted = Pick<Device, 'state' | 'statistics'>;

/** Collects the metrics of the driver from now on, until {@link DriverMetrics.close}. */
export class DriverMetrics {
  readonly #registry = new Registry();
  readonly #clock: Clock;
  readonly #transactions: Histogram;
  readonly #requests: Histogram;
  #pending = 0;
  #pendingPeak = 0;
  #device: Counted | undefined;
  /** Counts of devices that were closed. */
  readonly #before = new Map<CounterName, number>();

  constructor(clock: Clock) {
    this.#clock = clock;
    const registers = [this.#registry];
    this.#transactions = new Histogram({
      name: 'ipmi_bt_transaction_duration_seconds',
      help: 'Time from handing a request to the BMC to its answer, or to giving up.',
      buckets: BUCKETS,
      registers,
    });
    this.#requests = new Histogram({
      name: 'ipmi_bt_request_duration_seconds',
      help: 'Time of a request of the exporter, with waiting in the queue and repeats.',
      buckets: BUCKETS,
      registers,
    });
    subscribe(CHANNEL, this.#onTransaction);
  }

  /** Counts by the device from now on; undefined when it has closed. */
  follow(device: Counted | undefined): void {
    const { statistics } = this.#device ?? {};
    const last = statistics?.call(this.#device);
    for (const [, counter] of COUNTERS) {
      this.#before.set(counter, (this.#before.get(counter) ?? 0) + (last?.[counter] ?? 0));
    }
    this.#device = device;
  }

  /** A requester that counts and measures, in front of another. */
  measure(requester: Requester): Requester {
    return { request: (input, options) => this.#request(requester, input, options) };
  }

  /** The registries with all of them as they are now. */
  registries(): readonly Registry[] {
    return [this.#registry, this.#now()];
  }

  /** Counts no more. */
  close(): void {
    unsubscribe(CHANNEL, this.#onTransaction);
  }

  readonly #onTransaction = (message: unknown): void => {
    this.#transactions.observe((message as Transaction).durationMs / MS_PER_S);
  };

  async #request(
    requester: Requester,
    input: RequestInput,
    options: RequestOptions | undefined,
  ): Promise<Reply> {
    const startMs = this.#clock.now();
    this.#pending += 1;
    this.#pendingPeak = Math.max(this.#pendingPeak, this.#pending);
    try {
      return await requester.request(input, options);
    } finally {
      this.#pending -= 1;
      this.#requests.observe((this.#clock.now() - startMs) / MS_PER_S);
    }
  }

  #now(): Registry {
    const registry = new Registry();
    const registers = [registry];
    const statistics = this.#device?.statistics();
    for (const [name, counter, help] of COUNTERS) {
      const count = (this.#before.get(counter) ?? 0) + (statistics?.[counter] ?? 0);
      new Counter({ name: `ipmi_bt_${name}_total`, help, registers }).inc(count);
    }
    const gauges = [
      ['ready', 'The BMC answered last (1), or is lost or not opened (0).', this.#isReady()],
      ['queue_requests', 'Requests that wait, or are with the BMC.', this.#pending],
      ['queue_requests_peak', 'The most of them since the start.', this.#pendingPeak],
    ] as const;
    for (const [name, help, value] of gauges) {
      new Gauge({ name: `ipmi_bt_${name}`, help, registers }).set(value);
    }
    return registry;
  }

  #isReady(): number {
    return Number(this.#device?.state === 'ready');
  }
}
