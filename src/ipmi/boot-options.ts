/** System boot options: what the BMC tells the firmware of the host (IPMI 2.0 §28.12, §28.13). */

import { bits, choice, clearFlag, flag, nothing, range, rest, struct } from './codec.ts';
import { u32, u8 } from './codec.ts';
import type { Field, Reserved } from './codec.ts';
import type { Command } from './command.ts';
import { ChassisCmd, NetFn } from './commands.ts';
import { PARAMETER_CODES } from './parameter.ts';

/** Numbers of the parameters (table 28-14). */
export const BootParameter = {
  SET_IN_PROGRESS: 0,
  SERVICE_PARTITION: 1,
  SERVICE_PARTITION_SCAN: 2,
  VALID_BIT_CLEARING: 3,
  INFO_ACKNOWLEDGE: 4,
  FLAGS: 5,
  INITIATOR: 6,
  MAILBOX: 7,
} as const;

/** Devices to boot from, by their numbers; those without a name are reserved. */
const DEVICES = [
  'none',
  'pxe',
  'disk',
  'safe',
  'diag',
  'cdrom',
  'bios',
  'remote-floppy',
  'remote-cdrom',
  'remote-media',
  undefined,
  'remote-disk',
  undefined,
  undefined,
  undefined,
  'floppy',
] as const;

/** A device to boot from. */
export type BootDevice = NonNullable<(typeof DEVICES)[number]>;

/** All of them, `none` for no override first. */
export const BOOT_DEVICES: readonly BootDevice[] = DEVICES.filter((name) => name !== undefined);

/** Parameter 2. */
export interface PartitionScan extends Reserved {
  readonly isDiscovered: boolean;
  readonly isScanRequested: boolean;
}

/** Parameter 3: the occasions at which the BMC leaves the boot flags valid. */
export interface ValidBitClearing extends Reserved {
  readonly keepsAtPowerButton: boolean;
  readonly keepsAtResetButton: boolean;
  readonly keepsAtWatchdog: boolean;
  /** Also if no Chassis Control comes within 60 s. */
  readonly keepsAfterTimeout: boolean;
  readonly keepsAtPef: boolean;
}

/** Parties that handle the boot information; in the data, true when one has done so. */
export interface BootParties extends Reserved {
  readonly bios: boolean;
  readonly osLoader: boolean;
  readonly servicePartition: boolean;
  readonly sms: boolean;
  readonly oem: boolean;
}

/** Parameter 4. */
export interface BootAcknowledge {
  /** The bits that a request writes. */
  readonly mask: BootParties;
  readonly handled: BootParties;
}

/** Parameter 5: the boot flags. */
export interface BootFlags {
  readonly validity: {
    /** The flags are for the next boot; the BMC clears it. */
    readonly isValid: boolean;
    /** For all boots that follow. */
    readonly isPersistent: boolean;
    /** For a boot by EFI; else by a legacy BIOS. */
    readonly isEfi: boolean;
  } & Reserved;
  readonly boot: {
    readonly isResetButtonLocked: boolean;
    readonly isScreenBlank: boolean;
    readonly device: BootDevice | number;
    readonly isKeyboardLocked: boolean;
    readonly clearsCmos: boolean;
  } & Reserved;
  readonly display: {
    readonly redirection: 'default' | 'skip' | 'request' | number;
    readonly isSleepButtonLocked: boolean;
    readonly bypassesPassword: boolean;
    readonly forcesProgressEvents: boolean;
    readonly verbosity: 'default' | 'quiet' | 'verbose' | number;
    readonly isPowerButtonLocked: boolean;
  } & Reserved;
  readonly override: {
    readonly mux: number;
    readonly sharesMode: boolean;
  } & Reserved;
  /** Which of several devices of that kind; 0 where it does not matter. */
  readonly instance: { readonly number: number } & Reserved;
}

/** Parameter 6. */
export interface BootInitiator {
  readonly channel: { readonly number: number } & Reserved;
  readonly session: number;
  /** Seconds since 1970. */
  readonly timestamp: number;
}

