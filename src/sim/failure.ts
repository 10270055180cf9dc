/**
 * Failures of a simulated BMC that a test asks for by name while the BMC runs, and the faults that
 * they are.
 */

import { aBoolean, amount, checkOptionsOf, integer, oneOf } from '../option-table.ts';
import type { Check, OptionTable } from '../option-table.ts';
import { NODE_BUSY } from './command-record.ts';
import type { Fault, WrongByte } from './fault-kinds.ts';

/** `silent` is the fault `deaf`: every command is forgotten. The others are names of faults. */
export type FailureKind = 'silent' | Fault['kind'];

/** Options of a failure; the fields after `commands` each belong to the fault that has them. */
export interface FailureOptions {
  /** Of a fault of the registers: how long, milliseconds; until `calm()`. */
  readonly forMs?: number | undefined;
  /** Of a fault of the registers: it begins so much later, milliseconds; 0. */
  readonly inMs?: number | undefined;
  /** Of a fault of commands: so many commands are spared before it; 0. */
  readonly skip?: number | undefined;
  /** Of a fault of commands: how many have it; 1. */
  readonly commands?: number | undefined;
  /** `floats`: what the registers read, 0x00 or 0xff (default). */
  readonly value?: 0x00 | 0xff | undefined;
  /** `busy`: B_BUSY reads 1 at every other look only; false. */
  readonly flapping?: boolean | undefined;
  /** `sticky`: B2H_ATN reads 1 until it was hit so often; never. */
  readonly hits?: number | undefined;
  /** `reset`: at this byte of the next frame; at once. */
  readonly atByte?: number | undefined;
  /** `late`: so much later, milliseconds; 1000. */
  readonly byMs?: number | undefined;
  /** `flood`: a response so long after the host took the last, milliseconds; 1. */
  readonly everyMs?: number | undefined;
  /** `wrong`: which byte of the response; its sequence number. */
  readonly what?: WrongByte | undefined;
  /** `code`: the completion code; 0xC0, busy. */
  readonly code?: number | undefined;
  /** `length`: the length byte of the response; 3, which is too short. */
  readonly length?: number | undefined;
}

/** The present, as the BMC counts it. */
export interface Present {
  readonly nowMs: number;
  /** Commands that were taken so far. */
  readonly taken: number;
}

const LATE_MS = 1000;
const TOO_SHORT = 3;

type Make = (options: FailureOptions) => object;

/** Fields of the faults of commands. */
const OF_COMMANDS: Readonly<Record<string, Make>> = {
  drop: () => ({}),
  late: ({ byMs = LATE_MS }) => ({ byMs }),
  metAgain: () => ({}),
  twice: () => ({}),
  stale: () => ({}),
  wrong: ({ what = 'seq' }) => ({ what }),
  code: ({ code = NODE_BUSY }) => ({ code }),
  length: ({ length = TOO_SHORT }) => ({ length }),
};

/** Fields of the faults of registers. */
const OF_REGISTERS: Readonly<Record<string, Make>> = {
  floats: ({ value = 0xff }) => ({ value }),
  busy: ({ flapping = false }) => ({ flapping }),
  sticky: ({ hits = Infinity }) => ({ hits }),
  flips: () => ({}),
  deaf: () => ({}),
  untaken: () => ({}),
  hostBusy: () => ({}),
  reset: ({ atByte }) => (atByte === undefined ? {} : { atByte }),
  flood: ({ everyMs = 1 }) => ({ everyMs }),
  stickyAttention: () => ({}),
  emptyEvents: () => ({}),
  endlessEvents: () => ({}),
};

const aByte = integer({ least: 0, most: 0xff });

/** A failure may last for ever, as it does by default. */
const aDuration: Check = (name, value) => {
  if (value !== Infinity) amount(name, value);
};

/** Every option and its check. */
const OPTIONS: OptionTable<FailureOptions> = {
  ...{ forMs: aDuration, inMs: amount, byMs: amount, everyMs: amount },
  ...{ skip: amount, commands: amount, hits: amount, atByte: amount },
  ...{ value: aByte, code: aByte, length: aByte },
  flapping: aBoolean,
  what: oneOf('netFn', 'lun', 'seq', 'cmd'),
};

/** The names that a failure can have. */
const KINDS = ['silent', ...Object.keys(OF_COMMANDS), ...Object.keys(OF_REGISTERS)];

/**
 * Makes the faults; throws a `TypeError` for a wrong name of a failure or an option, a `RangeError`
 * for a wrong number.
 */
export function faultsOf(
  name: FailureKind,
  options: FailureOptions,
  { nowMs, taken }: Present,
): readonly Fault[] {
  checkOptionsOf<FailureOptions>({ name: 'fail()', example: '{ forMs: 5000 }' }, options, OPTIONS);
  const kind = name === 'silent' ? 'deaf' : name;
  const { forMs = Infinity, inMs = 0, skip = 0, commands = 1 } = options;
  const ofCommands = Object.hasOwn(OF_COMMANDS, kind) ? OF_COMMANDS[kind] : undefined;
  const ofRegisters = Object.hasOwn(OF_REGISTERS, kind) ? OF_REGISTERS[kind] : undefined;
  if (ofCommands !== undefined) {
    return Array.from({ length: commands }, (_, index) => {
      return { kind, at: taken + skip + index, ...ofCommands(options) } as Fault;
    });
  }
  if (ofRegisters === undefined) {
    throw new TypeError(`fail() takes one of ${KINDS.join(', ')}, not ${name}`);
  }
  return [{ kind, fromMs: nowMs + inMs, forMs, ...ofRegisters(options) } as Fault];
}
