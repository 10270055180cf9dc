/** Dates of a BMC for the command line: in UTC, or in the time zone of this host. */

import type { BmcTime } from '../commands/index.ts';

/** The way in which dates are told. */
export interface DateStyle {
  /** In the time zone of this host, instead of UTC. */
  readonly isLocal: boolean;
  /** Minutes from UTC to the BMC's clock; undefined where it does not say, which is taken for 0. */
  readonly utcOffsetMinutes: number | undefined;
}

const UTC: DateStyle = { isLocal: false, utcOffsetMinutes: 0 };

/** RFC 3339: `2018-08-21T22:14:50Z`; undefined for a time that is no date. */
export function isoDate(time: BmcTime, style: DateStyle = UTC): string | undefined {
  if (time.kind !== 'date') return undefined;
  const { isLocal, utcOffsetMinutes = 0 } = style;
  const utc = new Date((time.seconds - utcOffsetMinutes * 60) * 1000);
  if (!isLocal) return `${utc.toISOString().slice(0, 19)}Z`;
  const eastMinutes = -utc.getTimezoneOffset();
  const local = new Date(utc.getTime() + eastMinutes * 60_000).toISOString().slice(0, 19);
  const [hours, minutes] = [Math.floor(Math.abs(eastMinutes) / 60), Math.abs(eastMinutes) % 60];
  return `${local}${eastMinutes < 0 ? '-' : '+'}${two(hours)}:${two(minutes)}`;
}

/** The same for people: `2018-08-21 22:14:50 UTC`, `29 s after the start of the BMC`, `no time`. */
export function timeText(time: BmcTime, style: DateStyle = UTC): string {
  switch (time.kind) {
    case 'date':
      return (isoDate(time, style) ?? '')
        .replace('T', ' ')
        .replace('Z', ' UTC')
        .replace(/([+-]\d\d:\d\d)$/, ' $1');
    case 'since-start':
      return `${time.seconds} s after the start of the BMC`;
    case 'unspecified':
      return 'no time';
  }
}

/** The time in RFC 3339, with its zone; the day stands by itself. */
const RFC_3339 = /^(\d{4}-\d\d-\d\d)T\d\d:\d\d(?::\d\d(?:\.\d+)?)?(?:Z|[+-]\d\d:\d\d)$/;

/**
 * Seconds since 1970 of a time in RFC 3339, with its zone; undefined for any other text, and for a
 * day that its month does not have: `Date.parse` takes 31 February for 3 March.
 */
export function secondsOf(text: string): number | undefined {
  const [, day] = RFC_3339.exec(text) ?? [];
  const ms = day === undefined ? NaN : Date.parse(text);
  if (Number.isNaN(ms)) return undefined;
  return new Date(`${day}T00:00:00Z`).toISOString().startsWith(`${day}T`)
    ? Math.round(ms / 1000)
    : undefined;
}

function two(value: number): string {
  return String(value).padStart(2, '0');
}
