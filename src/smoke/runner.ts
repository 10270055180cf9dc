/**
 * Runs checks one after the other, concludes the result of each, and emits the events that all
 * reports are written from. Whatever happens, the interface is given back in the end.
 */

import { sleep } from '../clock.ts';
import type { Check, Choices, Means, Random } from './check.ts';
import { concludeFrom } from './conclusion.ts';
import type { Conclusion } from './conclusion.ts';
import type { CheckEnd, CheckId, Emit, NewEvent, RunEnd, RunInfo } from './events.ts';
import { Recorder } from './recorder.ts';
import type { Subject } from './subject.ts';
import { verdictOf } from './verdict.ts';

/** Time that a check gets to end after it was told to, milliseconds. */
const GRACE_MS = 10_000;

const MS_PER_SECOND = 1000;

/** Everything that decides how a run goes. */
export interface RunOptions {
  /** In the order in which they run. */
  readonly checks: readonly Check[];
  readonly subject: Subject;
  readonly info: RunInfo;
  readonly emit: Emit;
  readonly isQuick: boolean;
  readonly choices: Choices;
  /** Makes the chance of one check from a number. */
  readonly randomOf: (seed: number) => Random;
  /** Aborting it ends the run with what was done. */
  readonly signal: AbortSignal;
  /** Nothing runs after the first failure. */
  readonly isFatal: boolean;
  /** So often a check is tried again that has failed. */
  readonly retests: number;
  /** Limit of each check, milliseconds; that of the check itself when undefined. */
  readonly limitMs: number | undefined;
  readonly allowedSkips: ReadonlySet<CheckId>;
  /** Time for the whole run, milliseconds; without end when absent. */
  readonly budgetMs?: number;
  /** The checks are repeated until so much time is over, milliseconds; they run once when 0. */
  readonly totalMs: number;
  /** Wall-clock time for the events, RFC 3339 in UTC. */
  readonly timestamp: () => string;
  readonly onProgress: (id: CheckId, done: number) => void;
}

/** Runs the checks; resolves to the end of the run. Never rejects because of a check. */
export async function runChecks(options: RunOptions): Promise<RunEnd> {
  return await new Run(options).run();
}

/** A try of a check: the conclusion from its error, if any, and its findings. */
interface Tried {
  readonly conclusion: Conclusion | 'interrupted' | undefined;
  readonly recorder: Recorder;
}

class Run {
  readonly #options: RunOptions;
  readonly #startMs: number;
  /** The ends of this round. */
  readonly #round = new Map<CheckId, CheckEnd>();
  readonly #ends: CheckEnd[] = [];
  #rounds = 0;
  /** The reason why no further check is run; undefined while they are. */
  #stopped: string | undefined;

  constructor(options: RunOptions) {
    this.#options = options;
    this.#startMs = options.subject.clock.now();
  }

