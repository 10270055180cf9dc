/** DCMI: capabilities, asset tag and temperatures (DCMI 1.5 §6.1, §6.4, §6.7). */

import { bits, flag, many, range, rest, struct, u8 } from './codec.ts';
import type { Field, Reserved } from './codec.ts';
import type { Command, CommandTitle } from './command.ts';
import { DcmiCmd, GROUP_DCMI, GROUP_EXTENSION } from './commands.ts';

/** The group at the front of each request and answer. */
export interface DcmiGroup {
  /** 0xdc. */
  readonly group: number;
}

/** The numbers of a command of DCMI. */
export function dcmiTitle(name: string, cmd: number, section: string): CommandTitle {
  return { netFn: GROUP_EXTENSION, cmd, name, section: `DCMI 1.5 ${section}` };
}

/** Adds the group to a request. */
export function inDcmi<Args extends object>(args: Args): Args & DcmiGroup {
  return { group: GROUP_DCMI, ...args };
}

/** Parameters of Get DCMI Capabilities Info. */
export const DcmiCapability = {
  SUPPORTED: 1,
  MANDATORY: 2,
  OPTIONAL: 3,
  ACCESS: 4,
  POWER_STATISTICS: 5,
} as const;

/** Parameter 1: the functions that are there. */
export interface DcmiSupported {
  readonly first: number;
  readonly platform: { readonly hasPowerManagement: boolean } & Reserved;
  readonly access: {
    /** The system interface, such as BT. */
    readonly inBand: boolean;
    readonly serial: boolean;
    readonly secondaryLan: boolean;
  } & Reserved;
}

/** Parameter 2: mandatory attributes of the platform. */
export interface DcmiMandatory {
  readonly sel: {
    readonly entries: number;
    readonly flushesRecords: boolean;
    readonly flushesWhole: boolean;
    readonly rollsOver: boolean;
  } & Reserved;
  /** Of DCMI 1.0 and 1.1; reserved later. */
  readonly identification: {
    readonly assetTag: boolean;
    readonly dhcpHostName: boolean;
    readonly guid: boolean;
  } & Reserved;
  readonly fourth: number;
  /** Seconds from one temperature sample to the next. */
  readonly temperatureSamplingSeconds: number;
}

/** Parameter 3: the controller that manages the power. */
export interface DcmiOptional {
  /** Its address on the IPMB without the lowest bit; 0x10 is the BMC, whose address is 0x20. */
  readonly address: { readonly address: number } & Reserved;
  readonly controller: { readonly revision: number; readonly channel: number };
}

/** Parameter 4: channel numbers, 0xff where there is none. */
export interface DcmiAccess {
  readonly primaryLanChannel: number;
  readonly secondaryLanChannel: number;
  readonly serialChannel: number;
}

/** A period of rolling averages. */
export interface AveragePeriod {
  readonly duration: number;
  /** 0 seconds, 1 minutes, 2 hours, 3 days. */
  readonly unit: number;
}

/** Parameter 5: periods of the averages of the power. */
export interface DcmiPowerStatistics {
  readonly count: number;
  readonly periods: readonly AveragePeriod[];
}

export const DCMI_SUPPORTED: Field<DcmiSupported> = struct<DcmiSupported>({
  first: u8,
  platform: bits({ hasPowerManagement: flag(0) }),
  access: bits({ inBand: flag(0), serial: flag(1), secondaryLan: flag(2) }),
});

export const DCMI_MANDATORY: Field<DcmiMandatory> = struct<DcmiMandatory>({
  sel: bits(
    {
      entries: range(0, 12),
      flushesRecords: flag(13),
      flushesWhole: flag(14),
      rollsOver: flag(15),
    },
    2,
  ),
  identification: bits({ assetTag: flag(0), dhcpHostName: flag(1), guid: flag(2) }),
  fourth: u8,
  temperatureSamplingSeconds: u8,
});

export const DCMI_OPTIONAL: Field<DcmiOptional> = struct<DcmiOptional>({
  address: bits({ address: range(1, 7) }),
  controller: bits({ revision: range(0, 4), channel: range(4, 4) }),
});

