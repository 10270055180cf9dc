/**
 * Polls the attention bit and serves it while the program has a listener: to the bit, or to the
 * events and messages behind it. Reading these takes them away from every other program, so that
 * nothing is read without a listener.
 *
 * A BMC's attention bit may be stuck, or come and go. So each service is followed by a pause in
 * which callers' requests are sent, and the gap doubles while serving brings nothing.
 */

import type { Signal } from '../abort.ts';
import { Pause } from '../clock.ts';
import type { Clock } from '../clock.ts';
import type { BmcEvent } from '../ipmi/bmc-event.ts';
import type { Log } from '../log.ts';
import type { Driver } from '../driver/driver.ts';
import { GlobalEnable } from './global-enables.ts';
import type { GlobalEnables } from './global-enables.ts';
import { unlessSilent } from './ask.ts';
import type { Asker } from './ask.ts';
import { EventReader, PAUSE_MS } from './event-reader.ts';
import type { Statistics } from '../driver/statistics.ts';

/** Time from one poll of the attention bit to the next. */
export const LOOK_MS = 200;

/** Longest time between two polls, which it doubles up to while they bring nothing but errors. */
export const LOOK_MAX_MS = 30_000;

/**
 * Flags and Global Enables are read this often even if the bit is 0: a BMC that restarts forgets
 * both, and the restart may go unnoticed.
 */
export const RECHECK_MS = 10_000;

/** The bit that lets events into the event message buffer, where a host can read them. */
const EVENT_ENABLES = GlobalEnable.EVENT_MESSAGE_BUFFER;

/** Everything an {@link Attention} is built from. */
export interface AttentionParts {
  readonly driver: Driver;
  readonly asker: Asker;
  readonly clock: Clock;
  readonly log: Log;
  readonly statistics: Statistics;
  readonly enables: GlobalEnables;
  /** True while recovery looks for the BMC, so that nothing else must be asked. */
  readonly isAway: () => boolean;
  /** Aborts when the interface closes: the service stops at once, and puts nothing back. */
  readonly closing: Signal;
  readonly tell: (event: BmcEvent) => void;
}

export class Attention {
  readonly #parts: AttentionParts;
  readonly #pause: Pause;
  readonly #reader: EventReader;
  /** There is a listener to events. */
  #isWanted = false;
  /** There is a listener to the bit itself. */
  #isWatched = false;
  /** Pending while there is a listener, or something to put back. */
  #running: Promise<void> | undefined;
  /** Something may have to be put back. */
  #isServing = false;
  /** True in a pause that {@link hurry} may cut short. */
  #mayHurry = false;
  #recheckAtMs = 0;

  constructor(parts: AttentionParts) {
    const { asker, statistics, tell, closing } = parts;
    this.#parts = parts;
    this.#pause = new Pause(parts.clock);
    const isWanted = (): boolean => this.#isWanted;
    this.#reader = new EventReader({ asker, pause: this.#pause, statistics, isWanted, tell });
    closing.addEventListener('abort', () => {
      this.#stop();
    });
  }

  /** True while {@link end} has something to do. */
  get isServing(): boolean {
    return this.#isServing;
  }

  /** Starts or stops serving a listener to events. Idempotent. */
  listen(isWanted: boolean): void {
    if (isWanted === this.#isWanted || this.#isClosed) return;
    this.#isWanted = isWanted;
    if (isWanted) this.renew();
    this.#begin();
  }

  /** Starts or stops polling for a listener to the attention bit alone. Idempotent. */
  watch(isWatched: boolean): void {
    if (isWatched === this.#isWatched || this.#isClosed) return;
    this.#isWatched = isWatched;
    this.#begin();
  }

  /** Serves the bit now, because it has risen, unless it was served just before. */
  hurry(): void {
    if (this.#mayHurry) this.#pause.end();
  }

  /** Reads flags and enables again, because the BMC may have restarted. */
  renew(): void {
    this.#recheckAtMs = 0;
    this.#pause.end();
  }

  /** Stops, and resolves when the enables are put back. Takes as long as the BMC does. */
  async end(): Promise<void> {
    this.watch(false);
    this.listen(false);
    await this.#running;
  }

  get #isClosed(): boolean {
    return this.#parts.closing.aborted;
  }

  /** Ends at once: nothing can be put back any more. */
  #stop(): void {
    this.#isWanted = false;
    this.#isWatched = false;
    this.#isServing = false;
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

  /** Polls the bit while there is a listener to it alone; requests, which read it, may be rare. */
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
      // This pause is not cut short, so that callers' requests are sent whatever the bit does.
      await this.#rest(PAUSE_MS);
      this.#mayHurry = isWell;
      await this.#rest(gapMs - PAUSE_MS);
      this.#mayHurry = false;
    }
  }

  async #rest(gapMs: number): Promise<void> {
    if (this.#isWanted) await this.#pause.wait(gapMs);
  }

  #mustPutBack(): boolean {
    return this.#isServing && !this.#isWanted;
  }

  async #putBack(): Promise<void> {
    while (this.#mustPutBack() && this.#parts.isAway()) await this.#pause.wait(LOOK_MS);
    if (!this.#mustPutBack()) return;
    const isDone = await this.#unlessSilent(() => this.#parts.enables.putBack(EVENT_ENABLES));
    if (!isDone) this.#parts.log.warn({}, 'global enables not put back');
    this.#isServing = this.#isWanted;
  }

  /** Polls the bit and serves it. False when that brought nothing but errors. */
  async #look(): Promise<boolean> {
    const { clock, enables } = this.#parts;
    if (!this.#glance()) return true;

    let isWell = true;
    if (clock.now() >= this.#recheckAtMs) {
      this.#reader.isDue = true;
      isWell = await enables.set(EVENT_ENABLES);
      if (isWell) this.#recheckAtMs = clock.now() + RECHECK_MS;
    }
    const mustServe = this.#reader.isDue && this.#isWanted;
    return mustServe ? (await this.#reader.serve()) && isWell : isWell;
  }

  /** Reads the bit; false when there is no BMC that could be asked for the reason. */
  #glance(): boolean {
    const { driver, isAway } = this.#parts;
    if (isAway()) return false;
    const glance = driver.glance();
    if (glance === 'closed') this.#stop();
    if (glance === 'absent') driver.doubt('silence');
    if (glance === 'attention') this.#reader.isDue = true;
    return glance === 'attention' || glance === 'nothing';
  }

  #unlessSilent(work: () => Promise<boolean>): Promise<boolean> {
    return unlessSilent(work, () => {
      this.#parts.driver.doubt('silence');
    });
  }
}
