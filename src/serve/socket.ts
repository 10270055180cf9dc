/**
 * The server's own socket, for `ipmi-bt` and for programs that use the library: each connection is
 * a client of the broker, and is told what becomes of the BMC.
 */

import type { Clock } from '../clock.ts';
import { IpmiError } from '../errors.ts';
import type { Log } from '../log.ts';
import type { BrokerClient, Clients } from './broker-client.ts';
import { Connection, bmcOf, sayGoodbye } from './connection.ts';
import type { ServedDevice } from './connection.ts';
import type { ListenAt, Listener, Peer } from './listener.ts';
import type { ServerMessage } from './protocol.ts';

/** Everything that the socket is built from. */
export interface SocketParts {
  readonly path: string;
  /** Mode of its file: the users that may connect. */
  readonly mode: number;
  readonly listen: ListenAt;
  readonly clients: Clients;
  readonly device: ServedDevice;
  /** The answer to `serve status`, as JSON has it; up to 1 MiB. */
  readonly status: () => unknown;
  /** Version of this program. */
  readonly version: string;
  readonly clock: Clock;
  readonly log: Log;
}

/** Listens at the server's own socket; rejects as {@link ListenAt} does. */
export async function serveSocket(parts: SocketParts): Promise<SocketService> {
  const service = new SocketService(parts);
  await service.start();
  return service;
}

export class SocketService {
  readonly #parts: SocketParts;
  readonly #connections = new Set<Connection>();
  #listener: Listener | undefined;
  #isAttentive = false;
  /** The status in this turn of the event loop, if a client has asked. */
  #status: { readonly value: unknown } | undefined;

  /** @internal Made by {@link serveSocket}. */
  constructor(parts: SocketParts) {
    this.#parts = parts;
  }

  /** Connections that are open. */
  get connections(): number {
    return this.#connections.size;
  }

  /** @internal */
  async start(): Promise<void> {
    const { listen, path, mode, device } = this.#parts;
    this.#listener = await listen(path, mode, (peer) => {
      this.#accept(peer);
    });
    device.on('lost', this.#onLost).on('ready', this.#onReady);
    device.on('identity', this.#onIdentity).on('noEvents', this.#onNoEvents);
  }

  /** Removes the socket; every client is told in the next turn that the server ends. Idempotent. */
  close(): void {
    this.#listener?.close();
    for (const connection of [...this.#connections]) connection.end('the server was stopped');
    const { device } = this.#parts;
    device.off('lost', this.#onLost).off('ready', this.#onReady);
    device.off('identity', this.#onIdentity).off('noEvents', this.#onNoEvents);
    device.off('attention', this.#onAttention);
  }

  #accept(peer: Peer): void {
    const client = this.#clientOf(peer);
    if (client === undefined) return;
    const { device, version, clock, log } = this.#parts;
    const connection: Connection = new Connection({
      ...{ peer, client, device, version, clock, log },
      status: () => this.#statusNow(),
      onListen: () => {
        this.#heed();
      },
      onEnd: () => {
        this.#connections.delete(connection);
        this.#heed();
      },
    });
    this.#connections.add(connection);
  }

  /** A client of the broker; undefined, and the peer is told why, when it takes none. */
  #clientOf({ socket, pid, uid, gid }: Peer): BrokerClient | undefined {
    try {
      return this.#parts.clients.open({ door: 'socket', pid, uid, gid });
    } catch (error) {
      if (!(error instanceof IpmiError)) throw error;
      this.#parts.log.warn({ pid, uid, error: error.message }, 'a client was turned away');
      socket.on('error', () => undefined);
      sayGoodbye(socket, error.message, this.#parts.clock);
      return undefined;
    }
  }

  /** Made once for all that ask in one turn, so that many clients cost no more than one. */
  #statusNow(): unknown {
    if (this.#status === undefined) {
      this.#status = { value: this.#parts.status() };
      this.#parts.clock.turn(() => (this.#status = undefined));
    }
    return this.#status.value;
  }

  /** Watches the attention bit while a client does. */
  #heed(): void {
    const isWanted = [...this.#connections].some(({ wanted }) => wanted.attention);
    if (isWanted === this.#isAttentive) return;
    this.#isAttentive = isWanted;
    const { device } = this.#parts;
    if (isWanted) device.on('attention', this.#onAttention);
    else device.off('attention', this.#onAttention);
  }

  #tell(message: ServerMessage, isWanted: (connection: Connection) => boolean = () => true): void {
    for (const connection of [...this.#connections].filter(isWanted)) connection.send(message);
  }

  readonly #onLost = (reason: Extract<ServerMessage, { type: 'lost' }>['reason']): void => {
    this.#tell({ type: 'lost', reason });
  };

  readonly #onReady = (): void => {
    this.#tell({ type: 'ready', ...bmcOf(this.#parts.device) });
  };

  readonly #onIdentity = (): void => {
    this.#tell({ type: 'identity', ...bmcOf(this.#parts.device) });
  };

  readonly #onNoEvents = (reason: string): void => {
    this.#tell({ type: 'noEvents', reason }, ({ wanted }) => wanted.event);
  };

  readonly #onAttention = (): void => {
    this.#tell({ type: 'attention' }, ({ wanted }) => wanted.attention);
  };
}
