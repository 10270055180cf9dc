/**
 * Builds one interface from its parts: bring-up, the driver of callers' requests, the service of
 * the BMC's events, and recovery. It does not know which kind of interface it is.
 */

import { askerOf } from '../bmc/ask.ts';
import { Attention } from '../bmc/attention.ts';
import { BridgedAnswers } from '../bmc/bridged-answers.ts';
import { bringUp, checkPresence } from '../bmc/bring-up.ts';
import type { BmcAccess, BringUpOptions } from '../bmc/bring-up.ts';
import { GlobalEnables, InterruptEnables } from '../bmc/global-enables.ts';
import { Identity } from '../bmc/identity.ts';
import type { Findings } from '../bmc/identity.ts';
import { Recovery } from '../bmc/recovery.ts';
import type { LossReason } from '../bmc/recovery.ts';
import { sectionsOf } from '../bmc/section.ts';
import { within } from '../clock.ts';
import type { Clock } from '../clock.ts';
import { Driver } from '../driver/driver.ts';
import type { AskedListener, Doubt, SubmitOptions } from '../driver/driver.ts';
import { assumedLimits } from '../driver/limits.ts';
import type { BmcInterface, InterfaceEvents } from '../driver/machine.ts';
import { newStatistics } from '../driver/statistics.ts';
import { closedError } from '../errors.ts';
import { AppCmd, NetFn } from '../ipmi/commands.ts';
import type { Reply, Request } from '../ipmi/message.ts';
import type { AwaitedAnswer, ExpectedAnswer } from '../ipmi/requester.ts';
import { releasedInterface } from '../kernel/give-back.ts';
import type { ReleasedInterface } from '../kernel/give-back.ts';
import type { Log } from '../log.ts';
import type { PortIo } from '../port/port.ts';
import type { RegisterBlock } from '../port/register-block.ts';
import { Arbiter } from '../share/arbiter.ts';
import type { Lock } from '../share/lock.ts';
import { closeSettings } from '../share/settings.ts';
import type { Settings } from '../share/settings.ts';
import type { Listeners } from './events.ts';
import type { DeviceInterface, DeviceSides } from './interface.ts';
import type { Lifecycle } from './state.ts';

/** Timeout for putting the BMC's enables back when the interface is closed. */
export const PUT_BACK_MS = 5000;

/** Request data that every BMC accepts, bytes. */
const DEFAULT_DATA_MAX = assumedLimits().requestDataMax;

/** Everything an interface is built from; complete, nothing has a default here. */
export interface InterfaceParts {
  /** Builds the interface's hardware, of whatever kind; touches no register. */
  readonly newHardware: (events: InterfaceEvents) => BmcInterface;
  readonly block: RegisterBlock;
  /** Name of the device. */
  readonly name?: string | undefined;
  /** Closed by the device's rollback. */
  readonly port: PortIo;
  /** Called when the interface is quiet and its ports are still open, before it is given back. */
  readonly onQuiet: (released: ReleasedInterface) => void;
  /** Shared with other processes; closed with the interface. */
  readonly lock: Lock;
  readonly lockTimeoutMs: number;
  /** The settings that other processes may need as well; closed with the interface. */
  readonly settings: Settings;
  readonly clock: Clock;
  readonly log: Log;
  readonly queueMax: number;
  readonly attemptMs: number | undefined;
  /** Told of every request, before it is queued. */
  readonly onAsked?: AskedListener | undefined;
}

function setsEnables({ netFn, cmd }: Request): boolean {
  return netFn === NetFn.APP && cmd === AppCmd.SET_GLOBAL_ENABLES;
}

export class SystemInterface implements DeviceInterface {
  readonly statistics = newStatistics();
  readonly identity: Identity;
  readonly #parts: InterfaceParts;
  readonly #lifecycle: Lifecycle;
  readonly #listeners: Listeners;
  readonly #hardware: BmcInterface;
  readonly #arbiter: Arbiter;
  readonly #driver: Driver;
  readonly #access: BmcAccess;
  readonly #recovery: Recovery;
  readonly #enables: GlobalEnables;
  readonly #attention: Attention;
  readonly #answers: BridgedAnswers;
  /** Undefined where there is no interrupt line. */
  readonly #interruptEnables: InterruptEnables | undefined;
  readonly #closing = new AbortController();

  constructor(parts: InterfaceParts, sides: DeviceSides) {
    const { lifecycle, listeners } = sides;
    this.#parts = parts;
    this.#lifecycle = lifecycle;
    this.#listeners = listeners;
    this.#hardware = this.#newHardware();
    const { machine, interrupt, hasCapabilities } = this.#hardware;
    this.#arbiter = new Arbiter(parts.lock, parts.lockTimeoutMs);
    this.#driver = this.#newDriver();
    const driver = this.#driver;
    const asker = askerOf(driver);
    const { base } = parts.block;
    this.#access = { machine, driver, asker, arbiter: this.#arbiter, hasCapabilities, base };
    const { clock, log, attemptMs } = parts;
    this.identity = new Identity({ access: this.#access, clock, attemptMs });
    this.#recovery = this.#newRecovery();
    const section = sectionsOf(driver, this.#arbiter);
    const enables = new GlobalEnables({ asker, section, settings: parts.settings });
    this.#enables = enables;
    const onSilence = (): void => {
      driver.doubt('silence');
    };
    if (interrupt !== undefined) {
      this.#interruptEnables = new InterruptEnables({ interrupt, enables, log, onSilence });
    }
    this.#answers = new BridgedAnswers({
      clock,
      onChange: (isAwaited) => {
        this.#attention.receive(isAwaited);
      },
    });
    this.#attention = new Attention({
      ...{ driver, asker, clock, log, enables, section, answers: this.#answers },
      statistics: this.statistics,
      closing: this.#closing.signal,
      isAway: () => this.#recovery.isRunning,
      audience: () => listeners.audience('event'),
      deaf: (reason) => {
        listeners.tell('noEvents', reason);
      },
    });
  }

