/**
 * The connection to the server that has an interface: whether there is one, its `hello`, and the
 * messages after it. The server alone has its interface, so that one that does not answer is an
 * error, and no reason to use the ports.
 */

import { connect } from 'node:net';
import type { Socket } from 'node:net';

import { onAbort } from '../abort.ts';
import type { Signal } from '../abort.ts';
import { aborted } from '../clock.ts';
import type { Clock } from '../clock.ts';
import { IpmiError, hex } from '../errors.ts';
import { fileTrouble } from '../file-trouble.ts';
import { Lines } from './lines.ts';
import { SERVE_FOLDER, socketPath, stopText } from './place.ts';
import { PROTOCOL_VERSION, SERVER_LINE_BYTES_MAX, lineOf, parseServer } from './protocol.ts';
import type { ClientMessage, ServerMessage, ServerMessageOf } from './protocol.ts';

/** Longest time until a server that lives says its first line. */
export const HELLO_MS = 10_000;

/** The user of a link. */
export interface LinkUser {
  readonly onMessage: (message: ServerMessage) => void;
  /** The server takes messages again. */
  readonly onDrain: () => void;
  /** The connection has ended, for this reason; told once, and not after {@link Link.end}. */
  readonly onEnd: (reason: string) => void;
}

export interface LinkOptions {
  readonly clock: Clock;
  /** Time by which there must be a `hello`. */
  readonly deadlineMs: number;
  readonly signal?: Signal | undefined;
  /** Folder of the sockets. */
  readonly folder?: string | undefined;
}

type Hello = ServerMessageOf<'hello'>;

/**
 * Connects to the server that has the interface at `base`; resolves to undefined when none has.
 * Rejects with `DEVICE_LOCKED` when there is one that does not answer or speaks otherwise, and with
 * `PORT_DENIED` when this process may not connect.
 */
export async function connectServer(base: number, options: LinkOptions): Promise<Link | undefined> {
  return await connectAt(socketPath(base, options.folder ?? SERVE_FOLDER), options, base);
}

/** Connects to the server whose socket is at `path`, whatever interface it has. */
export async function connectAt(
  path: string,
  options: Omit<LinkOptions, 'folder'>,
  base?: number,
): Promise<Link | undefined> {
  const socket = await connected(path);
  if (socket === undefined) return undefined;
  const link = new Link(socket, base);
  try {
    await link.greeted(options);
    return link;
  } catch (error) {
    link.end();
    throw error;
  }
}

/** Throws `DEVICE_LOCKED`, with the line that stops it, while a server has the interface. */
export async function checkUnserved(base: number, options: LinkOptions): Promise<void> {
  const link = await connectServer(base, options);
  if (link === undefined) return;
  link.end();
  throw servedError(link, 'it must be stopped first');
}

/** The error for something that cannot be had while a server has the interface. */
export function servedError({ base, pid }: Pick<Link, 'base' | 'pid'>, reason: string): IpmiError {
  const text = `a server (ipmi-bt serve, pid ${pid}) has ${hex(base)}: ${reason}`;
  return new IpmiError('DEVICE_LOCKED', `${text}; ${stopText(pid)}`);
}

export class Link {
  /** The interface that the server shall have; undefined: any. */
  readonly #wanted: number | undefined;
  readonly #socket: Socket;
  readonly #lines = new Lines(SERVER_LINE_BYTES_MAX);
  /** Messages that came before there was a user. */
  readonly #early: ServerMessage[] = [];
  #hello: Hello | undefined;
  #onHello: (() => void) | undefined;
  #user: LinkUser | undefined;
  /** The reason of the end. */
  #over: string | undefined;

