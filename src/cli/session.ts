/**
 * One command's time with a device: opens it as the global options say, gives it to the command,
 * and closes it on every way out, signals included.
 */

import type { RegisterBlock } from '../bt/registers.ts';
import { systemClock } from '../clock.ts';
import { open } from '../index.ts';
import type { Device, OpenOptions } from '../index.ts';
import { createLog } from '../log.ts';
import type { LogLevel } from '../log.ts';
import { checkBlock } from '../validate.ts';
import { UsageError } from './args.ts';

/** The options every command takes, read and checked. */
export interface Globals {
  readonly base: number | undefined;
  readonly spacing: 1 | 4 | 16 | undefined;
  readonly port: 'native' | 'dev-port' | undefined;
  readonly sim: boolean;
  readonly simDelayMs: number;
  readonly timeoutMs: number;
  readonly json: boolean;
  readonly logLevel: LogLevel;
  readonly trace: boolean;
  readonly tracePayload: boolean;
}

/** What a command has to work with. */
export interface Session {
  readonly device: Device;
  readonly globals: Globals;
  readonly signal: AbortSignal;
  /** Time that is left of `--timeout`, milliseconds. */
  readonly leftMs: () => number;
  /** Where the bytes go, in words. */
  readonly backend: string;
}

/** A command: prints, and returns the exit code. */
export type Command = (session: Session) => Promise<number>;

/** The process was told to end; the exit code is the shell's for that signal. */
const SIGNAL_EXITS = { SIGINT: 130, SIGTERM: 143 } as const;

/** A signal ended the command; `cause` is what became of it, `exit` the shell's code for that. */
export class Interrupted extends Error {
  override readonly name = 'Interrupted';
  readonly exit: number;

  constructor(exit: number, cause: unknown) {
    super('interrupted by a signal', { cause });
    this.exit = exit;
  }
}

/** Runs `command` on a device opened for it; returns its exit code. */
export async function runSession(
  globals: Globals,
  bringUp: 'full' | 'lazy',
  command: Command,
): Promise<number> {
  const controller = new AbortController();
  const { signal } = controller;
  let signalExit: number | undefined;
  for (const [name, exit] of Object.entries(SIGNAL_EXITS)) {
    process.once(name, () => {
      signalExit = exit;
      controller.abort(name);
    });
  }

  const deadlineMs = systemClock.now() + globals.timeoutMs;
  const leftMs = (): number => Math.max(deadlineMs - systemClock.now(), 1);
  try {
    const options = await openOptions(globals);
    const timeoutMs = leftMs();
    // Who has the interface is better to know than that the time is over.
    const locks = { lockTimeoutMs: timeoutMs };
    const device = await open({ ...options, ...locks, bringUp, signal, timeoutMs });
    try {
      const backend = globals.sim ? 'simulated BMC (--sim)' : device.backend;
      return await command({ device, globals, signal, leftMs, backend });
    } finally {
      await device.close();
    }
  } catch (error) {
    if (signalExit !== undefined) throw new Interrupted(signalExit, error);
    throw error;
  }
}

async function openOptions(globals: Globals): Promise<OpenOptions> {
  const { sim, logLevel, trace, tracePayload } = globals;
  return {
    ...(sim ? await simulated(globals) : real(globals)),
    ...(logLevel === 'silent' ? {} : { logger: await createLog(logLevel) }),
    ...(trace ? { trace: { write: writeTrace, payload: tracePayload } } : {}),
  };
}

async function simulated(globals: Globals): Promise<OpenOptions> {
  const { spacing = 1, simDelayMs } = globals;
  const { SimBmc } = await import('../sim/bmc.ts');
  const block = globals.base === undefined ? undefined : namedBlock(globals);
  const at = block === undefined ? {} : { base: block.base };
  const sim = new SimBmc({ ...at, spacing, clock: systemClock, responseMs: simDelayMs });
  process.stderr.write('ipmi-bt: simulated BMC (--sim): no hardware is touched\n');
  return { base: sim.base, spacing, port: sim };
}

function real(globals: Globals): OpenOptions {
  const { port, spacing = 1 } = globals;
  const block = namedBlock(globals);
  return {
    ...(block === undefined ? {} : { base: block.base, spacing }),
    ...(port === undefined ? {} : { port }),
  };
}

/**
 * The register block that the command line names, if any. The library calls a wrong one a
 * RangeError; on a command line it is a mistake like any other.
 */
export function namedBlock({ base, spacing }: Globals): RegisterBlock | undefined {
  if (base === undefined) {
    if (spacing !== undefined) throw new UsageError('--spacing needs the --base it goes with');
    return undefined;
  }
  try {
    return checkBlock(base, spacing ?? 1);
  } catch (error) {
    throw new UsageError(`--base: ${error instanceof Error ? error.message : String(error)}`);
  }
}

function writeTrace(line: string): void {
  process.stderr.write(`${line}\n`);
}
