/**
 * What the simulated BMC answers: a table of commands, each a function from request data to
 * completion code and response data. Written from the IPMI 2.0 command tables.
 */

/** A completion code and the bytes behind it. */
export type SimReply = readonly [completionCode: number, ...data: number[]];

/** State that commands read and change. */
export interface SimState {
  /** BMC Global Enables (§22.1): 0x08, system event logging, as after a reset. */
  globalEnables: number;
  /** Message Flags (§22.4). */
  messageFlags: number;
  /** The five bytes of Get BT Interface Capabilities (§22.10). */
  capabilities: readonly number[];
}

type Handler = (data: Uint8Array, state: SimState) => SimReply;

const OK = 0x00;
const INVALID_COMMAND = 0xc1;
const INVALID_COMMAND_ON_LUN = 0xc2;
const DATA_LENGTH_INVALID = 0xc7;

/** Get Device ID: IPMI 2.0, firmware 2.35, manufacturer 0, product 0xb7, aux 01 02 03 04. */
export const SIM_DEVICE_ID = [
  0x20, 0x01, 0x02, 0x35, 0x02, 0x9f, 0x00, 0x00, 0x00, 0xb7, 0x00, 0x01, 0x02, 0x03, 0x04,
] as const;

const SIM_GUID = [
  0xde, 0xad, 0xbe, 0xef, 0x00, 0x01, 0x02, 0x03, 0x04, 0x05, 0x06, 0x07, 0x08, 0x09, 0x0a, 0x0b,
] as const;

/** State after power-up. */
export function newSimState(capabilities: readonly number[]): SimState {
  return { globalEnables: 0x08, messageFlags: 0x00, capabilities };
}

/** An OEM command that returns its data: netFn 0x30, cmd 0x01. */
export const SIM_ECHO = { netFn: 0x30, cmd: 0x01 } as const;

const HANDLERS: Readonly<Record<number, Readonly<Record<number, Handler>>>> = {
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

/** Executes one command. */
export function execute(
  command: { readonly netFn: number; readonly lun: number; readonly cmd: number },
  data: Uint8Array,
  state: SimState,
): SimReply {
  const handler = HANDLERS[command.netFn]?.[command.cmd];
  if (command.lun !== 0) return [INVALID_COMMAND_ON_LUN];
  return handler === undefined ? [INVALID_COMMAND] : handler(data, state);
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
