/** Times and durations in words: a time of day always has its zone. */

const HOUR_FORMAT = {
  hour: '2-digit',
  minute: '2-digit',
  second: '2-digit',
  hourCycle: 'h23',
  timeZoneName: 'short',
} as const;

const DAY_FORMAT = { year: 'numeric', month: '2-digit', day: '2-digit' } as const;

const US_PER_MS = 1000;
const US_PER_S = 1_000_000;

/** From here on a number has no decimals; what is less is not rounded to 10.0. */
const WHOLE = 9.95;

/** Makes texts of times in one zone, that of the browser by default. */
export class Times {
  readonly #hour: Intl.DateTimeFormat;
  readonly #day: Intl.DateTimeFormat;

  constructor(timeZone?: string) {
    const zone = timeZone === undefined ? {} : { timeZone };
    this.#hour = new Intl.DateTimeFormat('en-GB', { ...HOUR_FORMAT, ...zone });
    // The form of this locale is that of ISO 8601.
    this.#day = new Intl.DateTimeFormat('sv-SE', { ...DAY_FORMAT, ...zone });
  }

  /** `12:03:05 UTC`, with the date before it unless it is that of now. */
  text(atMs: number, nowMs: number): string {
    const day = this.#day.format(atMs);
    const hour = this.#hour.format(atMs);
    return day === this.#day.format(nowMs) ? hour : `${day} ${hour}`;
  }
}

/** `850 µs`, `1.5 ms`, `16 ms`, `2.1 s`. */
export function durationText(us: number): string {
  if (us < US_PER_MS) return `${Math.round(us)} µs`;
  return us < US_PER_S ? `${rounded(us / US_PER_MS)} ms` : `${rounded(us / US_PER_S)} s`;
}

/** `30 s`, `5 min`, `2 h`, as the option that it was given by says it. */
export function periodText(ms: number): string {
  const [seconds, perMinute] = [ms / 1000, 60];
  const minutes = seconds / perMinute;
  if (seconds < perMinute || !Number.isInteger(minutes)) return `${seconds} s`;
  return minutes % perMinute === 0 ? `${minutes / perMinute} h` : `${minutes} min`;
}

/** The clocks of two servers differ by less as a rule. */
const AHEAD_MS = 10_000;

const UNITS = [
  ...[['d', 86_400_000] as const, ['h', 3_600_000] as const],
  ...[['min', 60_000] as const, ['s', 1000] as const],
];

/** ` (3 h ahead of this server)` for a time of another clock; empty where it is not ahead. */
export function aheadText(ms: number): string {
  if (ms < AHEAD_MS) return '';
  const [unit, unitMs] = UNITS.find(([, one]) => ms >= one) ?? ['s', 1000];
  return ` (${Math.round(ms / unitMs)} ${unit} ahead of this server)`;
}

/** The time of day by the clock of the reader: milliseconds since 1970. */
export function ownMs(): number {
  return new Date().getTime();
}

function rounded(value: number): string {
  return value < WHOLE ? value.toFixed(1) : String(Math.round(value));
}
