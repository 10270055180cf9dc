/**
 * One client of the broker: a file that a process has opened, or a connection. It checks each
 * request and lets it wait for its turn.
 */

import type { Clock } from '../clock.ts';
import { checkRequest, checkRequestOptions } from '../device/options.ts';
import { IpmiError, closedError } from '../errors.ts';
import type { BmcEvent } from '../ipmi/bmc-event.ts';
import { commandText } from '../ipmi/command-names.ts';
import { isCarrier } from '../ipmi/ipmb.ts';
import type { Reply, Request } from '../ipmi/message.ts';
import type { AwaitedAnswer, ExpectedAnswer } from '../ipmi/requester.ts';
import type { RequestInput, RequestOptions } from '../ipmi/requester.ts';
import type { Log } from '../log.ts';
import { Account } from './account.ts';
import type { Counters } from './account.ts';
import { BridgedNumbers, NUMBERS_OF_USER_MAX } from './bridged-numbers.ts';
import type { NumberSource } from './bridged-numbers.ts';
import type { BrokerClient } from './broker-client.ts';
import { carriedBy } from './carried.ts';
import type { EventFan } from './event-fan.ts';
import type { Opener } from './opener.ts';
import { deniedReason, mayHear, mayHearSome, maySend, reservedReason } from './policy.ts';
import type { Permission } from './policy.ts';
import { Turn } from './turn.ts';
import type { Place } from './turns.ts';

/** Requests of one client that may wait; `ipmi_devintf` of Linux lets a user have as many. */
export const WAITING_MAX = 100;

/** Everything a client is built from. */
export interface ClientParts {
  readonly opener: Opener;
  readonly permission: Permission;
  readonly place: Place<Turn>;
  readonly numbers: NumberSource;
  readonly events: EventFan;
  readonly total: Account;
  readonly clock: Clock;
  readonly log: Log;
  /** Timeout of a request that names none, milliseconds. */
  readonly requestMs: () => number;
  /** Numbers of requests to controllers behind the BMC that its user keeps from others. */
  readonly numbersOfUser: () => number;
  /** Called when one of them stays out of use because its answer was given up. */
  readonly onOwed: () => void;
  /** Called when a request waits: it may be its turn. */
  readonly onWaiting: () => void;
  readonly onClosed: () => void;
}

/** A client as `serve status` shows it. */
export interface ClientStatus {
  readonly opener: Opener;
  readonly openForMs: number;
  readonly waiting: number;
  /** Its requests that wait or are with the BMC. */
  readonly pending: number;
  readonly isListening: boolean;
  readonly counters: Counters;
}

/** A listener to events; `stop` is there while it is told of them. */
interface Listening {
  readonly tell: (event: BmcEvent) => void;
  stop: (() => void) | undefined;
}

const NO_OPTIONS: RequestOptions = {};

export class BrokeredClient implements BrokerClient {
  readonly opener: Opener;
  readonly #parts: ClientParts;
  readonly #account: Account;
  readonly #numbers: BridgedNumbers;
  readonly #listeners = new Set<Listening>();
  readonly #sinceMs: number;
  #permission: Permission;
  /** The request of it that the device was given last. */
  #begun: Turn | undefined;
  #pending = 0;
  #isClosed = false;

  constructor(parts: ClientParts) {
    this.opener = parts.opener;
    this.#parts = parts;
    this.#permission = parts.permission;
    this.#account = new Account(parts.total);
    this.#numbers = new BridgedNumbers(parts.numbers, parts.onOwed);
    this.#sinceMs = parts.clock.now();
  }

  get pending(): number {
    return this.#pending;
  }

  get mayAll(): boolean {
    return this.#permission === 'all';
  }

