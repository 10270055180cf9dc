/**
 * What a program holds: one opened BT interface. It checks a caller's request at the door and hands
 * the rest to the link. A BMC that goes away is lost, not the device: it is looked for, and the
 * device tells when it went and came back.
 */

import { EventEmitter } from 'node:events';

import type { BringUpOptions } from './bt/bring-up.ts';
import type { Drain } from './bt/drain.ts';
import type { Reply } from './bt/frame.ts';
import { Link } from './bt/link.ts';
import type { LinkParts } from './bt/link.ts';
import type { LossReason } from './bt/recovery.ts';
import type { Statistics } from './bt/statistics.ts';
import type { BmcEvent } from './ipmi/bmc-event.ts';
import type { BtCapabilities } from './ipmi/bt-capabilities.ts';
import type { DeviceId } from './ipmi/device-id.ts';
import { checkRequest, checkRequestOptions } from './validate.ts';
import type { RequestInput, RequestOptions } from './validate.ts';

/** How the ports are reached. */
export type Backend = 'native' | 'dev-port' | 'custom';

/** Another driver is not bound earlier than so long after the time of a last command. */
const HAND_BACK_GRACE_MS = 1000;

/** The interface after its last command, for who gives it back. */
export interface Wire {
  /** How long to wait for it to be free. */
  readonly patienceMs: number;
  /** Whether another driver may have it; see {@link Drain.look}. */
  look(isOver: boolean): boolean;
  /** Why not. */
  readonly reason: string;
  /** Gives the ports back; nothing can be looked at afterwards. Idempotent. */
  release(): void;
}

/** Gives the interface back to whom it was taken from, when the device closes. */
export interface HandBack {
  /** The device it was taken from its driver; undefined when no driver had it. */
  readonly device: string | undefined;
  /** Waits until the interface is free. Rejects when it could not be given back. */
  giveBack(wire: Wire): Promise<void>;
  /** The same without waiting, for exit handlers; never throws. */
  giveBackNow(wire: Wire): void;
}

/** Everything a device is built from; complete, nothing has a default here. */
export interface DeviceParts extends LinkParts {
  readonly name: string;
  readonly backend: Backend;
  /** Undefined when the interface is nobody else's. */
  readonly handBack: HandBack | undefined;
  /** Called once, when the device has closed. */
  readonly onClosed: () => void;
}

/** What a device tells, and what it says with it. */
export interface DeviceEvents {
  /** The BMC does not answer. It is looked for, and requests wait. */
  lost: [reason: LossReason];
  /** The BMC that was lost answers again; the requests that waited are sent. */
  ready: [];
  /** The BMC has an event or a message. Asked for only while somebody listens. */
  event: [event: BmcEvent];
  /** The device was closed. */
  closed: [];
}

/** `ready`: as far as is known, the BMC answers. */
export type DeviceState = 'ready' | 'lost' | 'closed';

type Listener<Name extends keyof DeviceEvents> = (...words: DeviceEvents[Name]) => void;

/** One BT interface in use. Obtained from `open()`; end it with {@link Device.close}. */
export class Device {
  /** `bt0`, `bt1`, ...: the lowest free one when it was opened. */
  readonly name: string;
  /** Port of BT_CTRL. */
  readonly base: number;
  readonly backend: Backend;
  readonly #parts: DeviceParts;
  readonly #link: Link;
  readonly #events = new EventEmitter();
  #wire: Wire | undefined;
  #closing: Promise<void> | undefined;
  #closed = false;

