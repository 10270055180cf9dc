/** The exit codes of the command line; `docs/errors.md` has the table. */

import type { ExitCodes } from './spec.ts';

/** The BMC answered, with a completion code other than 0. */
export const EXIT_COMPLETION_CODE = 1;

/** With `--check`: something would change. */
export const EXIT_WOULD_CHANGE = 2;

/** The command line is wrong. */
export const EXIT_USAGE = 64;

/** There is no interface that can be used. */
export const EXIT_ABSENT = 69;

export const EXIT_BUG = 70;

/** Standard output cannot be written, or standard input not be read. */
export const EXIT_STREAM = 74;

/** The interface could not be given back to the driver it was taken from, or a request failed. */
export const EXIT_TRY_LATER = 75;

export const EXIT_CONFIG = 78;

/** The exit codes of its own of a command that asks the BMC one thing. */
export const ANSWERED: ExitCodes = { 0: 'the BMC answered', 1: 'the BMC refused the command' };

/** The exit codes that any command can end with. */
export const COMMON_EXIT_CODES: ExitCodes = {
  0: 'the command succeeded',
  64: 'the command line is wrong; nothing was sent',
  69: 'there is no interface that can be used now',
  70: 'ipmi-bt has a bug',
  74: 'standard output cannot be written, or standard input not read',
  75: 'the BMC does not answer, or another process has the interface',
  77: 'this process may not use the ports; run it as root',
  78: '/etc/ipmi-bt.json is wrong',
  129: 'SIGHUP ended the command',
  130: 'SIGINT ended the command',
  143: 'SIGTERM ended the command; other signals are 128 and their number, too',
};
