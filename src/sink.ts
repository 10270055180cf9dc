/**
 * The sinks that a program gives, for a trace or a recording. One that fails must change nothing
 * for the requests that are written down: its lines end there, and the log says so, once.
 */

import { contained } from './callback.ts';
import { kindOf } from './errors.ts';
import type { Log } from './log.ts';

/** Receives lines, and says how much they may show. */
interface LineSink {
  readonly write: (line: string) => unknown;
  readonly payload?: boolean | 'all' | undefined;
  readonly program?: string | undefined;
}

/** A sink whose `write` never throws. */
interface SafeSink extends LineSink {
  readonly write: (line: string) => void;
}

/** Makes a sink that hands its lines to `sink` until that fails; `what` names them in the log. */
export function safeSink(sink: LineSink, what: 'trace' | 'recording', log: Log): SafeSink {
  const { payload, program } = sink;
  let isOver = false;
  const fail = (cause: unknown): void => {
    if (isOver) return;
    isOver = true;
    const reason = cause instanceof Error ? cause.message : kindOf(cause);
    log.warn({ reason }, `the ${what} ends here: its sink has failed`);
  };
  const write = (line: string): void => {
    if (!isOver) contained(() => sink.write(line), fail);
  };
  return { write, payload, program };
}