const partyBits = { bios: 0, osLoader: 1, servicePartition: 2, sms: 3, oem: 4 } as const;

function parties(make: typeof flag): Field<BootParties> {
  return bits({
    bios: make(partyBits.bios),
    osLoader: make(partyBits.osLoader),
    servicePartition: make(partyBits.servicePartition),
    sms: make(partyBits.sms),
    oem: make(partyBits.oem),
  });
}

export const PARTITION_SCAN: Field<PartitionScan> = bits({
  isDiscovered: flag(0),
  isScanRequested: flag(1),
});

export const VALID_BIT_CLEARING: Field<ValidBitClearing> = bits({
  keepsAtPowerButton: flag(0),
  keepsAtResetButton: flag(1),
  keepsAtWatchdog: flag(2),
  keepsAfterTimeout: flag(3),
  keepsAtPef: flag(4),
});

/** A bit of the data is 0 when the party has handled the information. */
export const BOOT_ACKNOWLEDGE: Field<BootAcknowledge> = struct<BootAcknowledge>({
  mask: parties(flag),
  handled: parties(clearFlag),
});

export const BOOT_FLAGS: Field<BootFlags> = struct<BootFlags>({
  validity: bits({ isEfi: flag(5), isPersistent: flag(6), isValid: flag(7) }),
  boot: bits({
    isResetButtonLocked: flag(0),
    isScreenBlank: flag(1),
    device: choice(2, 4, DEVICES),
    isKeyboardLocked: flag(6),
    clearsCmos: flag(7),
  }),
  display: bits({
    redirection: choice(0, 2, ['default', 'skip', 'request']),
    isSleepButtonLocked: flag(2),
    bypassesPassword: flag(3),
    forcesProgressEvents: flag(4),
    verbosity: choice(5, 2, ['default', 'quiet', 'verbose']),
    isPowerButtonLocked: flag(7),
  }),
  override: bits({ mux: range(0, 3), sharesMode: flag(3) }),
  instance: bits({ number: range(0, 5) }),
});

export const BOOT_INITIATOR: Field<BootInitiator> = struct<BootInitiator>({
  channel: bits({ number: range(0, 4) }),
  session: u32,
  timestamp: u32,
});

/** A parameter in a request: its number, and which part of it. */
export interface BootOptionRequest {
  readonly parameter: { readonly number: number } & Reserved;
  /** 0 where a parameter has no sets. */
  readonly set: number;
  readonly block: number;
}

/** A parameter and its data: `data` is by the layout of the parameter. */
export interface BootOption {
  readonly version: { readonly number: number } & Reserved;
  /** Locked: marked invalid, so that the firmware does not use it. */
  readonly parameter: { readonly number: number; readonly isLocked: boolean } & Reserved;
  readonly data: Uint8Array;
}

/** A parameter that is set; without data, only `isLocked` is. */
export type BootOptionChange = Omit<BootOption, 'version'>;

const PARAMETER = bits({ number: range(0, 7), isLocked: flag(7) });

/** Get System Boot Options (§28.13). */
export const GET_BOOT_OPTIONS: Command<BootOptionRequest, BootOption> = {
  netFn: NetFn.CHASSIS,
  cmd: ChassisCmd.GET_BOOT_OPTIONS,
  section: '§28.13',
  codes: PARAMETER_CODES,
  request: struct<BootOptionRequest>({
    parameter: bits({ number: range(0, 7) }),
    set: u8,
    block: u8,
  }),
  response: struct<BootOption>({
    version: bits({ number: range(0, 4) }),
    parameter: PARAMETER,
    data: rest,
  }),
};

/** Set System Boot Options (§28.12). */
export const SET_BOOT_OPTIONS: Command<BootOptionChange, void> = {
  netFn: NetFn.CHASSIS,
  cmd: ChassisCmd.SET_BOOT_OPTIONS,
  section: '§28.12',
  codes: PARAMETER_CODES,
  request: struct<BootOptionChange>({
    parameter: PARAMETER,
    data: rest,
  }),
  response: nothing,
};