  /** Brings the interface up; `lazy` only checks that it is there. */
  async bringUp(mode: 'full' | 'lazy', options: BringUpOptions): Promise<void> {
    if (mode === 'lazy') {
      await checkPresence(this.#access, options);
      this.#interruptEnables?.renew();
      // Releases the lock, which no request may follow to do.
      this.#driver.run();
      return;
    }
    this.identity.met(await bringUp(this.#access, options));
    this.#interruptEnables?.renew();
  }

  /** Checks for a lost BMC at once, because a caller waits. */
  hurry(): void {
    this.#recovery.hurry();
  }

  /** Hands a caller's request to the driver. */
  submit(request: Request, options: SubmitOptions): Promise<Reply> {
    // Not every BMC accepts so much data: ask this one first, while the request waits in the queue.
    if (request.data.length > DEFAULT_DATA_MAX) void this.identity.learnCapabilities();
    const result = this.#driver.submit(request, options);
    if (setsEnables(request)) this.#renewAfter(result);
    this.hurry();
    return result;
  }

  /** Sets the bits again that events and the interrupt need, once a caller has written others. */
  #renewAfter(result: Promise<Reply>): void {
    const renew = (): void => {
      if (this.#lifecycle.state === 'closed') return;
      this.#attention.renew();
      this.#interruptEnables?.renew();
    };
    result.then(renew, renew);
  }

  /** Awaits the answer of a satellite controller. */
  expectAnswer(expected: ExpectedAnswer): AwaitedAnswer {
    return this.#answers.expect(expected);
  }

  /** Resets the interface. Rejects with `DEVICE_LOCKED` or `REQUEST_ABORTED` when it could not. */
  async reset(options: Pick<BringUpOptions, 'deadlineMs' | 'signal'>): Promise<void> {
    await this.#arbiter.acquire(this.#parts.clock, options);
    // Closed while it waited.
    if (!this.#driver.resetInterface()) throw closedError();
  }

  /** Starts or stops the service of the attention bit and of the BMC's events. */
  listen({ attention, event }: { attention: boolean; event: boolean }): void {
    this.#attention.watch(attention);
    this.#attention.listen(event);
  }

  /** True while {@link retire} has something to do. */
  get isServing(): boolean {
    const isServing = this.#attention.isServing || this.#interruptEnables?.isServing === true;
    return isServing && !this.#recovery.isRunning;
  }

  /** Settles callers' requests at once, then puts the BMC's enables back, in bounded time. */
  async retire(): Promise<void> {
    this.#driver.dismiss();
    this.#answers.close();
    this.#enables.end();
    const putBack = Promise.all([this.#attention.end(), this.#interruptEnables?.end()]);
    await within(this.#parts.clock, PUT_BACK_MS, putBack);
  }

  close(): void {
    const { port, onQuiet } = this.#parts;
    const { attemptMs } = this.#driver;
    // It watches the command that is on the wire now.
    const drain = this.#hardware.drain();
    try {
      this.#stop();
    } finally {
      onQuiet(releasedInterface(drain, port, attemptMs));
    }
  }

  #stop(): void {
    this.#closing.abort();
    this.#answers.close();
    try {
      this.#driver.close();
    } finally {
      closeSettings(this.#parts.settings);
      this.#arbiter.close();
    }
  }

  #newHardware(): BmcInterface {
    const { log, newHardware } = this.#parts;
    return newHardware({
      onAttention: () => {
        this.statistics.attentions += 1;
        this.#attention.hurry();
        this.#listeners.tell('attention');
      },
      onDropped: (dropped) => {
        this.#attention.dropped(dropped);
      },
      onLost: () => {
        this.#interruptEnables?.renew();
      },
      warn: (fields, text) => {
        log.warn(fields, text);
      },
    });
  }

  #newDriver(): Driver {
    const { machine, interrupt } = this.#hardware;
    return new Driver({
      ...this.#parts,
      ...{ machine, interrupt, arbiter: this.#arbiter, statistics: this.statistics },
      limits: assumedLimits(this.#parts.attemptMs),
      onDoubt: (doubt) => {
        this.#look(doubt);
      },
    });
  }

  /** Starts the recovery that settles the doubt, if it is one for recovery. */
  #look(doubt: Doubt): void {
    if (doubt === 'silence') this.#recovery.check();
    if (doubt === 'restart') this.#recovery.expectRestart();
  }

  #newRecovery(): Recovery {
    const { clock, log, attemptMs } = this.#parts;
    return new Recovery({
      ...{ access: this.#access, identity: this.identity, clock, log, attemptMs },
      statistics: this.statistics,
      closing: this.#closing.signal,
      lost: (reason) => {
        this.#lost(reason);
      },
      found: (findings, wasLost) => {
        this.#found(findings, wasLost);
      },
    });
  }

  #lost(reason: LossReason): void {
    if (this.#lifecycle.state === 'closed') return;
    this.#lifecycle.enter('lost');
    this.identity.forget();
    this.#listeners.tell('lost', reason);
  }

  #found(findings: Findings, wasLost: boolean): void {
    const change = this.identity.metAgain(findings);
    this.#interruptEnables?.renew();
    if (wasLost) this.#attention.renew();
    if (wasLost && this.#lifecycle.state === 'lost') {
      this.#lifecycle.enter('ready');
      this.#listeners.tell('ready');
    }
    if (change !== undefined) this.#listeners.tell('identity', change.now, change.before);
  }
}
