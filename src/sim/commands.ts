/**
 * The commands of the simulated BMC: a table of functions from request data to completion code and
 * response data. Written from the IPMI 2.0 command tables.
 */

import {
  DATA_LENGTH_INVALID,
  INVALID_COMMAND,
  INVALID_COMMAND_ON_LUN,
  OK,
} from './command-record.ts';
import type { Executed, SimReply } from './command-record.ts';
import { BOOT_COMMANDS } from './boot-parameters.ts';
import { CHANNEL_COMMANDS, SimChannels } from './channels.ts';
import { CHASSIS_COMMANDS, SimChassis } from './chassis.ts';
import { FRU_COMMANDS, SimFru } from './fru.ts';
import type { SimFruOptions } from './fru.ts';
import { LAN_COMMANDS, SimLan } from './lan.ts';
import type { SimNetworkOptions } from './network-options.ts';
import { noData } from './part.ts';
import type { PartTable } from './part.ts';
import { forward } from './satellites.ts';
import type { Satellite } from './satellites.ts';
import { SDR_COMMANDS, SimSdrs } from './sdrs.ts';
import type { SimSdrOptions } from './sdrs.ts';
import { SENSOR_COMMANDS, SimSensors } from './sensors.ts';
import { SEL_COMMANDS, SimSel } from './sel.ts';
import type { SimSelOptions } from './sel.ts';
import { SimUsers, USER_COMMANDS } from './users.ts';
import { DCMI_COMMANDS, SimDcmi } from './dcmi.ts';
import { SOL_COMMANDS } from './sol.ts';
import { SimWatchdog, WATCHDOG_COMMANDS } from './watchdog.ts';

/** The facts about a BMC that never change. */
export interface SimFacts {
  /** The five bytes of Get BT Interface Capabilities (§22.10). */
  readonly capabilities: readonly number[];
  /** Device GUID and System GUID, as they are sent (§20.8, §22.14). */
  readonly guid: readonly number[];
  /** Habits of its LAN and users; those of the specification by default. */
  readonly network?: SimNetworkOptions;
  /** The controllers that Send Message reaches. */
  readonly satellites?: readonly Satellite[];
  /** Options of the SDR repository. */
  readonly sdrs?: SimSdrOptions;
  /** Options of the SEL. */
  readonly sel?: SimSelOptions | undefined;
  /** Options of the FRU. */
  readonly fru?: SimFruOptions;
}

/** The parts of a BMC. They know what of them survives a restart. */
export interface SimParts {
  readonly chassis: SimChassis;
  readonly dcmi: SimDcmi;
  readonly watchdog: SimWatchdog;
  readonly channels: SimChannels;
  readonly lan: SimLan;
  readonly users: SimUsers;
  readonly sel: SimSel;
  readonly fru: SimFru;
  readonly sdrs: SimSdrs;
  readonly sensors: SimSensors;
}

/** State that commands read and change. */
export interface SimState extends SimParts {
  readonly capabilities: SimFacts['capabilities'];
  readonly guid: SimFacts['guid'];
  readonly satellites: readonly Satellite[];
  /** BMC Global Enables (§22.1). */
  globalEnables: number;
  /** Message Flags (§22.4). */
  messageFlags: number;
  /** The replies to Get Message (§22.6), oldest first. */
  readonly messages: SimReply[];
  /** The replies to Read Event Message Buffer (§22.8), oldest first. */
  readonly events: SimReply[];
  /** When the command was taken. */
  nowMs: number;
  /** The logical unit that it was sent to. */
  lun: number;
}

/** The effects a command can have on the interface it came by. */
export interface SimEffects {
  /** Sets SMS_ATN, or withdraws it. */
  setSmsAttention(isDue: boolean): void;
  /** Disables interrupts and forgets a pending one. */
  dropInterrupts(): void;
  /** The BMC restarts in a moment. */
  restart(): void;
}

export type Handler = (data: Uint8Array, state: SimState, effects: SimEffects) => SimReply;

/** Handlers by network function and command. */
export type CommandTable = Readonly<Record<number, Readonly<Record<number, Handler>>>>;

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
const WATCHDOG_WARNS = 1 << 3;

/** The BMC as the generator of an event (§32.1). */
const BMC_ADDRESS = 0x20;

/** Version of the format of events (§29.3). */
const EVENT_VERSION = 0x04;

