/**
 * What a program holds: one opened BT interface. It checks a caller's request at the door, knows
 * what the BMC takes, and hands the rest to the driver.
 */

import { checkPresence, bringUp, learnCapabilities } from './bt/bring-up.ts';
import type { BringUpOptions } from './bt/bring-up.ts';
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
  readonly #turnstile: Turnstile;
  readonly #driver: BtDriver;
  readonly #statistics = newStatistics();
  #capabilities: BtCapabilities | undefined;
  #learning = false;
  #deviceId: DeviceId | undefined;
  #closed = false;

  /** @internal Programs get a device from `open()`. */
  constructor(parts: DeviceParts) {
    this.name = parts.name;
    this.base = parts.block.base;
    this.backend = parts.backend;
    this.#parts = parts;
    this.#registers = new BtRegisters(parts.port, parts.block);
    this.#turnstile = new Turnstile(parts.lock, parts.lockTimeoutMs);
    this.#driver = new BtDriver({
      machine: new BtMachine(this.#registers, this.#statistics),
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
   */
  close(): Promise<void> {
    this.closeNow();
    return Promise.resolve();
  }

  /** The same as {@link close}, for `await using`. */
  [Symbol.asyncDispose](): Promise<void> {
    return this.close();
  }

  /** @internal {@link close} without a promise, for exit handlers. */
  closeNow(): void {
    if (this.#closed) return;
    this.#closed = true;
    const { port, log, onClosed } = this.#parts;
    try {
      this.#driver.close();
    } catch (error) {
      // The ports themselves failed: there is nothing left to leave quiet.
      log.error({ error: String(error) }, 'close');
    } finally {
      port.close();
      this.#turnstile.close();
      onClosed();
    }
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
