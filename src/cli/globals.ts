/** The options that every command takes: their specification, and what they mean when read. */

import { QUIRKS } from '../bt/quirks.ts';
import type { Quirk } from '../bt/quirks.ts';
import { LOG_LEVELS } from '../log.ts';
import type { LogLevel } from '../log.ts';
import { PORT_MAX } from '../port/range.ts';
import { POLL_MAX_MS } from '../registry/open-options.ts';
import { UsageError, parseNumber, parseSeconds } from './args.ts';
import { parseBridge } from './bridge-option.ts';
import type { BridgeChoice } from './bridge-option.ts';
import { checkFileName } from './new-file.ts';
import type { CommandSpec, Given, OptionSpecs, Values } from './spec.ts';
import type { Turn } from './turn.ts';

const SIM_DELAY_MAX_MS = 3_600_000;

/** Of `--timeout`, where it is not given. */
const TIMEOUT_MS = 30_000;

/** Choices of `--spacing`, as numbers. */
const SPACINGS = { 1: 1, 4: 4, 16: 16 } as const;

export const GLOBAL_OPTIONS = {
  base: {
    value: 'port',
    help: 'I/O port of BT_CTRL, such as 0xce4; by default ipmi-bt finds the interface',
  },
  spacing: {
    value: 'n',
    help: 'with --base: ports from one register to the next; by default 1',
    choices: ['1', '4', '16'],
  },
  port: {
    value: 'backend',
    help: 'how to access the ports; by default native, or dev-port without the addon',
    choices: ['native', 'dev-port'],
  },
  via: {
    value: 'way',
    help: 'the way to the interface: auto, the server that has it or else the ports; by default auto',
    choices: ['auto', 'serve', 'ports'],
  },
  takeover: { help: 'take the interface from ipmi_si, and give it back at the end' },
  force: { help: 'take it even if a process uses it, or the watchdog of the BMC runs' },
  irq: {
    value: 'line',
    help: 'interrupt: off, auto, or a device file such as /dev/uio0; by default off',
  },
  quirk: { value: 'name', help: 'depart from the protocol as this BMC needs it', choices: QUIRKS },
  bridge: {
    value: 'target',
    help: 'send to a controller behind the BMC: CHANNEL:ADDRESS, and ,CHANNEL:ADDRESS of one between',
  },
  pollMs: {
    value: 'ms',
    help: 'least time between two reads of the status, for a slow BMC',
    fallback: '0',
  },
  sim: { help: 'use the simulated BMC instead of hardware' },
  simDelay: { value: 'ms', help: 'response time of the simulated BMC; 0 by default' },
  simEvents: {
    value: 'ms',
    help: 'time between events of the simulated BMC; by default there are none',
  },
  simRecording: {
    value: 'file',
    help: 'with --sim: answer as the BMC of this recording did',
  },
  timeout: {
    value: 'seconds',
    help: 'limit for opening and the first request together, and for each further request; 30 by default',
  },
  json: { help: 'print JSON, errors included' },
  stats: { help: 'at the end, print the number of transactions to standard error' },
  logLevel: {
    value: 'level',
    help: 'write a log to standard error',
    choices: LOG_LEVELS,
    fallback: 'silent',
  },
  trace: { help: 'print every register access to standard error, with the names of the bits' },
  tracePayload: {
    help: 'like --trace, with the payload of commands that are known to hold no secret',
  },
  'tracePayload=all': {
    help: 'the same with every payload: shows passwords, keys and user names, OEM data included',
  },
  record: {
    value: 'file',
    help: 'record requests and register accesses in a new file, for ipmi-bt trace; with it --trace-payload prints nothing, and says what is recorded',
  },
} as const satisfies OptionSpecs;

/** The options that every command takes, as they stand on the command line. */
export type GlobalValues = Values<typeof GLOBAL_OPTIONS> & {
  /** The command is a line of a script, and is given the script's device at its turn. */
  readonly turn?: Turn | undefined;
};

/** The options that every command takes, read and checked. */
export interface Globals {
  readonly base: number | undefined;
  readonly spacing: 1 | 4 | 16 | undefined;
  readonly port: 'native' | 'dev-port' | undefined;
  readonly via: 'auto' | 'serve' | 'ports' | undefined;
  readonly irq: 'off' | 'auto' | `/dev/uio${number}`;
  readonly takeover: boolean | 'force';
  readonly quirks: readonly Quirk[];
  /** The controller that requests go to; undefined: the BMC. */
  readonly bridge: BridgeChoice | undefined;
  readonly sim: boolean;
  readonly simDelayMs: number;
  readonly simEventsMs: number | undefined;
  readonly pollMs: number;
  readonly timeoutMs: number;
  readonly json: boolean;
  readonly stats: boolean;
  readonly logLevel: LogLevel;
  readonly trace: boolean;
  readonly tracePayload: boolean | 'all';
  /** The file that is to be made of the recording. */
  readonly record: string | undefined;
  /** The recording that the simulated BMC answers from. */
  readonly simRecording: string | undefined;
  readonly turn?: Turn | undefined;
}

