/**
 * What the simulated BMC answers: a table of commands, each a function from request data to
 * completion code and response data. Written from the IPMI 2.0 command tables.
 */

import type { Executed } from './options.ts';

/** A completion code and the bytes behind it. */
export type SimReply = readonly [completionCode: number, ...data: number[]];

/** State that commands read and change. */
export interface SimState {
  /** BMC Global Enables (§22.1). */
  globalEnables: number;
  /** Message Flags (§22.4). */
  messageFlags: number;
  /** What Get Message returns (§22.6), oldest first. */
  readonly messages: SimReply[];
  /** The five bytes of Get BT Interface Capabilities (§22.10). */
  readonly capabilities: readonly number[];
}

/** What a command can do to the interface it came by. */
export interface SimLine {
  /** Sets SMS_ATN, or withdraws it. */
  setSmsAttention(isDue: boolean): void;
  /** Disables interrupts and forgets a pending one. */
  dropInterrupts(): void;
}

export type Handler = (data: Uint8Array, state: SimState, line: SimLine) => SimReply;

/** Handlers by network function and command. */
export type CommandTable = Readonly<Record<number, Readonly<Record<number, Handler>>>>;

export const OK = 0x00;
export const INVALID_COMMAND = 0xc1;
export const INVALID_COMMAND_ON_LUN = 0xc2;
export const DATA_LENGTH_INVALID = 0xc7;

/** BMC Global Enables after a reset: system event logging. */
export const ENABLES_AFTER_RESET = 0x08;

/** Get Device ID: IPMI 2.0, firmware 2.35, manufacturer 0, product 0xb7, aux 01 02 03 04. */
export const SIM_DEVICE_ID = [
  0x20, 0x01, 0x02, 0x35, 0x02, 0x9f, 0x00, 0x00, 0x00, 0xb7, 0x00, 0x01, 0x02, 0x03, 0x04,
] as const;

const SIM_GUID = [
  0xde, 0xad, 0xbe, 0xef, 0x00, 0x01, 0x02, 0x03, 0x04, 0x05, 0x06, 0x07, 0x08, 0x09, 0x0a, 0x0b,
] as const;

/** An OEM command that returns its data: netFn 0x30, cmd 0x01. */
export const SIM_ECHO = { netFn: 0x30, cmd: 0x01 } as const;

export const SPEC_COMMANDS: CommandTable = {
  0x06: {
    0x01: noData(() => [OK, ...SIM_DEVICE_ID]),
    // Self test passed (§20.4).
    0x04: noData(() => [OK, 0x55, 0x00]),
    0x08: noData(() => [OK, ...SIM_GUID]),
    0x2e: setGlobalEnables,
    0x2f: noData((state) => [OK, state.globalEnables]),
    0x31: noData((state) => [OK, state.messageFlags]),
    0x36: noData((state) => [OK, ...state.capabilities]),
    0x37: noData(() => [OK, ...SIM_GUID]),
  },
  [SIM_ECHO.netFn]: {
    [SIM_ECHO.cmd]: (data) => [OK, ...data],
  },
};

/** Executes commands, each as the ones before have left things. */
export class CommandProcessor {
  readonly #table: CommandTable;
  readonly #line: SimLine;
  readonly #state: SimState;

  constructor(table: CommandTable, line: SimLine, capabilities: readonly number[]) {
    this.#table = table;
    this.#line = line;
    this.#state = {
      globalEnables: ENABLES_AFTER_RESET,
      messageFlags: 0x00,
      messages: [],
      capabilities,
    };
  }

  execute({ netFn, lun, cmd, data }: Executed): SimReply {
    const handler = this.#table[netFn]?.[cmd];
    if (lun !== 0) return [INVALID_COMMAND_ON_LUN];
    return handler === undefined ? [INVALID_COMMAND] : handler(data, this.#state, this.#line);
  }
}

function noData(answer: (state: SimState) => SimReply): Handler {
  return (data, state) => (data.length === 0 ? answer(state) : [DATA_LENGTH_INVALID]);
}

function setGlobalEnables(data: Uint8Array, state: SimState): SimReply {
  const [enables] = data;
  if (enables === undefined || data.length !== 1) return [DATA_LENGTH_INVALID];
  state.globalEnables = enables;
  return [OK];
}
