/**
 * Events of a crowd in a book: those that the BMCs have recorded, and those that a reader was told,
 * each with its host and its number.
 */

import type { HostEvent } from '../../src/nats/protocol.ts';
import type { Crowd } from './crowd.ts';

/** A number is two bytes, the last of a record. */
const NUMBER_DIGITS = 4;

/** Everything that came of the events. */
export interface Account {
  readonly recorded: number;
  readonly told: number;
  readonly lost: number;
  readonly twice: number;
}

export class EventBook {
  readonly #crowd: Crowd;
  readonly #recorded = new Set<string>();
  readonly #told = new Map<string, number>();
  #next = 0;

  constructor(crowd: Crowd) {
    this.#crowd = crowd;
  }

  /** Has each BMC of the hosts record so many events. */
  async record(count: number, hosts = this.#crowd.hosts): Promise<void> {
    const numbers = Array.from({ length: count }, () => (this.#next += 1));
    for (const host of hosts) for (const one of numbers) this.#recorded.add(`${host} ${one}`);
    await this.#crowd.tell({ does: 'log', numbers }, hosts);
  }

  /** The reader was told of one. */
  tell({ host, record = '' }: HostEvent): void {
    const [low = 0, high = 0] = Buffer.from(record.slice(-NUMBER_DIGITS), 'hex');
    const key = `${host} ${low + 256 * high}`;
    this.#told.set(key, (this.#told.get(key) ?? 0) + 1);
  }

  /** True when each was told. */
  get isComplete(): boolean {
    return this.account().lost === 0;
  }

  account(): Account {
    const told = [...this.#told.values()].reduce((all, one) => all + one, 0);
    const lost = [...this.#recorded].filter((key) => !this.#told.has(key)).length;
    return { recorded: this.#recorded.size, told, lost, twice: told - this.#told.size };
  }
}
