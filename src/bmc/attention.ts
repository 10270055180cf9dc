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
import type { Dropped } from '../driver/machine.ts';
import { IpmiError, hex } from '../errors.ts';
import { AppCmd } from '../ipmi/commands.ts';
import { Completion, codeText } from '../ipmi/completion.ts';
import type { Log } from '../log.ts';
import type { Driver } from '../driver/driver.ts';
import { GlobalEnable } from './global-enables.ts';
import type { GlobalEnables, Refusal } from './global-enables.ts';
import { unlessSilent } from './ask.ts';
import type { Asker } from './ask.ts';
import type { BridgedAnswers } from './bridged-answers.ts';
import { EventReader, PAUSE_MS } from './event-reader.ts';
import type { Tell } from './event-reader.ts';
import type { Section } from './section.ts';
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

/** Shortest time from one look for an awaited answer to the next; it doubles after each in vain. */
const ANSWER_LOOK_MS = 5;

/** Longest time from one question for an awaited answer to the next, whatever the bit says. */
const ANSWER_ASK_MS = 100;

/** The bit that lets events into the event message buffer, where a host can read them. */
const EVENT_ENABLES = GlobalEnable.EVENT_MESSAGE_BUFFER;

/** Everything an {@link Attention} is built from. */
export interface AttentionParts {
  readonly driver: Driver;
  readonly asker: Asker;
  readonly clock: Clock;
  readonly log: Log;
  readonly statistics: Statistics;
  readonly section: Section;
  readonly enables: GlobalEnables;
  /** True while recovery looks for the BMC, so that nothing else must be asked. */
  readonly isAway: () => boolean;
  /** Aborts when the interface closes: the service stops at once, and puts nothing back. */
  readonly closing: Signal;
  /** Returns what tells the present listeners of an event. */
  readonly audience: () => Tell;
  /** The answers of satellite controllers that are awaited. */
  readonly answers: Pick<BridgedAnswers, 'offer' | 'emptied' | 'fail'>;
  /** Called, with the reason, when events may not come although there is a listener. */
  readonly deaf: (reason: string) => void;
}

/** The commands that serve events, in the words of the specification. */
const QUESTIONS: Readonly<Record<number, string>> = {
  [AppCmd.GET_GLOBAL_ENABLES]: 'Get BMC Global Enables',
  [AppCmd.SET_GLOBAL_ENABLES]: 'Set BMC Global Enables',
  [AppCmd.GET_MESSAGE_FLAGS]: 'Get Message Flags',
  [AppCmd.GET_MESSAGE]: 'Get Message',
  [AppCmd.READ_EVENT_MESSAGE_BUFFER]: 'Read Event Message Buffer',
};

/** Codes by which a BMC says that it will never give a message: no command, or no right to it. */
const NEVER_CODES: ReadonlySet<number> = new Set([
  Completion.INVALID_COMMAND,
  Completion.INVALID_COMMAND_ON_LUN,
  Completion.NO_PRIVILEGE,
]);

/** So many questions in a row without an answer, by a BMC that is there, are a reason to tell. */
const SILENCES_MAX = 2;

export class Attention {
  readonly #parts: AttentionParts;
  readonly #pause: Pause;
  readonly #reader: EventReader;
  /** There is a listener to events. */
  #isWanted = false;
  /** There is a listener to the bit itself. */
  #isWatched = false;
  /** The answer of a satellite controller is awaited. */
  #isAwaited = false;
  /** Pending while there is a listener, or something to put back. */
  #running: Promise<void> | undefined;
  /** Something may have to be put back. */
  #isServing = false;
  /** True in a pause that {@link hurry} may cut short. */
  #mayHurry = false;
  #recheckAtMs = 0;
  /** Questions in a row that a BMC which is there did not answer. */
  #silences = 0;
  /** Reasons that were told since there is a listener, each once. */
  readonly #reasons = new Set<string>();

