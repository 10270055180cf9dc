/** The means of a command of ipmitool: the BMC, the options it looks at, and the two streams. */

import type { Clock } from '../../clock.ts';
import type { Requester } from '../../ipmi/requester.ts';

/** Options of ipmitool's command line that the families look at; `set` changes some of them. */
export interface Choices {
  /** Number of `-v`: how much is printed. */
  verbose: number;
  /** The same as the program began: how much is told on standard error. */
  readonly logs: number;
  /** `-c`: comma-separated values, where a command has them. */
  csv: boolean;
  /** `-l`: logical unit, 0..3. */
  readonly lun: number;
  /** `-t`: slave address of the controller that is asked; 0x20, the BMC, by default. */
  target: number;
  /** `-b`: channel to that controller. */
  readonly channel: number;
  /** The value of `-t` as it was given; 0 where it was not. */
  readonly asked: number;
  /** `-z`: bytes of the longest request; 0 where it was not given. */
  readonly longestRequest: number;
  /** `-m`: the own slave address: a target with it is the BMC. */
  own: number;
  /** `-m` was given: the address is not looked for. */
  readonly hasOwn: boolean;
  /** `-T` and `-B`: a controller on the way to the target, and the BMC's channel to it. */
  readonly transit?: { readonly address: number; readonly channel: number } | undefined;
}

/** Standard input. */
export interface Input {
  /** True if lines are typed, and shown as they are typed. */
  readonly isTerminal: boolean;
  /**
   * Resolves to the next line without what ends it, a newline or a carriage return; to undefined at
   * the end. A terminal shows the prompt.
   */
  line(prompt: string): Promise<string | undefined>;
  /** The same for a line that a terminal does not show, and that only a newline ends. */
  secret(): Promise<string | undefined>;
}

/** State that a command leaves for the next ones of a file, as ipmitool does. */
export interface Memory {
  /** The last list of records was one in the long form. */
  isExtended: boolean;
  /** The names of the files that are being run: one that runs itself has no end. */
  readonly running: Set<string>;
  /** The manufacturer, once it has been asked for. */
  maker?: Maker;
}

/** The manufacturer of the BMC. */
export interface Maker {
  /** Its enterprise number; 0 where the BMC does not tell. */
  readonly number: number;
  /** The version of IPMI, as Get Device ID has it. */
  readonly ipmiVersion: number;
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
  /** Writes a question to standard error. */
  ask(question: string): void;
  readonly input: Input;
  readonly signal: AbortSignal | undefined;
  /** Time between the attempts of commands that wait for the BMC. */
  readonly clock: Clock;
}

/** Runs a family with the words behind its name; resolves to the exit code. */
export type Family = (session: Session, words: readonly string[]) => Promise<number>;
