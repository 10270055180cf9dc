/**
 * Commands that are sent again after silence even if the caller does not ask for it. An allow-list:
 * a command that is not on it may change or consume something, and is sent once.
 *
 * Never to be added: Get Message (06/33), Send Message (06/34), Read Event Message Buffer (06/35),
 * Master Write-Read (06/52), the Reserve commands, and any OEM network function.
 */

import { NetFn } from './commands.ts';

/** Commands by netFn, each with the reason that a second execution does no harm: all only read. */
const REPEATABLE: Readonly<Record<number, ReadonlySet<number>>> = {
  [NetFn.CHASSIS]: new Set([
    0x00, // Get Chassis Capabilities reads constants
    0x01, // Get Chassis Status reads; only the BMC clears its bits
    0x07, // Get System Restart Cause reads; only the next restart changes it
    0x09, // Get System Boot Options reads settings
    0x0f, // Get POH Counter reads a counter
  ]),
  [NetFn.SENSOR_EVENT]: new Set([
    0x20, // Get Device SDR Info reads
    0x21, // Get Device SDR reads under a reservation it does not consume
    0x23, // Get Sensor Reading Factors reads constants
    0x25, // Get Sensor Hysteresis reads settings
    0x27, // Get Sensor Threshold reads settings
    0x29, // Get Sensor Event Enable reads settings
    0x2b, // Get Sensor Event Status reads
    0x2d, // Get Sensor Reading reads
    0x2f, // Get Sensor Type reads constants
  ]),
  [NetFn.APP]: new Set([
    0x01, // Get Device ID reads constants
    0x04, // Get Self Test Results reads the last result
    0x07, // Get ACPI Power State reads
    0x08, // Get Device GUID reads a constant
    0x25, // Get Watchdog Timer reads; it does not feed the timer
    0x2f, // Get BMC Global Enables reads settings
    0x31, // Get Message Flags reads; Clear Message Flags clears
    0x36, // Get BT Interface Capabilities reads constants
    0x37, // Get System GUID reads a constant
    0x41, // Get Channel Access reads settings
    0x42, // Get Channel Info reads
    0x44, // Get User Access reads settings
    0x46, // Get User Name reads a setting
    0x54, // Get Channel Cipher Suites reads constants
  ]),
  [NetFn.STORAGE]: new Set([
    0x10, // Get FRU Inventory Area Info reads constants
    0x11, // Read FRU Data reads
    0x20, // Get SDR Repository Info reads
    0x23, // Get SDR reads under a reservation it does not consume
    0x28, // Get SDR Repository Time reads a clock
    0x40, // Get SEL Info reads
    0x41, // Get SEL Allocation Info reads
    0x43, // Get SEL Entry reads under a reservation it does not consume
    0x48, // Get SEL Time reads a clock
    0x5c, // Get SEL Time UTC Offset reads a setting
  ]),
  [NetFn.TRANSPORT]: new Set([
    0x02, // Get LAN Configuration Parameters reads settings
    0x22, // Get SOL Configuration Parameters reads settings
  ]),
};

/** True if the command may be repeated without the caller asking for it. */
export function isRepeatable(netFn: number, cmd: number): boolean {
  return REPEATABLE[netFn]?.has(cmd) ?? false;
}
