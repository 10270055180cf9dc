/**
 * `ipmi-bt info`: the identity of the BMC, the capabilities of its BT interface, and the way to the
 * ports.
 */

import { askIdentity } from '../../bmc/identity.ts';
import { systemClock } from '../../clock.ts';
import type { BmcIdentity, BtCapabilities, DeviceId } from '../../index.ts';
import { supportNames } from '../../ipmi/device-id.ts';
import { hexByte, inFlags, jsonLine, table } from '../format.ts';
import { command, readGlobals } from '../globals.ts';
import { tellUser } from '../output.ts';
import { runSession } from '../session.ts';
import type { Session } from '../session.ts';

export const INFO_COMMAND = command({
  name: 'info',
  help: 'print the identity of the BMC and the capabilities of its BT interface',
  examples: [
    { line: 'info', help: 'print a table' },
    { line: '--sim --json info', help: 'print the identity of the simulated BMC as JSON' },
  ],
  exitCodes: { 0: 'the BMC answered' },
  run: ({ globals }) => runSession(readGlobals(globals), 'full', info),
});

type Row = readonly [label: string, value: string];

/** Prints the facts known from bring-up, and those the BMC is asked for here. */
export async function info(session: Session): Promise<number> {
  const { device, globals, backend, stdout } = session;
  const { capabilities } = device;
  const identity = await identityOf(session);
  if (globals.json) {
    stdout.write(jsonLine('info', jsonFields(session, identity)));
    return 0;
  }
  const { deviceId } = identity;
  const rows: readonly Row[] = [
    ...(deviceId === undefined ? [] : deviceRows(deviceId)),
    ...identityRows(identity),
    ...(capabilities === undefined ? [] : capabilityRows(capabilities)),
    ['BT Base Address', `0x${device.base.toString(16)}`],
    ['Port Backend', backend],
  ];
  stdout.write(table(rows));
  return 0;
}

/** The parts of the identity, in the words of their rows. */
const PART_NAMES: Readonly<Record<keyof BmcIdentity, string>> = {
  deviceId: 'Device ID',
  systemGuid: 'System GUID',
  deviceGuid: 'Device GUID',
  selfTest: 'Selftest',
};

/** Asks for the identity. What a BMC does not answer has no row, and is told with the reason. */
async function identityOf({ device, requester, leftMs, signal }: Session): Promise<BmcIdentity> {
  const { deviceId } = device;
  const answers = deviceId === undefined ? {} : { deviceId };
  const question = { clock: systemClock, answers, timeoutMs: leftMs(), signal };
  const { identity, unanswered } = await askIdentity(requester, question);
  for (const error of new Set(unanswered.map((one) => one.error))) {
    const parts = unanswered.filter((one) => one.error === error);
    const names = parts.map(({ part }) => PART_NAMES[part]).join(', ');
    tellUser(`warning: not known: ${names}: ${inFlags(error.message)}`);
  }
  return identity;
}

/** The device id as rows of a table. */
export function deviceRows(id: DeviceId): readonly Row[] {
  return [
    ['Device ID', String(id.deviceId)],
    ['Device Revision', String(id.deviceRevision)],
    ['Firmware Revision', id.firmwareRevision],
    ['IPMI Version', id.ipmiVersion],
    ['Manufacturer ID', String(id.manufacturerId)],
    ['Product ID', `${id.productId} (0x${id.productId.toString(16).padStart(4, '0')})`],
    ['Device Available', yesNo(id.available)],
    ['Provides Device SDRs', yesNo(id.providesSdrs)],
    ['Additional Device Support', supportNames(id).join(', ')],
    ...(id.auxFirmware === undefined ? [] : [auxRow(id.auxFirmware)]),
  ];
}

function auxRow(aux: Uint8Array): Row {
  return ['Aux Firmware Rev Info', [...aux].map((value) => `0x${hexByte(value)}`).join(' ')];
}

function identityRows({ systemGuid, deviceGuid, selfTest }: BmcIdentity): readonly Row[] {
  return [
    ...(systemGuid === undefined ? [] : [['System GUID', systemGuid] as const]),
    ...(deviceGuid === undefined ? [] : [['Device GUID', deviceGuid] as const]),
    ...(selfTest === undefined ? [] : [['Selftest', selfTest.result] as const]),
  ];
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

function jsonFields({ device, backend, globals }: Session, identity: BmcIdentity): object {
  const { capabilities } = device;
  const { deviceId: id, systemGuid, deviceGuid, selfTest } = identity;
  return {
    base: device.base,
    port_backend: globals.sim ? 'sim' : backend,
    ...deviceFields(id),
    system_guid: systemGuid ?? null,
    device_guid: deviceGuid ?? null,
    self_test: selfTest ?? null,
    bt_capabilities: capabilities === undefined ? null : capabilityFields(capabilities),
  };
}

/** The device id in JSON, in the words that all commands use. */
export function deviceFields(id: DeviceId | undefined) {
  return {
    device_id: id?.deviceId ?? null,
    device_revision: id?.deviceRevision ?? null,
    firmware_revision: id?.firmwareRevision ?? null,
    ipmi_version: id?.ipmiVersion ?? null,
    manufacturer_id: id?.manufacturerId ?? null,
    product_id: id?.productId ?? null,
    device_available: id?.available ?? null,
    provides_device_sdrs: id?.providesSdrs ?? null,
    additional_device_support: id?.additionalSupport ?? null,
    aux_firmware: id?.auxFirmware === undefined ? null : [...id.auxFirmware],
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
