/**
 * One connection to the server's own socket, which is one client of the broker. Whatever the peer
 * sends or does not read, it costs bounded memory and its share of the time; a peer that does not
 * speak the protocol is told so and cut off. No data of a request is logged.
 */

import type { Socket } from 'node:net';

import type { Clock } from '../clock.ts';
import type { Device } from '../device/device.ts';
import { IpmiError, bareText } from '../errors.ts';
import type { BmcEvent } from '../ipmi/bmc-event.ts';
import { GET_BT_CAPABILITIES } from '../ipmi/bt-capabilities.ts';
import { encode } from '../ipmi/codec.ts';
import { GET_DEVICE_ID } from '../ipmi/device-id.ts';
import type { AwaitedAnswer } from '../ipmi/requester.ts';
import type { Log } from '../log.ts';
import type { BrokerClient } from './broker-client.ts';
import { Lines } from './lines.ts';
import type { Peer } from './listener.ts';
import { CLIENT_LINE_BYTES_MAX, PROTOCOL_VERSION } from './protocol.ts';
import { bytesOf, digitsOf, lineOf, parseClient } from './protocol.ts';
import type { ClientMessage, ClientMessageOf, ServerMessage } from './protocol.ts';

/** Lines of one connection that are taken in one turn of the event loop. */
const LINES_MAX = 16;

/** Bytes that wait for a peer to read them; a peer with more is cut off. */
const UNREAD_BYTES_MAX = 256 * 1024;

/** Time in which a peer can take its last message. */
const GOODBYE_MS = 1000;

/** The device of the server. */
export type ServedDevice = Pick<
  Device,
  'base' | 'state' | 'deviceId' | 'capabilities' | 'on' | 'off'
>;

/** Everything that a {@link Connection} is built from. */
export interface ConnectionParts {
  readonly peer: Peer;
  readonly client: BrokerClient;
  readonly device: ServedDevice;
  /** The answer to a question for the status. */
  readonly status: () => unknown;
  /** Version of this program. */
  readonly version: string;
  readonly clock: Clock;
  readonly log: Log;
  /** Called when the connection listens to something else than before. */
  readonly onListen: () => void;
  /** Called once, when it has ended. */
  readonly onEnd: () => void;
}

export class Connection {
  readonly #parts: ConnectionParts;
  readonly #socket: Socket;
  readonly #lines = new Lines(CLIENT_LINE_BYTES_MAX);
  readonly #requests = new Map<number, AbortController>();
  readonly #awaited = new Map<number, Promise<AwaitedAnswer>>();
  #stopListening: (() => void) | undefined;
  #wanted = { event: false, attention: false };
  #cancelTurn: (() => void) | undefined;
  #isEnding = false;
  #isOver = false;

