/**
 * `struct ipmi_addr` of linux/ipmi.h: where a request goes, and where a message comes from. It is
 * checked as the kernel's driver checks it.
 */

import { SYSTEM_CHANNEL } from '../../ipmi/channel.ts';
import { LUN_MAX } from '../../ipmi/commands.ts';

/** `sizeof(struct ipmi_addr)`: more is refused. */
export const ADDRESS_BYTES_MAX = 40;

/** Bytes of the addresses that the device tells: the BMC's, and one on an IPMB. */
export const ADDRESS_BYTES = 8;

/** Bytes of the two others, at least. */
const DIRECT_BYTES = 12;
const LAN_BYTES = 12;

/** Channels have numbers below it. */
export const CHANNELS = 16;

/** `addr_type` of linux/ipmi.h. */
const AddressType = {
  SYSTEM_INTERFACE: 0x0c,
  IPMB: 0x01,
  IPMB_BROADCAST: 0x41,
  IPMB_DIRECT: 0x81,
  LAN: 0x04,
} as const;

/** The BMC itself. */
export interface SystemAddress {
  readonly kind: 'system';
  readonly lun: number;
}

/** A controller on an IPMB. */
export interface IpmbAddress {
  readonly kind: 'ipmb';
  readonly channel: number;
  /** Slave address, as it is sent. */
  readonly address: number;
  readonly lun: number;
  readonly isBroadcast: boolean;
}

/** `direct` is an IPMB that the host itself is on; `lan`, a session of the BMC. */
export type MessageAddress =
  SystemAddress | IpmbAddress | { readonly kind: 'direct' } | { readonly kind: 'lan' };

/** Reads an address; undefined for one that the kernel's driver refuses with EINVAL. */
export function decodeAddress(bytes: Uint8Array): MessageAddress | undefined {
  if (bytes.length < ADDRESS_BYTES) return undefined;
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const [type, channel] = [view.getInt32(0, true), view.getInt16(4, true)];
  const [address, lun] = [view.getUint8(6), view.getUint8(7)];
  if (type === AddressType.SYSTEM_INTERFACE) {
    return channel === SYSTEM_CHANNEL ? { kind: 'system', lun: address } : undefined;
  }
  if (channel < 0 || channel >= SYSTEM_CHANNEL) return undefined;
  switch (type) {
    case AddressType.IPMB:
    case AddressType.IPMB_BROADCAST:
      return {
        ...{ kind: 'ipmb', channel, address, lun },
        isBroadcast: type === AddressType.IPMB_BROADCAST,
      };
    case AddressType.IPMB_DIRECT:
      return isDirect(bytes, channel) ? { kind: 'direct' } : undefined;
    case AddressType.LAN:
      return bytes.length >= LAN_BYTES ? { kind: 'lan' } : undefined;
  }
  return undefined;
}

/** Slave address, logical unit of the responder, and that of the requester. */
function isDirect(bytes: Uint8Array, channel: number): boolean {
  const [address = 1, responderLun = 0, requesterLun = 0] = bytes.subarray(6);
  const areLuns = responderLun <= LUN_MAX && requesterLun <= LUN_MAX;
  return channel === 0 && bytes.length >= DIRECT_BYTES && address % 2 === 0 && areLuns;
}

/** The bytes of an address that the device tells. An answer to a broadcast has no broadcast's. */
export function encodeAddress(address: SystemAddress | IpmbAddress): Uint8Array {
  const view = new DataView(new ArrayBuffer(ADDRESS_BYTES));
  if (address.kind === 'system') {
    view.setInt32(0, AddressType.SYSTEM_INTERFACE, true);
    view.setInt16(4, SYSTEM_CHANNEL, true);
    view.setUint8(6, address.lun);
  } else {
    view.setInt32(0, AddressType.IPMB, true);
    view.setInt16(4, address.channel, true);
    view.setUint8(6, address.address);
    view.setUint8(7, address.lun);
  }
  return new Uint8Array(view.buffer);
}
