/** Errors of a program that has an interface: its exit code, and whether it goes on. */

import { ConfigError, IpmiError } from 'ipmi-bt';
import { CommanderError } from 'commander';

import { EXIT_BUG, EXIT_CANNOT_CREATE, EXIT_CONFIG } from '../exit-codes.ts';
import { EXIT_TRY_LATER, EXIT_USAGE, LASTING } from '../exit-codes.ts';

/** Errors of the system of which another start, or another file, is the remedy. */
const OF_THE_SYSTEM: ReadonlySet<string> = new Set(['open', 'rename', 'write']);

/** True for an error of opening with which the program goes on, and tries again. */
export function mayPass(error: unknown): boolean {
  return error instanceof IpmiError && lasting(error) === undefined;
}

/** The exit code that an error ends the program with. */
export function exitCodeOf(error: unknown): number {
  if (error instanceof CommanderError) return error.exitCode === 0 ? 0 : EXIT_USAGE;
  if (error instanceof ConfigError) return EXIT_CONFIG;
  if (error instanceof IpmiError) return lasting(error) ?? EXIT_TRY_LATER;
  const { syscall = '' } = error as NodeJS.ErrnoException;
  return OF_THE_SYSTEM.has(syscall) ? EXIT_CANNOT_CREATE : EXIT_BUG;
}

function lasting({ code }: IpmiError): number | undefined {
  return (LASTING as Readonly<Record<string, number>>)[code];
}
