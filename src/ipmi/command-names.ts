/** Names of the commands that a host sends a BMC most often, as IPMI 2.0 appendix G prints them. */

import { hexByte } from './hex.ts';
import { NetFn } from './commands.ts';

const NAMES: Readonly<Record<number, Readonly<Record<number, string>>>> = {
  [NetFn.CHASSIS]: {
    0x00: 'Get Chassis Capabilities',
    0x01: 'Get Chassis Status',
    0x02: 'Chassis Control',
    0x04: 'Chassis Identify',
    0x06: 'Set Power Restore Policy',
    0x07: 'Get System Restart Cause',
    0x08: 'Set System Boot Options',
    0x09: 'Get System Boot Options',
    0x0f: 'Get POH Counter',
  },
  [NetFn.SENSOR_EVENT]: {
    0x02: 'Platform Event',
    0x20: 'Get Device SDR Info',
    0x21: 'Get Device SDR',
    0x22: 'Reserve Device SDR Repository',
    0x23: 'Get Sensor Reading Factors',
    0x25: 'Get Sensor Hysteresis',
    0x27: 'Get Sensor Threshold',
    0x29: 'Get Sensor Event Enable',
    0x2b: 'Get Sensor Event Status',
    0x2d: 'Get Sensor Reading',
    0x2f: 'Get Sensor Type',
  },
  [NetFn.APP]: {
    0x01: 'Get Device ID',
    0x02: 'Cold Reset',
    0x03: 'Warm Reset',
    0x04: 'Get Self Test Results',
    0x06: 'Set ACPI Power State',
    0x07: 'Get ACPI Power State',
    0x08: 'Get Device GUID',
    0x22: 'Reset Watchdog Timer',
    0x24: 'Set Watchdog Timer',
    0x25: 'Get Watchdog Timer',
    0x2e: 'Set BMC Global Enables',
    0x2f: 'Get BMC Global Enables',
    0x30: 'Clear Message Flags',
    0x31: 'Get Message Flags',
    0x33: 'Get Message',
    0x34: 'Send Message',
    0x35: 'Read Event Message Buffer',
    0x36: 'Get BT Interface Capabilities',
    0x37: 'Get System GUID',
    0x38: 'Get Channel Authentication Capabilities',
    0x40: 'Set Channel Access',
    0x41: 'Get Channel Access',
    0x42: 'Get Channel Info',
    0x43: 'Set User Access',
    0x44: 'Get User Access',
    0x45: 'Set User Name',
    0x46: 'Get User Name',
    0x47: 'Set User Password',
    0x52: 'Master Write-Read',
    0x54: 'Get Channel Cipher Suites',
  },
  [NetFn.STORAGE]: {
    0x10: 'Get FRU Inventory Area Info',
    0x11: 'Read FRU Data',
    0x12: 'Write FRU Data',
    0x20: 'Get SDR Repository Info',
    0x22: 'Reserve SDR Repository',
    0x23: 'Get SDR',
    0x28: 'Get SDR Repository Time',
    0x40: 'Get SEL Info',
    0x41: 'Get SEL Allocation Info',
    0x42: 'Reserve SEL',
    0x43: 'Get SEL Entry',
    0x44: 'Add SEL Entry',
    0x47: 'Clear SEL',
    0x48: 'Get SEL Time',
    0x49: 'Set SEL Time',
    0x5c: 'Get SEL Time UTC Offset',
    0x5d: 'Set SEL Time UTC Offset',
  },
  [NetFn.TRANSPORT]: {
    0x01: 'Set LAN Configuration Parameters',
    0x02: 'Get LAN Configuration Parameters',
    0x21: 'Set SOL Configuration Parameters',
    0x22: 'Get SOL Configuration Parameters',
  },
};

/** The name of a command, with its numbers: `Get Device ID (netFn 0x06 cmd 0x01)`. */
export function commandText(netFn: number, cmd: number): string {
  const numbers = `netFn ${hexByte(netFn)} cmd ${hexByte(cmd)}`;
  const name = commandName(netFn, cmd);
  return name === undefined ? numbers : `${name} (${numbers})`;
}

/** The name of a command; undefined for one that has none here, such as that of an OEM. */
export function commandName(netFn: number, cmd: number): string | undefined {
  return NAMES[netFn]?.[cmd];
}
