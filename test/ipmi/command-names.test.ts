/** Names of commands, for people. */

import { expect, test } from 'vitest';

import { commandName, commandText } from '../../src/ipmi/command-names.ts';
import { hexByte } from '../../src/ipmi/hex.ts';

/** By netFn and cmd, as IPMI 2.0 appendix G has them. */
const NAMES: Readonly<Record<string, string>> = {
  '0x00 0x00': 'Get Chassis Capabilities',
  '0x00 0x01': 'Get Chassis Status',
  '0x00 0x02': 'Chassis Control',
  '0x00 0x04': 'Chassis Identify',
  '0x00 0x06': 'Set Power Restore Policy',
  '0x00 0x07': 'Get System Restart Cause',
  '0x00 0x08': 'Set System Boot Options',
  '0x00 0x09': 'Get System Boot Options',
  '0x00 0x0f': 'Get POH Counter',
  '0x04 0x02': 'Platform Event',
  '0x04 0x20': 'Get Device SDR Info',
  '0x04 0x21': 'Get Device SDR',
  '0x04 0x22': 'Reserve Device SDR Repository',
  '0x04 0x23': 'Get Sensor Reading Factors',
  '0x04 0x25': 'Get Sensor Hysteresis',
  '0x04 0x27': 'Get Sensor Threshold',
  '0x04 0x29': 'Get Sensor Event Enable',
  '0x04 0x2b': 'Get Sensor Event Status',
  '0x04 0x2d': 'Get Sensor Reading',
  '0x04 0x2f': 'Get Sensor Type',
  '0x06 0x01': 'Get Device ID',
  '0x06 0x02': 'Cold Reset',
  '0x06 0x03': 'Warm Reset',
  '0x06 0x04': 'Get Self Test Results',
  '0x06 0x06': 'Set ACPI Power State',
  '0x06 0x07': 'Get ACPI Power State',
  '0x06 0x08': 'Get Device GUID',
  '0x06 0x22': 'Reset Watchdog Timer',
  '0x06 0x24': 'Set Watchdog Timer',
  '0x06 0x25': 'Get Watchdog Timer',
  '0x06 0x2e': 'Set BMC Global Enables',
  '0x06 0x2f': 'Get BMC Global Enables',
  '0x06 0x30': 'Clear Message Flags',
  '0x06 0x31': 'Get Message Flags',
  '0x06 0x33': 'Get Message',
  '0x06 0x34': 'Send Message',
  '0x06 0x35': 'Read Event Message Buffer',
  '0x06 0x36': 'Get BT Interface Capabilities',
  '0x06 0x37': 'Get System GUID',
  '0x06 0x38': 'Get Channel Authentication Capabilities',
  '0x06 0x40': 'Set Channel Access',
  '0x06 0x41': 'Get Channel Access',
  '0x06 0x42': 'Get Channel Info',
  '0x06 0x43': 'Set User Access',
  '0x06 0x44': 'Get User Access',
  '0x06 0x45': 'Set User Name',
  '0x06 0x46': 'Get User Name',
  '0x06 0x47': 'Set User Password',
  '0x06 0x52': 'Master Write-Read',
  '0x06 0x54': 'Get Channel Cipher Suites',
  '0x0a 0x10': 'Get FRU Inventory Area Info',
  '0x0a 0x11': 'Read FRU Data',
  '0x0a 0x12': 'Write FRU Data',
  '0x0a 0x20': 'Get SDR Repository Info',
  '0x0a 0x22': 'Reserve SDR Repository',
  '0x0a 0x23': 'Get SDR',
  '0x0a 0x28': 'Get SDR Repository Time',
  '0x0a 0x40': 'Get SEL Info',
  '0x0a 0x41': 'Get SEL Allocation Info',
  '0x0a 0x42': 'Reserve SEL',
  '0x0a 0x43': 'Get SEL Entry',
  '0x0a 0x44': 'Add SEL Entry',
  '0x0a 0x47': 'Clear SEL',
  '0x0a 0x48': 'Get SEL Time',
  '0x0a 0x49': 'Set SEL Time',
  '0x0a 0x5c': 'Get SEL Time UTC Offset',
  '0x0a 0x5d': 'Set SEL Time UTC Offset',
  '0x0c 0x01': 'Set LAN Configuration Parameters',
  '0x0c 0x02': 'Get LAN Configuration Parameters',
  '0x0c 0x21': 'Set SOL Configuration Parameters',
  '0x0c 0x22': 'Get SOL Configuration Parameters',
};

test('each command has the name of appendix G, and no other command has one', () => {
  const found: Record<string, string> = {};
  for (let netFn = 0; netFn < 0x40; netFn += 1) {
    for (let cmd = 0; cmd < 0x100; cmd += 1) {
      const name = commandName(netFn, cmd);
      if (name !== undefined) found[`${hexByte(netFn)} ${hexByte(cmd)}`] = name;
    }
  }
  expect(found).toEqual(NAMES);
});

test.each([
  [0x06, 0x01, 'Get Device ID (netFn 0x06 cmd 0x01)'],
  [0x06, 0x36, 'Get BT Interface Capabilities (netFn 0x06 cmd 0x36)'],
  [0x0a, 0x43, 'Get SEL Entry (netFn 0x0a cmd 0x43)'],
  [0x30, 0x01, 'netFn 0x30 cmd 0x01'],
  [0x06, 0xff, 'netFn 0x06 cmd 0xff'],
])('netFn %i cmd %i is %s', (netFn, cmd, text) => {
  expect(commandText(netFn, cmd)).toBe(text);
});

test('a command of an OEM has no name', () => {
  expect(commandName(0x2e, 0x01)).toBeUndefined();
});