  /** @internal Made by {@link connectServer}. */
  constructor(socket: Socket, base: number | undefined) {
    this.#wanted = base;
    this.#socket = socket;
    socket.on('data', (piece) => {
      this.#take(piece);
    });
    socket.on('drain', () => this.#user?.onDrain());
    socket.on('close', () => {
      this.#finish('it has ended');
    });
    // `close` follows.
    socket.on('error', () => undefined);
    // Requests that are waited for keep the process alive, and a connection does not.
    socket.unref();
  }

  /** The first message of the server. */
  get hello(): Hello {
    if (this.#hello === undefined) throw new Error('bug: a link without a hello');
    return this.#hello;
  }

  /** The interface that the server has; 0 before it has said `hello`, if any is wanted. */
  get base(): number {
    return this.#wanted ?? this.#hello?.base ?? 0;
  }

  /** The process of the server; 0 when it is not known. */
  get pid(): number {
    return this.#hello?.pid ?? 0;
  }

  /** Nothing more is taken now: the connection has ended, or the server has to read first. */
  get isFull(): boolean {
    return this.#over !== undefined || this.#socket.writableNeedDrain;
  }

  /** Resolves when the server has said `hello`. */
  async greeted({ clock, deadlineMs, signal }: LinkOptions): Promise<void> {
    const waitMs = Math.min(Math.max(deadlineMs - clock.now(), 1), HELLO_MS);
    let cancel: (() => void) | undefined;
    let forget: (() => void) | undefined;
    try {
      await new Promise<void>((resolve, reject) => {
        this.#onHello = resolve;
        const text = `has not answered within ${Math.round(waitMs)} ms; see whether it is stopped`;
        cancel = clock.timer(waitMs, () => reject(this.#trouble(text)), true);
        forget = signal && onAbort(signal, () => reject(aborted(signal.reason)));
        if (this.#hello !== undefined || this.#over !== undefined) resolve();
      });
    } finally {
      cancel?.();
      forget?.();
    }
    if (this.#hello === undefined) throw this.#trouble(`did not say hello: ${this.#over ?? ''}`);
    const { protocol, version, base } = this.#hello;
    if (base !== this.base) throw this.#trouble(`has ${hex(base)} instead`);
    if (protocol === PROTOCOL_VERSION) return;
    const text = `speaks protocol ${protocol} (version ${version}), and this program`;
    throw this.#trouble(`${text} ${PROTOCOL_VERSION}; install the same version, and restart it`);
  }

  /** Tells messages from now on, those that have come before included. */
  start(user: LinkUser): void {
    this.#user = user;
    for (const message of this.#early.splice(0)) user.onMessage(message);
    const reason = this.#over;
    // Later: a user that is being made cannot end yet.
    if (reason !== undefined) queueMicrotask(() => this.#user?.onEnd(reason));
  }

  /** Writes a message, which waits in this process while {@link isFull}. */
  send(message: ClientMessage): void {
    if (this.#over === undefined) this.#socket.write(lineOf(message));
  }

  /** Ends the connection and tells nothing more. Idempotent. */
  end(): void {
    this.#user = undefined;
    this.#over ??= 'this process has ended the connection';
    this.#socket.destroy();
  }

  #take(piece: Uint8Array): void {
    this.#lines.push(piece);
    while (this.#over === undefined) {
      const next = this.#lines.next();
      if (next.kind === 'more') return;
      const parsed = next.kind === 'line' ? parseServer(next.text) : undefined;
      if (parsed?.kind === 'message') this.#receive(parsed.message);
      else this.#break(parsed?.reason ?? 'a line is too long');
    }
  }

  #receive(message: ServerMessage): void {
    if (message.type === 'bye') this.#break(message.reason);
    else if (this.#hello === undefined) this.#greet(message);
    else if (this.#user === undefined) this.#early.push(message);
    else this.#user.onMessage(message);
  }

  #greet(message: ServerMessage): void {
    if (message.type !== 'hello') {
      this.#break('the first message is no hello');
      return;
    }
    this.#hello = message;
    this.#onHello?.();
  }

  /** Ends the connection because of what the server has said. */
  #break(reason: string): void {
    this.#socket.destroy();
    this.#finish(reason);
  }

  #finish(reason: string): void {
    if (this.#over !== undefined) return;
    this.#over = reason;
    this.#onHello?.();
    this.#user?.onEnd(reason);
  }

  #trouble(text: string): IpmiError {
    const which = this.base === 0 ? '' : ` that has ${hex(this.base)}`;
    const server = `the server${which} (ipmi-bt serve)`;
    return new IpmiError('DEVICE_LOCKED', `${server} ${text}; or ${stopText(this.pid)}`);
  }
}

/** The socket of a process that listens; undefined when none does. */
function connected(path: string): Promise<Socket | undefined> {
  return new Promise((resolve, reject) => {
    const socket = connect(path);
    const fail = (cause: NodeJS.ErrnoException): void => {
      if (cause.code === 'ENOENT' || cause.code === 'ECONNREFUSED') resolve(undefined);
      else reject(connectError(path, cause));
    };
    socket.once('error', fail);
    socket.once('connect', () => {
      socket.off('error', fail);
      resolve(socket);
    });
  });
}

function connectError(path: string, cause: NodeJS.ErrnoException): Error {
  const isDenied = cause.code === 'EACCES' || cause.code === 'EPERM';
  if (!isDenied) return fileTrouble(`the server's socket ${path}`, cause) as Error;
  const remedy = 'run as root, or as a user whom the mode and owner of the socket allow';
  const text = `the server's socket ${path} may not be used: ${cause.message} (${remedy})`;
  return new IpmiError('PORT_DENIED', text, { cause });
}