  constructor(parts: AttentionParts) {
    this.#parts = parts;
    this.#pause = new Pause(parts.clock);
    this.#reader = new EventReader({
      ...parts,
      pause: this.#pause,
      isWanted: () => this.#isWanted || this.#isAwaited,
      isHeard: () => this.#isWanted,
      refused: (refusal) => {
        this.#refused(refusal);
      },
    });
    const { closing } = parts;
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
    if (isWanted) {
      this.#reasons.clear();
      this.renew();
    }
    this.#begin();
  }

  /** Starts or stops polling for a listener to the attention bit alone. Idempotent. */
  watch(isWatched: boolean): void {
    if (isWatched === this.#isWatched || this.#isClosed) return;
    this.#isWatched = isWatched;
    this.#begin();
  }

  /** Starts or stops reading messages, because an answer is awaited. Idempotent. */
  receive(isAwaited: boolean): void {
    if (isAwaited === this.#isAwaited || this.#isClosed) return;
    this.#isAwaited = isAwaited;
    this.#begin();
  }

  /** Serves the bit now, because it has risen, unless it was served just before. */
  hurry(): void {
    if (this.#mayHurry) this.#pause.end();
  }

  /** Takes note of a response that was dropped; it may hold an event. */
  dropped(dropped: Dropped): void {
    this.#reader.dropped(dropped);
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
    this.#isAwaited = false;
    this.#isServing = false;
    this.#pause.end();
  }

  #begin(): void {
    this.#isServing ||= this.#isWanted;
    this.#pause.end();
    if (this.#isBusy) this.#running ??= this.#run();
  }

  get #isBusy(): boolean {
    return this.#isWanted || this.#isWatched || this.#isAwaited;
  }

  async #run(): Promise<void> {
    try {
      do {
        await this.#watch();
        await this.#receiveWhileAwaited();
        await this.#serveWhileWanted();
        await this.#putBack();
      } while (this.#isBusy);
    } catch (error) {
      this.#parts.driver.crash(error);
    }
    this.#running = undefined;
  }

  /** Polls the bit while there is a listener to it alone; requests, which read it, may be rare. */
  async #watch(): Promise<void> {
    while (this.#isWatched && !this.#isWanted && !this.#isAwaited) {
      this.#glance();
      await this.#pause.wait(LOOK_MS);
    }
  }

  /** Looks for awaited answers while no listener to events makes it look anyway. */
  async #receiveWhileAwaited(): Promise<void> {
    let gapMs = ANSWER_LOOK_MS;
    while (this.#isAwaited && !this.#isWanted) {
      await this.#pause.wait(gapMs);
      gapMs = await this.#lookForAnswers(gapMs);
    }
  }

  /** Looks for awaited answers, `gapMs` after the last look; returns the gap to the next one. */
  async #lookForAnswers(gapMs: number): Promise<number> {
    if (!this.#isAwaited) return ANSWER_LOOK_MS;
    const taken = (await this.#unlessSilent(() => this.#takeAnswers(gapMs))) || 0;
    return taken > 0 ? ANSWER_LOOK_MS : Math.min(2 * gapMs, ANSWER_ASK_MS);
  }

  /** Reads messages if the bit is set, or has not been for long; returns how many there were. */
  async #takeAnswers(gapMs: number): Promise<number> {
    const isThere = this.#glance();
    const isDue = this.#reader.isDue || gapMs >= ANSWER_ASK_MS;
    return isThere && isDue && this.#isAwaited ? await this.#reader.serveMessages() : 0;
  }

  async #serveWhileWanted(): Promise<void> {
    let gapMs = LOOK_MS;
    let answerMs = ANSWER_LOOK_MS;
    while (this.#isWanted) {
      const isWell = await this.#unlessSilent(() => this.#look());
      if (isWell) this.#silences = 0;
      gapMs = isWell ? LOOK_MS : Math.min(2 * gapMs, LOOK_MAX_MS);
      // This pause is not cut short, so that callers' requests are sent whatever the bit does.
      await this.#rest(PAUSE_MS);
      this.#mayHurry = isWell;
      await this.#rest((this.#isAwaited ? Math.min(answerMs, gapMs) : gapMs) - PAUSE_MS);
      this.#mayHurry = false;
      // Neither the bit nor the flag need rise for a message.
      answerMs = await this.#lookForAnswers(answerMs);
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
    if (isDone !== true) this.#parts.log.warn(isDone || {}, 'global enables not put back');
    this.#isServing = this.#isWanted;
  }

  /** Polls the bit and serves it. False when that brought nothing but errors. */
  async #look(): Promise<boolean> {
    const { clock, enables } = this.#parts;
    if (!this.#glance()) return true;

    if (clock.now() >= this.#recheckAtMs) {
      this.#reader.isDue = true;
      const done = await enables.set(EVENT_ENABLES);
      // Not every BMC needs them: what it says by itself is looked for as often as ever.
      this.#recheckAtMs = clock.now() + (done === true ? RECHECK_MS : LOOK_MAX_MS);
      if (done !== true) this.#refused(done);
    }
    return this.#reader.isDue && this.#isWanted ? await this.#reader.serve() : true;
  }

  #refused({ cmd, completionCode }: Refusal): void {
    const question = QUESTIONS[cmd] ?? hex(cmd);
    const code = codeText(completionCode);
    const isCode = completionCode !== Completion.OK;
    if (cmd === AppCmd.GET_MESSAGE && NEVER_CODES.has(completionCode)) {
      this.#parts.answers.fail(unreadable(completionCode));
    }
    const answer = isCode ? `refuses ${question} with ${code}` : `answers ${question} without data`;
    this.#deaf(`the BMC ${answer}`);
  }

  /** A listener that is told nothing shall know the reason. */
  #deaf(reason: string): void {
    if (!this.#isWanted || this.#reasons.has(reason)) return;
    this.#reasons.add(reason);
    this.#parts.log.warn({ reason }, 'events may not come');
    this.#parts.deaf(reason);
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

  #unlessSilent<T>(work: () => Promise<T>): Promise<T | false> {
    return unlessSilent(work, () => {
      this.#silences += 1;
      if (this.#silences === SILENCES_MAX) this.#deaf('the BMC does not answer what it is asked');
      this.#parts.driver.doubt('silence');
    });
  }
}

/** The error of those that wait for an answer which the BMC does not give. */
function unreadable(completionCode: number): IpmiError {
  const text = `the BMC refuses Get Message with ${codeText(completionCode)}`;
  const remedy = 'the answer of the controller cannot be read; it may have executed the command';
  return new IpmiError('COMMAND_FAILED', `${text}: ${remedy}`, {
    outcome: 'unknown',
    completionCode,
  });
}
