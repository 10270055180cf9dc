/**
 * The connection to the server of an interface, for as long as a device is open: when the server
 * has ended, the next one is looked for. Nothing can be sent meanwhile, and what the server that
 * has ended was sent is never sent again here: it is the user's to tell what became of it.
 */

import type { Cancel, Clock } from '../clock.ts';
import { IpmiError, bareText, hex } from '../errors.ts';
import type { Link as WholeLink } from './link.ts';
import type { ClientMessage, ServerMessage, ServerMessageOf } from './protocol.ts';

/** Wait before the next server is looked for: at first, and doubled up to the longest. */
export const AGAIN_MIN_MS = 100;
export const AGAIN_MAX_MS = 2000;

/** The part of a connection that is used here. */
export type Link = Pick<WholeLink, 'base' | 'pid' | 'hello' | 'isFull' | 'start' | 'send' | 'end'>;

/** The user of a {@link LastingLink}. */
export interface LastingLinkUser {
  readonly onMessage: (message: ServerMessage) => void;
  /** The server takes messages again. */
  readonly onDrain: () => void;
  /** The server has ended, for this reason: what it was sent is not answered any more. */
  readonly onGone: (reason: string) => void;
  /** The next server has said hello. */
  readonly onBack: (hello: ServerMessageOf<'hello'>) => void;
}

/** Everything that a {@link LastingLink} is built from. */
export interface LastingLinkParts {
  /** The first connection. */
  readonly link: Link;
  readonly clock: Clock;
  /** Connects to the next server; resolves to undefined while there is none. */
  readonly connect: (signal: AbortSignal) => Promise<Link | undefined>;
}

export class LastingLink {
  readonly #parts: LastingLinkParts;
  readonly #ending = new AbortController();
  /** The connection that there is now, or that there was last. */
  #last: Link;
  #user: LastingLinkUser | undefined;
  /** The reason why there is no connection; undefined while there is one. */
  #gone: string | undefined;
  /** The reason why the next one could not be used, if one was there. */
  #obstacle: string | undefined;
  #sinceMs: number;
  #againMs = AGAIN_MIN_MS;
  /** When the next server is looked for, and what cancels that. */
  #next: { readonly atMs: number; readonly cancel: Cancel } | undefined;

  constructor(parts: LastingLinkParts) {
    this.#parts = parts;
    this.#last = parts.link;
    this.#sinceMs = parts.clock.now();
  }

  get base(): number {
    return this.#last.base;
  }

  /** The process of the server, or of the one that has ended. */
  get pid(): number {
    return this.#last.pid;
  }

  /** The first message of the server, or of the one that has ended. */
  get hello(): ServerMessageOf<'hello'> {
    return this.#last.hello;
  }

  /** The reason why nothing can be sent; undefined while there is a server. */
  get trouble(): string | undefined {
    if (this.#gone === undefined || this.#obstacle === undefined) return this.#gone;
    return `${this.#gone}; ${this.#obstacle}`;
  }

  /** Nothing more is taken now: there is no server, or it has to read first. */
  get isFull(): boolean {
    return this.#gone !== undefined || this.#last.isFull;
  }

  /** Tells messages from now on, those that have come before included. */
  start(user: LastingLinkUser): void {
    this.#user = user;
    this.#listen(this.#last);
  }

  /** Writes a message, which is lost where there is no server. */
  send(message: ClientMessage): void {
    this.#last.send(message);
  }

  /** Looks for the next server soon, because a caller waits. */
  hurry(): void {
    if (this.#next === undefined) return;
    if (this.#next.atMs - this.#parts.clock.now() > AGAIN_MIN_MS) this.#lookAfter(AGAIN_MIN_MS);
  }

  /** Ends the connection, or the looking for one, and tells nothing more. Idempotent. */
  end(): void {
    this.#user = undefined;
    this.#ending.abort();
    this.#next?.cancel();
    this.#next = undefined;
    this.#last.end();
  }

  #listen(link: Link): void {
    link.start({
      onMessage: (message) => this.#user?.onMessage(message),
      onDrain: () => this.#user?.onDrain(),
      onEnd: (reason) => {
        this.#lose(reason);
      },
    });
  }

  #lose(reason: string): void {
    const { base, pid } = this.#last;
    // A server that ends each connection at once is not asked ten times a second.
    if (this.#parts.clock.now() - this.#sinceMs > AGAIN_MAX_MS) this.#againMs = AGAIN_MIN_MS;
    this.#gone = `the server that had ${hex(base)} (pid ${pid}) is gone: ${reason}`;
    this.#obstacle = undefined;
    this.#lookLater();
    this.#user?.onGone(this.#gone);
  }

  #lookLater(): void {
    this.#lookAfter(this.#againMs);
    this.#againMs = Math.min(2 * this.#againMs, AGAIN_MAX_MS);
  }

  #lookAfter(waitMs: number): void {
    const { clock } = this.#parts;
    this.#next?.cancel();
    const look = (): void => {
      this.#next = undefined;
      void this.#look();
    };
    // Requests that wait for the next server keep the process alive, and the looking does not.
    this.#next = { atMs: clock.now() + waitMs, cancel: clock.timer(waitMs, look, false) };
  }

  async #look(): Promise<void> {
    const { signal } = this.#ending;
    const link = await this.#connected(signal);
    if (signal.aborted) link?.end();
    else if (link === undefined) this.#lookLater();
    else this.#take(link);
  }

  async #connected(signal: AbortSignal): Promise<Link | undefined> {
    try {
      const link = await this.#parts.connect(signal);
      this.#obstacle = undefined;
      return link;
    } catch (error) {
      this.#obstacle = error instanceof IpmiError ? bareText(error) : String(error);
      return undefined;
    }
  }

  #take(link: Link): void {
    this.#last = link;
    this.#gone = undefined;
    this.#sinceMs = this.#parts.clock.now();
    this.#user?.onBack(link.hello);
    this.#listen(link);
  }
}
