/** The processes of this package: their version, their streams, the signals that end them. */

import { createRequire } from 'node:module';

import { CommanderError } from 'commander';

import type { OptionsOutput } from './command-line.ts';
import { EXIT_BUG, EXIT_STREAM } from './exit-codes.ts';

/** The version of the package. */
export function programVersion(): string {
  const { version } = createRequire(import.meta.url)('../package.json') as { version: string };
  return version;
}

/**
 * Standard output and standard error. Neither ends the process when it cannot be written, as a full
 * disk has it: a service goes on, and a command says so by its exit code.
 */
export class StandardStreams implements OptionsOutput {
  #isLost = false;

  /** Begins to take the errors of both. */
  constructor() {
    process.stdout.on('error', ({ code }: NodeJS.ErrnoException) => {
      // A reader that closes the pipe wants no more.
      if (code !== 'EPIPE') this.#isLost = true;
    });
    process.stderr.on('error', () => {
      // There is nowhere to tell it.
    });
  }

  readonly out = (text: string): void => {
    process.stdout.write(text);
  };

  readonly err = (text: string): void => {
    process.stderr.write(text);
  };

  /** The exit code of a program that prints: another one if its output was lost. */
  async exitCode(code: number): Promise<number> {
    await new Promise<void>((resolve) => {
      process.stdout.write('', () => {
        resolve();
      });
    });
    return this.#isLost ? EXIT_STREAM : code;
  }
}

/** Aborts at the first of the signals. Whatever is still waited for, the next one ends it. */
export function endAt(signals: readonly NodeJS.Signals[]): AbortSignal {
  const ending = new AbortController();
  const end = (): void => {
    for (const signal of signals) process.off(signal, end);
    ending.abort(new Error('ended by a signal'));
  };
  for (const signal of signals) process.on(signal, end);
  return ending.signal;
}

/**
 * Writes the error that a program ends with: its message, which says what to do, and for a bug its
 * stack. commander has written its own.
 */
export function tellError(name: string, error: unknown, exitCode: number): void {
  if (error instanceof CommanderError) return;
  const { message = String(error), stack = message } = error as Partial<Error>;
  process.stderr.write(`${name}: ${exitCode === EXIT_BUG ? stack : message}\n`);
}
