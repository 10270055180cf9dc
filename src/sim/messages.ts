/**
 * Messages and events of a simulated BMC for its host: the queues, the flags and enables (IPMI 2.0
 * §22), and Platform Event (§29.3).
 */

import { DATA_LENGTH_INVALID, INVALID_COMMAND, OK } from './command-record.ts';
import type { SimReply } from './command-record.ts';
import { noData } from './part.ts';
import { forward } from './satellites.ts';
import type { Handler, SimEffects, SimState } from './state.ts';

export const EMPTY = 0x80;

/** BMC Global Enables after a reset: system event logging. */
export const ENABLES_AFTER_RESET = 0x08;

/** The bit of BMC Global Enables with which events are written into the SEL. */
const EVENT_LOG_ENABLED = 1 << 3;

/** The bit of BMC Global Enables without which no event gets into the event message buffer. */
const EVENT_BUFFER_ENABLED = 1 << 2;

/** Message Flags (§22.4). */
export const MESSAGE_AVAILABLE = 1 << 0;
export const EVENT_BUFFER_FULL = 1 << 1;
export const WATCHDOG_WARNS = 1 << 3;

/** The BMC as the generator of an event (§32.1). */
const BMC_ADDRESS = 0x20;

/** Version of the format of events (§29.3). */
const EVENT_VERSION = 0x04;

/** Record type of a system event (§32.1). */
const SYSTEM_EVENT = 0x02;

/** Platform Event from a system interface: the generator, then the event (§29.3). */
const PLATFORM_EVENT_BYTES = 8;

/** Platform Event, by its number. */
export const EVENT_COMMANDS: Readonly<Record<number, Handler>> = { 0x02: platformEvent };

/** Commands of messages, by their numbers. */
export const MESSAGE_COMMANDS: Readonly<Record<number, Handler>> = {
  0x2e: setGlobalEnables,
  0x2f: noData((state: SimState) => [OK, state.globalEnables]),
  0x30: clearMessageFlags,
  0x31: noData((state: SimState) => [OK, state.messageFlags]),
  0x33: noData((state: SimState) => takeFirst(state, 'messages', MESSAGE_AVAILABLE)),
  0x34: sendMessage,
  0x35: noData((state: SimState) => takeFirst(state, 'events', EVENT_BUFFER_FULL)),
};

function setGlobalEnables(data: Uint8Array, state: SimState): SimReply {
  const [enables] = data;
  if (enables === undefined || data.length !== 1) return [DATA_LENGTH_INVALID];
  state.globalEnables = enables;
  return [OK];
}

function clearMessageFlags(data: Uint8Array, state: SimState): SimReply {
  const [flags] = data;
  if (flags === undefined || data.length !== 1) return [DATA_LENGTH_INVALID];
  state.messageFlags &= ~flags;
  return [OK];
}

/** The answer is in the queue at once. Without satellites a BMC has no such command. */
function sendMessage(data: Uint8Array, state: SimState, effects: SimEffects): SimReply {
  const { satellites } = state;
  if (satellites.length === 0) return [INVALID_COMMAND];
  const { reply, message } = forward(satellites, data);
  if (message === undefined) return reply;
  state.messages.push([OK, ...message]);
  raise(MESSAGE_AVAILABLE, state, effects);
  return reply;
}

/** SMS_ATN stays as it is: the host clears it. */
function takeFirst(state: SimState, queue: 'messages' | 'events', flag: number): SimReply {
  const first = state[queue].shift();
  if (state[queue].length === 0) state.messageFlags &= ~flag;
  return first ?? [EMPTY];
}

/** Sets message flags; SMS_ATN rises with a flag that was not set before, and with no other. */
export function raise(flags: number, state: SimState, effects: SimEffects): void {
  const isNew = (flags & ~state.messageFlags) !== 0;
  state.messageFlags |= flags;
  if (isNew) effects.setSmsAttention(true);
}

/** Puts an event into the event message buffer; false when the host has not enabled it. */
export function keepEvent(
  record: readonly number[],
  state: SimState,
  effects: SimEffects,
): boolean {
  if ((state.globalEnables & EVENT_BUFFER_ENABLED) === 0) return false;
  state.events.push([OK, ...record]);
  raise(EVENT_BUFFER_FULL, state, effects);
  return true;
}

/** Logs the event and keeps it for the host, each if it is enabled. */
function platformEvent(data: Uint8Array, state: SimState, effects: SimEffects): SimReply {
  if (data.length !== PLATFORM_EVENT_BYTES) return [DATA_LENGTH_INVALID];
  tellEvent([...data], state, effects);
  return [OK];
}

/** The same for an event of the BMC itself: sensor type, number, event type, and three bytes. */
export function tellOwnEvent(event: readonly number[], state: SimState, effects: SimEffects): void {
  tellEvent([BMC_ADDRESS, EVENT_VERSION, ...event], state, effects);
}

/** The same for any event: its generator, then seven bytes. */
function tellEvent(
  [generator = 0, ...event]: readonly number[],
  state: SimState,
  effects: SimEffects,
): void {
  const fresh = [0, 0, SYSTEM_EVENT, 0, 0, 0, 0, generator, 0, ...event];
  const isLogged = (state.globalEnables & EVENT_LOG_ENABLED) !== 0;
  keepEvent(isLogged ? state.sel.log(fresh, state.nowMs) : fresh, state, effects);
}
