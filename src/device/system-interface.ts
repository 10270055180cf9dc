/**
 * The way to one BMC: brings it up, hands on what callers ask, listens to what the BMC has to say,
 * and brings it up again after it was lost.
 */

import { within } from '../clock.ts';
import type { Clock } from '../clock.ts';
import { IpmiError } from '../errors.ts';
import type { BmcEvent } from '../ipmi/bmc-event.ts';
import { DEFAULT_CAPABILITIES } from '../ipmi/bt-capabilities.ts';
import type { BtCapabilities } from '../ipmi/bt-capabilities.ts';
import type { DeviceId } from '../ipmi/device-id.ts';
import type { Lock } from '../share/lock.ts';
import type { Log } from '../log.ts';
import type { PortIo } from '../port/port.ts';
import type { IrqLine } from '../port/irq-line.ts';
import { Assistance } from '../bmc/assistance.ts';
import { Attention } from '../bmc/attention.ts';
import { askerOf, bringUp, checkPresence } from '../bmc/bring-up.ts';
import type { BringUpOptions, Interface } from '../bmc/bring-up.ts';
import { Drain } from '../bt/drain.ts';
import { BtDriver } from '../driver/driver.ts';
import type { SubmitOptions } from '../driver/driver.ts';
import { FAILURES } from '../driver/failure.ts';
import { REQUEST_OVERHEAD_BYTES } from '../ipmi/bt-capabilities.ts';
import type { Reply, Request } from '../ipmi/message.ts';
import { GlobalEnables } from '../bmc/global-enables.ts';
import { Interrupt } from '../driver/interrupt.ts';
import { Knowledge } from '../bmc/knowledge.ts';
import { limitsFor } from '../driver/limits.ts';
import { BtMachine } from '../bt/machine.ts';
import { PollPolicy } from '../driver/poll-policy.ts';
import type { Quirk } from '../bt/quirks.ts';
import { Recovery } from '../bmc/recovery.ts';
import type { LossReason } from '../bmc/recovery.ts';
import { BtRegisters } from '../bt/registers.ts';
import type { RegisterBlock } from '../port/register-block.ts';
import { newStatistics } from '../driver/statistics.ts';
import { Arbiter } from '../share/arbiter.ts';

/** Time to put back what the BMC was told, when the link is closed. */
export const PUT_BACK_MS = 5000;

/** Everything a link is built from; complete, nothing has a default here. */
export interface InterfaceParts {
  readonly port: PortIo;
  readonly block: RegisterBlock;
  /** Shared with other processes; closed with the link. */
  readonly lock: Lock;
  readonly lockTimeoutMs: number;
  readonly clock: Clock;
  readonly log: Log;
  readonly queueMax: number;
  readonly attemptMs: number | undefined;
  readonly quirks: readonly Quirk[];
  /** Least time from one look at the registers to the next; 0 where there is none. */
  readonly calmMs: number;
  /** Where the interrupt arrives; closed with the link. */
  readonly line: IrqLine | undefined;
  /** First sequence number. */
  readonly firstSeq: number;
}

/** Who is told when the BMC goes and comes back, and what it has to say. */
export interface InterfaceEvents {
  readonly lost: (reason: LossReason) => void;
  readonly ready: () => void;
  /** It came back as another, or with other firmware. */
  readonly identity: (now: DeviceId, before: DeviceId) => void;
  /** SMS_ATN was seen to rise. */
  readonly attention: () => void;
  readonly event: (event: BmcEvent) => void;
}

export class SystemInterface {
  readonly statistics = newStatistics();
  readonly #parts: InterfaceParts;
  readonly #machine: BtMachine;
  readonly #arbiter: Arbiter;
  readonly #driver: BtDriver;
  readonly #target: Interface;
  readonly #knowledge: Knowledge;
  readonly #recovery: Recovery;
  readonly #attention: Attention;
  /** Undefined where there is no interrupt line. */
  readonly #assistance: Assistance | undefined;

