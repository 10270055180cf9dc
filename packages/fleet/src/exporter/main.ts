/** The process of `ipmi-bt-exporter`: its arguments, its log, the signals that end it. */

import { systemClock } from 'ipmi-bt';

import { EXIT_CANNOT_CREATE, EXIT_CONFIG } from '../exit-codes.ts';
import { exitCodeOf } from '../interface/failure.ts';
import { openLog } from '../log.ts';
import { StandardStreams, endAt, programVersion, tellError } from '../process.ts';
import { ListenError } from '../web/listen.ts';
import { WebConfigError } from '../web/web-config-error.ts';
import { readOptions } from './options.ts';
import { runExporter } from './program.ts';

/** Signals that end the program; it closes the interface before. */
const SIGNALS = ['SIGTERM', 'SIGINT', 'SIGHUP'] as const;

/** Runs the program, and sets the exit code of the process. */
export async function main(args: readonly string[]): Promise<void> {
  const version = programVersion();
  const streams = new StandardStreams();
  try {
    const options = readOptions(args, version, streams);
    const log = openLog(options.logLevel);
    await runExporter(options, {
      ...{ version, clock: systemClock, log },
      // A file that is written once needs no end of its own: a signal is that of the process.
      signal: options.textfile === undefined ? endAt(SIGNALS) : new AbortController().signal,
    });
  } catch (error) {
    const exitCode = exitCodeOfExporter(error);
    tellError('ipmi-bt-exporter', error, exitCode);
    process.exitCode = exitCode === 0 ? await streams.exitCode(exitCode) : exitCode;
  }
}

function exitCodeOfExporter(error: unknown): number {
  if (error instanceof WebConfigError) return EXIT_CONFIG;
  return error instanceof ListenError ? EXIT_CANNOT_CREATE : exitCodeOf(error);
}
