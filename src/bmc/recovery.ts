/**
 * Finds a BMC again that has become silent. Callers' requests wait meanwhile. If the BMC answers
 * the first Get Device ID, nothing was the matter. Otherwise it is lost until it answers again: it
 * is asked at doubling intervals, but at least once a second while a request waits, and then
 * brought up as before.
 */

import type { Signal } from '../abort.ts';
import { Pause } from '../clock.ts';
import type { Clock } from '../clock.ts';
import { IpmiError } from '../errors.ts';
import type { Log } from '../log.ts';
import { askDeviceId, learnCapabilities } from './bring-up.ts';
import type { BmcAccess } from './bring-up.ts';
import type { Findings, Identity } from './identity.ts';
import type { Statistics } from '../driver/statistics.ts';

/** First interval between two checks for the BMC; it doubles up to the limits below. */
const GAP_MIN_MS = 50;

/** Longest interval while a request waits. */
const GAP_AWAITED_MAX_MS = 1000;

/** Longest interval while no request waits. */
const GAP_IDLE_MAX_MS = 30_000;

/** Wait after a reset: a BMC that was told to restart goes on answering for a while. */
export const RESTART_PAUSE_MS = 2000;

/** Longest wait for another process that has the interface; then it is tried at the next check. */
const ACQUIRE_MS = 1000;

/**
 * Repeats of Get Device ID while the BMC sends late replies: it lives, and takes longer to answer
 * than an attempt lasts. The BMC is given the time of all of them.
 */
const SLOW_RETRIES = 2;

/** Timeout for the capabilities, in attempts: to become ready and to answer, each twice. */
const CAPABILITIES_ATTEMPTS = 4;

/** The reasons for a BMC to count as lost. */
export type LossReason =
  /** The BMC does not answer Get Device ID. */
  | 'silent'
  /** The registers do not read as those of an interface. */
  | 'absent'
  /** The BMC answers that it is busy or starting. */
  | 'starting'
  /** This process has reset the BMC. */
  | 'reset'
  /** The server that has the interface has ended; the next one is looked for. */
  | 'server';

/** The calls that recovery makes to the layer above. */
export interface RecoveryEvents {
  readonly lost: (reason: LossReason) => void;
  /** `wasLost` is false when the BMC answered the first request. */
  readonly found: (findings: Findings, wasLost: boolean) => void;
}

/** Everything a {@link Recovery} is built from. */
export interface RecoveryParts extends RecoveryEvents {
  readonly access: BmcAccess;
  /** Tells what a BMC must be asked for when it is found again. */
  readonly identity: Pick<Identity, 'wantsCapabilities' | 'mustSayWho'>;
  /** Aborts when the interface closes. */
  readonly closing: Signal;
  readonly clock: Clock;
  readonly log: Log;
  readonly statistics: Statistics;
  /** Replaces the timeout of an attempt that follows from the BMC's capabilities. */
  readonly attemptMs: number | undefined;
}

/** The result of one check for the BMC; `unable` when another process has the interface, say. */
type Look = Findings | LossReason | 'unable';

export class Recovery {
  readonly #parts: RecoveryParts;
  readonly #pause: Pause;
  #isRunning = false;
  /** Time of the loss; undefined while the BMC is not lost. */
  #lostSinceMs: number | undefined;
  /** In the wait after a reset, which a waiting request does not cut short. */
  #isResetting = false;
  /** A reply came too late during the last check: the BMC is there, and slow. */
  #isSlow = false;

  constructor(parts: RecoveryParts) {
    this.#parts = parts;
    this.#pause = new Pause(parts.clock);
    parts.closing.addEventListener('abort', () => {
      this.#pause.end();
    });
  }

  /** True while the BMC is known not to answer. */
  get isLost(): boolean {
    return this.#lostSinceMs !== undefined;
  }

  /** True while it looks for the BMC. */
  get isRunning(): boolean {
    return this.#isRunning;
  }

