/**
 * Commands whose payload a trace may show. An allow-list: each command on it is defined by a
 * standard, and neither its request nor its answer has a field for a password, a key, a user name
 * or a community string. The data of every other command counts as secret in both directions, and
 * so does everything that an OEM, or a later standard, defines.
 */

import { GROUP_EXTENSION, NetFn } from './commands.ts';
import { isGroupRead } from './group-extension.ts';
import type { Request } from './message.ts';

/** True when the data of a request, from its first byte on, selects nothing secret. */
type Selects = (data: Uint8Array) => boolean;

/** A command of the list; the second part limits it to some of its selectors. */
type Entry = number | readonly [cmd: number, selects: Selects];

/** A parameter of the LAN configuration that is a secret. */
const LAN_COMMUNITY_STRING = 16;

/** Parameters of the LAN configuration that the standard defines (IPMI 2.0 table 23-4). */
const LAN_IPV4_MAX = 26;
const LAN_IPV6_MIN = 50;
const LAN_IPV6_MAX = 80;

/** Parameters of the SOL configuration that the standard defines: 0..8 (IPMI 2.0 table 26-5). */
const SOL_STANDARD_MAX = 8;

/** Boot options up to the boot flags; the initiator's mailbox and OEM's hold anything. */
const BOOT_FLAGS = 5;

const isOpenLan: Selects = ([, parameter = LAN_COMMUNITY_STRING]) =>
  (parameter <= LAN_IPV4_MAX && parameter !== LAN_COMMUNITY_STRING) ||
  (parameter >= LAN_IPV6_MIN && parameter <= LAN_IPV6_MAX);

const isStandardSol: Selects = ([, parameter = SOL_STANDARD_MAX + 1]) =>
  parameter <= SOL_STANDARD_MAX;

const isBootFlags: Selects = ([parameter = BOOT_FLAGS + 1]) => (parameter & 0x7f) <= BOOT_FLAGS;

/**
 * Left out on purpose. App: Get and Send Message (33h, 34h) and Master Write-Read (52h) carry
 * anything, Get Session Challenge, Activate Session and Get AuthCode (39h, 3Ah, 3Fh) credentials,
 * Get Session Info (3Dh) the addresses of users, Get User Name (46h) half of a login, Get System
 * Info Parameters (59h) free text. Sensor: PEF parameters (13h) have alert strings. Storage: FRU
 * data (11h) has areas for OEMs. Transport: the serial parameters (11h) have PPP secrets.
 */
const HARMLESS: Readonly<Record<number, readonly Entry[]>> = {
  [NetFn.CHASSIS]: [
    0x00, // Get Chassis Capabilities
    0x01, // Get Chassis Status
    0x02, // Chassis Control
    0x04, // Chassis Identify
    0x06, // Set Power Restore Policy
    0x07, // Get System Restart Cause
    [0x09, isBootFlags], // Get System Boot Options
    0x0f, // Get POH Counter
  ],
  [NetFn.SENSOR_EVENT]: [
    0x01, // Get Event Receiver
    0x10, // Get PEF Capabilities
    0x15, // Get Last Processed Event ID
    0x20, // Get Device SDR Info
    0x21, // Get Device SDR
    0x22, // Reserve Device SDR Repository
    0x23, // Get Sensor Reading Factors
    0x25, // Get Sensor Hysteresis
    0x27, // Get Sensor Threshold
    0x29, // Get Sensor Event Enable
    0x2b, // Get Sensor Event Status
    0x2d, // Get Sensor Reading
    0x2f, // Get Sensor Type
  ],
  [NetFn.APP]: [
    0x01, // Get Device ID
    0x02, // Cold Reset
    0x03, // Warm Reset
    0x04, // Get Self Test Results
    0x07, // Get ACPI Power State
    0x08, // Get Device GUID
    0x09, // Get NetFn Support
    0x0a, // Get Command Support
    0x0b, // Get Command Sub-function Support
    0x0c, // Get Configurable Commands
    0x0d, // Get Configurable Command Sub-functions
    0x22, // Reset Watchdog Timer
    0x24, // Set Watchdog Timer
    0x25, // Get Watchdog Timer
    0x2e, // Set BMC Global Enables
    0x2f, // Get BMC Global Enables
    0x30, // Clear Message Flags
    0x31, // Get Message Flags
    0x35, // Read Event Message Buffer: an event record
    0x36, // Get BT Interface Capabilities
    0x37, // Get System GUID
    0x38, // Get Channel Authentication Capabilities
    0x41, // Get Channel Access
    0x42, // Get Channel Info
    0x44, // Get User Access
    0x4a, // Get Payload Activation Status
    0x4d, // Get User Payload Access
    0x4e, // Get Channel Payload Support
    0x4f, // Get Channel Payload Version
    0x54, // Get Channel Cipher Suites
    0x61, // Get Command Enables
    0x63, // Get Command Sub-function Enables
    0x64, // Get OEM NetFn IANA Support
  ],
  [NetFn.STORAGE]: [
    0x10, // Get FRU Inventory Area Info
    0x20, // Get SDR Repository Info
    0x21, // Get SDR Repository Allocation Info
    0x22, // Reserve SDR Repository
    0x23, // Get SDR
    0x28, // Get SDR Repository Time
    0x40, // Get SEL Info
    0x41, // Get SEL Allocation Info
    0x42, // Reserve SEL
    0x43, // Get SEL Entry: an event record
    0x48, // Get SEL Time
    0x5a, // Get Auxiliary Log Status
    0x5c, // Get SEL Time UTC Offset
  ],
  [NetFn.TRANSPORT]: [
    [0x02, isOpenLan], // Get LAN Configuration Parameters
    0x04, // Get IP/UDP/RMCP Statistics
    [0x22, isStandardSol], // Get SOL Configuration Parameters
  ],
};

/** True if the data of this request, or of its answer, must not be shown. */
export function isSecret({ netFn, cmd, lun, data }: Request): boolean {
  // What an OEM's logical unit takes is not standard; sensors and their records have an owner's.
  if (lun !== 0 && netFn !== NetFn.SENSOR_EVENT) return true;
  if (netFn === GROUP_EXTENSION) return !isGroupRead(cmd, data);
  const entry = HARMLESS[netFn]?.find((known) => numberOf(known) === cmd);
  if (entry === undefined) return true;
  return typeof entry !== 'number' && !entry[1](data);
}

function numberOf(entry: Entry): number {
  return typeof entry === 'number' ? entry : entry[0];
}
