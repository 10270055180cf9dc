/**
 * The states of the interface while a device was open, read from the recording that the driver
 * makes of itself, so that a report shows where its time went.
 */

import type { RecordSink } from '../trace/recorder.ts';
import { readRecording } from '../trace/reader.ts';
import { timelineOf } from '../trace/timeline.ts';

/** A state, named as in the state machine, in milliseconds on the clock of the recording. */
export interface StatePeriod {
  readonly name: string;
  readonly fromMs: number;
  readonly toMs: number;
}

/**
 * Lines of register accesses, of which a BMC that stays busy has one or two each millisecond; the
 * states do not need them.
 */
const ACCESS = /^\{"at_ms":[^,]+,"kind":"(?:in|out|again)"/;

/** Lines that are kept of one device; a request without an answer has some ten. */
const LINES_MAX = 20_000;

/** Keeps a recording in memory, without register accesses. */
export class StateRecord implements RecordSink {
  readonly #lines: string[] = [];

  readonly write = (line: string): void => {
    if (this.#lines.length < LINES_MAX && !ACCESS.test(line)) this.#lines.push(line);
  };

  /** The states so far, in the order in which they began; idle times are none. */
  periods(): readonly StatePeriod[] {
    if (this.#lines.length === 0) return [];
    const recording = readRecording(this.#lines.map((line) => `${line}\n`).join(''));
    const { requests, stale } = timelineOf(recording);
    const attempts = requests.flatMap((request) => request.attempts);
    return [...attempts.flatMap(({ states }) => states), ...stale]
      .map(({ state, fromMs, toMs }) => {
        return { name: state, fromMs: fromMs + recording.clockMs, toMs: toMs + recording.clockMs };
      })
      .sort((one, other) => one.fromMs - other.fromMs);
  }
}

/** One sink for those that are there; the payload is that of the first. */
export function bothSinks(
  first: RecordSink | undefined,
  second: RecordSink | undefined,
): RecordSink | undefined {
  if (first === undefined || second === undefined) return first ?? second;
  const { payload, program } = first;
  const write = (line: string): void => {
    second.write(line);
    first.write(line);
  };
  return { write, payload, program };
}