  mayHear(kind: BmcEvent['kind']): boolean {
    return mayHear(this.#permission, kind);
  }

  /** Another permission from now on. */
  permit(permission: Permission): void {
    this.#permission = permission;
    this.#heed();
  }

  refusal(input: RequestInput): string | undefined {
    return this.#refuse(checkRequest(input), this.#forbidden);
  }

  async request(input: RequestInput, options: RequestOptions = NO_OPTIONS): Promise<Reply> {
    const request = checkRequest(input);
    if (options !== NO_OPTIONS) checkRequestOptions(options);
    if (this.#isClosed) throw closedError();
    const refusal = this.#refuse(request, this.#untraceable);
    if (refusal !== undefined) throw new IpmiError('COMMAND_DENIED', refusal);
    const { waiting } = this;
    if (waiting >= WAITING_MAX) {
      this.#account.count('overflowed');
      const text = `${waiting} requests of this client wait for their turns; wait for some of them`;
      throw new IpmiError('QUEUE_FULL', `${commandText(request.netFn, request.cmd)}: ${text}`);
    }
    return await this.#send(request, options);
  }

  async expectAnswer(expected: ExpectedAnswer): Promise<AwaitedAnswer> {
    if (this.#isClosed) throw closedError();
    const { netFn, cmd } = expected;
    const name = commandText(netFn, cmd);
    if (!maySend(this.#permission, netFn, cmd)) {
      const reason = `${name} is not permitted to this user, nor is it behind the BMC`;
      this.#denied({ netFn, cmd }, reason);
      throw new IpmiError('COMMAND_DENIED', reason);
    }
    if (!this.mayAll && this.#parts.numbersOfUser() >= NUMBERS_OF_USER_MAX) {
      const text = `${NUMBERS_OF_USER_MAX} requests of this user to satellite controllers wait`;
      throw new IpmiError(
        'QUEUE_FULL',
        `${name}: ${text} for their answers; wait for some of them`,
      );
    }
    return await this.#numbers.expect(expected);
  }

  listen(listener: (event: BmcEvent) => void): () => void {
    if (this.#isClosed) return ignore;
    const tell = (event: BmcEvent): void => {
      if (!this.mayHear(event.kind)) return;
      this.#account.count('events');
      listener(event);
    };
    const listening: Listening = { tell, stop: undefined };
    this.#listeners.add(listening);
    this.#heed();
    return () => {
      this.#listeners.delete(listening);
      listening.stop?.();
    };
  }

  close(): void {
    if (this.#isClosed) return;
    this.#isClosed = true;
    for (const { stop } of this.#listeners) stop?.();
    this.#listeners.clear();
    for (const turn of this.#parts.place.leave()) turn.fail(closedError());
    this.#begun?.abandon();
    this.#numbers.close();
    this.#parts.onClosed();
  }

  /** Answers of controllers behind the BMC that it awaits. */
  get awaited(): number {
    return this.#numbers.size;
  }

  get waiting(): number {
    return this.#parts.place.items.size;
  }

  status(): ClientStatus {
    return {
      opener: this.opener,
      openForMs: this.#parts.clock.now() - this.#sinceMs,
      waiting: this.waiting,
      pending: this.#pending,
      isListening: [...this.#listeners].some(({ stop }) => stop !== undefined),
      counters: this.#account.read(),
    };
  }

  /** Has the BMC asked for events while the client listens and may hear some. */
  #heed(): void {
    const may = mayHearSome(this.#permission);
    for (const listening of this.#listeners) {
      if (may) listening.stop ??= this.#parts.events.add(listening.tell);
      else {
        listening.stop?.();
        listening.stop = undefined;
      }
    }
  }

  async #send(request: Request, options: RequestOptions): Promise<Reply> {
    const turn = this.#newTurn(request, options);
    this.#account.count('requests');
    this.#pending += 1;
    this.#parts.place.add(turn);
    turn.wait();
    this.#parts.onWaiting();
    try {
      const reply = await turn.result;
      this.#account.count('answered');
      return reply;
    } catch (error) {
      this.#account.count('failed');
      throw error;
    } finally {
      this.#pending -= 1;
    }
  }

  #newTurn(request: Request, { timeoutMs, ...how }: RequestOptions): Turn {
    const { clock, place, requestMs } = this.#parts;
    const turn: Turn = new Turn({
      ...{ request, clock, timeoutMs: timeoutMs ?? requestMs() },
      ...{ retries: how.retries, repeatBusy: how.repeatBusy, signal: how.signal },
      onGone: () => {
        place.remove(turn);
        // Others may have waited behind it while it rested.
        this.#parts.onWaiting();
      },
      onRest: () => {
        this.#begun = undefined;
        place.rest(turn);
      },
      onRested: () => {
        place.wake();
        this.#parts.onWaiting();
      },
      onWaited: (ms) => {
        this.#account.waited(ms);
      },
      onBegin: () => {
        // The number may have been given back since, and be another client's by now.
        const reason = this.#foreign(request);
        if (reason !== undefined) return new IpmiError('COMMAND_DENIED', reason);
        this.#begun = turn;
        const carried = isCarrier(request) ? carriedBy(request.data) : undefined;
        if (carried !== undefined && this.#numbers.isOwn(carried)) this.#numbers.sent(carried.seq);
        return undefined;
      },
    });
    return turn;
  }

  /** Counts and logs a refusal, for the reason that `why` gives. */
  #refuse(request: Request, why: (request: Request) => string | undefined): string | undefined {
    const reason = why(request);
    if (reason !== undefined) this.#denied(request, reason);
    return reason;
  }

  #denied({ netFn, cmd }: Pick<Request, 'netFn' | 'cmd'>, reason: string): void {
    this.#account.count('denied');
    this.#parts.log.warn({ ...this.opener, netFn, cmd, reason }, 'request refused');
  }

  /** The reason by which the policy, or the server itself, keeps a command from this client. */
  readonly #forbidden = (request: Request): string | undefined =>
    reservedReason(request) ?? deniedReason(this.#permission, request);

  /** The same, or that the answer to its message would not find the way back. */
  readonly #untraceable = (request: Request): string | undefined =>
    this.#forbidden(request) ?? this.#foreign(request);

  /** The reason for which a message for another controller cannot be told from others'. */
  #foreign(request: Request): string | undefined {
    if (!isCarrier(request)) return undefined;
    const carried = carriedBy(request.data);
    // An answer to another controller has the number of that one's request.
    if (carried !== undefined && (carried.netFn % 2 === 1 || this.#numbers.isOwn(carried))) {
      return undefined;
    }
    const name = commandText(request.netFn, request.cmd);
    return `${name}: its message has no sequence number of the server's; use bridge(), or -t of ipmitool`;
  }
}

function ignore(): void {
  // A client that is closed was not added.
}
