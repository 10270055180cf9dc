/** Says that something of ipmitool's is not there. */

/** The line about something of ipmitool's that this program does not have. */
export function unsupported(words: string): string {
  return `ipmi-bt: ipmitool ${words} is not supported; docs/ipmitool.md lists what is not`;
}

/** Options that are not there, with what is meant of them. */
export const UNSUPPORTED_OPTIONS: readonly string[] = [
  '-I INTERFACE, other than open',
  ...['-H HOST', '-f FILE', '-z SIZE', '-S FILE', '-O FILE', '-D DEVICE', '-a', '-Y'],
];

/** Subcommands that are not there, of families that are. */
export const UNSUPPORTED_SUBCOMMANDS: readonly string[] = [
  'sel interpret IANA FILE pps',
  ...['fru upgEkey', 'fru get'],
];
