/** Dates as ipmitool prints them. */

/** Seconds up to here are counted since the BMC's start, and are no date (IPMI 2.0 §37.1). */
const INITIALIZATION_MAX = 0x2000_0000;
const UNSPECIFIED = 0xffff_ffff;

const two = (value: number): string => String(value).padStart(2, '0');

/** A number of seconds since 1970, of 32 bits, in local time. */
export function timestampText(seconds: number): string {
  if (seconds === UNSPECIFIED) return 'Unspecified';
  const date = new Date(seconds * 1000);
  if (seconds <= INITIALIZATION_MAX) return `S+ ${sinceStart(date)}`;
  const day = [date.getMonth() + 1, date.getDate(), date.getFullYear() % 100].map(two).join('/');
  const time = [date.getHours(), date.getMinutes(), date.getSeconds()].map(two).join(':');
  return `${day} ${time} ${zone(date)}`;
}

const DAY_MS = 86_400_000;

/** Year, day of the year and time, as if the BMC had started in 1970; on the first day the time. */
function sinceStart(date: Date): string {
  const year = date.getUTCFullYear();
  const day = Math.floor((date.getTime() - Date.UTC(year, 0)) / DAY_MS) + 1;
  const time = date.toISOString().slice(11, 19);
  if (date.getTime() < DAY_MS) return time;
  return `${two(year % 100)}/${String(day).padStart(3, '0')} ${time}`;
}

/** The short name of the time zone. */
function zone(date: Date): string {
  const format = new Intl.DateTimeFormat('en-US', { timeZoneName: 'short' });
  return format.formatToParts(date).find(({ type }) => type === 'timeZoneName')?.value ?? 'UTC';
}
