/**
 * The object that `open()` returns: one opened interface. It checks callers' requests and hands
 * them to the interface. When the BMC is lost the device stays open: it looks for the BMC and emits
 * `lost` and `ready`.
 */

/// <reference lib="esnext.disposable" preserve="true" />

import type { BringUpOptions } from '../bmc/bring-up.ts';
import type { BmcIdentity, IdentityOptions } from '../bmc/identity.ts';
import type { Clock } from '../clock.ts';
import { copyOf } from '../driver/statistics.ts';
import type { Statistics } from '../driver/statistics.ts';
import { closedError, kindOf } from '../errors.ts';
import type { BmcEvent } from '../ipmi/bmc-event.ts';
import type { BtCapabilities } from '../ipmi/bt-capabilities.ts';
import { AppCmd, NetFn } from '../ipmi/commands.ts';
import { Completion } from '../ipmi/completion.ts';
import type { DeviceId } from '../ipmi/device-id.ts';
import type { Reply } from '../ipmi/message.ts';
import type { AwaitedAnswer, Bridger, ExpectedAnswer } from '../ipmi/requester.ts';
import type { RequestInput, RequestOptions } from '../ipmi/requester.ts';
import type { Log } from '../log.ts';
import { aSignal, checkOptionsOf } from '../option-table.ts';
import { allOf } from '../rollback.ts';
import type { Rollback } from '../rollback.ts';
import { EventStream } from './event-stream.ts';
import type { EventStreamOptions } from './event-stream.ts';
import { Listeners, checkListener } from './events.ts';
import type { DeviceEvents, Listener } from './events.ts';
import { checkIdentityOptions, checkRequest, checkRequestOptions } from './options.ts';
import type { DeviceInterface, NewInterface } from './interface.ts';
import { Lifecycle } from './state.ts';
import type { DeviceState } from './state.ts';

/** The way to the ports; `serve`: a server has them. */
export type Backend = 'native' | 'dev-port' | 'custom' | 'serve';

const NO_OPTIONS: RequestOptions = {};

/** Everything a device is built from; complete, nothing has a default here. */
export interface DeviceParts {
  readonly name: string;
  /** Port of BT_CTRL. */
  readonly base: number;
  readonly backend: Backend;
  readonly newInterface: NewInterface;
  /** The device taken from a kernel driver; undefined when there is none. */
  readonly takenDevice: string | undefined;
  readonly lockTimeoutMs: number;
  readonly clock: Clock;
  readonly log: Log;
  /** Undoes what `open()` has acquired; the device owns it from now on. */
  readonly rollback: Rollback;
}

/** Kinds of reset: Cold Reset and Warm Reset of the BMC, or a reset of the interface alone. */
export type ResetKind = 'cold' | 'warm' | 'interface';

/** One BT interface in use. Obtained from `open()`; end it with {@link Device.close}. */
export class Device implements Bridger {
  /** `bt0`, `bt1`, ...: the lowest free one when it was opened. */
  readonly name: string;
  /** Port of BT_CTRL. */
  readonly base: number;
  readonly backend: Backend;
  readonly #parts: DeviceParts;
  readonly #interface: DeviceInterface;
  readonly #listeners = new Listeners();
  readonly #lifecycle = new Lifecycle();
  #closing: Promise<void> | undefined;

