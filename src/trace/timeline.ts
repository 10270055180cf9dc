/**
 * A recording as spans of time: each request with its attempts, each attempt with the
 * states of the transaction and the time that its deadline left, and the requests that overlapped.
 */

import { Ctrl } from '../bt/bits.ts';
import type { StateName } from '../bt/edges.ts';
import type { AccessEntry, AskedEntry, AttemptEnd, AttemptEntry, Recording } from './recording.ts';

/** A state of the transaction, while it lasted. */
export interface StateSpan {
  readonly state: StateName;
  readonly fromMs: number;
  toMs: number;
  /** Left until its deadline when it began, and when it was left; undefined without a deadline. */
  readonly leftMs: number | undefined;
  leftAtEndMs: number | undefined;
}

/** One try to get a request answered. */
export interface AttemptSpan {
  readonly seq: number;
  readonly fromMs: number;
  toMs: number;
  /** When H2B_ATN was rung. */
  rungMs: number | undefined;
  /** Undefined when the recording ends before. */
  result: AttemptEnd | undefined;
  readonly states: StateSpan[];
}

/** Another request that was with the BMC while this one waited. */
export interface Overlap {
  readonly id: number;
  readonly ms: number;
  /** Its own caller had given it up. */
  readonly isOrphan: boolean;
}

export interface RequestSpan extends Pick<
  AskedEntry,
  'id' | 'netFn' | 'lun' | 'cmd' | 'dataBytes' | 'internal' | 'timeoutMs'
> {
  readonly fromMs: number;
  toMs: number;
  completionCode: number | undefined;
  /** The code of the error; undefined with a completion code, or when the recording ends before. */
  error: string | undefined;
  isSettled: boolean;
  readonly attempts: AttemptSpan[];
  overlaps: readonly Overlap[];
}

/** A bit of BT_CTRL, while it read 1. */
export interface BitSpan {
  readonly bit: BitName;
  readonly fromMs: number;
  readonly toMs: number;
}

/** The bits that are shown, as they are shown. */
export const BITS = ['H2B_ATN', 'B_BUSY', 'B2H_ATN', 'H_BUSY', 'SMS_ATN'] as const;

export type BitName = (typeof BITS)[number];

export interface Timeline {
  readonly lengthMs: number;
  readonly accesses: number;
  readonly requests: readonly RequestSpan[];
  /** States of no attempt: a response to no request was taken. */
  readonly stale: readonly StateSpan[];
  readonly bits: readonly BitSpan[];
}

export function timelineOf(recording: Pick<Recording, 'entries'>): Timeline {
  const builder = new Builder();
  for (const entry of recording.entries) builder.take(entry);
  return builder.end();
}

class Builder {
  readonly #requests = new Map<number, RequestSpan>();
  readonly #stale: StateSpan[] = [];
  readonly #bits: BitSpan[] = [];
  readonly #set = new Map<BitName, number>();
  #attempt: AttemptSpan | undefined;
  #entry: AttemptEntry | undefined;
  #state: StateSpan | undefined;
  #accesses = 0;
  #nowMs = 0;

