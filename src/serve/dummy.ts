/**
 * The socket of ipmitool's interface `dummy`: C structures of x86-64, one request at a time. They
 * can say nothing but a completion code, so that a request without an answer gets one of ours:
 * 0xc3, timeout, or 0xff, unspecified error, as the kernel's driver gives, or 0xd4, insufficient
 * privilege level. These are logged and counted apart from what the BMC answers.
 */

import type { Cancel, Clock } from '../clock.ts';
import { checkDataLength } from '../device/options.ts';
import { IpmiError, bareText } from '../errors.ts';
import { REQUEST_DATA_BYTES_MAX } from '../ipmi/message.ts';
import type { Reply } from '../ipmi/message.ts';
import { limitWarnings } from '../log.ts';
import type { Log } from '../log.ts';
import type { BrokerClient, Clients } from './broker-client.ts';
import type { Opener } from './opener.ts';

/** A request: netfn, lun, cmd, an unused byte, length at 4, a pointer at 8; then data. */
const REQUEST_HEAD_BYTES = 16;
const REQUEST_LENGTH_AT = 4;

/** A response: netfn, cmd, seq, lun, completion code, length at 8, a pointer at 16; then data. */
const RESPONSE_HEAD_BYTES = 24;
const RESPONSE_LENGTH_AT = 8;

/** Network function and command of the message by which ipmitool ends the session. */
const GOODBYE = { netFn: 0x3f, cmd: 0xff } as const;

/** The completion codes that the server makes up (IPMI 2.0 table 5-2). */
const OWN_CODES = { timeout: 0xc3, denied: 0xd4, lost: 0xff } as const;

const NO_DATA = new Uint8Array();

/** A reason for such a code. */
type OwnCode = keyof typeof OWN_CODES;

/** The part of a socket that is used here. */
export interface DummySocket {
  on(name: 'data', listener: (bytes: Uint8Array) => void): unknown;
  on(name: 'drain' | 'end' | 'close', listener: () => void): unknown;
  on(name: 'error', listener: (error: Error) => void): unknown;
  pause(): unknown;
  resume(): unknown;
  /** False when the peer does not read. */
  write(bytes: Uint8Array): boolean;
  end(): unknown;
  /** Ends both directions when all is written. */
  destroySoon(): unknown;
  destroy(): unknown;
}

/** A connection, and the process behind it. */
export interface DummyPeer extends Omit<Opener, 'door'> {
  readonly socket: DummySocket;
}

/** Counted since the start. */
export interface DummyCounters {
  readonly connections: number;
  readonly requests: number;
  /** Answers with a completion code of the server's, by its reason. */
  readonly ownAnswers: Readonly<Record<OwnCode, number>>;
}

/** Everything it is built from. */
export interface DummyParts {
  readonly clients: Clients;
  readonly log: Log;
  readonly clock: Pick<Clock, 'now' | 'turn'>;
}

/** One request as it was sent; its values may be anything. */
interface Message {
  readonly netFn: number;
  readonly lun: number;
  readonly cmd: number;
  /** Bytes of data that it has; these are not kept where no BMC takes so many. */
  readonly length: number;
  readonly data: Uint8Array;
}

export class DummyService {
  readonly #clients: Clients;
  readonly #log: Log;
  readonly #clock: DummyParts['clock'];
  readonly #sessions = new Set<Session>();
  readonly #counters = { connections: 0, requests: 0, timeout: 0, denied: 0, lost: 0 };

  constructor({ clients, log, clock }: DummyParts) {
    this.#clients = clients;
    this.#clock = clock;
    this.#log = limitWarnings(log, () => clock.now());
  }

  /** Serves a connection until it ends. */
  accept({ socket, pid, uid, gid }: DummyPeer): void {
    const opener: Opener = { door: 'dummy', pid, uid, gid };
    socket.on('error', (error) => {
      this.#log.debug({ ...opener, error: String(error) }, 'connection broken');
      socket.destroy();
    });
    const client = this.#open(opener);
    if (client === undefined) {
      socket.destroy();
      return;
    }
    this.#counters.connections += 1;
    const session: Session = new Session(socket, {
      ask: (message) => this.#ask(client, message),
      turn: (work) => this.#clock.turn(work),
      onClosed: () => {
        client.close();
        this.#sessions.delete(session);
      },
    });
    this.#sessions.add(session);
  }

  counters(): DummyCounters {
    const { connections, requests, ...ownAnswers } = this.#counters;
    return { connections, requests, ownAnswers };
  }

  /** Ends all connections. */
  close(): void {
    for (const session of [...this.#sessions]) session.close();
  }

  #open(opener: Opener): BrokerClient | undefined {
    try {
      return this.#clients.open(opener);
    } catch (error) {
      if (!(error instanceof IpmiError)) throw error;
      this.#log.warn({ ...opener, error: error.message }, 'connection refused');
      return undefined;
    }
  }

  async #ask(client: BrokerClient, message: Message): Promise<Reply> {
    const { netFn, lun, cmd, length, data } = message;
    this.#counters.requests += 1;
    try {
      checkDataLength(length);
      return await client.request({ netFn, lun, cmd, data });
    } catch (error) {
      const reason = reasonOf(error);
      this.#counters[reason] += 1;
      const completionCode = OWN_CODES[reason];
      const text = error instanceof IpmiError ? bareText(error) : String(error);
      const fields = { ...client.opener, netFn, cmd, completionCode, error: text };
      this.#log.warn(fields, 'answered with a completion code of our own');
      return { completionCode, data: NO_DATA };
    }
  }
}

