/**
 * Commands of group extensions that only read, and show no secret (IPMI 2.0 §5.1). A number is
 * another command for each body that defines some; the first byte of the data names the body.
 */

import { DcmiCmd, GROUP_DCMI, GROUP_PICMG, GROUP_VITA } from './commands.ts';

/** By body. */
const READS: Readonly<Record<number, ReadonlySet<number>>> = {
  // PICMG 3.0; `ipmitool` asks for the first at each start, and for the second where that is known.
  [GROUP_PICMG]: new Set([
    0x00, // Get PICMG Properties
    0x01, // Get Address Info
    0x02, // Get Shelf Address Info
    0x05, // Get FRU LED Properties
    0x06, // Get LED Color Capabilities
    0x08, // Get FRU LED State
    0x0b, // Get FRU Activation Policy
    0x0d, // Get Device Locator Record ID
    0x0f, // Get Port State
    0x12, // Get Power Level
    0x14, // Get Fan Speed Properties
    0x16, // Get Fan Level
    0x18, // Get IPMB Link Info
  ]),
  // VITA 46.11; `ipmitool` asks for the first at each start.
  [GROUP_VITA]: new Set([
    0x00, // Get VSO Capabilities
    0x02, // Get Chassis Identifier
    0x05, // Get FRU LED Properties
    0x06, // Get LED Color Capabilities
    0x08, // Get FRU LED State
    0x0b, // Get FRU State Policy Bits
    0x0d, // Get Device Locator Record ID
    0x40, // Get FRU Address Info
  ]),
  // DCMI 1.5 table 6-1: everything that it reads.
  [GROUP_DCMI]: new Set([
    ...[DcmiCmd.GET_CAPABILITIES, DcmiCmd.GET_POWER_READING, DcmiCmd.GET_POWER_LIMIT],
    ...[DcmiCmd.GET_ASSET_TAG, DcmiCmd.GET_SENSOR_INFO, DcmiCmd.GET_CONTROLLER_ID],
    ...[DcmiCmd.GET_THERMAL_LIMIT, DcmiCmd.GET_TEMPERATURE_READINGS, DcmiCmd.GET_CONFIGURATION],
  ]),
};

/** True for a command that its body, which the data names, defines as one that only reads. */
export function isGroupRead(cmd: number, data: Uint8Array): boolean {
  const [body] = data;
  return body !== undefined && READS[body]?.has(cmd) === true;
}