  /** Starts to look for the BMC; callers' requests wait until it answers. Idempotent. */
  check(): void {
    if (this.#isRunning || this.#parts.closing.aborted) return;
    this.#isRunning = true;
    void this.#run();
  }

  /** Counts a BMC that was told to restart as lost at once, and looks for it after a wait. */
  expectRestart(): void {
    if (this.#parts.closing.aborted) return;
    this.#lose('reset');
    if (this.#isRunning) return;
    this.#isRunning = true;
    this.#isResetting = true;
    void this.#run(RESTART_PAUSE_MS);
  }

  /** Checks for the BMC at once, because a caller waits. */
  hurry(): void {
    if (!this.#isResetting) this.#pause.end();
  }

  async #run(pauseMs = 0): Promise<void> {
    const { driver } = this.#parts.access;
    driver.doubt('silence');
    try {
      if (pauseMs > 0) await this.#wait(pauseMs);
      this.#isResetting = false;
      this.#found(await this.#search());
    } catch (error) {
      // Either closed, which has settled all requests; or the ports failed.
      if (!this.#parts.closing.aborted) driver.crash(error);
    } finally {
      this.#isRunning = false;
      driver.trust('silence', 'restart');
    }
  }

  async #search(): Promise<Findings> {
    const { driver } = this.#parts.access;
    // A program whose last request failed may be about to close: give it the time to.
    if (!driver.isAwaited) await this.#wait(GAP_MIN_MS);
    for (let gapMs = GAP_MIN_MS; ; gapMs *= 2) {
      const look = await this.#look();
      if (typeof look === 'object') return look;
      if (look !== 'unable') this.#lose(look);
      // Between two checks other processes may use the interface.
      driver.run();
      gapMs = Math.min(gapMs, driver.isAwaited ? GAP_AWAITED_MAX_MS : GAP_IDLE_MAX_MS);
      await this.#wait(gapMs);
    }
  }

  async #look(): Promise<Look> {
    try {
      return await this.#ask();
    } catch (error) {
      // Another process has the interface, say, and may well get answers.
      if (error instanceof IpmiError && !this.#parts.closing.aborted) return 'unable';
      throw error;
    }
  }

  async #ask(): Promise<Look> {
    const { access, clock, attemptMs, identity, statistics, closing: signal } = this.#parts;
    await access.arbiter.acquire(clock, { deadlineMs: clock.now() + ACQUIRE_MS, signal });
    if (access.machine.presence().kind !== 'present') return 'absent';
    const { mustSayWho } = identity;
    const before = statistics.staleReplies;
    const retries = this.#isSlow ? SLOW_RETRIES : 0;
    const answer = await askDeviceId(access, { mustSayWho, retries, signal });
    this.#isSlow = statistics.staleReplies > before;
    if (typeof answer === 'string') return answer;
    if (!identity.wantsCapabilities) return { ...answer, capabilities: undefined };
    const deadlineMs = clock.now() + CAPABILITIES_ATTEMPTS * access.driver.attemptMs;
    const options = { clock, deadlineMs, attemptMs, signal };
    return { ...answer, capabilities: await learnCapabilities(access, options) };
  }

  #lose(reason: LossReason): void {
    const { clock, log, access, statistics, lost } = this.#parts;
    if (this.#lostSinceMs !== undefined) return;
    this.#lostSinceMs = clock.now();
    statistics.hosedCount += 1;
    log.warn({ reason }, 'lost');
    access.arbiter.announceLoss();
    lost(reason);
  }

  #found(findings: Findings): void {
    const { clock, log, statistics, found } = this.#parts;
    const sinceMs = this.#lostSinceMs;
    this.#lostSinceMs = undefined;
    if (sinceMs !== undefined) {
      statistics.recoveries += 1;
      log.warn({ ms: Math.round(clock.now() - sinceMs) }, 'ready');
    }
    found(findings, sinceMs !== undefined);
  }

  /** Sleeps without keeping the process alive; the requests that wait do that. */
  async #wait(pauseMs: number): Promise<void> {
    await this.#pause.wait(pauseMs);
    if (this.#parts.closing.aborted) throw new IpmiError('DEVICE_CLOSED', 'closed meanwhile');
  }
}