  async run(): Promise<RunEnd> {
    const { info, checks, signal, totalMs } = this.#options;
    const listed = checks.map(({ id, question }) => ({ id, question }));
    this.#emit({ kind: 'run-start', info, checks: listed });
    await this.#runRound(checks);
    const repeated = checks.filter(({ isOnce }) => isOnce !== true);
    while (
      repeated.length > 0 &&
      this.#stopped === undefined &&
      !signal.aborted &&
      this.#passedMs() < totalMs
    ) {
      await this.#runRound(repeated);
    }
    await this.#giveBack();
    const verdict = verdictOf(this.#ends, signal);
    const end: RunEnd = { kind: 'run-end', ...verdict, durationMs: this.#passedMs() };
    this.#emit(end);
    return end;
  }

  async #runRound(checks: readonly Check[]): Promise<void> {
    this.#rounds += 1;
    this.#round.clear();
    for (const check of checks) {
      const { id, question, changes } = check;
      this.#emit({ kind: 'check-start', id, question, changes });
      this.#finish(await this.#runCheck(check));
    }
  }

  /** The interface goes back to the kernel's driver even when the check for that did not run. */
  async #giveBack(): Promise<void> {
    const { subject } = this.#options;
    try {
      await subject.giveBack();
    } catch (error) {
      const text = error instanceof Error ? error.message : String(error);
      const check = { id: 'teardown', question: 'Is the interface given back?' } as const;
      this.#emit({ kind: 'check-start', ...check, changes: undefined });
      const recorder = new Recorder('teardown', this.#emit);
      recorder.fail('bt-left-behind', text);
      const fate = { result: 'fail', reason: text, slugs: ['bt-left-behind'] } as const;
      this.#finish(endOf('teardown', fate, subject.clock.now()));
    }
  }

  async #runCheck(check: Check): Promise<CheckEnd> {
    const { subject, signal, allowedSkips } = this.#options;
    const { id, isOnce } = check;
    const retests = isOnce === true ? 0 : this.#options.retests;
    const startMs = subject.clock.now();
    const hindrance = this.#hindranceOf(check);
    if (hindrance !== undefined) return endOf(id, hindrance, 0);
    let tried = await this.#tryCheck(check, 0);
    const first = tried;
    let tries = 1;
    let failures = isFailed(tried) ? 1 : 0;
    while (isFailed(tried) && tries <= retests && !signal.aborted && !this.#stopped) {
      tried = await this.#tryCheck(check, tries);
      tries += 1;
      failures += isFailed(tried) ? 1 : 0;
    }
    const retested = tries > 1 ? { failures, tries } : undefined;
    const durationMs = subject.clock.now() - startMs;
    const fate = fateOf(first);
    const isAllowed = fate.isAllowed === true || allowedSkips.has(id);
    return {
      ...endOf(id, fate, durationMs),
      isAllowed: fate.result === 'skip' && isAllowed,
      retested,
    };
  }

  /** Why the check is not run; undefined when nothing hinders it. */
  #hindranceOf({ id, needs }: Check): Fate | undefined {
    const { signal, allowedSkips } = this.#options;
    if (signal.aborted) return { result: 'interrupted', reason: 'the run was interrupted before' };
    if (this.#stopped !== undefined) return { result: 'skip', reason: this.#stopped };
    if (this.#restMs() <= 0) {
      return { result: 'skip', reason: 'because the time of the run is over' };
    }
    const missing = needs.find((one) => {
      const end = this.#round.get(one);
      return end !== undefined && end.result !== 'pass';
    });
    if (missing === undefined) return undefined;
    const isAllowed = allowedSkips.has(id) || this.#round.get(missing)?.isAllowed === true;
    return { result: 'skip', reason: `because of ${missing}`, isAllowed };
  }

