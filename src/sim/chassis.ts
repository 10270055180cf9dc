/** The chassis of a simulated BMC (IPMI 2.0 chapter 28). */

import { BootParameters } from './boot-parameters.ts';
import { DATA_LENGTH_INVALID, INVALID_FIELD, NOT_IN_THIS_STATE, OK } from './command-record.ts';
import type { SimReply } from './command-record.ts';
import { long } from './little-endian.ts';
import { noData } from './part.ts';
import type { PartTable } from './part.ts';

/** Bit 4 of the last power event: switched on by a command. */
const ON_BY_COMMAND = 0x10;

/** Causes of a restart. */
const BY_CONTROL = 0x01;
const BY_WATCHDOG = 0x04;

/** The channel of the system interface. */
const SYSTEM_INTERFACE = 0x0f;

/** Identification is supported; its state is in bits 4 and 5. */
const TELLS_IDENTIFY = 0x40;

const MINUTES_PER_COUNT = 60;
const MINUTE_MS = 60_000;

/** The counter as the simulation starts. */
const COUNT_AT_START = 1000;

const IDENTIFY_SECONDS = 15;

/** The state of a chassis; it survives a restart of the BMC. */
export class SimChassis {
  isOn = true;
  /** Bits 5 and 6 of byte 1: 0 off, 1 as before, 2 on, 3 unknown. */
  restorePolicy = 1;
  /** Byte 2 of the status. */
  lastEvent = 0;
  /** Byte 3 of the status, without the identification. */
  state = TELLS_IDENTIFY;
  /** Low four bits of the restart cause; unknown. */
  restartCause = 0;
  /** Until then it identifies itself; Infinity until switched off. */
  identifiesUntilMs = 0;
  /** Diagnostic interrupts so far. */
  diagnostics = 0;
  readonly boot = new BootParameters();

  switchOff(): void {
    this.isOn = false;
    this.lastEvent = 0;
  }

  switchOn(): void {
    if (this.isOn) return;
    this.isOn = true;
    this.lastEvent = ON_BY_COMMAND;
    this.restartCause = BY_CONTROL;
  }

  /** The action of a watchdog: 1 reset, 2 off, 3 off and on. */
  bite(action: number): void {
    if (action === 2) this.switchOff();
    if (action === 1 || action === 3) this.restartCause = BY_WATCHDOG;
  }
}

/** Handlers by command. */
export const CHASSIS_COMMANDS: PartTable<SimChassis> = {
  // An intrusion sensor, and a diagnostic interrupt; the BMC is everything.
  0x00: noData(() => [OK, 0x05, 0x20, 0x20, 0x20, 0x20]),
  0x01: noData((chassis: SimChassis, nowMs: number) => {
    const power = (chassis.isOn ? 1 : 0) | (chassis.restorePolicy << 5);
    return [OK, power, chassis.lastEvent, chassis.state | (identifyOf(chassis, nowMs) << 4)];
  }),
  0x02: control,
  0x04: identify,
  0x06: setRestorePolicy,
  0x07: noData(({ restartCause }: SimChassis) => [OK, restartCause, SYSTEM_INTERFACE]),
  0x0f: noData((_: SimChassis, nowMs: number) => {
    const count = COUNT_AT_START + Math.floor(nowMs / MINUTE_MS / MINUTES_PER_COUNT);
    return [OK, MINUTES_PER_COUNT, ...long(count)];
  }),
};

/** Soft off takes effect at once: the simulated system has nothing to finish. */
function control(data: Uint8Array, chassis: SimChassis): SimReply {
  const [action = 0] = data;
  if (data.length !== 1) return [DATA_LENGTH_INVALID];
  if (action > 5) return [INVALID_FIELD];
  const needsPower = action !== 0 && action !== 1;
  if (needsPower && !chassis.isOn) return [NOT_IN_THIS_STATE];
  if (action === 0 || action === 5) chassis.switchOff();
  if (action === 1) chassis.switchOn();
  if (action === 2) chassis.lastEvent = ON_BY_COMMAND;
  if (action === 2 || action === 3) chassis.restartCause = BY_CONTROL;
  if (action === 4) chassis.diagnostics += 1;
  return [OK];
}

function identify(data: Uint8Array, chassis: SimChassis, nowMs: number): SimReply {
  const [seconds = IDENTIFY_SECONDS, force = 0] = data;
  if (data.length > 2) return [DATA_LENGTH_INVALID];
  const untilMs = seconds === 0 ? 0 : nowMs + seconds * 1000;
  chassis.identifiesUntilMs = (force & 1) === 1 ? Infinity : untilMs;
  return [OK];
}

/** 0 off, 1 for a time, 2 until it is switched off. */
function identifyOf({ identifiesUntilMs }: SimChassis, nowMs: number): number {
  if (identifiesUntilMs === Infinity) return 2;
  return identifiesUntilMs > nowMs ? 1 : 0;
}

/** All three policies are supported; 3 changes nothing. */
function setRestorePolicy(data: Uint8Array, chassis: SimChassis): SimReply {
  const [policy = 0] = data;
  if (data.length !== 1) return [DATA_LENGTH_INVALID];
  if (policy > 3) return [INVALID_FIELD];
  if (policy < 3) chassis.restorePolicy = policy;
  return [OK, 0x07];
}
