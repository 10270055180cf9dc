/** Get Device ID (IPMI 2.0 §20.1). */

import { bits, clearFlag, decodeFrontOr, flag, mapped, nothing, range, struct } from './codec.ts';
import { u16, u8 } from './codec.ts';
import type { Field, Reserved } from './codec.ts';
import type { Command } from './command.ts';
import { AppCmd, NetFn } from './commands.ts';
import { readable } from './readable.ts';

/** The BMC's description of itself. */
export interface DeviceId {
  readonly deviceId: number;
  /** Device revision, 0..15. */
  readonly deviceRevision: number;
  readonly providesSdrs: boolean;
  /** False while the BMC is starting or updating its firmware. */
  readonly available: boolean;
  /** `major.minor`, the minor as two BCD digits: `2.35`. */
  readonly firmwareRevision: string;
  /** `major.minor`: `2.0`. */
  readonly ipmiVersion: string;
  /** Additional device support, a bit for each: bit 7 chassis .. bit 0 sensors. */
  readonly additionalSupport: number;
  /** IANA enterprise number, 20 bits. */
  readonly manufacturerId: number;
  readonly productId: number;
  /** Four bytes of the manufacturer's choice; absent when the BMC does not send them. */
  readonly auxFirmware: Uint8Array | undefined;
  /** Bits without a name: 4..6 of the device revision, 20..23 of the manufacturer. */
  readonly reserved?: number;
}

/** The bits of `additionalSupport`, bit 0 first, in the words of `ipmitool mc info`. */
const SUPPORT_NAMES = [
  'Sensor Device',
  'SDR Repository Device',
  'SEL Device',
  'FRU Inventory Device',
  'IPMB Event Receiver',
  'IPMB Event Generator',
  'Bridge',
  'Chassis Device',
] as const;

/** Those of `additionalSupport` that say which storage there is. */
export const Support = {
  SDR_REPOSITORY: 1 << 1,
  SEL: 1 << 2,
  FRU_INVENTORY: 1 << 3,
} as const;

/** The answer as it is sent. */
interface SentDeviceId {
  readonly deviceId: number;
  readonly revision: Pick<DeviceId, 'deviceRevision' | 'providesSdrs'> & Reserved;
  readonly firmware: Pick<DeviceId, 'available'> & { readonly major: number } & Reserved;
  readonly minor: number;
  readonly version: { readonly major: number; readonly minor: number } & Reserved;
  readonly additionalSupport: number;
  readonly manufacturer: { readonly id: number } & Reserved;
  readonly productId: number;
  readonly auxFirmware: Uint8Array | undefined;
}

const AUX_BYTES = 4;

/** The reserved bits of the device revision; those of the manufacturer are others. */
const REVISION_RESERVED = 0x70;

/** The bits of the version have a digit each: 0x02 is 2.0, 0x51 is 1.5. */
const SENT: Field<SentDeviceId> = struct<SentDeviceId>({
  deviceId: u8,
  revision: bits({ deviceRevision: range(0, 4), providesSdrs: flag(7) }),
  firmware: bits({ major: range(0, 7), available: clearFlag(7) }),
  minor: u8,
  version: bits({ major: range(0, 4), minor: range(4, 4) }),
  additionalSupport: u8,
  manufacturer: bits({ id: range(0, 20) }, 3),
  productId: u16,
  // Some BMCs send a part of it.
  auxFirmware: {
    read: (from) => (from.left < AUX_BYTES ? undefined : from.take(AUX_BYTES)),
    write: (value, to) => {
      to.put(value ?? []);
    },
  },
});

/** Get Device ID (§20.1). */
export const GET_DEVICE_ID: Command<void, DeviceId> = {
  netFn: NetFn.APP,
  cmd: AppCmd.GET_DEVICE_ID,
  section: '§20.1',
  request: nothing,
  response: mapped(SENT, read, sent),
};

function read({ deviceId, additionalSupport, productId, auxFirmware, ...sent }: SentDeviceId) {
  const { revision, firmware, minor, version, manufacturer } = sent;
  const reserved = revision.reserved | manufacturer.reserved;
  const id: DeviceId = {
    deviceId,
    deviceRevision: revision.deviceRevision,
    providesSdrs: revision.providesSdrs,
    available: firmware.available,
    firmwareRevision: `${firmware.major}.${minor.toString(16).padStart(2, '0')}`,
    ipmiVersion: `${version.major}.${version.minor}`,
    additionalSupport,
    manufacturerId: manufacturer.id,
    productId,
    auxFirmware,
    ...(reserved === 0 ? {} : { reserved }),
  };
  return readable(id);
}

function sent({ reserved = 0, firmwareRevision, ipmiVersion, ...id }: DeviceId): SentDeviceId {
  const { deviceRevision, providesSdrs, available, manufacturerId, ...same } = id;
  const [major, minor = ''] = firmwareRevision.split('.');
  const [ipmiMajor, ipmiMinor] = ipmiVersion.split('.');
  return {
    ...same,
    revision: { deviceRevision, providesSdrs, reserved: reserved & REVISION_RESERVED },
    firmware: { major: Number(major), available, reserved: 0 },
    minor: parseInt(minor, 16),
    version: { major: Number(ipmiMajor), minor: Number(ipmiMinor), reserved: 0 },
    manufacturer: { id: manufacturerId, reserved: reserved & ~REVISION_RESERVED },
  };
}

/** Decodes the response data; `undefined` when it is too short to be one. */
export function decodeDeviceId(data: Uint8Array): DeviceId | undefined {
  return decodeFrontOr(GET_DEVICE_ID.response, data);
}

/** Additional device support, in words. */
export function supportNames({
  additionalSupport,
}: Pick<DeviceId, 'additionalSupport'>): readonly string[] {
  return SUPPORT_NAMES.filter((_, bit) => (additionalSupport & (1 << bit)) !== 0);
}

/** True if both are the same BMC with the same firmware; it need not be available. */
export function isSameFirmware(a: DeviceId, b: DeviceId): boolean {
  return fingerprint(a) === fingerprint(b);
}

function fingerprint({ auxFirmware, ...fields }: DeviceId): string {
  // What is undefined is left out.
  const given = { ...fields, available: undefined, reserved: undefined };
  return JSON.stringify({ ...given, auxFirmware: auxFirmware?.join() });
}
