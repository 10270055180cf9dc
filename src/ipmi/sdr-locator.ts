/**
 * Records of things that are no sensors: entities that contain others, devices, controllers, and
 * the channels of the BMC (IPMI 2.0 §43.4 to §43.12).
 */

import { bits, bytes, flag, range, rest, struct, times, u16, u24, u8 } from './codec.ts';
import type { Field, Reserved } from './codec.ts';
import { ENTITY } from './entity.ts';
import type { Entity } from './entity.ts';
import { ID_STRING } from './id-string.ts';
import type { IdString } from './id-string.ts';

/** Byte of an address on an IPMB: seven bits above a reserved one. */
interface Address extends Reserved {
  /** Bits 7:1; twice this is the address as it is written, such as 0x20. */
  readonly address: number;
}

/** Flags of an association. */
interface AssociationFlags extends Reserved {
  /** The presence sensor of the container can always be read. */
  readonly isPresenceReadable: boolean;
  /** More records belong to the same container. */
  readonly isLinked: boolean;
  /** The entities are the ends of two ranges, and not a list of four. */
  readonly isRange: boolean;
}

/** An entity and four that it contains: type 0x08. Entity 0 means none. */
export interface EntityAssociation {
  readonly container: Entity;
  readonly flags: AssociationFlags;
  readonly contained: readonly [Entity, Entity, Entity, Entity];
  readonly more: Uint8Array;
}

interface DeviceEntity {
  readonly address: Address;
  readonly channel: Channel;
  readonly entity: Entity;
}

interface Channel extends Reserved {
  readonly channel: number;
}

/** The same for entities that are numbered by their device: type 0x09. */
export interface DeviceEntityAssociation {
  readonly container: Entity;
  readonly address: Address;
  readonly channel: Channel;
  readonly flags: AssociationFlags;
  readonly contained: readonly [DeviceEntity, DeviceEntity, DeviceEntity, DeviceEntity];
  readonly more: Uint8Array;
}

/** A device on a bus: type 0x10. */
export interface GenericLocator {
  /** The controller that leads to it; 0 where it is on the IPMB itself. */
  readonly access: Address;
  /** Its own address, and the highest bit of the channel. */
  readonly device: { readonly address: number; readonly channelHigh: number } & Reserved;
  readonly bus: {
    readonly busId: number;
    readonly lun: number;
    readonly channelLow: number;
  } & Reserved;
  readonly span: { readonly addressSpan: number } & Reserved;
  readonly spare: number;
  readonly deviceType: number;
  readonly deviceTypeModifier: number;
  readonly entity: Entity;
  readonly oem: number;
  readonly name: IdString;
}

/** A FRU inventory device: type 0x11. */
export interface FruLocator {
  readonly access: Address;
  /** FRU number if `bus.isLogical`, else the address of an EEPROM. */
  readonly device: number;
  readonly bus: {
    readonly busId: number;
    readonly lun: number;
    readonly isLogical: boolean;
  } & Reserved;
  readonly channel: Channel;
  readonly spare: number;
  readonly deviceType: number;
  readonly deviceTypeModifier: number;
  readonly entity: Entity;
  readonly oem: number;
  readonly name: IdString;
}

interface ControllerStart extends Reserved {
  /** 0 enable events, 1 disable them, 2 leave the controller alone. */
  readonly eventGeneration: number;
  readonly logsAccessErrors: boolean;
  readonly logsAgentErrors: boolean;
  readonly isStatic: boolean;
  readonly wantsDevicePowerState: boolean;
  readonly wantsSystemPowerState: boolean;
}

/** A management controller: type 0x12. */
export interface ControllerLocator {
  readonly access: Address;
  readonly channel: { readonly channel: number } & Reserved;
  readonly start: ControllerStart;
  /** Bits as `DeviceId.additionalSupport`. */
  readonly support: number;
  readonly spare: number;
  readonly entity: Entity;
  readonly oem: number;
  readonly name: IdString;
}

/** A controller as it was when it was recorded: type 0x13. */
export interface ControllerConfirmation {
  readonly access: Address;
  readonly deviceId: number;
  readonly channel: { readonly deviceRevision: number; readonly channel: number } & Reserved;
  readonly firmware: { readonly major: number } & Reserved;
  /** In BCD. */
  readonly firmwareMinor: number;
  readonly ipmiVersion: number;
  readonly manufacturerId: number;
  readonly productId: number;
  /** As it is sent, last byte of its text first. */
  readonly guid: Uint8Array;
  readonly more: Uint8Array;
}

