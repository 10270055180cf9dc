/** Resets, power state and enables of the management controller (IPMI 2.0 §20, §22). */

import { bits, flag, nothing, range, struct } from './codec.ts';
import type { Field, Reserved } from './codec.ts';
import type { Command } from './command.ts';
import { AppCmd, NetFn } from './commands.ts';

/** Cold Reset (§20.2): the BMC starts from the beginning. */
export const COLD_RESET: Command<void, void> = {
  netFn: NetFn.APP,
  cmd: AppCmd.COLD_RESET,
  section: '§20.2',
  request: nothing,
  response: nothing,
};

/** Warm Reset (§20.3): the firmware of the BMC starts again, and keeps its settings. */
export const WARM_RESET: Command<void, void> = {
  netFn: NetFn.APP,
  cmd: AppCmd.WARM_RESET,
  section: '§20.3',
  request: nothing,
  response: nothing,
};

/** An ACPI power state: its number, and a bit that a state once set is read again (§20.6). */
interface SentPowerState extends Reserved {
  readonly state: number;
}

/** The answer to Get ACPI Power State (§20.7). */
export interface AcpiPowerState {
  /** State of the system: 0 is S0/G0; {@link systemPowerName} has the names. */
  readonly system: SentPowerState;
  /** State of the device: 0 D0 .. 3 D3, 0x2a unknown. */
  readonly device: SentPowerState;
}

const POWER_STATE: Field<SentPowerState> = bits({ state: range(0, 7) });

/** Get ACPI Power State (§20.7). */
export const GET_ACPI_POWER_STATE: Command<void, AcpiPowerState> = {
  netFn: NetFn.APP,
  cmd: AppCmd.GET_ACPI_POWER_STATE,
  section: '§20.7',
  request: nothing,
  response: struct<AcpiPowerState>({ system: POWER_STATE, device: POWER_STATE }),
};

const SYSTEM_STATES: Readonly<Record<number, string>> = {
  0x00: 'S0/G0',
  0x01: 'S1',
  0x02: 'S2',
  0x03: 'S3',
  0x04: 'S4',
  0x05: 'S5/G2',
  0x06: 'S4/S5',
  0x07: 'G3',
  0x08: 'sleeping',
  0x09: 'G1 sleeping',
  0x0a: 'override',
  0x20: 'legacy on',
  0x21: 'legacy off',
  0x2a: 'unknown',
};

const DEVICE_STATES: Readonly<Record<number, string>> = {
  0x00: 'D0',
  0x01: 'D1',
  0x02: 'D2',
  0x03: 'D3',
  0x2a: 'unknown',
};

/** The state of the system in words; the number where it has no name. */
export function systemPowerName({ system }: AcpiPowerState): string {
  return SYSTEM_STATES[system.state] ?? String(system.state);
}

/** The state of the device in words; the number where it has no name. */
export function devicePowerName({ device }: AcpiPowerState): string {
  return DEVICE_STATES[device.state] ?? String(device.state);
}

/** BMC Global Enables (§22.1): messages and events that the BMC handles. */
export interface Enables extends Reserved {
  /** A message in the receive queue raises an interrupt. */
  readonly receiveMessageInterrupt: boolean;
  /** A full event message buffer raises an interrupt. */
  readonly eventBufferInterrupt: boolean;
  /** Events go into the event message buffer. */
  readonly eventBuffer: boolean;
  /** Events are written into the SEL. */
  readonly systemEventLog: boolean;
  readonly oem0: boolean;
  readonly oem1: boolean;
  readonly oem2: boolean;
}

const ENABLES: Field<Enables> = bits({
  receiveMessageInterrupt: flag(0),
  eventBufferInterrupt: flag(1),
  eventBuffer: flag(2),
  systemEventLog: flag(3),
  oem0: flag(5),
  oem1: flag(6),
  oem2: flag(7),
});

/** Get BMC Global Enables (§22.2). */
export const GET_GLOBAL_ENABLES: Command<void, Enables> = {
  netFn: NetFn.APP,
  cmd: AppCmd.GET_GLOBAL_ENABLES,
  section: '§22.2',
  request: nothing,
  response: ENABLES,
};

/** Set BMC Global Enables (§22.1): writes all of them. */
export const SET_GLOBAL_ENABLES: Command<Enables, void> = {
  netFn: NetFn.APP,
  cmd: AppCmd.SET_GLOBAL_ENABLES,
  section: '§22.1',
  request: ENABLES,
  response: nothing,
};
