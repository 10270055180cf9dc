/** For the programs that measure in the guest, where nothing compiles `stats.ts`. */

/** Nearest rank: the smallest sample that `percent` of all samples do not exceed. */
export function percentile(samples, percent) {
  const sorted = Float64Array.from(samples).sort();
  return sorted[Math.ceil((sorted.length * percent) / 100) - 1];
}