/** A command whose options are known by name only. */
export type AnyCommand = CommandSpec<OptionSpecs, GlobalValues>;

/** Makes a command of its specification; the compiler infers the names of the options. */
export function command<const Specs extends OptionSpecs>(
  spec: CommandSpec<Specs, GlobalValues>,
): CommandSpec<Specs, GlobalValues> {
  return spec;
}

/** Forgets which options a command has, for a list of commands. */
export function anyCommand<Specs extends OptionSpecs>(
  spec: CommandSpec<Specs, GlobalValues>,
): AnyCommand {
  // The parser gives it the values of its own options.
  const run = spec.run as (given: Given<OptionSpecs, GlobalValues>) => Promise<number>;
  return { ...spec, run };
}

/** Reads the options that every command takes; throws a `UsageError` where they contradict. */
export function readGlobals(values: GlobalValues): Globals {
  checkTogether(values);
  const { base, spacing, port, via, irq, takeover, force, quirk, sim, json } = values;
  const { simDelay, simEvents, pollMs, timeout, record, simRecording, stats } = values;
  const { logLevel, trace } = values;
  const tracePayload = values['tracePayload=all'] ? 'all' : values.tracePayload;
  return {
    base: base === undefined ? undefined : parseNumber(base, '--base', PORT_MAX),
    spacing: spacing === undefined ? undefined : SPACINGS[spacing],
    port,
    via,
    irq: parseIrq(irq),
    takeover: takeover && (force ? 'force' : true),
    quirks: quirk === undefined ? [] : [quirk],
    bridge: values.bridge === undefined ? undefined : parseBridge(values.bridge),
    sim,
    simDelayMs: simDelay === undefined ? 0 : parseNumber(simDelay, '--sim-delay', SIM_DELAY_MAX_MS),
    simEventsMs:
      simEvents === undefined
        ? undefined
        : parseNumber(simEvents, '--sim-events', SIM_DELAY_MAX_MS),
    pollMs: parseNumber(pollMs, '--poll-ms', POLL_MAX_MS),
    timeoutMs: timeout === undefined ? TIMEOUT_MS : parseSeconds(timeout, '--timeout'),
    json,
    stats,
    logLevel,
    // A recording has it in a file, and the terminal stays free.
    trace: trace || (tracePayload !== false && record === undefined),
    tracePayload,
    record,
    simRecording,
    turn: values.turn,
  };
}

/** The same for commands that take the interface without `--takeover`. */
export function readTaking(values: GlobalValues): Globals {
  return readGlobals({ ...values, takeover: true });
}

function checkTogether(values: GlobalValues): void {
  const { sim, takeover, force, port, via, irq, simDelay, simEvents } = values;
  // Otherwise the command would go to the BMC of this server.
  if (!sim && simDelay !== undefined) throw new UsageError('--sim-delay needs --sim');
  if (!sim && simEvents !== undefined) throw new UsageError('--sim-events needs --sim');
  checkRecording(values);
  if (sim && takeover) {
    throw new UsageError('--sim has nothing to take over: no driver has the simulated BMC');
  }
  if (force && !takeover) throw new UsageError('--force needs --takeover or claim');
  if (sim && port !== undefined) {
    throw new UsageError('--sim and --port exclude each other: the simulated BMC has no ports');
  }
  if (sim && via !== undefined) {
    throw new UsageError('--sim and --via exclude each other: no server has the simulated BMC');
  }
  if (sim && irq !== undefined) {
    throw new UsageError('--sim and --irq exclude each other: the simulated BMC has no interrupt');
  }
}

function checkRecording({ sim, simRecording, ...others }: GlobalValues): void {
  checkFileName(others.record, '--record');
  checkFileName(simRecording, '--sim-recording');
  if (simRecording === undefined) return;
  if (!sim) throw new UsageError('--sim-recording needs --sim');
  const made = { '--base': others.base, '--spacing': others.spacing };
  const ruled = { '--sim-delay': others.simDelay, '--sim-events': others.simEvents };
  for (const [flag, value] of Object.entries({ ...made, ...ruled })) {
    if (value === undefined) continue;
    throw new UsageError(`${flag} and --sim-recording exclude each other: the recording has it`);
  }
}

/** Refuses `--record` for a command that opens no interface; the file would stay empty. */
export function refuseRecord({ record }: Pick<GlobalValues, 'record'>, name: string): void {
  if (record === undefined) return;
  throw new UsageError(`--record works with commands that open an interface, and ${name} does not`);
}

function parseIrq(text = 'off'): Globals['irq'] {
  if (text === 'off' || text === 'auto') return text;
  const [, number] = /^\/dev\/uio(\d+)$/.exec(text) ?? [];
  if (number !== undefined) return `/dev/uio${Number(number)}`;
  throw new UsageError('--irq is not off, auto or a device file such as /dev/uio0');
}
