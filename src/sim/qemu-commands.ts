/**
 * The commands of QEMU's `ipmi-bmc-sim`, as far as they need no clock, sensor or log: Chassis,
 * Sensor and Storage commands, the watchdog's and the ACPI power state's are not here. It ignores
 * data behind those that a command needs.
 */

import { DATA_LENGTH_INVALID, INVALID_COMMAND, INVALID_FIELD, OK } from './command-record.ts';
import type { SimReply } from './command-record.ts';
import { EMPTY, ENABLES_AFTER_RESET, MESSAGE_AVAILABLE } from './messages.ts';
import type { CommandTable, Handler, SimEffects, SimState } from './state.ts';

const NOT_ACKNOWLEDGED = 0x83;

/** IPMI 2.0; sensors, SDR and SEL; all else is zero unless it is told more at its start. */
const DEVICE_ID = [0x20, 0x00, 0x00, 0x00, 0x02, 0x07, 0x00, 0x00, 0x00, 0x00, 0x00] as const;

/** On the IPMB, channel 0, there is one more controller, which knows Get Device ID. */
const IPMB_CHANNEL = 0x00;
const OTHER_ADDRESS = 0x40;
const OTHER_DEVICE_ID = [0, 0, 0, 0, 0x51, 0, 0, 0, 0, 0, 0] as const;
const OWN_ADDRESS = 0x20;
const SMS_LUN = 2;

export const QEMU_COMMANDS: CommandTable = {
  0x06: {
    0x01: () => [OK, ...DEVICE_ID],
    0x02: coldReset,
    0x03: () => [OK],
    0x2e: atLeast(1, setGlobalEnables),
    0x2f: (_, state) => [OK, state.globalEnables],
    0x30: atLeast(1, clearMessageFlags),
    0x31: (_, state) => [OK, state.messageFlags],
    0x33: getMessage,
    0x34: atLeast(1, sendMessage),
    0x35: () => [EMPTY],
    0x36: (_, state) => [OK, ...state.capabilities],
  },
};

function atLeast(dataBytes: number, handler: Handler): Handler {
  return (data, state, effects) =>
    data.length < dataBytes ? [DATA_LENGTH_INVALID] : handler(data, state, effects);
}

/** Of all there is to reset it resets the interrupts. */
function coldReset(_: Uint8Array, state: SimState, effects: SimEffects): SimReply {
  state.globalEnables = ENABLES_AFTER_RESET;
  effects.dropInterrupts();
  return [OK];
}

/** Any, as of QEMU 7.2; newer versions take the lower four bits. */
function setGlobalEnables(data: Uint8Array, state: SimState): SimReply {
  const [enables = 0] = data;
  state.globalEnables = enables;
  return [OK];
}

/** SMS_ATN then shows whether flags are left, also where the host had cleared it. */
function clearMessageFlags(data: Uint8Array, state: SimState, effects: SimEffects): SimReply {
  const [flags = 0] = data;
  state.messageFlags &= ~flags;
  effects.setSmsAttention(state.messageFlags !== 0);
  return [OK];
}

function getMessage(_: Uint8Array, state: SimState, effects: SimEffects): SimReply {
  const message = state.messages.shift();
  if (message === undefined) return [EMPTY];
  if (state.messages.length === 0) {
    state.messageFlags &= ~MESSAGE_AVAILABLE;
    effects.setSmsAttention(state.messageFlags !== 0);
  }
  return message;
}

/** A malformed message is sent all the same, and gets no answer. */
function sendMessage(data: Uint8Array, state: SimState, effects: SimEffects): SimReply {
  const [channel, address] = data;
  if (channel !== IPMB_CHANNEL) return [INVALID_FIELD];
  if (data.length < 8) return [DATA_LENGTH_INVALID];
  if (address !== OTHER_ADDRESS) return [NOT_ACKNOWLEDGED];
  const answer = answerOnIpmb(data.subarray(1));
  if (answer === undefined) return [OK];
  state.messages.push([OK, IPMB_CHANNEL, ...answer]);
  state.messageFlags |= MESSAGE_AVAILABLE;
  effects.setSmsAttention(true);
  return [OK];
}

/** The other controller's answer to an IPMB message, both with their checksums. */
function answerOnIpmb(message: Uint8Array): readonly number[] | undefined {
  const [, netFnLun = 0, , requester, seqLun = 0, cmd = 0] = message;
  const lun = seqLun & 3;
  if (checksum(message) !== 0 || requester !== OWN_ADDRESS || lun !== SMS_LUN) return undefined;
  const isGetDeviceId = netFnLun >> 2 === 0x06 && cmd === 0x01;
  const header = (((netFnLun >> 2) | 1) << 2) | lun;
  const answer = [
    ...[header, checksum([header]), OTHER_ADDRESS, (seqLun & ~3) | (netFnLun & 3), cmd],
    ...(isGetDeviceId ? [OK, ...OTHER_DEVICE_ID] : [INVALID_COMMAND]),
  ];
  return [...answer, checksum(answer)];
}

/** The byte that makes the sum zero (IPMB §2.2). */
function checksum(bytes: Iterable<number>): number {
  let sum = 0;
  for (const byte of bytes) sum += byte;
  return -sum & 0xff;
}
