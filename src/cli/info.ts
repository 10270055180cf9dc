/**
 * `ipmi-bt info`: who the BMC is, what its BT interface can do, and which way the bytes went.
 */

import type { BtCapabilities, DeviceId } from '../index.ts';
import { hexByte, jsonLine, table } from './format.ts';
import type { Session } from './session.ts';

type Row = readonly [label: string, value: string];

/** Prints what bring-up learned. */
export function info(session: Session): Promise<number> {
  const { device, globals, backend } = session;
  const { deviceId, capabilities } = device;
  if (globals.json) {
    process.stdout.write(jsonLine('info', jsonFields(session)));
  } else {
    const rows: readonly Row[] = [
      ...(deviceId === undefined ? [] : deviceRows(deviceId)),
      ...(capabilities === undefined ? [] : capabilityRows(capabilities)),
      ['BT Base Address', `0x${device.base.toString(16)}`],
      ['Port Backend', backend],
    ];
    process.stdout.write(table(rows));
  }
  return Promise.resolve(0);
}

function deviceRows(id: DeviceId): readonly Row[] {
  return [
    ['Device ID', String(id.deviceId)],
    ['Device Revision', String(id.deviceRevision)],
    ['Firmware Revision', id.firmwareRevision],
    ['IPMI Version', id.ipmiVersion],
    ['Manufacturer ID', String(id.manufacturerId)],
    ['Product ID', `${id.productId} (0x${id.productId.toString(16).padStart(4, '0')})`],
    ['Device Available', yesNo(id.available)],
    ['Provides Device SDRs', yesNo(id.providesSdrs)],
    ...(id.auxFirmware === undefined ? [] : [auxRow(id.auxFirmware)]),
  ];
}

function auxRow(aux: Uint8Array): Row {
  return ['Aux Firmware Rev Info', [...aux].map((value) => `0x${hexByte(value)}`).join(' ')];
}

/** Raw values: a buffer size is the largest length byte, one less than the bytes on the wire. */
function capabilityRows(raw: BtCapabilities): readonly Row[] {
  return [
    ['BT Outstanding Requests', String(raw.outstandingRequests)],
    ['BT Input Buffer Size', `${raw.inputBytes} bytes`],
    ['BT Output Buffer Size', `${raw.outputBytes} bytes`],
    ['BT Response Time', `${raw.responseTimeSeconds} seconds`],
    ['BT Recommended Retries', String(raw.retries)],
  ];
}

function jsonFields({ device, backend, globals }: Session): object {
  const { deviceId: id, capabilities } = device;
  return {
    base: device.base,
    port_backend: globals.sim ? 'sim' : backend,
    device_id: id?.deviceId ?? null,
    device_revision: id?.deviceRevision ?? null,
    firmware_revision: id?.firmwareRevision ?? null,
    ipmi_version: id?.ipmiVersion ?? null,
    manufacturer_id: id?.manufacturerId ?? null,
    product_id: id?.productId ?? null,
    device_available: id?.available ?? null,
    provides_device_sdrs: id?.providesSdrs ?? null,
    aux_firmware: id?.auxFirmware === undefined ? null : [...id.auxFirmware],
    bt_capabilities: capabilities === undefined ? null : capabilityFields(capabilities),
  };
}

function capabilityFields(raw: BtCapabilities): object {
  return {
    outstanding_requests: raw.outstandingRequests,
    input_bytes: raw.inputBytes,
    output_bytes: raw.outputBytes,
    response_time_seconds: raw.responseTimeSeconds,
    retries: raw.retries,
  };
}

function yesNo(value: boolean): string {
  return value ? 'yes' : 'no';
}
