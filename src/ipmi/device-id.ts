/**
 * Get Device ID (IPMI 2.0 §20.1): decodes the answer.
 */

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

/** Bytes every BMC sends; the auxiliary firmware revision is optional. */
const BYTES_MIN = 11;
const BYTES_WITH_AUX = 15;

/** Decodes the response data; `undefined` when it is too short to be one. */
export function decodeDeviceId(data: Uint8Array): DeviceId | undefined {
  if (data.length < BYTES_MIN) return undefined;
  const view = new DataView(data.buffer, data.byteOffset, data.byteLength);
  const major = view.getUint8(2) & 0x7f;
  const minor = view.getUint8(3).toString(16).padStart(2, '0');
  const version = view.getUint8(4);
  return readable({
    deviceId: view.getUint8(0),
    deviceRevision: view.getUint8(1) & 0x0f,
    providesSdrs: (view.getUint8(1) & 0x80) !== 0,
    available: (view.getUint8(2) & 0x80) === 0,
    firmwareRevision: `${major}.${minor}`,
    // BCD with the digits in reverse order: 0x02 is 2.0, 0x51 is 1.5.
    ipmiVersion: `${version & 0x0f}.${version >> 4}`,
    additionalSupport: view.getUint8(5),
    manufacturerId: view.getUint16(6, true) | ((view.getUint8(8) & 0x0f) << 16),
    productId: view.getUint16(9, true),
    auxFirmware: data.length >= BYTES_WITH_AUX ? data.slice(11, 15) : undefined,
  });
}

/** Additional device support, in words. */
export function supportNames({ additionalSupport }: DeviceId): readonly string[] {
  return SUPPORT_NAMES.filter((_, bit) => (additionalSupport & (1 << bit)) !== 0);
}

/** True if both are the same BMC with the same firmware; it need not be available. */
export function isSameFirmware(a: DeviceId, b: DeviceId): boolean {
  return fingerprint(a) === fingerprint(b);
}

function fingerprint({ auxFirmware, ...fields }: DeviceId): string {
  return JSON.stringify({ ...fields, available: true, auxFirmware: [...(auxFirmware ?? [])] });
}
