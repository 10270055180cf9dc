/** The process of `ipmi-bt-fleet`: its arguments, the signals that end it, its exit code. */

import { constants } from 'node:os';

import { CommanderError } from 'commander';
import { systemClock } from 'ipmi-bt';

import { wallMs } from '../clock.ts';
import { EXIT_BUG, EXIT_CANNOT_CREATE, EXIT_CONFIG, EXIT_DENIED } from '../exit-codes.ts';
import { EXIT_SIGNAL, EXIT_TRY_LATER, EXIT_USAGE } from '../exit-codes.ts';
import { connectFleet } from '../fleet/fleet.ts';
import type { Fleet } from '../fleet/fleet.ts';
import { HostsError, nodeset, readHosts } from '../fleet/host-names.ts';
import { RunStateError, RunWriteError } from '../fleet/run-state.ts';
import { NatsAuthError, NatsConnectError, checkNats, connectNats } from '../nats/connection.ts';
import { natsOptions } from '../nats/options.ts';
import { NatsOptionsError } from '../nats/secrets.ts';
import { StandardStreams, programVersion, tellError } from '../process.ts';
import { ListenError } from '../web/listen.ts';
import { WebConfigError } from '../web/web-config-error.ts';
import { readOptions } from './options.ts';
import type { ToolOptions } from './options.ts';
import type { ServeOptions } from './page-options.ts';
import { exitCodeOfHosts, runFleet } from './program.ts';

/** Signals that end the program: what is away is `unknown`, the rest is not sent. */
const SIGNALS = ['SIGTERM', 'SIGINT', 'SIGHUP'] as const;

const MS_PER_S = 1000;

/** Runs the program, and sets the exit code of the process. */
export async function main(args: readonly string[]): Promise<void> {
  const version = programVersion();
  const streams = new StandardStreams();
  let ending = NEVER_ENDING;
  try {
    // It waits for data of a pipe, during which a signal ends the process as it does any other.
    const chosen = readOptions(args, version, streams);
    ending = chosen.kind === 'serve' ? asService(untilSignal()) : untilSignal();
    const { signal } = ending;
    if (chosen.kind === 'serve') await serve(chosen.options, signal, version);
    else {
      const { stderr } = process;
      const { out } = streams;
      const code = await runFleet(chosen.options, { connect, nodeset, stderr, signal, out });
      process.exitCode = ending.exit() ?? (await streams.exitCode(code));
    }
  } catch (error) {
    const exitCode = exitCodeOf(error);
    if (ending.exit() === undefined) tellError('ipmi-bt-fleet', error, exitCode);
    process.exitCode =
      ending.exit() ?? (exitCode === 0 ? await streams.exitCode(exitCode) : exitCode);
  } finally {
    ending.forget();
  }
  const code = ending.exit();
  if (code === undefined) return;
  await streams.exitCode(code);
  // A connection that was being made when the signal came would go on.
  process.exit(code);
}

/** A signal is the end that a service has, and no failure. */
function asService(ending: Ending): Ending {
  return { ...ending, exit: () => (ending.exit() === undefined ? undefined : 0) };
}

async function connect(options: ToolOptions): Promise<Fleet> {
  const { user, prefix } = options;
  return await connectFleet({ ...natsOptions(options), name: 'ipmi-bt-fleet', user, prefix });
}

/** A service: a signal ends it with 0. All of it is loaded when it is asked for. */
async function serve(options: ServeOptions, signal: AbortSignal, version: string): Promise<void> {
  const { hosts, discoverS, intervalS, timeoutS, smokeIntervalS, logLevel } = options;
  const named = hosts === undefined ? undefined : await readHosts(hosts, nodeset, signal);
  const nats = { ...natsOptions(options), name: 'ipmi-bt-fleet serve' };
  await checkNats(nats);
  const [{ runPage }, { openLog }] = await Promise.all([
    import('../page/program.ts'),
    import('../log.ts'),
  ]);
  const page = {
    ...{ ...options, hosts: named, discoverMs: discoverS * MS_PER_S },
    ...{ intervalMs: intervalS * MS_PER_S, waitMs: timeoutS * MS_PER_S },
    smokeIntervalMs: smokeIntervalS === undefined ? undefined : smokeIntervalS * MS_PER_S,
  };
  await runPage(page, {
    ...{ version, clock: systemClock, wallMs, log: openLog(logLevel), signal },
    connect: (inboxPrefix) => connectNats({ ...nats, inboxPrefix }),
  });
}

/** The signals that ended a run. */
interface Ending {
  readonly signal: AbortSignal;
  /** The exit code of a signal that came. */
  readonly exit: () => number | undefined;
  readonly forget: () => void;
}

/** Before signals are listened to. */
const NEVER_ENDING: Ending = {
  signal: new AbortController().signal,
  exit: () => undefined,
  forget: () => undefined,
};

function untilSignal(): Ending {
  const abort = new AbortController();
  let code: number | undefined;
  const listeners = SIGNALS.map((signal) => {
    const listener = (): void => {
      code = EXIT_SIGNAL + constants.signals[signal];
      abort.abort();
      // Whatever it still waits for, the next signal ends it.
      forget();
    };
    process.on(signal, listener);
    return { signal, listener };
  });
  const forget = (): void => {
    for (const { signal, listener } of listeners) process.off(signal, listener);
  };
  return { signal: abort.signal, exit: () => code, forget };
}

function exitCodeOf(error: unknown): number {
  if (error instanceof CommanderError) return error.exitCode === 0 ? 0 : EXIT_USAGE;
  if (error instanceof HostsError) return exitCodeOfHosts(error);
  if (error instanceof RunStateError) return EXIT_USAGE;
  if (error instanceof NatsOptionsError || error instanceof WebConfigError) return EXIT_CONFIG;
  if (error instanceof NatsAuthError) return EXIT_DENIED;
  if (error instanceof NatsConnectError) return EXIT_TRY_LATER;
  if (error instanceof ListenError || error instanceof RunWriteError) return EXIT_CANNOT_CREATE;
  const { syscall = '', name } = error as NodeJS.ErrnoException;
  // The library of NATS has classes of its own for each reason.
  return isOfNats(name) || syscall === 'connect' ? EXIT_TRY_LATER : EXIT_BUG;
}

function isOfNats(name: string): boolean {
  return /^(Connection|Authorization|UserAuthentication|Timeout|ClosedConnection)\w*Error$/.test(
    name,
  );
}
