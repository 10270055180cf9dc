/** The means of a command of ipmitool: the BMC, the options it looks at, and the two streams. */

import type { Clock } from '../../clock.ts';
import type { Requester } from '../../ipmi/requester.ts';

/** Options of ipmitool's command line that the families look at. */
export interface Choices {
  /** Number of `-v`. */
  readonly verbose: number;
  /** `-c`: comma-separated values, where a command has them. */
  readonly csv: boolean;
  /** `-l`: logical unit, 0..3. */
  readonly lun: number;
  /** `-t`: slave address of the controller that is asked; 0x20, the BMC, by default. */
  readonly target: number;
  /** `-b`: channel to that controller. */
  readonly channel: number;
}

/** State that a command leaves for the next ones of a file, as ipmitool does. */
export interface Memory {
  /** The last list of records was one in the long form. */
  isExtended: boolean;
}

/** A run of one command of ipmitool, or of a file of them: the BMC, and the two streams. */
export interface Session {
  readonly requester: Requester;
  readonly choices: Choices;
  readonly memory: Memory;
  /** Writes to standard output, as printf does: no newline is added. */
  print(text: string): void;
  /** Writes to standard error, as lprintf does: a newline is added. */
  complain(text: string): void;
  readonly signal: AbortSignal | undefined;
  /** Time between the attempts of commands that wait for the BMC. */
  readonly clock: Clock;
}

/** Runs a family with the words behind its name; resolves to the exit code. */
export type Family = (session: Session, words: readonly string[]) => Promise<number>;
