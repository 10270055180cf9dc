/**
 * Hosts in memory on a virtual clock. Each has a script: what it does with a question, and when.
 * The transport keeps what really happened, so that a test can hold the results against it.
 */

import type { VirtualClock } from 'ipmi-bt/sim/clock';

import type { Answer, Delivery, Discovered, Listener } from '../../src/fleet/transport.ts';
import type { Question, StopListening, Transport } from '../../src/fleet/transport.ts';

/** The behaviour of a host. */
export interface HostScript {
  /** The question cannot be handed over. */
  readonly isUnreachable?: boolean;
  /** Its answers, with the time that each takes; none for a host that hangs. */
  readonly replies?: readonly { readonly afterMs: number; readonly delivery: Delivery }[];
}

/** An answer with a completion code, and data that names the host. */
export function answerOf(host: string, completionCode = 0): Answer {
  const data = Buffer.from(host).toString('hex');
  return { kind: 'answer', body: { host, outcome: 'answered', completionCode, data } };
}

export class MemoryTransport implements Transport {
  /** Hosts in the order in which each got a question, with the question. */
  readonly received: { readonly host: string; readonly question: Question; atMs: number }[] = [];
  isClosed = false;
  readonly #clock: VirtualClock;
  readonly #scripts: ReadonlyMap<string, HostScript>;

  constructor(clock: VirtualClock, scripts: Readonly<Record<string, HostScript>>) {
    this.#clock = clock;
    this.#scripts = new Map(Object.entries(scripts));
  }

  send(host: string, question: Question, listener: Listener): StopListening {
    const script = this.#scripts.get(host);
    if (script === undefined) {
      listener({
        kind: 'failure',
        code: 'DEVICE_ABSENT',
        message: 'no agent',
        outcome: 'not-sent',
      });
      return () => undefined;
    }
    if (script.isUnreachable === true) throw new Error('the connection is lost');
    this.received.push({ host, question, atMs: this.#clock.now() });
    let isListening = true;
    for (const { afterMs, delivery } of script.replies ?? []) {
      this.#clock.timer(afterMs, () => {
        if (isListening) listener(delivery);
      });
    }
    return () => {
      isListening = false;
    };
  }

  discover(): Promise<Discovered> {
    return Promise.resolve({ hosts: [...this.#scripts.keys()], isCut: false });
  }

  close(): Promise<void> {
    this.isClosed = true;
    return Promise.resolve();
  }
}
