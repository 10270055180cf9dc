/**
 * What a program holds: one opened BT interface. It checks a caller's request at the door, knows
 * what the BMC takes, and hands the rest to the driver.
 */

import { checkPresence, bringUp, learnCapabilities } from './bt/bring-up.ts';
import type { BringUpOptions } from './bt/bring-up.ts';
import { Drain } from './bt/drain.ts';
import { BtDriver } from './bt/driver.ts';
import { REQUEST_OVERHEAD_BYTES } from './bt/frame.ts';
import type { Reply } from './bt/frame.ts';
import { limitsFor } from './bt/limits.ts';
import { BtMachine } from './bt/machine.ts';
import { BtRegisters } from './bt/registers.ts';
import type { RegisterBlock } from './bt/registers.ts';
import { newStatistics } from './bt/statistics.ts';
import type { Statistics } from './bt/statistics.ts';
import { Turnstile } from './bt/turnstile.ts';
import type { Clock } from './clock.ts';
import { DEFAULT_CAPABILITIES } from './ipmi/bt-capabilities.ts';
import type { BtCapabilities } from './ipmi/bt-capabilities.ts';
import type { DeviceId } from './ipmi/device-id.ts';
import type { Lock } from './lock.ts';
import type { Log } from './log.ts';
import type { PortIo } from './port/port.ts';
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
export interface DeviceParts {
  readonly name: string;
  readonly port: PortIo;
  readonly backend: Backend;
  readonly block: RegisterBlock;
  /** Shared with other processes; closed with the device. */
  readonly lock: Lock;
  readonly lockTimeoutMs: number;
  readonly clock: Clock;
  readonly log: Log;
  readonly queueMax: number;
  readonly attemptMs: number | undefined;
  /** Undefined when the interface is nobody else's. */
  readonly handBack: HandBack | undefined;
  /** Called once, when the device has closed. */
  readonly onClosed: () => void;
}

/** One BT interface in use. Obtained from `open()`; end it with {@link Device.close}. */
export class Device {
  /** `bt0`, `bt1`, ...: the lowest free one when it was opened. */
  readonly name: string;
  /** Port of BT_CTRL. */
  readonly base: number;
  readonly backend: Backend;
  readonly #parts: DeviceParts;
  readonly #registers: BtRegisters;
  readonly #machine: BtMachine;
  readonly #turnstile: Turnstile;
  readonly #driver: BtDriver;
  readonly #statistics = newStatistics();
  #capabilities: BtCapabilities | undefined;
  #learning = false;
  #deviceId: DeviceId | undefined;
  #wire: Wire | undefined;
  #closing: Promise<void> | undefined;
  #closed = false;

