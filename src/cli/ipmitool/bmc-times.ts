/** Times of a BMC (IPMI 2.0 §37.1) as ipmitool prints them: in the local time zone. */

import { SINCE_START_MAX_S, TIME_UNSPECIFIED } from '../../ipmi/bmc-time.ts';
import { zoneName } from './time-zone.ts';

const DAY_SECONDS = 86_400;

const MONTHS = 'Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec'.split('|');
const DAYS = 'Sun|Mon|Tue|Wed|Thu|Fri|Sat'.split('|');

/** The fields of a time. */
interface Fields {
  readonly year: number;
  readonly month: number;
  readonly day: number;
  readonly weekday: number;
  readonly clock: string;
  readonly zone: string;
}

/** Date and time in numbers. */
export function numericTime(seconds: number): string {
  if (seconds === TIME_UNSPECIFIED) return 'Unspecified';
  if (seconds < DAY_SECONDS) return `S+ ${fieldsOf(seconds).clock}`;
  return `${seconds < SINCE_START_MAX_S ? dateText(seconds) : dateOf(seconds)} ${clockText(seconds)}`;
}

/** The date alone. */
export function dateText(seconds: number): string {
  if (seconds === TIME_UNSPECIFIED) return 'Unspecified';
  if (seconds >= SINCE_START_MAX_S) return dateOf(seconds);
  const { year } = fieldsOf(seconds);
  const sinceNewYear = seconds - Date.UTC(year, 0, 1) / 1000;
  const dayOfYear = Math.floor(sinceNewYear / DAY_SECONDS) + 1;
  return `S+ ${two(year % 100)}/${String(dayOfYear).padStart(3, '0')}`;
}

/** The time of day, with the zone. */
export function timeText(seconds: number): string {
  if (seconds === TIME_UNSPECIFIED) return 'Unspecified';
  const { clock, zone } = fieldsOf(seconds);
  return `${clock} ${zone}`;
}

/** Date and time in words. */
export function longTime(seconds: number): string {
  if (seconds === TIME_UNSPECIFIED) return 'Unspecified';
  const { year, month, day, weekday, clock, zone } = fieldsOf(seconds);
  if (seconds < DAY_SECONDS) return `S+ ${clock}`;
  if (seconds < SINCE_START_MAX_S) {
    const [, years = '', days = ''] = /^S\+ (..)\/(...)$/.exec(dateText(seconds)) ?? [];
    return `S+ ${years} years ${days} days ${clock}`;
  }
  const date = `${DAYS[weekday] ?? ''} ${MONTHS[month] ?? ''} ${String(day).padStart(2)}`;
  return `${date} ${clock} ${year} ${zone}`;
}

function clockText(seconds: number): string {
  return seconds < SINCE_START_MAX_S ? fieldsOf(seconds).clock : timeText(seconds);
}

function dateOf(seconds: number): string {
  const { year, month, day } = fieldsOf(seconds);
  return `${two(month + 1)}/${two(day)}/${two(year % 100)}`;
}

/** A time from the start of the BMC has no zone. */
function fieldsOf(seconds: number): Fields {
  const date = new Date(seconds * 1000);
  if (seconds <= SINCE_START_MAX_S) {
    return {
      year: date.getUTCFullYear(),
      month: date.getUTCMonth(),
      day: date.getUTCDate(),
      weekday: date.getUTCDay(),
      clock: [date.getUTCHours(), date.getUTCMinutes(), date.getUTCSeconds()].map(two).join(':'),
      zone: 'GMT',
    };
  }
  return {
    year: date.getFullYear(),
    month: date.getMonth(),
    day: date.getDate(),
    weekday: date.getDay(),
    clock: [date.getHours(), date.getMinutes(), date.getSeconds()].map(two).join(':'),
    zone: zoneName(seconds),
  };
}

function two(value: number): string {
  return String(value).padStart(2, '0');
}
