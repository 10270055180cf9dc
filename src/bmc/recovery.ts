/**
 * Finds a BMC again that has gone silent. Callers' requests wait while it is looked for; if it
 * answers the first question, nothing was the matter. Else it is lost, until it answers again: it
 * is asked ever more rarely, but at least once a second while somebody waits, and then brought up
 * as it was before.
 */

import type { Clock } from '../clock.ts';
import { IpmiError } from '../errors.ts';
import type { BtCapabilities } from '../ipmi/bt-capabilities.ts';
import type { DeviceId } from '../ipmi/device-id.ts';
import type { Log } from '../log.ts';
import { askDeviceId, isPresent, learnCapabilities } from './bring-up.ts';
import type { Interface } from './bring-up.ts';
import type { Statistics } from '../driver/statistics.ts';

/** Time from one look for the BMC to the next, at first; then twice as long, up to the limits. */
const GAP_MIN_MS = 50;

/** The limit while a request waits. */
export const GAP_AWAITED_MAX_MS = 1000;

/** The limit while none does. */
export const GAP_IDLE_MAX_MS = 30_000;

/** A BMC that was told to restart answers for a while before it does. */
export const RESTART_PAUSE_MS = 2000;

/** Another process may have the interface for so long before we come back later. */
const ENTER_MS = 1000;

/** Time for the capabilities: to become ready and to answer, asked twice. */
const CAPABILITIES_ATTEMPTS = 4;

/** Why a BMC counts as lost. */
export type LossReason =
  /** It does not answer Get Device ID. */
  | 'silent'
  /** The registers read as if nothing were there. */
  | 'absent'
  /** It answers that it is busy or starting. */
  | 'starting'
  /** We have reset it ourselves. */
  | 'reset';

/** What a BMC said of itself when it was found again. */
export interface Findings {
  /** Absent when it answers Get Device ID, but not with a device id. */
  readonly deviceId: DeviceId | undefined;
  /** Only if they were asked for. */
  readonly capabilities: BtCapabilities | undefined;
}

/** Who is told. */
export interface RecoveryEvents {
  readonly lost: (reason: LossReason) => void;
  /** `wasLost` is false when it answered the first question after all. */
  readonly found: (findings: Findings, wasLost: boolean) => void;
}

/** What a recovery is made of. */
export interface RecoveryParts extends RecoveryEvents {
  readonly target: Interface;
  readonly clock: Clock;
  readonly log: Log;
  readonly statistics: Statistics;
  /** Replaces the time per attempt that the BMC's capabilities ask for. */
  readonly attemptMs: number | undefined;
  /** Whether the capabilities are to be asked for, too. */
  readonly wantsCapabilities: () => boolean;
  /** False for a BMC that never said who it is: it is there when it answers anything. */
  readonly mustSayWho: () => boolean;
}

/** What a look for the BMC brought; `unable` when we could not look. */
type Look = Findings | LossReason | 'unable';

export class Recovery {
  readonly #parts: RecoveryParts;
  readonly #closing = new AbortController();
  #isRunning = false;
  /** Since when the BMC is lost. */
  #lostSinceMs: number | undefined;
  /** Ends the pause between two looks. */
  #endPause: (() => void) | undefined;
  /** While the BMC restarts, looking for it is too early, whoever waits. */
  #isResetting = false;

  constructor(parts: RecoveryParts) {
    this.#parts = parts;
  }

  /** Whether the BMC is known not to answer. */
  get isLost(): boolean {
    return this.#lostSinceMs !== undefined;
  }

  /** Whether it is being looked for. */
  get isRunning(): boolean {
    return this.#isRunning;
  }

