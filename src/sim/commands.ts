/**
 * The commands of the simulated BMC: a table of functions from request data to completion code and
 * response data. Written from the IPMI 2.0 command tables.
 */

import { BOOT_COMMANDS } from './boot-parameters.ts';
import { CHANNEL_COMMANDS } from './channels.ts';
import { CHASSIS_COMMANDS } from './chassis.ts';
import {
  DATA_LENGTH_INVALID,
  INVALID_COMMAND,
  INVALID_COMMAND_ON_LUN,
  OK,
} from './command-record.ts';
import type { Executed, SimReply } from './command-record.ts';
import { DCMI_COMMANDS } from './dcmi.ts';
import { DEVICE_SDR_COMMANDS } from './device-sdrs.ts';
import { FRU_COMMANDS } from './fru.ts';
import { LAN_COMMANDS } from './lan.ts';
import { ENABLES_AFTER_RESET, EVENT_COMMANDS, MESSAGE_AVAILABLE } from './messages.ts';
import { MESSAGE_COMMANDS, WATCHDOG_WARNS, keepEvent, raise, tellOwnEvent } from './messages.ts';
import { noData } from './part.ts';
import type { PartTable } from './part.ts';
import { SDR_COMMANDS } from './sdrs.ts';
import { SEL_COMMANDS } from './sel.ts';
import { SENSOR_COMMANDS } from './sensors.ts';
import { SOL_COMMANDS } from './sol.ts';
import { partsOf } from './state.ts';
import type { CommandTable, Handler, SimEffects, SimFacts, SimParts, SimState } from './state.ts';
import { USER_COMMANDS } from './users.ts';
import { WATCHDOG_COMMANDS } from './watchdog.ts';

/** A temperature is above its upper critical threshold: 96, where 95 is the limit. */
export const SIM_EVENT = [
  0x00, 0x00, 0x02, 0x00, 0x00, 0x00, 0x00, 0x20, 0x00, 0x04, 0x01, 0x30, 0x01, 0x59, 0x60, 0x5f,
] as const;

/** Get Device ID: IPMI 2.0, firmware 2.35, manufacturer 0, product 0xb7, aux 01 02 03 04. */
export const SIM_DEVICE_ID = [
  0x20, 0x01, 0x02, 0x35, 0x02, 0x9f, 0x00, 0x00, 0x00, 0xb7, 0x00, 0x01, 0x02, 0x03, 0x04,
] as const;

/** An OEM command that returns its data: netFn 0x30, cmd 0x01. */
const SIM_ECHO = { netFn: 0x30, cmd: 0x01 } as const;

/** Network function and first command of those that sensors of any logical unit take. */
const SENSORS = { netFn: 0x04, cmd: 0x20 } as const;

export const SPEC_COMMANDS: CommandTable = {
  0x00: {
    ...handlersOf(CHASSIS_COMMANDS, ({ chassis }) => chassis),
    ...handlersOf(BOOT_COMMANDS, ({ chassis }) => chassis.boot),
  },
  0x04: {
    ...EVENT_COMMANDS,
    ...handlersOf(DEVICE_SDR_COMMANDS, (state) => state),
    ...handlersOf(SENSOR_COMMANDS, (state) => state),
  },
  0x06: {
    0x01: noData(() => [OK, ...SIM_DEVICE_ID]),
    0x02: restarts,
    0x03: restarts,
    // Self test passed (§20.4).
    0x04: noData(() => [OK, 0x55, 0x00]),
    // S0 and D0, or S5 and D3 (§20.7).
    0x07: noData(({ chassis }: SimState) => (chassis.isOn ? [OK, 0x00, 0x00] : [OK, 0x05, 0x03])),
    0x08: noData((state: SimState) => [OK, ...state.guid]),
    ...MESSAGE_COMMANDS,
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

/** Network function of the commands of the SDR repository. */
const STORAGE = 0x0a;

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

  get #lacksRepository(): boolean {
    return this.parts.deviceSdrs.isThere && this.#facts.sdrs === undefined;
  }

  /** BMC Global Enables as they are. */
  get globalEnables(): number {
    return this.#state.globalEnables;
  }

  /** Forgets its settings and its pending messages and events. */
  reset(): void {
    const { sel, sdrs, deviceSdrs, channels, lan, watchdog } = this.parts;
    sel.cancel();
    sdrs.cancel();
    deviceSdrs.cancel();
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
        tellOwnEvent(event, state, this.#effects);
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
    const isSensor = handler !== undefined && netFn === SENSORS.netFn && cmd >= SENSORS.cmd;
    if (lun !== 0 && !isSensor) return [INVALID_COMMAND_ON_LUN];
    if (this.#lacksRepository && netFn === STORAGE && cmd in SDR_COMMANDS) return [INVALID_COMMAND];
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

function restarts(data: Uint8Array, _: SimState, effects: SimEffects): SimReply {
  if (data.length !== 0) return [DATA_LENGTH_INVALID];
  effects.restart();
  return [OK];
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
