/** Says that something of ipmitool's is not there. */

/** The line about something of ipmitool's that this program does not have. */
export function unsupported(words: string): string {
  return `ipmi-bt: ipmitool ${words} is not supported; docs/ipmitool.md lists what is not`;
}
