/**
 * One command's time with a device: opens it as the global options say, gives it to the command,
 * and closes it on every way out, signals included.
 */

import type { RegisterBlock } from '../port/register-block.ts';
import { systemClock } from '../clock.ts';
import { IpmiError } from '../errors.ts';
import { systemFiles } from '../files.ts';
import { open } from '../index.ts';
import type { Device, OpenOptions } from '../index.ts';
import { createLog } from '../log.ts';
import { IPMI_SI } from '../kernel/ipmi-si.ts';
import { findLeftBehind, findTaken, leftText } from '../kernel/left-behind.ts';
import { findKernelUsers } from '../kernel/users-of-ipmi-si.ts';
import { shownName } from '../shown.ts';
import { EndedBySignal, SIGNAL_EXITS, endingSignals, hasTerminal } from '../signals.ts';
import { checkBlock } from '../port/register-block.ts';
import { UsageError } from './args.ts';
import { wayTo } from './bridge-option.ts';
import { EXIT_TRY_LATER } from './exit-codes.ts';
import { inFlags } from './format.ts';
import type { Globals } from './globals.ts';
import { stderr, stdout, tellUser } from './output.ts';
import type { RecordFile } from './record-file.ts';
import type { Means } from './turn.ts';

/** The means of a command while its device is open. */
export interface Session extends Means {
  readonly globals: Globals;
  /** Time that is left of `--timeout`, milliseconds. */
  readonly leftMs: () => number;
}

/** The global options, and what a command does at SIGHUP if that shall not end it. */
export interface SessionOptions extends Globals {
  readonly onReload?: (() => void) | undefined;
}

/** A command: prints, and returns the exit code. */
export type Command = (session: Session) => Promise<number>;

/** The simulated BMC may be reset, and is away for as long as a quick one. */
export const SIM_RESETS = { restartMs: 3000, mayReset: true } as const;

/** Address of the controller behind the simulated BMC, for `--bridge`. */
const SIM_SATELLITE = 0x2c;

/** Ended with another exit code than that of `cause`, the error that is told: by a signal, say. */
export class Interrupted extends Error {
  override readonly name = 'Interrupted';
  readonly exit: number;

  constructor(exit: number, cause: unknown) {
    super('the command was cut short', { cause });
    this.exit = exit;
  }
}

/** Runs `command` on a device opened for it, or at its turn; returns its exit code. */
export async function runSession(
  globals: SessionOptions,
  bringUp: 'full' | 'lazy',
  command: Command,
): Promise<number> {
  if (globals.turn !== undefined) return await runTurn(globals, bringUp, command);
  // A recording may come from a pipe, which is waited for; only then signals have their listener.
  const options = await openOptions(globals);
  const recording =
    globals.record === undefined ? undefined : await record(globals.record, globals);
  const interruption = listen(globals.takeover !== false, globals.onReload);
  const { signal } = interruption;
  const leftMs = timeLeft(globals);
  try {
    const timeoutMs = leftMs();
    // The error should name the process that has the lock, and not only a timeout.
    const locks = { lockTimeoutMs: timeoutMs };
    const how = { bringUp, signal, timeoutMs, ...(recording && { record: recording.sink }) };
    const device = await open({ ...options, ...locks, ...how });
    if (!globals.sim && device.backend !== 'serve') warn(device);
    const backend = globals.sim ? 'simulated BMC (--sim)' : device.backend;
    const output = { stdout, stderr, backend };
    return await runAndClose(device, signal, async () => {
      try {
        const requester = await wayTo(device, globals.bridge);
        return await command({ device, requester, globals, signal, leftMs, ...output });
      } finally {
        if (globals.stats) tellTransactions(device);
      }
    });
  } catch (error) {
    const isTold = error instanceof Interrupted || wasLeft(error);
    if (interruption.exit === undefined || isTold) throw error;
    throw new Interrupted(interruption.exit, error);
  } finally {
    recording?.close();
  }
}

