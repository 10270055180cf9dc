/**
 * A way between agents and their server that can be shut: what is sent meanwhile waits, as behind a
 * switch that has failed, and no end of a connection learns of it.
 */

import { createServer, connect } from 'node:net';
import type { AddressInfo, Server, Socket } from 'node:net';

export class Gate {
  readonly #server: Server;
  readonly #sockets = new Set<Socket>();
  #isShut = false;

  private constructor(portOf: () => number) {
    this.#server = createServer((near) => {
      const far = connect(portOf(), '127.0.0.1');
      this.#join(near, far);
      this.#join(far, near);
    });
  }

  /** Opens a way to the port of this host, which is asked for at each connection. */
  static async open(portOf: () => number): Promise<Gate> {
    const gate = new Gate(portOf);
    await new Promise<void>((resolve) => {
      gate.#server.listen(0, '127.0.0.1', resolve);
    });
    return gate;
  }

  get port(): number {
    return (this.#server.address() as AddressInfo).port;
  }

  shut(): void {
    this.#isShut = true;
    for (const socket of this.#sockets) socket.pause();
  }

  reopen(): void {
    this.#isShut = false;
    for (const socket of this.#sockets) socket.resume();
  }

  close(): void {
    this.#server.close();
    for (const socket of this.#sockets) socket.destroy();
  }

  #join(from: Socket, to: Socket): void {
    this.#sockets.add(from);
    from.on('data', (bytes) => to.write(bytes));
    from.on('error', () => from.destroy());
    from.on('close', () => {
      this.#sockets.delete(from);
      to.destroy();
    });
    if (this.#isShut) from.pause();
  }
}