interface SessionParts {
  /** Never rejects. */
  readonly ask: (message: Message) => Promise<Reply>;
  /** Calls back at the next turn of the event loop. */
  readonly turn: (work: () => void) => Cancel;
  readonly onClosed: () => void;
}

/** One connection. No more is read of it while a request is under way, so that it stays bounded. */
class Session {
  readonly #socket: DummySocket;
  readonly #parts: SessionParts;
  #unread: Uint8Array = NO_DATA;
  /** Bytes of data to come that are of no use. */
  #skipped = 0;
  #isAsking = false;
  #isFull = false;
  /** The peer sends no more, but may still read. */
  #hasEnded = false;
  /** It has said goodbye; until it closes its end it counts as a connection of its user. */
  #hasLeft = false;
  #isClosed = false;
  #cancelTurn: Cancel | undefined;

  constructor(socket: DummySocket, parts: SessionParts) {
    this.#socket = socket;
    this.#parts = parts;
    socket.on('data', (bytes) => {
      if (this.#isClosed || this.#hasLeft) return;
      const start = Math.min(this.#skipped, bytes.length);
      this.#skipped -= start;
      this.#unread = joined(this.#unread, bytes.subarray(start));
      this.#work();
    });
    socket.on('drain', () => {
      this.#isFull = false;
      this.#work();
    });
    socket.on('end', () => {
      this.#hasEnded = true;
      this.#work();
    });
    socket.on('close', () => {
      this.#gone();
    });
    socket.resume();
  }

  close(): void {
    this.#socket.destroy();
    this.#gone();
  }

  #gone(): void {
    if (this.#isClosed) return;
    this.#isClosed = true;
    this.#cancelTurn?.();
    this.#parts.onClosed();
  }

  /** Begins with the next request, if it is there as a whole and its answer has room. */
  #work(): void {
    if (this.#isClosed || this.#hasLeft || this.#isAsking || this.#isFull) return;
    const message = this.#take();
    if (message === undefined) {
      if (this.#hasEnded) this.#socket.end();
      else this.#socket.resume();
      return;
    }
    if (message.netFn === GOODBYE.netFn && message.cmd === GOODBYE.cmd) {
      this.#hasLeft = true;
      this.#unread = NO_DATA;
      this.#socket.destroySoon();
      return;
    }
    this.#isAsking = true;
    this.#socket.pause();
    void this.#parts.ask(message).then((reply) => {
      this.#isAsking = false;
      if (this.#isClosed) return;
      this.#isFull = !this.#socket.write(encode(message, reply));
      this.#workLater();
    });
  }

  /** Goes on in a later turn: others would wait for all that is refused without the BMC. */
  #workLater(): void {
    this.#cancelTurn?.();
    this.#cancelTurn = this.#parts.turn(() => {
      this.#cancelTurn = undefined;
      this.#work();
    });
  }

  #take(): Message | undefined {
    const bytes = this.#unread;
    if (bytes.length < REQUEST_HEAD_BYTES) return undefined;
    const [netFn = 0, lun = 0, cmd = 0] = bytes;
    const length = viewOf(bytes).getUint16(REQUEST_LENGTH_AT, true);
    const end = REQUEST_HEAD_BYTES + length;
    const isTooLong = length > REQUEST_DATA_BYTES_MAX;
    if (bytes.length < end && !isTooLong) return undefined;
    this.#skipped = Math.max(end - bytes.length, 0);
    this.#unread = bytes.subarray(end);
    const data = isTooLong ? NO_DATA : bytes.slice(REQUEST_HEAD_BYTES, end);
    return { netFn, lun, cmd, length, data };
  }
}

/** In one piece: ipmitool reads the data of an answer by one read(2). */
function encode({ netFn, lun, cmd }: Message, { completionCode, data }: Reply): Uint8Array {
  const bytes = new Uint8Array(RESPONSE_HEAD_BYTES + data.length);
  bytes.set([netFn | 1, cmd, 0, lun, completionCode]);
  viewOf(bytes).setInt32(RESPONSE_LENGTH_AT, data.length, true);
  bytes.set(data, RESPONSE_HEAD_BYTES);
  return bytes;
}

function reasonOf(error: unknown): OwnCode {
  if (!(error instanceof IpmiError)) return 'lost';
  const { code } = error;
  if (code === 'COMMAND_DENIED') return 'denied';
  return code === 'REQUEST_TIMEOUT' || code === 'BMC_UNRESPONSIVE' ? 'timeout' : 'lost';
}

function joined(one: Uint8Array, other: Uint8Array): Uint8Array {
  const both = new Uint8Array(one.length + other.length);
  both.set(one);
  both.set(other, one.length);
  return both;
}

function viewOf(bytes: Uint8Array): DataView {
  return new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}