/** Runs a line of a script, which has `--timeout` for itself, on the script's device. */
async function runTurn(
  globals: Globals,
  bringUp: 'full' | 'lazy',
  command: Command,
): Promise<number> {
  const means = await globals.turn?.();
  if (means === undefined) throw new Error('bug: a line of a script without a script');
  const leftMs = timeLeft(globals);
  const { device, signal } = means;
  if (bringUp === 'full' && device.capabilities === undefined) {
    const deadlineMs = systemClock.now() + leftMs();
    await device.bringUp('full', { clock: systemClock, deadlineMs, attemptMs: undefined, signal });
  }
  return await command({ ...means, globals, leftMs });
}

/** Starts the time of `--timeout`; returns what is left of it, milliseconds. */
function timeLeft({ timeoutMs }: Globals): () => number {
  const deadlineMs = systemClock.now() + timeoutMs;
  return () => Math.max(deadlineMs - systemClock.now(), 1);
}

async function record(path: string, globals: Globals): Promise<RecordFile> {
  const { openRecord } = await import('./record-file.ts');
  return openRecord(path, globals);
}

/**
 * The reply is printed, or the error told, whatever becomes of giving the interface back; when
 * that fails it is one line more on standard error, and the exit code.
 */
async function runAndClose(
  device: Device,
  signal: AbortSignal,
  run: () => Promise<number>,
): Promise<number> {
  const close = async (): Promise<boolean> => {
    try {
      await device.close();
      if (signal.aborted) tellGivenBack(device);
      return true;
    } catch (error) {
      tellUser(inFlags(error instanceof Error ? error.message : String(error)));
      return false;
    }
  };
  let exit: number;
  try {
    exit = await run();
  } catch (error) {
    throw (await close()) ? error : new Interrupted(EXIT_TRY_LATER, error);
  }
  return (await close()) ? exit : EXIT_TRY_LATER;
}

/** Warns of what does not work while the interface is taken, or of one that was left behind. */
function warn({ base, takenDevice }: Device): void {
  if (takenDevice !== undefined) {
    for (const text of findKernelUsers(systemFiles)) tellUser(`warning: ${text}`);
    return;
  }
  const left = findLeftBehind(systemFiles).find((taken) => taken.base === base);
  if (left !== undefined) tellUser(`warning: ${leftText(left)}`);
}

/** Says how many transactions the command took. */
function tellTransactions(device: Device): void {
  const { transactions } = device.statistics();
  tellUser(transactions === 1 ? '1 transaction' : `${transactions} transactions`);
}

/** Says, after a signal, what became of an interface that was taken. */
function tellGivenBack({ base, takenDevice }: Device): void {
  if (takenDevice === undefined) return;
  const taken = findTaken(systemFiles).find((one) => one.base === base);
  if (taken === undefined) tellUser(`${takenDevice} is given back to ${IPMI_SI}`);
  else
    tellUser(
      `${takenDevice} stays unbound from ${IPMI_SI}: it is claimed, or another process has it`,
    );
}

/** The interface could not be given back when opening it was given up. */
function wasLeft(error: unknown): boolean {
  const cause = error instanceof IpmiError ? error.cause : undefined;
  return cause instanceof IpmiError && cause.code === 'REQUEST_ABORTED';
}

/** The exit code of a command that a signal has ended. */
export function exitOf({ reason }: AbortSignal): number {
  return reason instanceof EndedBySignal ? SIGNAL_EXITS[reason.signal] : EXIT_TRY_LATER;
}

/**
 * Makes the first signal abort the command; `exit` is the shell's code for that signal. With
 * `reload`, SIGHUP calls that instead, unless it says that the terminal has gone.
 */
