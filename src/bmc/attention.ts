/**
 * When SMS_ATN is looked at, and served: while somebody wants to know of it, or of what it was set
 * for. What is read is lost to everybody else, so that nothing is read while nobody listens.
 *
 * A BMC may have an SMS_ATN that sticks, or that comes and goes. So a pause follows each service in
 * which callers' requests get their turn, and what brings nothing is tried ever more rarely.
 */

import type { Clock } from '../clock.ts';
import type { BmcEvent } from '../ipmi/bmc-event.ts';
import type { Log } from '../log.ts';
import { unlessSilent } from './bring-up.ts';
import type { BtDriver } from '../driver/driver.ts';
import { GlobalEnable } from './global-enables.ts';
import type { GlobalEnables } from './global-enables.ts';
import { EventReader, PAUSE_MS } from './event-reader.ts';
import { Pause } from '../pause.ts';
import type { Statistics } from '../driver/statistics.ts';

/** Time from one look at SMS_ATN to the next. */
export const LOOK_MS = 200;

/** Where it brings nothing but trouble: then twice as long, up to this. */
export const LOOK_MAX_MS = 30_000;

/**
 * How often flags and Global Enables are asked for though SMS_ATN is 0: a BMC that restarts
 * forgets both of them, and may do so unseen.
 */
export const RECHECK_MS = 10_000;

/** Events go into the event message buffer, where a host can read them. */
const EVENT_ENABLES = GlobalEnable.EVENT_MESSAGE_BUFFER;

/** What attention is made of. */
export interface AttentionParts {
  readonly driver: BtDriver;
  readonly clock: Clock;
  readonly log: Log;
  readonly statistics: Statistics;
  readonly enables: GlobalEnables;
  /** Whether the BMC is being looked for, and not to be asked for anything else. */
  readonly isAway: () => boolean;
  /** The BMC does not answer. */
  readonly onSilence: () => void;
  readonly tell: (event: BmcEvent) => void;
}

export class Attention {
  readonly #parts: AttentionParts;
  readonly #pause: Pause;
  readonly #service: EventReader;
  /** Somebody wants what SMS_ATN was set for. */
  #isWanted = false;
  /** Somebody wants to know when it is set. */
  #isWatched = false;
  #isClosed = false;
  /** While there is somebody who wants anything, or something to put back. */
  #running: Promise<void> | undefined;
  /** Something may have to be put back. */
  #isServing = false;
  /** All is well, and the pause until the next look may be cut short. */
  #mayHurry = false;
  #recheckAtMs = 0;

  constructor(parts: AttentionParts) {
    const { driver, statistics, tell } = parts;
    this.#parts = parts;
    this.#pause = new Pause(parts.clock);
    const isWanted = (): boolean => this.#isWanted;
    this.#service = new EventReader({ driver, pause: this.#pause, statistics, isWanted, tell });
  }

  /** Whether {@link end} has something to do. */
  get isServing(): boolean {
    return this.#isServing;
  }

  /** Somebody listens to events from now on, or nobody does. Idempotent. */
  listen(isWanted: boolean): void {
    if (isWanted === this.#isWanted || this.#isClosed) return;
    this.#isWanted = isWanted;
    if (isWanted) this.renew();
    this.#begin();
  }

  /** Somebody wants to know when SMS_ATN is set, and no more, or nobody does. Idempotent. */
  watch(isWatched: boolean): void {
    if (isWatched === this.#isWatched || this.#isClosed) return;
    this.#isWatched = isWatched;
    this.#begin();
  }

  /** SMS_ATN was seen to rise: looks now, unless it was served just before. */
  hurry(): void {
    if (this.#mayHurry) this.#pause.end();
  }

  /** The BMC may have forgotten what it was told, and have something to say. */
  renew(): void {
    this.#recheckAtMs = 0;
    this.#pause.end();
  }

  /** Nobody listens any more: resolves when all is as it was. Takes as long as the BMC does. */
  async end(): Promise<void> {
    this.watch(false);
    this.listen(false);
    await this.#running;
  }

  /** Stops at once, and puts nothing back. Idempotent. */
  close(): void {
    this.#isClosed = true;
    this.#isWanted = false;
    this.#isWatched = false;
    this.#pause.end();
  }

  #begin(): void {
    this.#isServing ||= this.#isWanted;
    this.#pause.end();
    if (this.#isWanted || this.#isWatched) this.#running ??= this.#run();
  }

  async #run(): Promise<void> {
    try {
      do {
        await this.#watch();
        await this.#serveWhileWanted();
        await this.#putBack();
      } while (this.#isWanted || this.#isWatched);
    } catch (error) {
      this.#parts.driver.crash(error);
    }
    this.#running = undefined;
  }

  /** Whoever sees SMS_ATN rise tells of it; here somebody looks, where nobody else does. */
  async #watch(): Promise<void> {
    while (this.#isWatched && !this.#isWanted) {
      this.#glance();
      await this.#pause.wait(LOOK_MS);
    }
  }

  async #serveWhileWanted(): Promise<void> {
    let gapMs = LOOK_MS;
    while (this.#isWanted) {
      const isWell = await this.#unlessSilent(() => this.#look());
      gapMs = isWell ? LOOK_MS : Math.min(2 * gapMs, LOOK_MAX_MS);
      // In this much, callers' requests get their turn whatever SMS_ATN does.
      await this.#rest(PAUSE_MS);
      this.#mayHurry = isWell;
      await this.#rest(gapMs - PAUSE_MS);
      this.#mayHurry = false;
    }
  }

  async #rest(gapMs: number): Promise<void> {
    if (this.#isWanted) await this.#pause.wait(gapMs);
  }

  #mayPutBack(): boolean {
    return !this.#isClosed && !this.#isWanted;
  }

  async #putBack(): Promise<void> {
    while (this.#mayPutBack() && this.#parts.isAway()) await this.#pause.wait(LOOK_MS);
    if (!this.#mayPutBack()) return;
    const isDone = await this.#unlessSilent(() => this.#parts.enables.putBack(EVENT_ENABLES));
    if (!isDone) this.#parts.log.warn({}, 'global enables not put back');
    this.#isServing = this.#isWanted;
  }

  /** One look at SMS_ATN, and what follows from it. False when it brought nothing but trouble. */
  async #look(): Promise<boolean> {
    const { clock, enables } = this.#parts;
    if (!this.#glance()) return true;

    let isWell = true;
    if (clock.now() >= this.#recheckAtMs) {
      this.#service.isDue = true;
      isWell = await enables.set(EVENT_ENABLES);
      if (isWell) this.#recheckAtMs = clock.now() + RECHECK_MS;
    }
    const mustServe = this.#service.isDue && this.#isWanted;
    return mustServe ? (await this.#service.serve()) && isWell : isWell;
  }

  /** Looks at SMS_ATN; false when there is nobody to be asked what it was set for. */
  #glance(): boolean {
    const { driver, isAway, onSilence } = this.#parts;
    if (isAway()) return false;
    const glance = driver.glance();
    if (glance === 'closed') this.close();
    if (glance === 'absent') onSilence();
    if (glance === 'attention') this.#service.isDue = true;
    return glance === 'attention' || glance === 'nothing';
  }

  #unlessSilent(work: () => Promise<boolean>): Promise<boolean> {
    return unlessSilent(work, this.#parts.onSilence);
  }
}