/** A temperature is above its upper critical threshold: 96, where 95 is the limit. */
export const SIM_EVENT = [
  0x00, 0x00, 0x02, 0x00, 0x00, 0x00, 0x00, 0x20, 0x00, 0x04, 0x01, 0x30, 0x01, 0x59, 0x60, 0x5f,
] as const;

/** Get Device ID: IPMI 2.0, firmware 2.35, manufacturer 0, product 0xb7, aux 01 02 03 04. */
export const SIM_DEVICE_ID = [
  0x20, 0x01, 0x02, 0x35, 0x02, 0x9f, 0x00, 0x00, 0x00, 0xb7, 0x00, 0x01, 0x02, 0x03, 0x04,
] as const;

/** Record type of a system event (§32.1). */
const SYSTEM_EVENT = 0x02;

/** Platform Event from a system interface: the generator, then the event (§29.3). */
const PLATFORM_EVENT_BYTES = 8;

/** An OEM command that returns its data: netFn 0x30, cmd 0x01. */
const SIM_ECHO = { netFn: 0x30, cmd: 0x01 } as const;

/** Network function and first command of those that sensors of any logical unit take. */
const SENSORS = { netFn: 0x04, cmd: 0x20 } as const;

export const SPEC_COMMANDS: CommandTable = {
  0x00: {
    ...handlersOf(CHASSIS_COMMANDS, ({ chassis }) => chassis),
    ...handlersOf(BOOT_COMMANDS, ({ chassis }) => chassis.boot),
  },
  0x04: { 0x02: platformEvent, ...handlersOf(SENSOR_COMMANDS, (state) => state) },
  0x06: {
    0x01: noData(() => [OK, ...SIM_DEVICE_ID]),
    0x02: restarts,
    0x03: restarts,
    // Self test passed (§20.4).
    0x04: noData(() => [OK, 0x55, 0x00]),
    // S0 and D0, or S5 and D3 (§20.7).
    0x07: noData(({ chassis }: SimState) => (chassis.isOn ? [OK, 0x00, 0x00] : [OK, 0x05, 0x03])),
    0x08: noData((state: SimState) => [OK, ...state.guid]),
    0x2e: setGlobalEnables,
    0x2f: noData((state: SimState) => [OK, state.globalEnables]),
    0x30: clearMessageFlags,
    0x31: noData((state: SimState) => [OK, state.messageFlags]),
    0x33: noData((state: SimState) => takeFirst(state, 'messages', MESSAGE_AVAILABLE)),
    0x34: sendMessage,
    0x35: noData((state: SimState) => takeFirst(state, 'events', EVENT_BUFFER_FULL)),
    0x36: noData((state: SimState) => [OK, ...state.capabilities]),
    0x37: noData((state: SimState) => [OK, ...state.guid]),
    ...handlersOf(CHANNEL_COMMANDS, ({ channels }) => channels),
    ...handlersOf(USER_COMMANDS, ({ users }) => users),
    ...handlersOf(WATCHDOG_COMMANDS, ({ watchdog }) => watchdog),
  },
  0x0a: {
    ...handlersOf(FRU_COMMANDS, ({ fru }) => fru),
    ...handlersOf(SEL_COMMANDS, ({ sel }) => sel),
    ...handlersOf(SDR_COMMANDS, ({ sdrs }) => sdrs),
  },
  0x0c: {
    ...handlersOf(LAN_COMMANDS, ({ lan }) => lan),
    ...handlersOf(SOL_COMMANDS, (state) => state),
  },
  0x2c: handlersOf(DCMI_COMMANDS, ({ dcmi }) => dcmi),
  [SIM_ECHO.netFn]: {
    [SIM_ECHO.cmd]: (data) => [OK, ...data],
  },
};

/** Executes commands, each on the state that the ones before have left. */
export class CommandProcessor {
  readonly #table: CommandTable;
  readonly #effects: SimEffects;
  readonly #facts: SimFacts;
  /** Commands change them, and a test may. */
  readonly parts: SimParts;
  #state: SimState;

  constructor(table: CommandTable, effects: SimEffects, facts: SimFacts) {
    this.#table = table;
    this.#effects = effects;
    this.#facts = facts;
    this.parts = partsOf(facts);
    this.#state = this.#stateAfterReset();
  }

  /** BMC Global Enables as they are. */
  get globalEnables(): number {
    return this.#state.globalEnables;
  }

