/** The BMC of the machine under test, as facts: a baseline is compared by them. */

import type { Device } from '../device/device.ts';
import type { Means } from './check.ts';

/** Names of the facts. */
export const IDENTITY = {
  guid: 'bmc-guid',
  firmware: 'bmc-firmware',
  manufacturer: 'bmc-manufacturer-id',
  product: 'bmc-product-id',
} as const;

/** Asks the BMC, and tells what it says. */
export async function tellIdentity(device: Device, { report, signal }: Means): Promise<void> {
  const { deviceGuid, systemGuid, deviceId } = await device.identity({ signal });
  const guid = deviceGuid ?? systemGuid;
  if (guid !== undefined) report.fact(IDENTITY.guid, guid);
  if (deviceId === undefined) return;
  report.fact(IDENTITY.firmware, deviceId.firmwareRevision);
  report.fact(IDENTITY.manufacturer, deviceId.manufacturerId);
  report.fact(IDENTITY.product, deviceId.productId);
  report.fact('bmc-device-id', deviceId.deviceId);
}