  constructor(parts: ConnectionParts) {
    this.#parts = parts;
    this.#socket = parts.peer.socket;
    this.#socket.on('data', (piece) => {
      // A peer that was told goodbye may go on for as long as it likes.
      if (this.#isEnding || this.#isOver) return;
      this.#lines.push(piece);
      this.#pump();
    });
    // `close` follows.
    this.#socket.on('error', () => undefined);
    this.#socket.on('close', () => {
      this.#finish();
    });
    const { version, device } = parts;
    const { base, state } = device;
    const known = { state: state === 'ready' ? state : 'lost', ...bmcOf(device) } as const;
    const { pid } = process;
    this.send({ type: 'hello', protocol: PROTOCOL_VERSION, version, pid, base, ...known });
  }

  /** Listens to the attention bit, or to events: so it is told when there may be none. */
  get wanted(): { readonly event: boolean; readonly attention: boolean } {
    return this.#wanted;
  }

  /** Sends a message, unless the peer has too much to read already. */
  send(message: ServerMessage): void {
    if (this.#isOver) return;
    const bytes = this.#socket.writableLength;
    if (bytes <= UNREAD_BYTES_MAX) {
      this.#socket.write(lineOf(message));
      return;
    }
    const { pid, uid } = this.#parts.peer;
    this.#parts.log.warn({ pid, uid, bytes }, 'a client that does not read was cut off');
    this.#socket.destroy();
    this.#finish();
  }

  /**
   * Tells of each request that it was not sent, unless the BMC has it, then the reason, and ends;
   * what the BMC has runs to its end. Idempotent.
   */
  end(reason: string): void {
    if (this.#isEnding || this.#isOver) return;
    this.#isEnding = true;
    // The requests that wait fail in this turn.
    this.#parts.client.close();
    this.#parts.clock.turn(() => {
      if (this.#isOver) return;
      this.#finish();
      sayGoodbye(this.#socket, reason, this.#parts.clock);
    });
  }

  /** Takes some lines, and the others in a later turn, so that no other client waits for all. */
  #pump(): void {
    if (this.#cancelTurn !== undefined) return;
    for (let count = 0; count < LINES_MAX; count += 1) {
      if (this.#isEnding || this.#isOver) return;
      const next = this.#lines.next();
      if (next.kind === 'more') {
        this.#socket.resume();
        return;
      }
      const parsed = next.kind === 'line' ? parseClient(next.text) : undefined;
      if (parsed?.kind === 'message') this.#take(parsed.message);
      else this.#break(parsed?.reason ?? `a line has more than ${CLIENT_LINE_BYTES_MAX} bytes`);
      // Any user may ask for the status, which takes as long to make as many requests: one a turn.
      if (parsed?.kind === 'message' && parsed.message.type === 'status') break;
    }
    this.#socket.pause();
    this.#cancelTurn = this.#parts.clock.turn(() => {
      this.#cancelTurn = undefined;
      this.#pump();
    });
  }

  #take(message: ClientMessage): void {
    switch (message.type) {
      case 'request':
        void this.#request(message);
        return;
      case 'abort':
        this.#requests.get(message.id)?.abort();
        return;
      case 'expect':
        void this.#expect(message);
        return;
      case 'cancel':
        this.#cancel(message.id, message.wasSent);
        return;
      case 'listen':
        this.#listen(message);
        return;
      case 'status':
        this.send({ type: 'status', id: message.id, status: this.#parts.status() ?? null });
    }
  }

  async #request({
    id,
    timeoutMs,
    retries,
    repeatBusy,
    data,
    ...rest
  }: ClientMessageOf<'request'>) {
    if (this.#isUsed(id)) return;
    const controller = new AbortController();
    this.#requests.set(id, controller);
    const { netFn, cmd, lun } = rest;
    const how = { timeoutMs, retries, repeatBusy, signal: controller.signal };
    try {
      const request = { netFn, cmd, lun, data: bytesOf(data) };
      const reply = await this.#parts.client.request(request, how);
      const { completionCode } = reply;
      this.send({ type: 'reply', id, completionCode, data: digitsOf(reply.data) });
    } catch (error) {
      this.#fail(id, error);
    } finally {
      this.#requests.delete(id);
    }
  }

  async #expect({ id, channel, address, netFn, cmd }: ClientMessageOf<'expect'>) {
    if (this.#isUsed(id)) return;
    try {
      const awaited = (async () => {
        return await this.#parts.client.expectAnswer({ channel, address, netFn, cmd });
      })();
      this.#awaited.set(id, awaited);
      const { seq, answer } = await awaited;
      this.send({ type: 'expected', id, seq });
      const { data, ...rest } = await answer;
      const { completionCode } = rest;
      const from = { netFn: rest.netFn, address: rest.address, seq: rest.seq, cmd: rest.cmd };
      if (this.#awaited.has(id)) {
        this.send({ type: 'answer', id, ...from, completionCode, data: digitsOf(data) });
      }
    } catch (error) {
      this.#fail(id, error);
    } finally {
      this.#awaited.delete(id);
    }
  }

  #cancel(id: number, wasSent: boolean): void {
    const awaited = this.#awaited.get(id);
    this.#awaited.delete(id);
    void awaited?.then(({ cancel }) => cancel(wasSent)).catch(() => undefined);
  }

  #listen({ event, attention }: ClientMessageOf<'listen'>): void {
    this.#wanted = { event, attention };
    if (!event) {
      this.#stopListening?.();
      this.#stopListening = undefined;
    } else {
      this.#stopListening ??= this.#parts.client.listen((told) => {
        this.send(messageOf(told));
      });
    }
    this.#parts.onListen();
  }

  #isUsed(id: number): boolean {
    const isUsed = this.#requests.has(id) || this.#awaited.has(id);
    if (isUsed) this.#break('an id is used twice');
    return isUsed;
  }

  #fail(id: number, error: unknown): void {
    if (error instanceof IpmiError) {
      const { code, outcome, completionCode, silence } = error;
      const text = bareText(error);
      this.send({ type: 'failed', id, code, text, outcome, completionCode, silence });
      return;
    }
    this.#parts.log.error({ error: String(error) }, 'bug: a request of a client has failed');
    this.end('the server has failed; its log says more');
  }

  /** Ends it because of what the peer has sent. */
  #break(reason: string): void {
    const { pid, uid } = this.#parts.peer;
    this.#parts.log.warn({ pid, uid, reason }, 'a client that sends nonsense was cut off');
    this.end(reason);
  }

  #finish(): void {
    if (this.#isOver) return;
    this.#isOver = true;
    this.#cancelTurn?.();
    this.#stopListening?.();
    this.#wanted = { event: false, attention: false };
    for (const id of [...this.#awaited.keys()]) this.#cancel(id, true);
    if (!this.#isEnding) this.#parts.client.close();
    this.#parts.onEnd();
  }
}

/**
 * Tells a peer why the connection ends, and closes it: a peer that does not close its end, or reads
 * nothing, must not keep a descriptor of the server.
 */
export function sayGoodbye(socket: Socket, reason: string, clock: Clock): void {
  const cancel = clock.timer(GOODBYE_MS, () => socket.destroy(), false);
  socket.on('close', cancel);
  socket.write(lineOf({ type: 'bye', reason }));
  socket.destroySoon();
}

/** The BMC of a device as messages have it. */
export function bmcOf({ deviceId, capabilities }: Pick<Device, 'deviceId' | 'capabilities'>) {
  return {
    ...(deviceId && { deviceId: digitsOf(encode(GET_DEVICE_ID.response, deviceId)) }),
    ...(capabilities && {
      capabilities: digitsOf(encode(GET_BT_CAPABILITIES.response, capabilities)),
    }),
  };
}

function messageOf(event: BmcEvent): ServerMessage {
  switch (event.kind) {
    case 'event':
      return { type: 'event', record: digitsOf(event.record.raw) };
    case 'message':
      return { type: 'message', channel: event.channel, data: digitsOf(event.data) };
    case 'watchdogPretimeout':
      return { type: 'watchdogPretimeout' };
    case 'oem':
      return { type: 'oem', flags: event.flags };
  }
}
