/** The process of `ipmi-bt-agent`: its arguments, its log, the signals that end it. */

import { systemClock } from 'ipmi-bt';

import { wallMs } from '../clock.ts';
import { EXIT_CANNOT_CREATE, EXIT_CONFIG, EXIT_TRY_LATER } from '../exit-codes.ts';
import { exitCodeOf } from '../interface/failure.ts';
import { openLog } from '../log.ts';
import { NatsConnectError } from '../nats/connection.ts';
import { NatsOptionsError } from '../nats/secrets.ts';
import { StandardStreams, endAt, programVersion, tellError } from '../process.ts';
import { readAgentOptions } from './options.ts';
import { openBmc, runAgent } from './program.ts';
import { StateError } from './state.ts';

/** Signals that end the program; SIGHUP makes it read its policy again. */
const SIGNALS = ['SIGTERM', 'SIGINT'] as const;

/** Runs the program, and sets the exit code of the process. */
export async function main(args: readonly string[]): Promise<void> {
  const version = programVersion();
  const streams = new StandardStreams();
  const onReload = reloadingAtHangup();
  try {
    const options = readAgentOptions(args, version, streams);
    const log = openLog(options.logLevel);
    await runAgent(options, {
      ...{ version, clock: systemClock, log, wallMs, random: Math.random },
      ...{ openBmc, onReload, signal: endAt(SIGNALS) },
    });
    // A connection that was being made when the signal came would go on.
    process.exit(0);
  } catch (error) {
    const exitCode = exitCodeOfAgent(error);
    tellError('ipmi-bt-agent', error, exitCode);
    process.exitCode = exitCode === 0 ? await streams.exitCode(exitCode) : exitCode;
  }
}

function exitCodeOfAgent(error: unknown): number {
  if (error instanceof NatsOptionsError) return EXIT_CONFIG;
  if (error instanceof NatsConnectError) return EXIT_TRY_LATER;
  return error instanceof StateError ? EXIT_CANNOT_CREATE : exitCodeOf(error);
}

/** From the start on, because SIGHUP would end the process while it waits for a NATS server. */
function reloadingAtHangup(): (reload: () => void) => void {
  let now: (() => void) | undefined;
  process.on('SIGHUP', () => {
    now?.();
  });
  return (reload) => {
    now = reload;
  };
}