  async #tryCheck(check: Check, attempt: number): Promise<Tried> {
    const { subject, info, randomOf, isQuick, choices, limitMs, onProgress } = this.#options;
    const { id, limitSeconds } = check;
    const recorder = new Recorder(id, this.#emit, (done) => {
      onProgress(id, done);
    });
    const limit = Math.min(limitMs ?? limitSeconds * MS_PER_SECOND, this.#restMs());
    const ender = new AbortController();
    const { signal } = this.#options;
    const means: Means = {
      subject,
      report: recorder,
      signal: AbortSignal.any([signal, ender.signal]),
      random: randomOf(seedOf(info.seed, id, this.#rounds * 1000 + attempt)),
      amount: (full, quick) => (isQuick ? quick : full),
      choices,
    };
    const state = { isSettled: false, isLate: false };
    // A check may throw before it has a promise.
    const run = async (): Promise<void> => {
      await check.run(means);
    };
    const done = run()
      .then(
        () => undefined,
        (error: unknown) => concludeFrom(error, this.#isExpected()),
      )
      .finally(() => {
        state.isSettled = true;
      });
    await this.#waitFor(done, limit, signal);
    if (!state.isSettled && !signal.aborted) {
      state.isLate = true;
      recorder.fail('check-time-out', this.#lateText(id, limit));
    }
    ender.abort();
    await this.#waitFor(done, GRACE_MS);
    // It still uses the interface: another check would meet its requests.
    if (!state.isSettled) this.#stopped = `because ${id} does not end`;
    const conclusion = state.isSettled ? await done : undefined;
    const isCut = signal.aborted && (!state.isSettled || conclusion !== undefined);
    if (!state.isLate && !isCut && conclusion?.kind === 'fail') {
      recorder.fail(conclusion.slug, conclusion.text);
    }
    recorder.isOver = true;
    return { conclusion: isCut ? 'interrupted' : state.isLate ? undefined : conclusion, recorder };
  }

  /** Resolves when the check is over, or after so long; at once when `signal` aborts. */
  async #waitFor(done: Promise<unknown>, mostMs: number, signal?: AbortSignal): Promise<void> {
    const over = new AbortController();
    const ender = signal === undefined ? over.signal : AbortSignal.any([signal, over.signal]);
    const wait = sleep(this.#options.subject.clock, mostMs, ender).catch(() => undefined);
    await Promise.race([done, wait]);
    over.abort();
    await wait;
  }

  /** Firmware lists a BT interface, or a check has found it: its absence would be a failure. */
  #isExpected(): boolean {
    const passed = [...this.#round.values()].some(
      ({ id, result }) => result === 'pass' && (id === 'registers' || id === 'bring-up'),
    );
    if (passed) return true;
    try {
      return this.#options.subject.discovery().candidates.some(({ type }) => type === 'bt');
    } catch {
      // A config file that is wrong is told by the check that reads it.
      return false;
    }
  }

  #finish(end: CheckEnd): void {
    const { isFatal } = this.#options;
    this.#round.set(end.id, end);
    this.#ends.push(end);
    this.#emit(end);
    if (isFatal && end.result === 'fail') this.#stopped ??= `--fatal, because of ${end.id}`;
  }

  #lateText(id: CheckId, limit: number): string {
    const text = `${id} is not over after ${Number((limit / MS_PER_SECOND).toFixed(3))} s`;
    if (this.#restMs() > 0) return text;
    return `${text}, when the time of the run was over: the BMC is slow; run it without --quick`;
  }

  /** The time that the run still has, milliseconds. */
  #restMs(): number {
    const { budgetMs = Infinity } = this.#options;
    return budgetMs - this.#passedMs();
  }

  #passedMs(): number {
    return this.#options.subject.clock.now() - this.#startMs;
  }

  readonly #emit = (event: NewEvent): void => {
    this.#options.emit({ ...event, at: this.#options.timestamp() });
  };
}

/** The end of a check, as far as it follows from its last try. */
interface Fate {
  readonly result: CheckEnd['result'];
  readonly reason: string;
  readonly slugs?: CheckEnd['slugs'];
  readonly exit?: number;
  readonly code?: CheckEnd['code'];
  readonly isAllowed?: boolean;
}

function endOf(id: CheckId, fate: Fate, durationMs: number): CheckEnd {
  const { result, reason, slugs = [], exit, code, isAllowed = false } = fate;
  return {
    kind: 'check-end',
    id,
    result,
    reason,
    slugs,
    exit,
    code,
    isAllowed,
    retested: undefined,
    durationMs,
  };
}

function isFailed({ conclusion, recorder }: Tried): boolean {
  return conclusion !== 'interrupted' && recorder.failures.length > 0;
}

function fateOf({ conclusion, recorder }: Tried): Fate {
  const [first] = recorder.failures;
  if (conclusion === 'interrupted')
    return { result: 'interrupted', reason: 'the run was interrupted' };
  if (first !== undefined) {
    const slugs = [...new Set(recorder.failures.map(({ slug }) => slug))];
    return { result: 'fail', reason: first.text, slugs };
  }
  switch (conclusion?.kind) {
    case 'skip':
      return { result: 'skip', reason: conclusion.text, isAllowed: conclusion.isAllowed };
    case 'error': {
      const { text, exit, code } = conclusion;
      return { result: 'error', reason: text, exit, code };
    }
    case 'fail':
    case undefined:
      return { result: 'pass', reason: '' };
  }
}

/** A seed for each try of each check, so that one is drawn alike whatever runs beside it. */
function seedOf(seed: number, id: CheckId, attempt: number): number {
  let mixed = seed;
  for (const char of `${id} ${attempt}`) {
    mixed = Math.imul(mixed ^ (char.codePointAt(0) ?? 0), 0x01000193) >>> 0;
  }
  return mixed;
}
