/** The time that a scrape may take, which Prometheus says in a header of its request. */

/** The header, in lower case as Node gives it. */
export const TIMEOUT_HEADER = 'x-prometheus-scrape-timeout-seconds';

/** The longest scrape; a Prometheus may ask for less, and for no more. */
const TIMEOUT_MAX_S = 300;

const MS_PER_S = 1000;

/** Times of a scrape in seconds. */
export interface ScrapeTimes {
  /** Without the header: the default of Prometheus is 10. */
  readonly timeoutS: number;
  /** So much earlier the answer is given, which has to be written and read. */
  readonly marginS: number;
}

/**
 * Milliseconds that a scrape may take, by the header's text; undefined for a text that is no time.
 * At least half of the time is left where the margin would take more.
 */
export function budgetMsOf(header: string | undefined, times: ScrapeTimes): number | undefined {
  const seconds = header === undefined ? times.timeoutS : Number(header);
  if (header?.trim() === '' || !(seconds > 0) || seconds === Infinity) return undefined;
  const limited = Math.min(seconds, TIMEOUT_MAX_S);
  return Math.max(limited - times.marginS, limited / 2) * MS_PER_S;
}
