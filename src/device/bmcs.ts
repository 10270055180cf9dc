/**
 * Groups interfaces by the BMC that they lead to.
 */

import type { Device } from './device.ts';
import type { BmcIdentity } from '../bmc/identity.ts';

/** One BMC and the open interfaces that lead to it. */
export interface Bmc {
  readonly identity: BmcIdentity;
  readonly interfaces: readonly Device[];
}

/** An interface and the identity of its BMC. */
export interface Known {
  readonly device: Device;
  readonly identity: BmcIdentity;
}

/** Groups the interfaces of each BMC, and keeps the order in which they are given. */
export function groupByBmc(all: readonly Known[]): Bmc[] {
  const groups: { identity: BmcIdentity; interfaces: Device[] }[] = [];
  for (const { device, identity } of all) {
    const group = groups.find((other) => isSameBmc(other.identity, identity));
    if (group === undefined) groups.push({ identity, interfaces: [device] });
    else group.interfaces.push(device);
  }
  return groups;
}

/** Numbers of no manufacturer (§20.1): they do not show that two BMCs are one. */
const UNSPECIFIED: readonly number[] = [0x00000, 0xfffff];

/**
 * True if both are the same BMC: by the device GUID, else the system GUID, if both have one; else
 * by manufacturer, product and device id, by which two BMCs of one product count as the same.
 */
export function isSameBmc(a: BmcIdentity, b: BmcIdentity): boolean {
  for (const name of ['deviceGuid', 'systemGuid'] as const) {
    if (a[name] !== undefined && b[name] !== undefined) return a[name] === b[name];
  }
  const [one, other] = [a.deviceId, b.deviceId];
  if (one === undefined || other === undefined) return false;
  if (UNSPECIFIED.includes(one.manufacturerId)) return false;
  const names = ['manufacturerId', 'productId', 'deviceId'] as const;
  return names.every((name) => one[name] === other[name]);
}
