/**
 * Finds a BMC again that has gone silent. Callers' requests wait while it is looked for; if it
 * answers the first question, nothing was the matter. Else it is lost, until it answers again: it
 * is asked ever more rarely, but at least once a second while a request waits, and then brought up
 * as it was before.
 */

import { Pause } from '../clock.ts';
import type { Clock } from '../clock.ts';
import { IpmiError } from '../errors.ts';
import type { Log } from '../log.ts';
import { askDeviceId, learnCapabilities } from './bring-up.ts';
import type { BmcAccess } from './bring-up.ts';
import type { Findings, Identity } from './identity.ts';
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
const ACQUIRE_MS = 1000;

/** Time for the capabilities: to become ready and to answer, asked twice. */
const CAPABILITIES_ATTEMPTS = 4;

/** The reasons for a BMC to count as lost. */
export type LossReason =
  /** It does not answer Get Device ID. */
  | 'silent'
  /** The registers read as if nothing were there. */
  | 'absent'
  /** It answers that it is busy or starting. */
  | 'starting'
  /** We have reset it ourselves. */
  | 'reset';

/** The calls that recovery makes to the layer above. */
export interface RecoveryEvents {
  readonly lost: (reason: LossReason) => void;
  /** `wasLost` is false when it answered the first question after all. */
  readonly found: (findings: Findings, wasLost: boolean) => void;
}

/** The parts of a recovery. */
export interface RecoveryParts extends RecoveryEvents {
  readonly access: BmcAccess;
  /** Its own: a BMC that was lost is asked for what was known of it. */
  readonly identity: Pick<Identity, 'wantsCapabilities' | 'mustSayWho'>;
  /** Aborts when the interface closes. */
  readonly closing: AbortSignal;
  readonly clock: Clock;
  readonly log: Log;
  readonly statistics: Statistics;
  /** Replaces the time per attempt that the BMC's capabilities ask for. */
  readonly attemptMs: number | undefined;
}

/** The result of one look for the BMC; `unable` when we could not look. */
type Look = Findings | LossReason | 'unable';

export class Recovery {
  readonly #parts: RecoveryParts;
  readonly #pause: Pause;
  #isRunning = false;
  /** The time at which the BMC was lost; undefined while it is not. */
  #lostSinceMs: number | undefined;
  /** While the BMC restarts, it is too early to look for it, though a request waits. */
  #isResetting = false;

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

  /** True while it is looked for. */
  get isRunning(): boolean {
    return this.#isRunning;
  }

  /** Looks whether the BMC is there; callers wait until it is. Harmless while it is looked for. */
  check(): void {
    if (this.#isRunning || this.#parts.closing.aborted) return;
    this.#isRunning = true;
    void this.#run();
  }

  /** The BMC was reset on purpose: it is lost from now on, and looked for when it is down. */
  expectRestart(): void {
    if (this.#parts.closing.aborted) return;
    this.#lose('reset');
    if (this.#isRunning) return;
    this.#isRunning = true;
    this.#isResetting = true;
    void this.#run(RESTART_PAUSE_MS);
  }

  /** A request waits from now on: look at once. */
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
      // Closed, and all requests with it; or the ports failed.
      if (!this.#parts.closing.aborted) driver.crash(error);
    } finally {
      this.#isRunning = false;
      driver.trust('silence', 'restart');
    }
  }

  async #search(): Promise<Findings> {
    const { driver } = this.#parts.access;
    // The program whose last request failed may be about to close: nothing is asked for it.
    if (!driver.isAwaited) await this.#wait(GAP_MIN_MS);
    for (let gapMs = GAP_MIN_MS; ; gapMs *= 2) {
      const look = await this.#look();
      if (typeof look === 'object') return look;
      if (look !== 'unable') this.#lose(look);
      // Between two looks others may use the interface.
      driver.run();
      gapMs = Math.min(gapMs, driver.isAwaited ? GAP_AWAITED_MAX_MS : GAP_IDLE_MAX_MS);
      await this.#wait(gapMs);
    }
  }

  async #look(): Promise<Look> {
    try {
      return await this.#ask();
    } catch (error) {
      // Another process has the interface, say: it may find the BMC well.
      if (error instanceof IpmiError && !this.#parts.closing.aborted) return 'unable';
      throw error;
    }
  }

  async #ask(): Promise<Look> {
    const { access, clock, attemptMs, identity, closing: signal } = this.#parts;
    await access.arbiter.acquire(clock, { deadlineMs: clock.now() + ACQUIRE_MS, signal });
    if (access.machine.presence().kind !== 'present') return 'absent';
    const { mustSayWho } = identity;
    const answer = await askDeviceId(access, { mustSayWho, signal });
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

  /** Does not keep the process alive: the requests that wait do. */
  async #wait(pauseMs: number): Promise<void> {
    await this.#pause.wait(pauseMs);
    if (this.#parts.closing.aborted) throw new IpmiError('DEVICE_CLOSED', 'closed meanwhile');
  }
}