  /** @internal Programs get a device from `open()`. */
  constructor(parts: DeviceParts) {
    this.name = parts.name;
    this.base = parts.block.base;
    this.backend = parts.backend;
    this.#parts = parts;
    this.#link = new Link(parts, {
      lost: (reason) => {
        this.#tell('lost', reason);
      },
      ready: () => {
        this.#tell('ready');
      },
      event: (event) => {
        this.#tell('event', event);
      },
    });
  }

  /** What the BMC said of its BT interface, raw; `undefined` while nobody needed to ask. */
  get capabilities(): BtCapabilities | undefined {
    return this.#link.capabilities;
  }

  /** Who the BMC is; `undefined` before bring-up, or when it would not say. */
  get deviceId(): DeviceId | undefined {
    return this.#link.deviceId;
  }

  /** Whether the BMC answers, as far as is known. */
  get state(): DeviceState {
    if (this.#closed || this.#closing !== undefined) return 'closed';
    return this.#link.isLost ? 'lost' : 'ready';
  }

  /** The device that a kernel driver is kept from meanwhile, such as `IPI0001:00`. */
  get takenDevice(): string | undefined {
    return this.#parts.handBack?.device;
  }

  /** Counters since the device was opened. */
  statistics(): Readonly<Statistics> {
    return { ...this.#link.statistics };
  }

  /** Calls `listener` at every event of that name. */
  on<Name extends keyof DeviceEvents>(name: Name, listener: Listener<Name>): this {
    this.#events.on(name, listener);
    return this.#heed();
  }

  /** Calls `listener` no more. */
  off<Name extends keyof DeviceEvents>(name: Name, listener: Listener<Name>): this {
    this.#events.off(name, listener);
    return this.#heed();
  }

  /** @internal Takes the interface into use; `lazy` only looks whether it is there. */
  async bringUp(mode: 'full' | 'lazy', options: BringUpOptions): Promise<void> {
    await this.#link.bringUp(mode, options);
  }

  /**
   * Sends one command and resolves to the BMC's reply, whatever its completion code.
   *
   * Requests may overlap: they are queued, and each gets its own reply. While the BMC is lost they
   * wait for it, as long as their time lasts. Rejects with an {@link IpmiError}: `REQUEST_TIMEOUT`,
   * `REQUEST_ABORTED`, `BMC_UNRESPONSIVE`, `RESPONSE_MALFORMED`, `REQUEST_TOO_LONG`, `QUEUE_FULL`,
   * `DEVICE_LOCKED` or `DEVICE_CLOSED`, whose `outcome` says whether the BMC may have executed it;
   * with `TypeError` or `RangeError` for a request that is none.
   */
  async request(input: RequestInput, options: RequestOptions = {}): Promise<Reply> {
    const request = checkRequest(input);
    checkRequestOptions(options);
    const { timeoutMs, retries = 'safe', signal } = options;
    const transaction = this.#link.submit(request, { retries, timeoutMs, signal });
    if (!transaction.settled) await transaction.settling();
    return transaction.reply();
  }

  /**
   * Closes the device: refuses new requests, settles all others with `DEVICE_CLOSED`, leaves the
   * hardware quiet and gives the ports back. Idempotent; never waits for the BMC.
   *
   * Except while somebody listens to its events: then it settles everything at once, and waits up
   * to 5 s until the BMC has been told to keep events as before.
   *
   * Except after `takeover`: then it settles everything at once, waits until the interface is free
   * and gives it back. Rejects when that could not be done: `BMC_UNRESPONSIVE` when the BMC stays
   * busy, `DEVICE_LOCKED` when another process still uses the interface.
   */
  close(): Promise<void> {
    const { handBack } = this.#parts;
    if (handBack === undefined && !this.#link.isListening) this.closeNow();
    else this.#closing ??= this.#closeInTime(handBack);
    return this.#closing ?? Promise.resolve();
  }

  /** The same as {@link close}, for `await using`. */
  [Symbol.asyncDispose](): Promise<void> {
    return this.close();
  }

  /** @internal {@link close} without a promise, for exit handlers. */
  closeNow(): void {
    if (this.#closed) return;
    this.#closed = true;
    const wire = this.#stop();
    this.#parts.handBack?.giveBackNow(wire);
    this.#end(wire);
  }

  async #closeInTime(handBack: HandBack | undefined): Promise<void> {
    if (this.#closed) return;
    if (this.#link.isListening) await this.#link.retire();
    // Ended meanwhile, by the end of the process.
    if (this.#isOver) return;
    const wire = this.#stop();
    try {
      await handBack?.giveBack(wire);
    } finally {
      this.#closed = true;
      this.#end(wire);
    }
  }

  /** Events are asked for while somebody listens. */
  #heed(): this {
    this.#link.listen(this.#events.listenerCount('event') > 0);
    return this;
  }

  /** A getter, because it changes behind an `await`. */
  get #isOver(): boolean {
    return this.#closed;
  }

  /** Settles everything and leaves the hardware quiet; what the BMC works on, it works on. */
  #stop(): Wire {
    const { log } = this.#parts;
    const { attemptMs } = this.#link;
    const drain = this.#link.drain();
    try {
      this.#link.close();
    } catch (error) {
      // The ports themselves failed: there is nothing left to leave quiet.
      log.error({ error: String(error) }, 'close');
    }
    this.#wire ??= this.#wireOf(drain, attemptMs + HAND_BACK_GRACE_MS);
    return this.#wire;
  }

  #wireOf(drain: Drain, patienceMs: number): Wire {
    const { port } = this.#parts;
    let isOpen = true;
    return {
      patienceMs,
      look: (isOver) => drain.look(isOver),
      get reason() {
        return drain.reason;
      },
      release: () => {
        if (isOpen) port.close();
        isOpen = false;
      },
    };
  }

  #end(wire: Wire): void {
    wire.release();
    this.#parts.onClosed();
    this.#tell('closed');
  }

  /** Later, so that a listener's mistake is not ours. */
  #tell<Name extends keyof DeviceEvents>(name: Name, ...words: DeviceEvents[Name]): void {
    queueMicrotask(() => {
      this.#events.emit(name, ...words);
    });
  }
}
