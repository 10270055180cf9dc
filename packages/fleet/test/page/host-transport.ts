/** Hosts in memory that answer each endpoint, and can go silent, hang or lie meanwhile. */

import type { Clock, RequestSignal } from 'ipmi-bt';

import { sleep } from '../../src/clock.ts';
import type { Delivery, Discovered, Listener, Question } from '../../src/fleet/transport.ts';
import type { StopListening, Transport } from '../../src/fleet/transport.ts';

/** A host as a test has it; the fields may change at any time. */
export interface TestHost {
  /** Its agent is not connected. */
  isAway?: boolean;
  /** Its agent takes questions and answers none. */
  isMute?: boolean;
  /** The agent's failure in place of the answer of the BMC. */
  failure?: string;
  firmware?: string;
  aux?: string;
  product?: number;
  selfTest?: string;
  /** Answers of the BMC by powers of two, microseconds. */
  counts?: readonly number[];
  maxUs?: number;
  losses?: number;
  smoke?: { readonly exitCode: number; readonly line: string };
}

/** Each question with the time at which it was sent. */
export interface Received {
  readonly host: string;
  readonly endpoint: string;
  readonly atMs: number;
}

const PASSED = { exitCode: 0, line: 'PASS: smoke test: 16 of 16 checks passed' };
const ANSWER_MS = 20;

export class HostTransport implements Transport {
  readonly received: Received[] = [];
  readonly hosts: Map<string, TestHost>;
  /** The connection to NATS is there. */
  isConnected = true;
  readonly #clock: Clock;

  constructor(clock: Clock, hosts: Readonly<Record<string, TestHost>>) {
    this.#clock = clock;
    this.hosts = new Map(Object.entries(hosts));
  }

  send(name: string, question: Question, listener: Listener): StopListening {
    if (!this.isConnected) throw new Error('the connection to NATS is lost');
    const { endpoint } = question;
    this.received.push({ host: name, endpoint, atMs: this.#clock.now() });
    const host = this.hosts.get(name);
    if (host === undefined || host.isAway === true) {
      listener({
        ...{ kind: 'failure', code: 'DEVICE_ABSENT', outcome: 'not-sent' },
        message: 'no agent of that host is connected to NATS',
      });
      return () => undefined;
    }
    if (host.isMute === true) return () => undefined;
    return this.#clock.timer(ANSWER_MS, () => listener(deliveryOf(name, host, endpoint)), false);
  }

  async discover(withinMs: number, signal?: RequestSignal): Promise<Discovered> {
    await sleep(this.#clock, withinMs, signal ?? new AbortController().signal).catch(() => 0);
    const hosts = [...this.hosts].flatMap(([name, { isAway }]) => (isAway === true ? [] : [name]));
    return { hosts, isCut: false };
  }

  close(): Promise<void> {
    return Promise.resolve();
  }
}

function deliveryOf(host: string, test: TestHost, endpoint: string): Delivery {
  if (test.failure !== undefined && endpoint !== 'statistics') {
    return {
      ...{ kind: 'failure', code: 'BMC_UNRESPONSIVE', message: test.failure },
      ...{ outcome: 'unknown', isFromAgent: true },
    };
  }
  if (endpoint === 'raw') {
    const body = { host, outcome: 'answered', completionCode: 0, data: '200102350200000000b700' };
    return { kind: 'answer', body };
  }
  const { firmware = '2.35', aux = '01020304', product = 183, selfTest = 'passed' } = test;
  const { counts = [0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 10, 90], maxUs = 8100, losses = 0 } = test;
  const results: Readonly<Record<string, unknown>> = {
    info: {
      selfTest: { result: selfTest, code: 0x55, detail: 0 },
      deviceId: {
        ...{ manufacturerId: 11129, productId: product, auxFirmware: aux },
        firmwareRevision: firmware,
      },
    },
    statistics: { hosedCount: losses, latency: { counts, maxUs } },
    smoke: test.smoke ?? PASSED,
  };
  return { kind: 'answer', body: { host, outcome: 'answered', result: results[endpoint] } };
}
