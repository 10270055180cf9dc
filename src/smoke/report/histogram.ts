/**
 * Histograms of measured series: bins with edges that are easy to read, on a logarithmic axis where
 * a few values are far above the rest, and the percentiles that are looked at.
 */

import { numberText } from './html-words.ts';

/** Few values in many bins show their chance only; more bins than these cannot be told apart. */
const BINS_LEAST = 20;
const BINS_MOST = 48;

/** A logarithmic axis has its values in a part of it. */
const LOGARITHMIC_BINS_MOST = 96;

/** A greatest value that is so many medians: a linear axis would show a few bars and a long gap. */
const FAR = 3;

/** Bins of a tenfold on a logarithmic axis, fewest last. */
const BINS_A_DECADE = [200, 100, 50, 20, 10, 5, 2, 1] as const;

/** Room for labels below the axis. */
const TICKS_MOST = 8;

/** Numbers of a tenfold that a logarithmic axis may have, most first. */
const ROUND = [[1, 1.5, 2, 2.5, 3, 4, 5, 6, 7, 8, 9], [1, 2, 3, 5, 7], [1, 2, 5], [1]];

/** Values below this share of the median go into the first bin of a logarithmic axis. */
const NEAR = 1 / 1000;

/** Numbers that describe a series. */
export interface Summary {
  readonly count: number;
  readonly least: number;
  readonly p50: number;
  readonly p90: number;
  readonly p99: number;
  readonly most: number;
}

/** Bars of series over the same bins; places on the axis are counted in bins. */
export interface Histogram {
  readonly isLogarithmic: boolean;
  /** One more than there are bins. */
  readonly edges: readonly number[];
  /** Values of each series in each bin. */
  readonly counts: readonly (readonly number[])[];
  readonly ticks: readonly { readonly at: number; readonly label: string }[];
}

interface Axis {
  readonly isLogarithmic: boolean;
  readonly edges: readonly number[];
  /** The bin of a value, with its fraction. */
  readonly placeOf: (value: number) => number;
}

/** Undefined for a series without a number. */
export function summaryOf(values: readonly number[]): Summary | undefined {
  const sorted = Float64Array.from(values.filter((value) => Number.isFinite(value))).sort();
  if (sorted.length === 0) return undefined;
  const rank = (share: number): number => {
    return sorted[Math.max(0, Math.ceil(share * sorted.length) - 1)] ?? Number.NaN;
  };
  return {
    count: sorted.length,
    ...{ least: rank(0), p50: rank(0.5), p90: rank(0.9), p99: rank(0.99), most: rank(1) },
  };
}

/** The first series decides the kind of axis; all of them have room on it. */
export function histogramOf(series: readonly (readonly number[])[]): Histogram | undefined {
  const summaries = series.map(summaryOf).filter((summary) => summary !== undefined);
  const [first] = summaries;
  if (first === undefined) return undefined;
  const least = summaries.reduce((all, one) => Math.min(all, one.least), Infinity);
  const most = summaries.reduce((all, one) => Math.max(all, one.most), -Infinity);
  const isLogarithmic = first.p50 > 0 && most > FAR * first.p50;
  const wanted = Math.min(BINS_MOST, Math.max(BINS_LEAST, Math.ceil(1.5 * Math.sqrt(first.count))));
  const axis = isLogarithmic
    ? logarithmic(Math.max(least, first.p50 * NEAR), most)
    : linear({ least, most }, wanted);
  const counts = series.map((values) => countsOf(values, axis));
  return { isLogarithmic, edges: axis.edges, counts, ticks: ticksOf(axis) };
}

/** Place of a value on the axis of a histogram, counted in bins. */
export function placeOn({ edges, isLogarithmic }: Histogram, value: number): number {
  const [first = 0, second = 1] = edges;
  const place = isLogarithmic
    ? Math.log(value / first) / Math.log(second / first)
    : (value - first) / (second - first);
  return Math.min(Math.max(place, 0), edges.length - 1);
}

function linear({ least, most }: Pick<Summary, 'least' | 'most'>, wanted: number): Axis {
  const step = niceStep((most - least) / wanted || Math.abs(most) / wanted || 1);
  const from = Math.floor(least / step);
  const bins = Math.max(1, Math.floor(most / step) + 1 - from);
  const edges = Array.from({ length: bins + 1 }, (_, at) => cleaned((from + at) * step));
  return { isLogarithmic: false, edges, placeOf: (value) => value / step - from };
}

function logarithmic(least: number, most: number): Axis {
  const decades = Math.log10(most / least);
  const perDecade = BINS_A_DECADE.find((bins) => bins * decades < LOGARITHMIC_BINS_MOST - 1) ?? 1;
  const from = Math.floor(Math.log10(least) * perDecade);
  const bins = Math.floor(Math.log10(most) * perDecade) + 1 - from;
  const edges = Array.from({ length: bins + 1 }, (_, at) => 10 ** ((from + at) / perDecade));
  const placeOf = (value: number): number => Math.log10(value) * perDecade - from;
  return { isLogarithmic: true, edges, placeOf };
}

function countsOf(values: readonly number[], { edges, placeOf }: Axis): readonly number[] {
  const counts = new Array<number>(edges.length - 1).fill(0);
  for (const value of values) {
    if (!Number.isFinite(value)) continue;
    // Zero has no place on a logarithmic axis, and rounding may lead beyond the last bin.
    const place = Math.floor(Math.min(Math.max(placeOf(value), 0), counts.length - 1));
    counts[place] = (counts[place] ?? 0) + 1;
  }
  return counts;
}

function ticksOf(axis: Axis): Histogram['ticks'] {
  const values = axis.isLogarithmic ? roundNumbers(axis) : steps(axis);
  return values.map((value) => ({ at: axis.placeOf(value), label: numberText(value) }));
}

function steps({ edges }: Axis): readonly number[] {
  const [least, most] = [edges[0] ?? 0, edges.at(-1) ?? 1];
  const step = niceStep((most - least) / TICKS_MOST);
  const from = Math.ceil(cleaned(least / step));
  const count = Math.floor(cleaned(most / step)) - from + 1;
  return Array.from({ length: count }, (_, at) => cleaned((from + at) * step));
}

/** Round numbers of each tenfold, fewer where these are too many. */
function roundNumbers({ edges }: Axis): readonly number[] {
  const [least, most] = [edges[0] ?? 1, edges.at(-1) ?? 10];
  const [from, to] = [Math.floor(Math.log10(least)), Math.ceil(Math.log10(most))];
  const decades = Array.from({ length: to - from + 1 }, (_, at) => from + at);
  const candidates = ROUND.map((digits) =>
    decades
      .flatMap((decade) => digits.map((digit) => cleaned(digit * 10 ** decade)))
      .filter((value) => value >= least && value <= most),
  );
  return candidates.find(({ length }) => length <= TICKS_MOST) ?? [];
}

/** The next of 1, 2, 2.5, 5, 10, 20, 25, 50. */
export function niceStep(step: number): number {
  const decade = 10 ** Math.floor(Math.log10(step));
  const factor = [1, 2, 2.5, 5].find((one) => one * decade >= step * (1 - 1e-9)) ?? 10;
  return cleaned(factor * decade);
}

/** Without the last digits, in which 0.1 + 0.2 is not 0.3. */
function cleaned(value: number): number {
  return Number(value.toPrecision(12));
}
