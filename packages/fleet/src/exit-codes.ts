/** The exit codes of the programs of this package: those of `ipmi-bt` (docs/errors.md). */

/** The BMC answered, with a completion code other than 0; or a verdict of the host is bad. */
export const EXIT_REFUSED = 1;
export const EXIT_USAGE = 64;
/** A program or an interface that is needed is not there, or no host was found. */
export const EXIT_ABSENT = 69;
export const EXIT_BUG = 70;
export const EXIT_CANNOT_CREATE = 73;
export const EXIT_STREAM = 74;
export const EXIT_TRY_LATER = 75;
export const EXIT_DENIED = 77;
export const EXIT_CONFIG = 78;
/** A signal ends the program with this and its number. */
export const EXIT_SIGNAL = 128;

/** Errors of an interface that do not go away by themselves. */
export const LASTING = {
  PORT_DENIED: EXIT_DENIED,
  PORT_LOCKED_DOWN: EXIT_DENIED,
  PORT_UNSUPPORTED: EXIT_ABSENT,
  PORT_CLAIMED: EXIT_ABSENT,
  DEVICE_ABSENT: EXIT_ABSENT,
} as const;