  /** @internal Programs get a device from `open()`. */
  constructor(parts: DeviceParts) {
    this.name = parts.name;
    this.base = parts.block.base;
    this.backend = parts.backend;
    this.#parts = parts;
    this.#registers = new BtRegisters(parts.port, parts.block);
    this.#turnstile = new Turnstile(parts.lock, parts.lockTimeoutMs);
    this.#machine = new BtMachine(this.#registers, this.#statistics);
    this.#driver = new BtDriver({
      machine: this.#machine,
      turnstile: this.#turnstile,
      clock: parts.clock,
      log: parts.log,
      statistics: this.#statistics,
      limits: limitsFor(DEFAULT_CAPABILITIES, parts.attemptMs),
      queueMax: parts.queueMax,
      // A fixed start would repeat numbers the former process has just used.
      firstSeq: Math.floor(Math.random() * 256),
    });
  }

  /** What the BMC said of its BT interface, raw; `undefined` while nobody needed to ask. */
  get capabilities(): BtCapabilities | undefined {
    return this.#capabilities;
  }

  /** Who the BMC is; `undefined` before bring-up, or when it would not say. */
  get deviceId(): DeviceId | undefined {
    return this.#deviceId;
  }

  /** The device that a kernel driver is kept from meanwhile, such as `IPI0001:00`. */
  get takenDevice(): string | undefined {
    return this.#parts.handBack?.device;
  }

  /** Counters since the device was opened. */
  statistics(): Readonly<Statistics> {
    return { ...this.#statistics };
  }

  /** @internal Takes the interface into use; `lazy` only looks whether it is there. */
  async bringUp(mode: 'full' | 'lazy', options: BringUpOptions): Promise<void> {
    const [registers, driver, turnstile] = [this.#registers, this.#driver, this.#turnstile];
    const target = { registers, driver, turnstile, base: this.base };
    if (mode === 'lazy') {
      await checkPresence(target, options);
      // Nobody is held; but if nobody asks for anything, the lock must be let go.
      driver.holdCallers(false);
      return;
    }
    const { capabilities, deviceId } = await bringUp(target, options);
    this.#capabilities = capabilities;
    this.#deviceId = deviceId;
  }

  /**
   * Sends one command and resolves to the BMC's reply, whatever its completion code.
   *
   * Requests may overlap: they are queued, and each gets its own reply. Rejects with an
   * {@link IpmiError}: `REQUEST_TIMEOUT`, `REQUEST_ABORTED`, `BMC_UNRESPONSIVE`,
   * `RESPONSE_MALFORMED`, `REQUEST_TOO_LONG`, `QUEUE_FULL`, `DEVICE_LOCKED` or `DEVICE_CLOSED`,
   * whose `outcome` says whether the BMC may have executed it; with `TypeError` or `RangeError` for
   * a request that is none.
   */
  async request(input: RequestInput, options: RequestOptions = {}): Promise<Reply> {
    const request = checkRequest(input);
    checkRequestOptions(options);
    const { timeoutMs, retries = 'safe', signal } = options;
    const length = request.data.length + REQUEST_OVERHEAD_BYTES;
    // Not every BMC takes so long a frame: ask this one first. The request waits in the queue.
    if (length > DEFAULT_CAPABILITIES.inputBytes) void this.#learn();
    const how = { retries, timeoutMs, signal, internal: false };
    const transaction = this.#driver.submit(request, how);
    if (!transaction.settled) await transaction.settling();
    return transaction.reply();
  }

  /**
   * Closes the device: refuses new requests, settles all others with `DEVICE_CLOSED`, leaves the
   * hardware quiet and gives the ports back. Idempotent; never waits for the BMC.
   *
   * Except after `takeover`: then it settles everything at once, waits until the interface is free
   * and gives it back. Rejects when that could not be done: `BMC_UNRESPONSIVE` when the BMC stays
   * busy, `DEVICE_LOCKED` when another process still uses the interface.
   */
  close(): Promise<void> {
    const { handBack } = this.#parts;
    if (handBack === undefined) this.closeNow();
    else this.#closing ??= this.#handBack(handBack);
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

  async #handBack(handBack: HandBack): Promise<void> {
    if (this.#closed) return;
    const wire = this.#stop();
    try {
      await handBack.giveBack(wire);
    } finally {
      this.#closed = true;
      this.#end(wire);
    }
  }

  /** Settles everything and leaves the hardware quiet; what the BMC works on, it works on. */
  #stop(): Wire {
    const { log, attemptMs } = this.#parts;
    const limits = limitsFor(this.#capabilities ?? DEFAULT_CAPABILITIES, attemptMs);
    const drain = new Drain(this.#registers, this.#machine.onWire);
    try {
      this.#driver.close();
    } catch (error) {
      // The ports themselves failed: there is nothing left to leave quiet.
      log.error({ error: String(error) }, 'close');
    } finally {
      this.#turnstile.close();
    }
    this.#wire ??= this.#wireOf(drain, limits.attemptMs + HAND_BACK_GRACE_MS);
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
  }

  async #learn(): Promise<void> {
    if (this.#capabilities !== undefined || this.#learning) return;
    this.#learning = true;
    const { clock, attemptMs } = this.#parts;
    const deadlineMs = clock.now() + limitsFor(DEFAULT_CAPABILITIES, attemptMs).requestMs;
    const options = { clock, deadlineMs, attemptMs, signal: undefined };
    this.#driver.holdCallers(true);
    try {
      this.#capabilities = await learnCapabilities(this.#driver, options);
    } catch {
      // Closed meanwhile: the request that wanted to know has been told so.
    } finally {
      this.#learning = false;
      this.#driver.holdCallers(false);
    }
  }
}
