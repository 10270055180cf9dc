/**
 * Shares one device among many clients: one request at a time is handed to the device, and the next
 * when the device is done with that. Processes take turns, whatever each of them sends. Repeats are
 * the device's affair, but for those that wait because the BMC is busy: they take turns as well.
 */

import { OWED_MS } from '../bmc/bridged-answers.ts';
import type { Clock } from '../clock.ts';
import type { DeviceState } from '../device/state.ts';
import { limitsFor } from '../driver/limits.ts';
import { IpmiError, closedError } from '../errors.ts';
import { DEFAULT_CAPABILITIES } from '../ipmi/bt-capabilities.ts';
import type { BtCapabilities } from '../ipmi/bt-capabilities.ts';
import type { Requester } from '../ipmi/requester.ts';
import { limitWarnings } from '../log.ts';
import type { Log } from '../log.ts';
import { Account } from './account.ts';
import type { Counters } from './account.ts';
import type { NumberSource } from './bridged-numbers.ts';
import type { Clients } from './broker-client.ts';
import { BrokeredClient } from './brokered-client.ts';
import type { ClientStatus } from './brokered-client.ts';
import { EventFan } from './event-fan.ts';
import type { EventSource } from './event-fan.ts';
import type { Opener } from './opener.ts';
import { permissionOf } from './policy.ts';
import type { Grants, Permission } from './policy.ts';
import { Turns } from './turns.ts';
import type { Turn } from './turn.ts';

/** Open clients, of which each may have some 100 requests of up to 256 bytes waiting. */
export const CLIENTS_MAX = 256;

/** Open clients of one user that is not root, so that no user takes them all. */
export const CLIENTS_OF_USER_MAX = 64;

/** The part of a device that the broker uses. */
export interface BrokerDevice extends Requester, NumberSource, EventSource {
  readonly state: DeviceState;
  readonly capabilities: BtCapabilities | undefined;
}

/** Everything a broker is built from. */
export interface BrokerParts {
  readonly device: BrokerDevice;
  readonly grants: Grants;
  /** The user that the server runs as, which may do all that root may. */
  readonly serverUid: number;
  readonly clock: Clock;
  readonly log: Log;
  /** Timeout of an attempt, if the device was given one. */
  readonly attemptMs?: number | undefined;
}

/** The broker as `serve status` shows it. */
export interface BrokerStatus {
  readonly state: DeviceState;
  /** Requests that wait for their turns, and whether the device has another. */
  readonly waiting: number;
  readonly isBusy: boolean;
  readonly clientsOpened: number;
  readonly clientsRefused: number;
  /** Of all clients since the start, those that have left included. */
  readonly totals: Counters;
  readonly clients: readonly ClientStatus[];
}

export class Broker implements Clients {
  readonly #parts: BrokerParts;
  readonly #log: Log;
  readonly #turns = new Turns<Turn>();
  readonly #events: EventFan;
  readonly #total = new Account();
  readonly #clients = new Set<BrokeredClient>();
  #grants: Grants;
  /** By uid, the times until which numbers that its clients gave up are out of use. */
  readonly #owed = new Map<number, readonly number[]>();
  #opened = 0;
  #refused = 0;
  #isBusy = false;
  #isClosed = false;

  constructor(parts: BrokerParts) {
    this.#parts = parts;
    this.#grants = parts.grants;
    this.#log = limitWarnings(parts.log, () => parts.clock.now());
    this.#events = new EventFan(parts.device, this.#log);
  }

  open(opener: Opener): BrokeredClient {
    if (this.#isClosed) throw closedError();
    this.#checkRoom(opener);
    const { device, clock } = this.#parts;
    const client: BrokeredClient = new BrokeredClient({
      ...{ opener, clock, numbers: device, events: this.#events, total: this.#total },
      log: this.#log,
      permission: this.#permissionOf(opener),
      place: this.#turns.place(opener.pid),
      requestMs: () => this.#requestMs(),
      numbersOfUser: () => this.#numbersOf(opener.uid),
      onOwed: () => {
        this.#owed.set(opener.uid, [...this.#owedBy(opener.uid), clock.now() + OWED_MS]);
      },
      onWaiting: () => {
        this.#next();
      },
      onClosed: () => {
        this.#clients.delete(client);
      },
    });
    this.#clients.add(client);
    this.#opened += 1;
    return client;
  }

  /**
   * Decides by these grants from now on, also about the clients that are open: what was granted no
   * more is refused to them. Requests that wait already are sent.
   */
  obey(grants: Grants): void {
    this.#grants = grants;
    for (const client of this.#clients) client.permit(this.#permissionOf(client.opener));
  }

  /** Closes all clients, and refuses others. Idempotent. */
  close(): void {
    this.#isClosed = true;
    for (const client of [...this.#clients]) client.close();
  }

  status(): BrokerStatus {
    return {
      state: this.#parts.device.state,
      waiting: [...this.#clients].reduce((sum, { waiting }) => sum + waiting, 0),
      isBusy: this.#isBusy,
      clientsOpened: this.#opened,
      clientsRefused: this.#refused,
      totals: this.#total.read(),
      clients: [...this.#clients].map((client) => client.status()),
    };
  }

  /** Hands the next request to the device, unless it has one. */
  #next(): void {
    if (this.#isBusy) return;
    const turn = this.#turns.take();
    if (turn === undefined) return;
    this.#isBusy = true;
    void turn.begin(this.#parts.device).then(() => {
      this.#isBusy = false;
      this.#next();
    });
  }

  /** The timeout that the device would use, because waiting for a turn is a part of it. */
  #requestMs(): number {
    const { device, attemptMs } = this.#parts;
    return limitsFor(device.capabilities ?? DEFAULT_CAPABILITIES, attemptMs).requestMs;
  }

  #numbersOf(uid: number): number {
    const own = [...this.#clients].filter(({ opener }) => opener.uid === uid);
    return own.reduce((sum, { awaited }) => sum + awaited, this.#owedBy(uid).length);
  }

  #owedBy(uid: number): readonly number[] {
    const nowMs = this.#parts.clock.now();
    return (this.#owed.get(uid) ?? []).filter((untilMs) => untilMs > nowMs);
  }

  #permissionOf(opener: Opener): Permission {
    return permissionOf(opener, this.#grants, this.#parts.serverUid);
  }

  #checkRoom(opener: Opener): void {
    const { size } = this.#clients;
    const { uid } = opener;
    const isRoot = this.#permissionOf(opener) === 'all';
    const own = [...this.#clients].filter((client) => client.opener.uid === uid).length;
    const isFull = size >= CLIENTS_MAX;
    if (!isFull && (isRoot || own < CLIENTS_OF_USER_MAX)) return;
    this.#refused += 1;
    this.#log.warn({ ...opener, clients: size, own }, 'client refused: too many are open');
    const text = isFull
      ? `${size} clients are open, the most that the server takes`
      : `${own} clients of user ${uid} are open, the most that one user may have`;
    throw new IpmiError('QUEUE_FULL', `${text}; close some of them`);
  }
}
