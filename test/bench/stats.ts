/**
 * Few numbers for many samples. Means are left out: one visit of the garbage collector or of
 * another process moves them, and says nothing about the rest.
 */

/** Nearest rank: the smallest sample that `percent` of all samples do not exceed. */
export function percentile(samples: ArrayLike<number>, percent: number): number {
  const sorted = Float64Array.from(samples).sort();
  const rank = Math.ceil((sorted.length * percent) / 100);
  const value = sorted[rank - 1];
  if (value === undefined) throw new RangeError(`no ${percent} percent of ${sorted.length}`);
  return value;
}

export function median(samples: ArrayLike<number>): number {
  return percentile(samples, 50);
}

/** For each figure of a round, the median over all rounds. */
export function medians<Round extends object>(rounds: readonly Round[]): Round {
  const [first] = rounds;
  if (first === undefined) throw new RangeError('no rounds');
  const keys = Object.keys(first) as (keyof Round)[];
  const entries = keys.map((key) => [key, median(rounds.map((round) => Number(round[key])))]);
  return Object.fromEntries(entries) as Round;
}