  /** Forgets its settings and its pending messages and events. */
  reset(): void {
    const { sel, sdrs, channels, lan, watchdog } = this.parts;
    sel.cancel();
    sdrs.cancel();
    channels.restart();
    lan.restart();
    watchdog.restart();
    this.#state = this.#stateAfterReset();
  }

  /** Lets the watchdog catch up with the time. */
  settle(nowMs: number): void {
    const state = this.#state;
    state.watchdog.settle(nowMs, {
      act: (action) => {
        state.chassis.bite(action);
      },
      log: (event) => {
        state.nowMs = nowMs;
        tellEvent([BMC_ADDRESS, EVENT_VERSION, ...event], state, this.#effects);
      },
      warn: () => {
        this.raiseFlags(WATCHDOG_WARNS);
      },
    });
  }

  /** Has an event for the host; false when the host has not enabled them. */
  addEvent(record: readonly number[]): boolean {
    return keepEvent(record, this.#state, this.#effects);
  }

  /** Logs an entry of 16 bytes in the SEL. */
  logEvent(record: readonly number[], nowMs: number): void {
    this.parts.sel.log(record, nowMs);
  }

  /** Has a message for the host: its channel and its bytes. */
  addMessage(message: readonly number[]): void {
    this.#state.messages.push([OK, ...message]);
    this.raiseFlags(MESSAGE_AVAILABLE);
  }

  /** Sets message flags; SMS_ATN rises with a flag that was not set before, and with no other. */
  raiseFlags(flags: number): void {
    raise(flags, this.#state, this.#effects);
  }

  execute({ netFn, lun, cmd, data, atMs }: Executed): SimReply {
    this.settle(atMs);
    this.#state.nowMs = atMs;
    const handler = this.#table[netFn]?.[cmd];
    this.#state.lun = lun;
    const isSensor = netFn === SENSORS.netFn && cmd >= SENSORS.cmd;
    if (lun !== 0 && !isSensor) return [INVALID_COMMAND_ON_LUN];
    return handler === undefined ? [INVALID_COMMAND] : handler(data, this.#state, this.#effects);
  }

  #stateAfterReset(): SimState {
    const { capabilities, guid, satellites = [] } = this.#facts;
    return {
      ...this.parts,
      globalEnables: ENABLES_AFTER_RESET,
      messageFlags: 0x00,
      messages: [],
      events: [],
      nowMs: 0,
      lun: 0,
      capabilities,
      guid,
      satellites,
    };
  }
}

function partsOf({ network = {}, ...facts }: SimFacts): SimParts {
  const sdrs = new SimSdrs(facts.sdrs);
  return {
    chassis: new SimChassis(),
    dcmi: new SimDcmi(),
    watchdog: new SimWatchdog(),
    channels: new SimChannels(),
    lan: new SimLan(network),
    users: new SimUsers(network),
    sel: new SimSel(facts.sel),
    fru: new SimFru(facts.fru),
    sdrs,
    sensors: new SimSensors(sdrs.records),
  };
}

function restarts(data: Uint8Array, _: SimState, effects: SimEffects): SimReply {
  if (data.length !== 0) return [DATA_LENGTH_INVALID];
  effects.restart();
  return [OK];
}

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

function raise(flags: number, state: SimState, effects: SimEffects): void {
  const isNew = (flags & ~state.messageFlags) !== 0;
  state.messageFlags |= flags;
  if (isNew) effects.setSmsAttention(true);
}

/** Puts an event into the event message buffer; false when the host has not enabled it. */
function keepEvent(record: readonly number[], state: SimState, effects: SimEffects): boolean {
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

/** The same for an event of the BMC: its generator, then seven bytes. */
function tellEvent(
  [generator = 0, ...event]: readonly number[],
  state: SimState,
  effects: SimEffects,
): void {
  const fresh = [0, 0, SYSTEM_EVENT, 0, 0, 0, 0, generator, 0, ...event];
  const isLogged = (state.globalEnables & EVENT_LOG_ENABLED) !== 0;
  keepEvent(isLogged ? state.sel.log(fresh, state.nowMs) : fresh, state, effects);
}

/** The handlers of a part, each on that part of the state. */
function handlersOf<Part>(
  table: PartTable<Part>,
  partOf: (state: SimState) => Part,
): Readonly<Record<number, Handler>> {
  const handlers = Object.entries(table).map(([cmd, handler]) => {
    const onState: Handler = (data, state) => handler(data, partOf(state), state.nowMs);
    return [cmd, onState] as const;
  });
  return Object.fromEntries(handlers);
}