  /** Looks whether the BMC is there; callers wait until it is. Harmless while it is looked for. */
  check(): void {
    if (this.#isRunning || this.#closing.signal.aborted) return;
    this.#isRunning = true;
    void this.#run();
  }

  /** The BMC was reset on purpose: it is lost from now on, and looked for when it is down. */
  expectRestart(): void {
    if (this.#closing.signal.aborted) return;
    this.#lose('reset');
    if (this.#isRunning) return;
    this.#isRunning = true;
    this.#isResetting = true;
    void this.#run(RESTART_PAUSE_MS);
  }

  /** Somebody waits from now on: look at once. */
  hurry(): void {
    if (!this.#isResetting) this.#endPause?.();
  }

  /** Looks no more. Idempotent. */
  close(): void {
    this.#closing.abort();
    this.#endPause?.();
  }

  async #run(pauseMs = 0): Promise<void> {
    const { driver } = this.#parts.target;
    const release = driver.hold();
    try {
      if (pauseMs > 0) await this.#pause(pauseMs);
      this.#isResetting = false;
      this.#found(await this.#search());
    } catch (error) {
      // Closed, and all requests with it; or the ports failed.
      if (!this.#closing.signal.aborted) driver.crash(error);
    } finally {
      this.#isRunning = false;
      release();
    }
  }

  async #search(): Promise<Findings> {
    const { driver } = this.#parts.target;
    // Whose last request failed may be about to close; nothing is asked for nobody.
    if (!driver.isAwaited) await this.#pause(GAP_MIN_MS);
    for (let gapMs = GAP_MIN_MS; ; gapMs *= 2) {
      const look = await this.#look();
      if (typeof look === 'object') return look;
      if (look !== 'unable') this.#lose(look);
      // Between two looks others may use the interface.
      driver.run();
      gapMs = Math.min(gapMs, driver.isAwaited ? GAP_AWAITED_MAX_MS : GAP_IDLE_MAX_MS);
      await this.#pause(gapMs);
    }
  }

  async #look(): Promise<Look> {
    try {
      return await this.#ask();
    } catch (error) {
      // Another process has the interface, say: it may find the BMC well.
      if (error instanceof IpmiError && !this.#closing.signal.aborted) return 'unable';
      throw error;
    }
  }

  async #ask(): Promise<Look> {
    const { target, clock, attemptMs, wantsCapabilities, mustSayWho } = this.#parts;
    const { signal } = this.#closing;
    await target.arbiter.acquire(clock, { deadlineMs: clock.now() + ENTER_MS, signal });
    if (!isPresent(target.registers)) return 'absent';
    const answer = await askDeviceId(target.driver, { mustSayWho: mustSayWho(), signal });
    if (typeof answer === 'string') return answer;
    if (!wantsCapabilities()) return { ...answer, capabilities: undefined };
    const deadlineMs = clock.now() + CAPABILITIES_ATTEMPTS * target.driver.attemptMs;
    const options = { clock, deadlineMs, attemptMs, signal };
    return { ...answer, capabilities: await learnCapabilities(target.driver, options) };
  }

  #lose(reason: LossReason): void {
    const { clock, log, target, statistics, lost } = this.#parts;
    if (this.#lostSinceMs !== undefined) return;
    this.#lostSinceMs = clock.now();
    statistics.hosedCount += 1;
    log.warn({ reason }, 'lost');
    target.arbiter.announceLoss();
    lost(reason);
  }

  #found(findings: Findings): void {
    const { clock, log, target, statistics, found } = this.#parts;
    const sinceMs = this.#lostSinceMs;
    this.#lostSinceMs = undefined;
    if (sinceMs !== undefined) {
      statistics.recoveries += 1;
      log.warn({ ms: Math.round(clock.now() - sinceMs) }, 'ready');
    }
    found(findings, sinceMs !== undefined);
    target.driver.resume();
  }

  /** Does not keep the process alive: those who wait do. */
  async #pause(pauseMs: number): Promise<void> {
    const { clock } = this.#parts;
    await new Promise<void>((resolve) => {
      const cancel = clock.timer(pauseMs, resolve, false);
      this.#endPause = () => {
        cancel();
        resolve();
      };
    });
    this.#endPause = undefined;
    if (this.#closing.signal.aborted) throw new IpmiError('DEVICE_CLOSED', 'closed meanwhile');
  }
}