/** A channel of the BMC. */
export interface ChannelInfo extends Reserved {
  /** 0: there is none. */
  readonly protocol: number;
  readonly receiveLun: number;
  readonly canTransmit: boolean;
}

/** Channels 0..7 of a BMC of IPMI 1.0: type 0x14. */
export interface ChannelRecord {
  readonly channels: readonly ChannelInfo[];
  readonly messageInterrupt: number;
  readonly eventInterrupt: number;
  readonly more: Uint8Array;
}

/** A record of a maker: type 0xc0. */
export interface OemSdr {
  readonly manufacturerId: number;
  readonly data: Uint8Array;
}

const ADDRESS: Field<Address> = bits({ address: range(1, 7) });
const HIGH_CHANNEL: Field<Channel> = bits({ channel: range(4, 4) });

const ASSOCIATION_FLAGS: Field<AssociationFlags> = bits({
  isPresenceReadable: flag(5),
  isLinked: flag(6),
  isRange: flag(7),
});

export const ENTITY_ASSOCIATION: Field<EntityAssociation> = struct<EntityAssociation>({
  container: ENTITY,
  flags: ASSOCIATION_FLAGS,
  contained: times(4, ENTITY),
  more: rest,
});

export const DEVICE_ENTITY_ASSOCIATION: Field<DeviceEntityAssociation> =
  struct<DeviceEntityAssociation>({
    container: ENTITY,
    address: ADDRESS,
    channel: HIGH_CHANNEL,
    flags: ASSOCIATION_FLAGS,
    contained: times(
      4,
      struct<DeviceEntity>({ address: ADDRESS, channel: HIGH_CHANNEL, entity: ENTITY }),
    ),
    more: rest,
  });

export const GENERIC_LOCATOR: Field<GenericLocator> = struct<GenericLocator>({
  access: ADDRESS,
  device: bits({ channelHigh: range(0, 1), address: range(1, 7) }),
  bus: bits({ busId: range(0, 3), lun: range(3, 2), channelLow: range(5, 3) }),
  span: bits({ addressSpan: range(0, 3) }),
  spare: u8,
  deviceType: u8,
  deviceTypeModifier: u8,
  entity: ENTITY,
  oem: u8,
  name: ID_STRING,
});

export const FRU_LOCATOR: Field<FruLocator> = struct<FruLocator>({
  access: ADDRESS,
  device: u8,
  bus: bits({ busId: range(0, 3), lun: range(3, 2), isLogical: flag(7) }),
  channel: HIGH_CHANNEL,
  spare: u8,
  deviceType: u8,
  deviceTypeModifier: u8,
  entity: ENTITY,
  oem: u8,
  name: ID_STRING,
});

export const CONTROLLER_LOCATOR: Field<ControllerLocator> = struct<ControllerLocator>({
  access: ADDRESS,
  channel: bits({ channel: range(0, 4) }),
  start: bits({
    eventGeneration: range(0, 2),
    logsAccessErrors: flag(2),
    logsAgentErrors: flag(3),
    isStatic: flag(5),
    wantsDevicePowerState: flag(6),
    wantsSystemPowerState: flag(7),
  }),
  support: u8,
  spare: u24,
  entity: ENTITY,
  oem: u8,
  name: ID_STRING,
});

export const CONTROLLER_CONFIRMATION: Field<ControllerConfirmation> =
  struct<ControllerConfirmation>({
    access: ADDRESS,
    deviceId: u8,
    channel: bits({ deviceRevision: range(0, 4), channel: range(4, 4) }),
    firmware: bits({ major: range(0, 7) }),
    firmwareMinor: u8,
    ipmiVersion: u8,
    manufacturerId: u24,
    productId: u16,
    guid: bytes(16),
    more: rest,
  });

const CHANNEL_INFO: Field<ChannelInfo> = bits({
  protocol: range(0, 4),
  receiveLun: range(4, 3),
  canTransmit: flag(7),
});

export const CHANNEL_RECORD: Field<ChannelRecord> = struct<ChannelRecord>({
  channels: times(8, CHANNEL_INFO),
  messageInterrupt: u8,
  eventInterrupt: u8,
  more: rest,
});

export const OEM_SDR: Field<OemSdr> = struct<OemSdr>({ manufacturerId: u24, data: rest });