  /** @internal Programs get a device from `open()`. */
  constructor(parts: DeviceParts) {
    this.name = parts.name;
    this.base = parts.base;
    this.backend = parts.backend;
    this.#parts = parts;
    const sides = { lifecycle: this.#lifecycle, listeners: this.#listeners };
    this.#interface = parts.newInterface(sides);
    parts.rollback.add({ run: () => this.#retire(), runNow: () => this.#stop() });
  }

  /** Capabilities of the BT interface, raw; `undefined` until they were needed. */
  get capabilities(): BtCapabilities | undefined {
    return this.#interface.identity.capabilities;
  }

  /** The BMC's device id; `undefined` before bring-up, or when the BMC does not give it. */
  get deviceId(): DeviceId | undefined {
    return this.#interface.identity.deviceId;
  }

  /** The state of the device: `ready` or `lost`, by whether the BMC last answered. */
  get state(): DeviceState {
    return this.#lifecycle.state;
  }

  /** The device taken from a kernel driver until this one closes, such as `IPI0001:00`. */
  get takenDevice(): string | undefined {
    return this.#parts.takenDevice;
  }

  /** Counters since the device was opened. */
  statistics(): Readonly<Statistics> {
    return copyOf(this.#interface.statistics);
  }

  /** Calls `listener` at every event of that name. */
  on<Name extends keyof DeviceEvents>(name: Name, listener: Listener<Name>): this {
    checkListener(name, listener);
    this.#listeners.add(name, listener);
    return this.#heed();
  }

  /** Calls `listener` at the next event of that name, once. */
  once<Name extends keyof DeviceEvents>(name: Name, listener: Listener<Name>): this {
    checkListener(name, listener);
    const first = (...words: DeviceEvents[Name]): void => {
      this.off(name, first);
      listener(...words);
    };
    // `off(name, listener)` finds it by that.
    return this.on(name, Object.assign(first, { listener }));
  }

  /** Removes `listener`. */
  off<Name extends keyof DeviceEvents>(name: Name, listener: Listener<Name>): this {
    this.#listeners.remove(name, listener);
    return this.#heed();
  }

  /** The same as {@link off}, under the name that `events.once()` of Node calls. */
  removeListener<Name extends keyof DeviceEvents>(name: Name, listener: Listener<Name>): this {
    return this.off(name, listener);
  }

  /**
   * The events and messages of the BMC, from this call on, for `for await`. The iteration ends when
   * the device closes, and keeps the process alive while it waits. Up to 1024 events wait for a
   * program that is busy; then the oldest is dropped, logged, and counted in `eventsMissed`.
   * Aborting `signal` makes it reject with `REQUEST_ABORTED`.
   */
  events(options: EventStreamOptions = {}): AsyncIterableIterator<BmcEvent, undefined> {
    const call = { name: 'events()', example: '{ signal }' };
    checkOptionsOf<EventStreamOptions>(call, options, { signal: aSignal });
    const { clock, log } = this.#parts;
    return new EventStream({
      ...options,
      clock,
      listen: (tell, end) => {
        if (this.#lifecycle.state === 'closed') end();
        this.on('event', tell).on('closed', end);
        return () => this.off('event', tell).off('closed', end);
      },
      onDropped: (event) => {
        this.#interface.statistics.eventsMissed += 1;
        // A message may be a bridged answer with a secret; an event record has none.
        const bytes = event.kind === 'event' ? [...event.record.raw] : undefined;
        log.warn({ kind: event.kind, bytes }, 'event dropped: the program does not take it');
      },
    });
  }

  /** @internal Brings the interface up; `lazy` only checks that it is there. */
  async bringUp(mode: 'full' | 'lazy', options: BringUpOptions): Promise<void> {
    if (this.#lifecycle.state === 'found') this.#lifecycle.enter('registering');
    await this.#interface.bringUp(mode, options);
    // Unless it was lost or closed meanwhile.
    if (this.#lifecycle.state === 'registering') this.#lifecycle.enter('ready');
  }

  /** @internal Checks for a lost BMC at once, because a caller waits. */
  hurry(): void {
    this.#interface.hurry();
  }

  /**
   * Resolves to the BMC's identity: device id, GUIDs and self test, each `undefined` when the BMC
   * does not have it or does not answer that question. The first call asks, in up to four
   * transactions; the answers are kept until the BMC is lost, and what was not answered is asked
   * for once more by the next call. Rejects as {@link request} does when no question is answered.
   */
  async identity(options: IdentityOptions = {}): Promise<BmcIdentity> {
    checkIdentityOptions('identity()', options);
    return await this.#interface.identity.learn(this, options);
  }

  /**
   * Sends one command and resolves to the BMC's reply, whatever its completion code.
   *
   * Requests may overlap: they are queued, and each gets its own reply. While the BMC is lost they
   * wait for it until they time out. Rejects with an {@link IpmiError}: `REQUEST_TIMEOUT`,
   * `REQUEST_ABORTED`, `BMC_UNRESPONSIVE`, `RESPONSE_MALFORMED`, `REQUEST_TOO_LONG`, `QUEUE_FULL`,
   * `DEVICE_LOCKED` or `DEVICE_CLOSED`, whose `outcome` says whether the BMC may have executed it;
   * with `TypeError` or `RangeError` for an invalid request.
   */
  request(input: RequestInput, options: RequestOptions = NO_OPTIONS): Promise<Reply> {
    // Not an async function: while it waits, one takes as much memory as the rest of a request.
    try {
      const request = checkRequest(input);
      if (options !== NO_OPTIONS) checkRequestOptions(options);
      const { timeoutMs, retries = 'safe', repeatBusy, signal } = options;
      const how = { retries, repeatBusy, internal: false, timeoutMs, signal };
      return this.#interface.submit(request, how);
    } catch (error) {
      const mistake = error as Error;
      return Promise.reject(mistake);
    }
  }

  /**
   * Awaits the answer of a satellite controller, for `bridge()` of `ipmi-bt/commands`: while an
   * answer is awaited, the BMC's receive message queue is read (IPMI 2.0 §22.6). A message that is
   * none of them is told to the listeners to `event`. Throws `QUEUE_FULL` or `DEVICE_CLOSED`;
   * over a server it is a promise, which rejects with them.
   */
  expectAnswer(expected: ExpectedAnswer): AwaitedAnswer | Promise<AwaitedAnswer> {
    if (this.#lifecycle.state === 'closed') throw closedError();
    return this.#interface.expectAnswer(expected);
  }

  /**
   * Resets the BMC (Cold Reset, Warm Reset) or its BT interface (BMC_HWRST), and resolves to the
   * completion code: 0 when it is done. From then on the device is `lost` until the BMC answers
   * again, and requests wait. A reset is sent once, and only if a caller asks for it. Rejects as
   * {@link request} does.
   */
  async reset(kind: ResetKind, options: RequestOptions = {}): Promise<number> {
    checkRequestOptions(options, 'reset()');
    if (kind !== 'interface') {
      const cmd = checkReset(kind);
      const reply = await this.request({ netFn: NetFn.APP, cmd }, { ...options, retries: 0 });
      return reply.completionCode;
    }
    if (this.#lifecycle.state === 'closed') throw closedError();
    const { timeoutMs = this.#parts.lockTimeoutMs, signal } = options;
    const deadlineMs = this.#parts.clock.now() + timeoutMs;
    await this.#interface.reset({ deadlineMs, signal });
    return Completion.OK;
  }

  /**
   * Closes the device: refuses new requests, rejects all others with `DEVICE_CLOSED`, leaves the
   * hardware quiet and releases the ports. Idempotent. It waits for the BMC in two cases only, and
   * rejects all requests at once even then:
   *
   * With a listener to `event`, or an interrupt line, it waits up to 5 s until the BMC's enables
   * are put back.
   *
   * After `takeover` it waits until the interface is free and gives it back to the kernel's driver.
   * It rejects when it cannot: with `BMC_UNRESPONSIVE` when the BMC stays busy, with
   * `DEVICE_LOCKED` when another process still uses the interface.
   */
  close(): Promise<void> {
    const mustWait = this.takenDevice !== undefined || this.#interface.isServing;
    if (mustWait) this.#closing ??= this.#closeInTime();
    else this.closeNow();
    return this.#closing ?? Promise.resolve();
  }

  /** The same as {@link close}, for `await using`. */
  [Symbol.asyncDispose](): Promise<void> {
    return this.close();
  }

  /** @internal {@link close} without a promise, for exit handlers. */
  closeNow(): void {
    const { rollback, log } = this.#parts;
    if (rollback.isEmpty) return;
    for (const failure of rollback.runNow()) log.error({ error: String(failure) }, 'close');
    this.#end();
  }

  async #closeInTime(): Promise<void> {
    if (this.#parts.rollback.isEmpty) return;
    const failures = await this.#parts.rollback.run('go on');
    // The exit handler has done it meanwhile.
    if (failures === 'overtaken') return;
    this.#end();
    if (failures.length > 0) throw allOf(failures);
  }

  /** Starts or stops the service of the attention bit and of events, as there are listeners. */
  #heed(): this {
    const listeners = this.#listeners;
    this.#interface.listen({
      attention: listeners.has('attention'),
      event: listeners.has('event'),
    });
    return this;
  }

  /** Puts the BMC's enables back, and stops. */
  async #retire(): Promise<void> {
    this.#lifecycle.close();
    if (this.#interface.isServing) await this.#interface.retire();
    this.#stop();
  }

  /** Settles everything and leaves the hardware quiet; the BMC may go on with a command. */
  #stop(): void {
    this.#lifecycle.close();
    try {
      this.#interface.close();
    } catch (error) {
      // The ports failed, so that the hardware cannot be left quiet.
      this.#parts.log.error({ error: String(error) }, 'close');
    }
  }

  #end(): void {
    this.#parts.log.info({}, 'close');
    this.#listeners.tell('closed');
  }
}

function checkReset(kind: unknown): number {
  if (kind === 'cold') return AppCmd.COLD_RESET;
  if (kind === 'warm') return AppCmd.WARM_RESET;
  throw new RangeError(`reset must be cold, warm or interface, not ${kindOf(kind)}`);
}
