/** Says that something of ipmitool's is not there. */

/** The line about something of ipmitool's that this program does not have. */
export function unsupported(words: string): string {
  return `ipmi-bt: ipmitool ${words} is not supported; docs/ipmitool.md lists what is not`;
}

/** Options that are not there, with what is meant of them. */
export const UNSUPPORTED_OPTIONS: readonly string[] = [
  '-I INTERFACE, other than open',
  ...['-H HOST', '-S FILE', '-O FILE', '-a', '-Y'],
];

/** Subcommands that are not there, of families that are. */
export const UNSUPPORTED_SUBCOMMANDS: readonly string[] = [
  'sel interpret IANA FILE pps',
  ...['fru upgEkey', 'fru get'],
];

/**
 * Lines of ipmitool about its own work, with two and more `-v`, that this program does not have: it
 * reads in other steps, or in fewer.
 */
export const LEFT_OUT_OF_VERBOSE = [
  '-vv: each step of reading the sensor data records and the sensors',
  '-vv: the bytes of each entry of the event log, and the manufacturer',
  '-vv: the size and the header of a FRU, in bytes',
  '-vv: the type of each channel that lan looks at',
  '-vv: the block that mc getsysinfo and mc setsysinfo are about',
  '-vv: the way of each request to a controller behind the BMC',
  '-vvv: the bytes of each request',
  '-vvvv: all manufacturers that there are, and the way of each request',
] as const;