export function listen(
  untilTheEnd: boolean,
  reload?: () => void,
): {
  readonly signal: AbortSignal;
  exit: number | undefined;
} {
  const controller = new AbortController();
  const interruption = { signal: controller.signal, exit: undefined as number | undefined };
  const hadTerminal = reload !== undefined && hasTerminal(systemFiles);
  for (const name of endingSignals(systemFiles)) {
    const ownReload = name === 'SIGHUP' ? reload : undefined;
    // A second one ends the process at once; but not while it has what it must give back.
    process[untilTheEnd || ownReload !== undefined ? 'on' : 'once'](name, () => {
      if (ownReload !== undefined && hadTerminal === hasTerminal(systemFiles)) {
        ownReload();
        return;
      }
      interruption.exit ??= SIGNAL_EXITS[name];
      controller.abort(new EndedBySignal(name));
    });
  }
  return interruption;
}

async function openOptions(globals: Globals): Promise<OpenOptions> {
  const { quirks, irq, pollMs, sim, logLevel, trace, tracePayload } = globals;
  return {
    quirks,
    irq,
    pollMs,
    ...(sim ? await simulated(globals) : real(globals)),
    ...(logLevel === 'silent' ? {} : { logger: await createLog(logLevel, writeText) }),
    ...(trace ? { trace: { write: writeTrace, payload: tracePayload } } : {}),
  };
}

async function simulated(globals: Globals): Promise<OpenOptions> {
  const { spacing = 1, simDelayMs, simEventsMs, simRecording } = globals;
  if (simRecording !== undefined) return await replayed(simRecording);
  const { SimBmc, simSatellite } = await import('../sim/bmc.ts');
  const { FIRST_GUID } = await import('../sim/guid.ts');
  const block = namedBlock(globals);
  const at = block === undefined ? {} : { base: block.base };
  const sim = new SimBmc({
    ...at,
    spacing,
    clock: systemClock,
    responseMs: simDelayMs,
    guid: FIRST_GUID,
    satellites: [simSatellite({ address: SIM_SATELLITE })],
    ...SIM_RESETS,
  });
  if (simEventsMs !== undefined) {
    const { SIM_EVENT } = await import('../sim/commands.ts');
    repeat(simEventsMs, () => sim.addEvent(SIM_EVENT));
  }
  tellUser('simulated BMC (--sim): no hardware is touched');
  return { base: sim.base, spacing, port: sim };
}

/** The BMC of a recording, which answers as fast as it did. */
async function replayed(path: string): Promise<OpenOptions> {
  const { readRecordingFile } = await import('./recording-file.ts');
  const { replayOf } = await import('../trace/replay.ts');
  const bmc = replayOf(await readRecordingFile(path), { clock: systemClock });
  tellUser(`recorded BMC (${shownName(path)}): no hardware is touched`);
  return { base: bmc.base, spacing: bmc.spacing, port: bmc };
}

/** Does it again and again, and keeps no process alive for that. */
function repeat(everyMs: number, work: () => void): void {
  systemClock.timer(
    everyMs,
    () => {
      work();
      repeat(everyMs, work);
    },
    false,
  );
}

function real(globals: Globals): OpenOptions {
  const { port, via, takeover, spacing = 1 } = globals;
  const block = namedBlock(globals);
  return {
    ...(block === undefined ? {} : { base: block.base, spacing }),
    takeover,
    ...(port === undefined ? {} : { port }),
    ...(via === undefined ? {} : { via }),
  };
}

/**
 * The register block that the command line names, if any. The library calls a wrong one a
 * RangeError; on a command line it is a mistake like any other.
 */
export function namedBlock({ base, spacing }: Globals): RegisterBlock | undefined {
  if (base === undefined) {
    if (spacing !== undefined) throw new UsageError('--spacing needs --base');
    return undefined;
  }
  try {
    return checkBlock(base, spacing ?? 1);
  } catch (error) {
    throw new UsageError(`--base: ${error instanceof Error ? error.message : String(error)}`);
  }
}

function writeText(text: string): void {
  stderr.write(text);
}

function writeTrace(line: string): void {
  stderr.write(`${line}\n`);
}
