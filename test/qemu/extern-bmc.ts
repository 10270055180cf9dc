/**
 * A BMC of the tests' own behind QEMU's `ipmi-bmc-extern`. QEMU listens on a unix socket
 * (`-chardev socket,server=on,wait=off`) and the BMC connects to it, so that a test can take the
 * BMC away with `close()` and bring it back with `start()` at once. It runs on the event loop of
 * the test, which must therefore yield between two looks at a register.
 */

import { once } from 'node:events';
import { createConnection } from 'node:net';
import type { Socket } from 'node:net';

import { systemClock } from '../../src/clock.ts';
import type { Cancel } from '../../src/clock.ts';
import { decode, encodeCommand, encodeMessage } from './vm-protocol.ts';
import type { VmCommand, VmUnit } from './vm-protocol.ts';

const COMPLETED = 0x00;
const INVALID_COMMAND = 0xc1;

/** QEMU greets at once; this only keeps a test from waiting for ever. */
const GREETING_MS = 120_000;

/** Manufacturer 0x00beef, product 0x1234, IPMI 2.0: not to be taken for QEMU's own. */
export const EXTERN_DEVICE_ID = Uint8Array.from([
  0x42, 0x81, 0x03, 0x07, 0x02, 0x9f, 0xef, 0xbe, 0x00, 0x34, 0x12,
]);

const SELF_TEST_PASSED = Uint8Array.of(0x55, 0x00);

/** A request as the BMC received it. */
export interface BmcRequest {
  readonly netFn: number;
  readonly lun: number;
  readonly cmd: number;
  readonly data: Uint8Array;
}

/** What a handler answers with. */
export interface BmcReply {
  readonly completionCode: number;
  readonly data: Uint8Array;
}

export type BmcHandler = (request: BmcRequest) => BmcReply;

/** What shall happen to one request; nothing unusual by default. */
export interface BmcFate {
  /** The request is executed at once, the reply sent so much later. */
  readonly delayMs?: number;

  /** The request vanishes before it is executed, or its reply afterwards. */
  readonly drop?: 'request' | 'reply';

  /** The answer, without data, to a request that is then not executed. */
  readonly completionCode?: number;
}

export interface ExternBmcOptions {
  /** Asked for each request; `index` counts them from 0 over all connections. */
  readonly plan?: (request: BmcRequest, index: number) => BmcFate;

  /** Answers what has no handler; 0xC1 when absent. */
  readonly otherwise?: BmcHandler;
}

/** Answers Get Device ID, Get Self Test Results and an OEM echo (0x30/0x01), else 0xC1. */
export class ExternBmc {
  /** The requests that were executed, in order; a command without handler is none of them. */
  readonly executed: BmcRequest[] = [];

  /** How many requests came while the answer to one before was still to be sent. */
  overlaps = 0;

  readonly #plan: (request: BmcRequest, index: number) => BmcFate;
  readonly #otherwise: BmcHandler | undefined;
  readonly #handlers = new Map<number, BmcHandler>();
  readonly #delayed = new Set<Cancel>();
  #received = 0;
  #socket: Socket | undefined;

  constructor(options: ExternBmcOptions = {}) {
    this.#plan = options.plan ?? (() => ({}));
    this.#otherwise = options.otherwise;
    this.handle(0x06, 0x01, () => ok(EXTERN_DEVICE_ID));
    this.handle(0x06, 0x04, () => ok(SELF_TEST_PASSED));
    this.handle(0x30, 0x01, (request) => ok(request.data));
  }

  /** Adds or replaces the handler of one command. */
  handle(netFn: number, cmd: number, handler: BmcHandler): void {
    this.#handlers.set(handlerKey(netFn, cmd), handler);
  }

  /** Connects to QEMU; resolves when QEMU has greeted, so when it knows that a BMC is there. */
  async start(socketPath: string): Promise<void> {
    if (this.#socket !== undefined) throw new Error('bug: this BMC is already connected');
    const socket = createConnection(socketPath);
    this.#socket = socket;
    this.#listen(socket);
    try {
      await once(socket, 'data', { signal: AbortSignal.timeout(GREETING_MS) });
    } catch (cause) {
      await this.close();
      throw new Error(`QEMU does not greet at ${socketPath}`, { cause });
    }
  }

  /** Leaves QEMU without a BMC and forgets replies not yet sent. Idempotent. */
  async close(): Promise<void> {
    for (const cancel of this.#delayed) cancel();
    this.#delayed.clear();
    const socket = this.#socket;
    this.#socket = undefined;
    if (socket === undefined || socket.closed) return;
    socket.destroy();
    await once(socket, 'close');
  }

  /** Tells QEMU something about the machine, such as `VmCommand.ATTN`. */
  sendCommand(command: VmCommand): void {
    this.#send(encodeCommand(Uint8Array.of(command)));
  }

  #listen(socket: Socket): void {
    let pending = new Uint8Array();
    socket.on('data', (chunk) => {
      const { units, rest } = decode(Uint8Array.of(...pending, ...chunk));
      pending = Uint8Array.from(rest);
      for (const unit of units) this.#take(unit);
    });
    // QEMU that goes away resets the connection; the port says so better than the socket.
    socket.on('error', () => undefined);
  }

  #take(unit: VmUnit): void {
    switch (unit.kind) {
      case 'message':
        this.#answer(unit.body);
        return;
      case 'command':
        return;
      case 'garbled':
        throw new Error(`QEMU sent a garbled unit: ${Buffer.from(unit.wire).toString('hex')}`);
    }
  }

  #answer(body: Uint8Array): void {
    const [id = 0, netFnLun = 0, cmd = 0] = body;
    const request = { netFn: netFnLun >> 2, lun: netFnLun & 3, cmd, data: body.slice(3) };
    const fate = this.#plan(request, this.#received);
    this.#received += 1;
    if (this.#delayed.size > 0) this.overlaps += 1;
    if (fate.drop === 'request') return;
    const reply =
      fate.completionCode === undefined
        ? this.#execute(request)
        : { completionCode: fate.completionCode, data: new Uint8Array() };
    if (fate.drop === 'reply') return;
    const header = [id, netFnLun | (1 << 2), cmd, reply.completionCode];
    this.#sendLater(encodeMessage(Uint8Array.of(...header, ...reply.data)), fate.delayMs ?? 0);
  }

  #execute(request: BmcRequest): BmcReply {
    const key = handlerKey(request.netFn, request.cmd);
    const handler = this.#handlers.get(key) ?? this.#otherwise;
    if (handler === undefined) return { completionCode: INVALID_COMMAND, data: new Uint8Array() };
    this.executed.push(request);
    return handler(request);
  }

  #sendLater(wire: Uint8Array, delayMs: number): void {
    if (delayMs === 0) {
      this.#send(wire);
      return;
    }
    const send = (): void => {
      this.#delayed.delete(cancel);
      this.#send(wire);
    };
    const cancel = systemClock.timer(delayMs, send, false);
    this.#delayed.add(cancel);
  }

  #send(wire: Uint8Array): void {
    this.#socket?.write(wire);
  }
}

function ok(data: Uint8Array): BmcReply {
  return { completionCode: COMPLETED, data };
}

function handlerKey(netFn: number, cmd: number): number {
  return (netFn << 8) | cmd;
}