export const DCMI_ACCESS: Field<DcmiAccess> = struct<DcmiAccess>({
  primaryLanChannel: u8,
  secondaryLanChannel: u8,
  serialChannel: u8,
});

export const DCMI_POWER_STATISTICS: Field<DcmiPowerStatistics> = struct<DcmiPowerStatistics>({
  count: u8,
  periods: many(bits({ duration: range(0, 6), unit: range(6, 2) })),
});

/** The answer to Get DCMI Capabilities Info; `data` is by the layout of the parameter. */
export interface DcmiCapabilityData extends DcmiGroup {
  readonly major: number;
  readonly minor: number;
  /** Revision of the parameters: 1 for DCMI 1.0 and 1.1, 2 for 1.5. */
  readonly revision: number;
  readonly data: Uint8Array;
}

/** Get DCMI Capabilities Info (DCMI 1.5 §6.1.1). */
export const GET_DCMI_CAPABILITIES: Command<
  DcmiGroup & { readonly parameter: number },
  DcmiCapabilityData
> = {
  ...dcmiTitle('Get DCMI Capabilities Info', DcmiCmd.GET_CAPABILITIES, '§6.1.1'),
  request: struct({ group: u8, parameter: u8 }),
  response: struct<DcmiCapabilityData>({
    group: u8,
    major: u8,
    minor: u8,
    revision: u8,
    data: rest,
  }),
};

/** The part of the asset tag that is asked for. */
export interface AssetTagRequest extends DcmiGroup {
  readonly offset: number;
  /** At most 16. */
  readonly count: number;
}

/** A part of the asset tag. */
export interface AssetTagPart extends DcmiGroup {
  /** Of the whole tag, bytes. */
  readonly length: number;
  readonly data: Uint8Array;
}

/** Get Asset Tag (DCMI 1.5 §6.4.2). */
export const GET_ASSET_TAG: Command<AssetTagRequest, AssetTagPart> = {
  ...dcmiTitle('Get Asset Tag', DcmiCmd.GET_ASSET_TAG, '§6.4.2'),
  codes: {
    0x80: 'the tag in the FRU is binary or of an unspecified encoding',
    0x81: 'the tag in the FRU is BCD plus',
    0x82: 'the tag in the FRU is 6-bit ASCII',
    0x83: 'the tag in the FRU is in a language other than English',
  },
  request: struct<AssetTagRequest>({ group: u8, offset: u8, count: u8 }),
  response: struct<AssetTagPart>({ group: u8, length: u8, data: rest }),
};

/** A temperature: sign and magnitude, degrees Celsius. */
export interface DcmiTemperature {
  readonly value: { readonly magnitude: number; readonly isNegative: boolean };
  /** Which one of the entity, from 1 on. */
  readonly instance: number;
}

/** The temperatures that are asked for. */
export interface TemperatureRequest extends DcmiGroup {
  /** 1, temperature. */
  readonly sensorType: number;
  readonly entity: number;
  /** 0 for all, from `first` on. */
  readonly instance: number;
  readonly first: number;
}

/** Some of the temperatures of an entity. */
export interface TemperatureReadings extends DcmiGroup {
  /** Instances there are. */
  readonly total: number;
  /** Those in this answer. */
  readonly count: number;
  readonly readings: readonly DcmiTemperature[];
}

/** Get Temperature Readings (DCMI 1.5 §6.7.3). */
export const GET_TEMPERATURE_READINGS: Command<TemperatureRequest, TemperatureReadings> = {
  ...dcmiTitle('Get Temperature Readings', DcmiCmd.GET_TEMPERATURE_READINGS, '§6.7.3'),
  request: struct<TemperatureRequest>({
    group: u8,
    sensorType: u8,
    entity: u8,
    instance: u8,
    first: u8,
  }),
  response: struct<TemperatureReadings>({
    group: u8,
    total: u8,
    count: u8,
    readings: many(
      struct<DcmiTemperature>({
        value: bits({ magnitude: range(0, 7), isNegative: flag(7) }),
        instance: u8,
      }),
    ),
  }),
};