  constructor(parts: InterfaceParts, events: InterfaceEvents) {
    this.#parts = parts;
    const { statistics } = this;
    const { port, block, lock, lockTimeoutMs, clock, log } = parts;
    const registers = new BtRegisters(port, block);
    const interrupt = this.#newInterrupt(registers);
    this.#machine = this.#newMachine(registers, interrupt, events);
    this.#arbiter = new Arbiter(lock, lockTimeoutMs);
    this.#driver = this.#newDriver(interrupt);
    const [driver, arbiter] = [this.#driver, this.#arbiter];
    this.#target = { registers, driver, arbiter, base: block.base };
    const onSilence = (): void => {
      this.#recovery.check();
    };
    const { attemptMs } = parts;
    this.#knowledge = new Knowledge({ driver, clock, attemptMs, onSilence });
    this.#recovery = this.#newRecovery(events);
    const enables = new GlobalEnables(askerOf(driver));
    if (interrupt !== undefined) {
      this.#assistance = new Assistance({ interrupt, enables, log, onSilence });
    }
    const isAway = (): boolean => this.#recovery.isRunning;
    const tell = events.event;
    const basics = { driver, clock, log, statistics, enables };
    this.#attention = new Attention({ ...basics, isAway, onSilence, tell });
  }

  /** What the BMC said of its BT interface, raw; `undefined` while nobody needed to ask. */
  get capabilities(): BtCapabilities | undefined {
    return this.#knowledge.capabilities;
  }

  /** Who the BMC is; `undefined` before bring-up, or when it would not say. */
  get deviceId(): DeviceId | undefined {
    return this.#knowledge.deviceId;
  }

  /** How long the BMC gets to answer. */
  get attemptMs(): number {
    return this.#driver.attemptMs;
  }

  /** Takes the interface into use; `lazy` only looks whether it is there. */
  async bringUp(mode: 'full' | 'lazy', options: BringUpOptions): Promise<void> {
    if (mode === 'lazy') {
      await checkPresence(this.#target, options);
      this.#assistance?.renew();
      // If nobody asks for anything, the lock must be let go.
      this.#driver.run();
      return;
    }
    this.#knowledge.met(await bringUp(this.#target, options));
    this.#assistance?.renew();
  }

  /** Somebody waits from now on: if the BMC is lost, looks for it at once. */
  hurry(): void {
    if (this.#recovery.isRunning) this.#recovery.hurry();
  }

  /** Hands a caller's request to the driver. */
  submit(request: Request, options: SubmitOptions): Promise<Reply> {
    const length = request.data.length + REQUEST_OVERHEAD_BYTES;
    // Not every BMC takes so long a frame: ask this one first. The request waits in the queue.
    if (length > DEFAULT_CAPABILITIES.inputBytes) void this.#knowledge.learn();
    const result = this.#driver.submit(request, options);
    this.hurry();
    return result;
  }

  /** Writes BMC_HWRST. Rejects with `DEVICE_LOCKED` or `REQUEST_ABORTED` when it could not. */
  async resetInterface(options: Pick<BringUpOptions, 'deadlineMs' | 'signal'>): Promise<void> {
    await this.#arbiter.acquire(this.#parts.clock, options);
    // Closed while it waited.
    if (!this.#driver.resetInterface()) throw new IpmiError('DEVICE_CLOSED', FAILURES.closed.text);
  }

  /** Somebody listens from now on to SMS_ATN or to the BMC's events, or nobody does. */
  listen({ attention, event }: { attention: boolean; event: boolean }): void {
    this.#attention.watch(attention);
    this.#attention.listen(event);
  }

  /** Whether {@link retire} has something to do. */
  get isServing(): boolean {
    const isServing = this.#attention.isServing || this.#assistance?.isServing === true;
    return isServing && !this.#recovery.isRunning;
  }

  /** Settles callers' requests at once, then puts back what the BMC was told; bounded. */
  async retire(): Promise<void> {
    this.#driver.dismiss();
    const putBack = Promise.all([this.#attention.end(), this.#assistance?.end()]);
    await within(this.#parts.clock, PUT_BACK_MS, putBack);
  }

  /** Looks, after {@link close}, until what is on the wire now is over. */
  drain(): Drain {
    return new Drain(this.#target.registers, this.#machine.onWire);
  }

  /** Settles every request, leaves the hardware quiet and lets go of the lock. Synchronous. */
  close(): void {
    this.#recovery.close();
    this.#attention.close();
    try {
      this.#driver.close();
    } finally {
      this.#arbiter.close();
    }
  }

  #newInterrupt(registers: BtRegisters): Interrupt | undefined {
    const { line, log } = this.#parts;
    const { statistics } = this;
    const onLost = (): void => {
      this.#assistance?.renew();
    };
    const warn = (fields: object, text: string): void => {
      log.warn(fields, text);
    };
    return line && new Interrupt({ line, registers, statistics, warn, onLost });
  }

  #newMachine(
    registers: BtRegisters,
    interrupt: Interrupt | undefined,
    events: InterfaceEvents,
  ): BtMachine {
    return new BtMachine(registers, this.statistics, {
      quirks: this.#parts.quirks,
      policy: new PollPolicy(this.#parts.calmMs),
      interrupt,
      onAttention: () => {
        this.#attention.hurry();
        events.attention();
      },
    });
  }

  #newDriver(interrupt: Interrupt | undefined): BtDriver {
    const { attemptMs } = this.#parts;
    return new BtDriver({
      ...this.#parts,
      machine: this.#machine,
      arbiter: this.#arbiter,
      statistics: this.statistics,
      interrupt,
      limits: limitsFor(DEFAULT_CAPABILITIES, attemptMs),
      onSilence: () => {
        this.#recovery.check();
      },
      onRestart: () => {
        this.#recovery.expectRestart();
      },
    });
  }

  #newRecovery({ lost, ready, identity }: InterfaceEvents): Recovery {
    const { clock, log, attemptMs } = this.#parts;
    return new Recovery({
      target: this.#target,
      clock,
      log,
      statistics: this.statistics,
      attemptMs,
      wantsCapabilities: () => this.#knowledge.wantsCapabilities,
      mustSayWho: () => this.#knowledge.mustSayWho,
      lost,
      found: (findings, wasLost) => {
        const change = this.#knowledge.metAgain(findings);
        this.#assistance?.renew();
        if (wasLost) {
          this.#attention.renew();
          ready();
        }
        if (change !== undefined) identity(change.now, change.before);
      },
    });
  }
}
