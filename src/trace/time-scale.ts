/**
 * A scale from time to a width, which leaves out the time in which nothing happens: of a recording
 * of hours the transactions would otherwise be too thin to be seen.
 */

/** A part of the time that is drawn to scale. */
interface Piece {
  readonly fromMs: number;
  readonly toMs: number;
  /** Where it begins and how wide it is. */
  readonly x: number;
  readonly width: number;
}

export interface TimeScale {
  readonly pieces: readonly Piece[];
  /** Where a time lies. */
  readonly x: (ms: number) => number;
}

/** A span of time in which something happens. */
type Span = Readonly<Record<'fromMs' | 'toMs', number>>;

/** Width of a time that is left out. */
export const GAP_WIDTH = 26;

/** A time without events is left out if it is longer than this part of the time with events. */
const GAP_PART = 0.1;

/** Most gaps; the longest are left out. */
const GAPS_MAX = 8;

/** Nothing is shorter than a register access. */
const LEAST_MS = 0.001;

/** Makes the scale of these spans over a width. */
export function timeScale(spans: readonly Span[], width: number): TimeScale {
  const busy = merged(spans);
  const parts = joined(busy);
  const totalMs = sum(parts.map(({ fromMs, toMs }) => toMs - fromMs));
  const perMs = (width - GAP_WIDTH * (parts.length - 1)) / Math.max(totalMs, LEAST_MS);
  const pieces: Piece[] = [];
  let x = 0;
  for (const { fromMs, toMs } of parts) {
    const wide = (toMs - fromMs) * perMs;
    pieces.push({ fromMs, toMs, x, width: wide });
    x += wide + GAP_WIDTH;
  }
  return { pieces, x: (ms) => place(pieces, ms) };
}

/** Inside a gap everything lies in its middle. */
function place(pieces: readonly Piece[], ms: number): number {
  const piece = pieces.findLast(({ fromMs }) => fromMs <= ms) ?? pieces[0];
  if (piece === undefined) return 0;
  const { fromMs, toMs, x, width } = piece;
  if (ms > toMs) return x + width + (piece === pieces.at(-1) ? 0 : GAP_WIDTH / 2);
  const part = (Math.max(ms, fromMs) - fromMs) / Math.max(toMs - fromMs, LEAST_MS);
  return x + width * part;
}

/** The spans in order, those that touch as one. */
function merged(spans: readonly Span[]): readonly Span[] {
  const found: { fromMs: number; toMs: number }[] = [];
  for (const { fromMs, toMs } of [...spans].sort((one, other) => one.fromMs - other.fromMs)) {
    const last = found.at(-1);
    if (last !== undefined && fromMs <= last.toMs) last.toMs = Math.max(last.toMs, toMs);
    else found.push({ fromMs, toMs });
  }
  return found;
}

/** Joins those that lie close together, and as many as there may not be gaps between. */
function joined(busy: readonly Span[]): readonly Span[] {
  const busyMs = sum(busy.map(({ fromMs, toMs }) => toMs - fromMs));
  const gaps = busy.slice(1).map(({ fromMs }, index) => fromMs - (busy[index]?.toMs ?? fromMs));
  const longest = [...gaps].sort((one, other) => other - one).slice(0, GAPS_MAX);
  const leastMs = Math.max(busyMs * GAP_PART, longest.at(-1) ?? 0, LEAST_MS);
  const found: { fromMs: number; toMs: number }[] = [];
  for (const { fromMs, toMs } of busy) {
    const last = found.at(-1);
    if (last !== undefined && fromMs - last.toMs < leastMs) last.toMs = toMs;
    else found.push({ fromMs, toMs });
  }
  return found;
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((total, one) => total + one, 0);
}