  take(entry: Recording['entries'][number]): void {
    this.#nowMs = Math.max(this.#nowMs, entry.atMs);
    switch (entry.kind) {
      case 'request':
        this.#asked(entry);
        return;
      case 'settled': {
        const { completionCode, error } = entry;
        const request = this.#requests.get(entry.id);
        if (request === undefined) return;
        Object.assign(request, { toMs: this.#nowMs, completionCode, error, isSettled: true });
        return;
      }
      case 'attempt':
        this.#began(entry);
        return;
      case 'ended':
        this.#leave();
        if (this.#attempt !== undefined) this.#attempt.result = entry.result;
        this.#attempt = undefined;
        return;
      case 'state':
        this.#entered(entry.state);
        return;
      case 'in':
      case 'out':
        this.#accessed(entry);
        return;
      case 'again':
        this.#accesses += entry.times;
    }
  }

  end(): Timeline {
    this.#leave();
    for (const [bit, fromMs] of this.#set) this.#bits.push({ bit, fromMs, toMs: this.#nowMs });
    const requests = [...this.#requests.values()];
    for (const request of requests) if (!request.isSettled) request.toMs = this.#nowMs;
    findOverlaps(requests);
    const rest = { accesses: this.#accesses, stale: this.#stale, bits: this.#bits };
    return { lengthMs: this.#nowMs, requests, ...rest };
  }

  #asked(entry: AskedEntry): void {
    const { id, netFn, lun, cmd, dataBytes, internal, timeoutMs } = entry;
    const open = { completionCode: undefined, error: undefined, isSettled: false };
    this.#requests.set(id, {
      ...{ id, netFn, lun, cmd, dataBytes, internal, timeoutMs, ...open },
      ...{ fromMs: this.#nowMs, toMs: this.#nowMs, attempts: [], overlaps: [] },
    });
  }

  #began(entry: AttemptEntry): void {
    this.#leave();
    const span = { fromMs: this.#nowMs, toMs: this.#nowMs, rungMs: undefined, result: undefined };
    this.#attempt = { seq: entry.seq, ...span, states: [] };
    this.#entry = entry;
    this.#requests.get(entry.id)?.attempts.push(this.#attempt);
  }

  #entered(state: StateName): void {
    this.#leave();
    if (state === 'idle') return;
    const leftMs = this.#leftMs(state);
    const nowMs = this.#nowMs;
    this.#state = { state, fromMs: nowMs, toMs: nowMs, leftMs, leftAtEndMs: leftMs };
    (this.#attempt?.states ?? this.#stale).push(this.#state);
  }

  /** The present state is over, or the recording. */
  #leave(): void {
    const state = this.#state;
    if (state !== undefined) {
      state.toMs = this.#nowMs;
      state.leftAtEndMs = this.#leftMs(state.state);
    }
    if (this.#attempt !== undefined) this.#attempt.toMs = this.#nowMs;
    this.#state = undefined;
  }

  /** Until the request must be written, and once it is, until the reply must be there. */
  #leftMs(state: StateName): number | undefined {
    const [attempt, entry] = [this.#attempt, this.#entry];
    if (attempt === undefined || entry === undefined || state === 'idle') return undefined;
    const { fromMs, rungMs } = attempt;
    const { startWithinMs, replyWithinMs } = entry;
    const isWaiting = rungMs === undefined || state === 'waitReady';
    const deadlineMs = isWaiting ? fromMs + startWithinMs : rungMs + replyWithinMs;
    return deadlineMs - this.#nowMs;
  }

  #accessed({ kind, register, value }: AccessEntry): void {
    this.#accesses += 1;
    if (register !== 'BT_CTRL' || value === undefined) return;
    if (kind === 'in') this.#saw(value);
    else if ((value & Ctrl.H2B_ATN) !== 0 && this.#attempt !== undefined) {
      this.#attempt.rungMs = this.#nowMs;
    }
  }

  #saw(status: number): void {
    for (const bit of BITS) {
      const isSet = (status & Ctrl[bit]) !== 0;
      const fromMs = this.#set.get(bit);
      if (isSet && fromMs === undefined) this.#set.set(bit, this.#nowMs);
      if (isSet || fromMs === undefined) continue;
      this.#bits.push({ bit, fromMs, toMs: this.#nowMs });
      this.#set.delete(bit);
    }
  }
}

/** Finds, for each request, the attempts of others that lay in the time before its own first. */
function findOverlaps(requests: readonly RequestSpan[]): void {
  // One interface has one transaction at a time, so that they stand in order.
  const attempts = requests
    .flatMap((request) => request.attempts.map((attempt) => ({ request, attempt })))
    .sort((one, other) => one.attempt.fromMs - other.attempt.fromMs);
  for (const request of requests) {
    const untilMs = request.attempts[0]?.fromMs ?? request.toMs;
    const overlaps = new Map<number, Overlap>();
    let at = firstAfter(attempts, request.fromMs);
    for (let one = attempts[at]; one !== undefined; one = attempts[at]) {
      const { attempt, request: other } = one;
      if (attempt.fromMs >= untilMs) break;
      at += 1;
      const endMs = Math.min(attempt.toMs, untilMs);
      const ms = endMs - Math.max(attempt.fromMs, request.fromMs);
      if (other === request || ms <= 0) continue;
      const before = overlaps.get(other.id)?.ms ?? 0;
      const isOrphan = other.isSettled && other.toMs < endMs;
      overlaps.set(other.id, { id: other.id, ms: before + ms, isOrphan });
    }
    request.overlaps = [...overlaps.values()];
  }
}

/** The first of them that ends later than `ms`. */
function firstAfter(attempts: readonly { readonly attempt: AttemptSpan }[], ms: number): number {
  let [low, high] = [0, attempts.length];
  while (low < high) {
    const middle = Math.floor((low + high) / 2);
    if ((attempts[middle]?.attempt.toMs ?? 0) > ms) high = middle;
    else low = middle + 1;
  }
  return low;
}
