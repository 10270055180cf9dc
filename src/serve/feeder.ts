/**
 * Feeds the BMC's watchdog: its countdown starts again three times before it would end, as long as
 * this process runs. A BMC that does not answer is told of in the log and tried again; one that has
 * forgotten the timer is given it again.
 */

import type { Cancel, Clock } from '../clock.ts';
import { Caller } from '../commands/caller.ts';
import { Watchdog } from '../commands/watchdog.ts';
import { IpmiError, checkInteger } from '../errors.ts';
import type { Requester } from '../ipmi/requester.ts';
import { COUNTDOWN_MAX_MS } from '../ipmi/watchdog.ts';
import type { WATCHDOG_ACTIONS, WatchdogTimer } from '../ipmi/watchdog.ts';
import type { Log } from '../log.ts';

/** Times that the countdown is started while it lasts once. */
const FEEDS = 3;

/** The answer to Reset Watchdog Timer of a BMC that has been restarted since it was set (§27.5). */
const NEVER_SET = 0x80;

/** The use of the timer by a program of the host (§27.6). */
const USE = 'sms-os';

/** A feeding waits for its turn like any request: it must have seconds for that. */
export const COUNTDOWN_MIN_MS = 10_000;

/** Time for stopping the timer at the end, for each of its requests. */
const STOP_MS = 5000;

/** Everything a feeder is built from. */
export interface FeederParts {
  /** A client of the broker, which the feeder does not close. */
  readonly requester: Requester;
  readonly clock: Clock;
  readonly log: Log;
  /** The whole countdown, milliseconds: a multiple of 100, from 10,000 to 6,553,500. */
  readonly countdownMs: number;
  /**
   * The action at its end: `none`, which only logs it in the SEL, unless the operator names another
   * one. A reset that the operator has not asked for would be worse than none.
   */
  readonly action?: (typeof WATCHDOG_ACTIONS)[number] | undefined;
}

/** The feeder as `serve status` shows it. */
export interface FeederStatus {
  readonly countdownMs: number;
  readonly action: (typeof WATCHDOG_ACTIONS)[number];
  readonly feeds: number;
  readonly failures: number;
  /** The last attempt did not reach the BMC, or was refused. */
  readonly isFailing: boolean;
}

export class WatchdogFeeder {
  readonly #parts: FeederParts;
  readonly #watchdog: Watchdog;
  readonly #action: (typeof WATCHDOG_ACTIONS)[number];
  #cancel: Cancel | undefined;
  /** The feeding that is under way; never rejects. */
  #feeding: Promise<void> | undefined;
  #ending: Promise<void> | undefined;
  /** The BMC has, as far as is known, the timer as it is wanted. */
  #isSet = false;
  /** A timer of this feeder may run. */
  #mayRun = false;
  #isFailing = false;
  #feeds = 0;
  #failures = 0;

  constructor(parts: FeederParts) {
    const range = { least: COUNTDOWN_MIN_MS, most: COUNTDOWN_MAX_MS };
    checkInteger('countdownMs', parts.countdownMs, range);
    this.#parts = parts;
    this.#action = parts.action ?? 'none';
    this.#watchdog = new Watchdog(new Caller(parts.requester));
  }

  /**
   * Sets the timer and starts it; from then on it is fed. Rejects with `COMMAND_FAILED` when the
   * BMC refuses it, as one without a watchdog does. A BMC that does not answer is tried again.
   */
  async start(): Promise<void> {
    const first = this.#begin();
    this.#feeding = first.catch(() => undefined);
    await first;
    this.#wait();
  }

  status(): FeederStatus {
    return {
      countdownMs: this.#parts.countdownMs,
      action: this.#action,
      feeds: this.#feeds,
      failures: this.#failures,
      isFailing: this.#isFailing,
    };
  }

  /**
   * Feeds no more, and stops the timer; resolves when that is done, or has failed, which is logged:
   * the countdown then goes on. Idempotent.
   */
  stop(): Promise<void> {
    this.#ending ??= this.#end();
    return this.#ending;
  }

  async #begin(): Promise<void> {
    try {
      this.#tellOf(await this.#watchdog.get({ timeoutMs: this.#requestMs }));
      await this.#feed();
      this.#fed();
    } catch (error) {
      if (!(error instanceof IpmiError) || error.code === 'COMMAND_FAILED') throw error;
      this.#failed(error);
    }
  }

  /** Logs that the timer is taken from another program, or from the firmware. */
  #tellOf({ use, actions }: WatchdogTimer): void {
    if (!use.isRunning) return;
    const fields = { use: use.use, action: actions.action };
    this.#parts.log.warn(fields, 'the watchdog of the BMC was running already; it is set anew');
  }

  async #end(): Promise<void> {
    this.#cancel?.();
    await this.#feeding;
    if (!this.#mayRun) return;
    const { log, countdownMs } = this.#parts;
    try {
      const { use } = await this.#watchdog.get({ timeoutMs: STOP_MS });
      if (use.use === USE) await this.#watchdog.off({ timeoutMs: STOP_MS });
      else log.warn({ use: use.use }, 'the watchdog of the BMC is of another program by now');
    } catch (error) {
      const fields = { action: this.#action, withinMs: countdownMs, error: String(error) };
      log.error(fields, 'the watchdog of the BMC could not be stopped; its countdown goes on');
    }
  }

  #wait(): void {
    if (this.#ending !== undefined) return;
    const again = (): void => {
      this.#feeding = this.#feedAgain();
    };
    this.#cancel = this.#parts.clock.timer(this.#periodMs, again, true);
  }

  get #periodMs(): number {
    return this.#parts.countdownMs / FEEDS;
  }

  /** Feeding takes up to three requests, which end within one period. */
  get #requestMs(): number {
    return this.#periodMs / 3;
  }

  async #feedAgain(): Promise<void> {
    // The next time counts from the beginning of this one, whose requests end before.
    this.#wait();
    try {
      await this.#feed();
      this.#fed();
    } catch (error) {
      this.#failed(error);
    }
  }

  /** Starts the countdown again, of a timer that is set first if need be. */
  async #feed(): Promise<void> {
    const timeoutMs = this.#requestMs;
    this.#isSet = this.#isSet && (await this.#isRestarted(timeoutMs));
    if (this.#isSet) return;
    const { countdownMs } = this.#parts;
    // Setting it once more after silence does no harm: the countdown starts below.
    await this.#watchdog.set({ countdownMs, action: this.#action, use: USE }, { timeoutMs });
    this.#mayRun = true;
    await this.#watchdog.reset({ timeoutMs });
    this.#isSet = true;
  }

  /** False when the BMC has no timer that could start. */
  async #isRestarted(timeoutMs: number): Promise<boolean> {
    try {
      await this.#watchdog.reset({ timeoutMs });
      return true;
    } catch (error) {
      if (!(error instanceof IpmiError) || error.completionCode !== NEVER_SET) throw error;
      this.#parts.log.warn({}, 'the BMC has forgotten its watchdog; it is set again');
      return false;
    }
  }

  #fed(): void {
    this.#feeds += 1;
    if (this.#isFailing) this.#parts.log.info({}, 'the watchdog of the BMC is fed again');
    this.#isFailing = false;
  }

  /** Told once for each time that it begins to fail. */
  #failed(error: unknown): void {
    this.#failures += 1;
    if (!this.#isFailing) {
      const fields = { error: String(error), againInMs: this.#periodMs };
      this.#parts.log.error(fields, 'the watchdog of the BMC is not fed');
    }
    this.#isFailing = true;
  }
}
