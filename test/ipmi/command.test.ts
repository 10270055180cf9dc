/** Commands as values, and the numbers, sections and completion codes of every one of them. */

/// <reference types="vite/types/importMeta.d.ts" />

import { basename } from 'node:path';

import { expect, test } from 'vitest';

import { struct, u16, u8 } from '../../src/ipmi/codec.ts';
import { codeTextOf, requestOf, titleOf } from '../../src/ipmi/command.ts';
import type { Command, CommandTitle } from '../../src/ipmi/command.ts';
import { hexByte } from '../../src/ipmi/hex.ts';

const COMMAND: Command<{ readonly id: number }, number> = {
  netFn: 0x0a,
  cmd: 0x40,
  section: '§31.2',
  request: struct({ id: u16 }),
  response: u8,
  codes: { 0x80: 'the SEL is being erased' },
};

test('a request has the numbers of the command and the bytes of its arguments', () => {
  expect(requestOf(COMMAND, { id: 0x1234 }, 1)).toEqual({
    ...{ netFn: 0x0a, cmd: 0x40, lun: 1 },
    data: Uint8Array.of(0x34, 0x12),
  });
});

test('completion codes are told in the words of the command, and else in those of all', () => {
  const { codes, ...withoutCodes } = COMMAND;

  expect(codes).toBeDefined();
  expect(codeTextOf(COMMAND, 0x80)).toBe('0x80 (the SEL is being erased)');
  expect(codeTextOf(COMMAND, 0xc1)).toBe('0xc1 (Invalid command)');
  expect(codeTextOf(withoutCodes, 0xc1)).toBe('0xc1 (Invalid command)');
});

test('its title has the name, the numbers and the section', () => {
  expect(titleOf(COMMAND)).toBe('Get SEL Info (netFn 0x0a cmd 0x40), §31.2');
  expect(titleOf({ netFn: 0x2c, cmd: 2, name: 'Get Power Reading', section: 'DCMI 1.5' })).toBe(
    'Get Power Reading (netFn 0x2c cmd 0x02), DCMI 1.5',
  );
});

/** Every command by its module and the name of its export: netFn, cmd, section, name in a group. */
const COMMANDS: Readonly<Record<string, string>> = {
  'boot-options GET_BOOT_OPTIONS': '0x00 0x09 §28.13',
  'boot-options SET_BOOT_OPTIONS': '0x00 0x08 §28.12',
  'bt-capabilities GET_BT_CAPABILITIES': '0x06 0x36 §22.10',
  'channel GET_CHANNEL_ACCESS': '0x06 0x41 §22.23',
  'channel GET_CHANNEL_CIPHER_SUITES': '0x06 0x54 §22.15',
  'channel GET_CHANNEL_INFO': '0x06 0x42 §22.24',
  'channel SET_CHANNEL_ACCESS': '0x06 0x40 §22.22',
  'chassis GET_CHASSIS_STATUS': '0x00 0x01 §28.2',
  'chassis-control CHASSIS_CONTROL': '0x00 0x02 §28.3',
  'chassis-control CHASSIS_IDENTIFY': '0x00 0x04 §28.5',
  'chassis-control GET_CHASSIS_CAPABILITIES': '0x00 0x00 §28.1',
  'chassis-control GET_POH_COUNTER': '0x00 0x0f §28.14',
  'chassis-control GET_RESTART_CAUSE': '0x00 0x07 §28.11',
  'chassis-control SET_POWER_RESTORE_POLICY': '0x00 0x06 §28.8',
  'controller COLD_RESET': '0x06 0x02 §20.2',
  'controller GET_ACPI_POWER_STATE': '0x06 0x07 §20.7',
  'controller GET_GLOBAL_ENABLES': '0x06 0x2f §22.2',
  'controller SET_GLOBAL_ENABLES': '0x06 0x2e §22.1',
  'controller WARM_RESET': '0x06 0x03 §20.3',
  'dcmi GET_ASSET_TAG': '0x2c 0x06 DCMI 1.5 §6.4.2, Get Asset Tag',
  'dcmi GET_DCMI_CAPABILITIES': '0x2c 0x01 DCMI 1.5 §6.1.1, Get DCMI Capabilities Info',
  'dcmi GET_TEMPERATURE_READINGS': '0x2c 0x10 DCMI 1.5 §6.7.3, Get Temperature Readings',
  'dcmi-power ACTIVATE_POWER_LIMIT': '0x2c 0x05 DCMI 1.5 §6.6.4, Activate/Deactivate Power Limit',
  'dcmi-power GET_POWER_LIMIT': '0x2c 0x03 DCMI 1.5 §6.6.2, Get Power Limit',
  'dcmi-power GET_POWER_READING': '0x2c 0x02 DCMI 1.5 §6.6.1, Get Power Reading',
  'dcmi-power SET_POWER_LIMIT': '0x2c 0x04 DCMI 1.5 §6.6.3, Set Power Limit',
  'device-id GET_DEVICE_ID': '0x06 0x01 §20.1',
  'fru GET_FRU_INFO': '0x0a 0x10 §34.1',
  'fru READ_FRU': '0x0a 0x11 §34.2',
  'guid GET_DEVICE_GUID': '0x06 0x08 §20.8',
  'guid GET_SYSTEM_GUID': '0x06 0x37 §22.14',
  'ipmb SEND_MESSAGE': '0x06 0x34 §22.7',
  'lan GET_LAN_PARAMETERS': '0x0c 0x02 §23.2',
  'lan SET_LAN_PARAMETERS': '0x0c 0x01 §23.1',
  'sdr-commands GET_DEVICE_SDR': '0x04 0x21 §35.3',
  'sdr-commands GET_DEVICE_SDR_INFO': '0x04 0x20 §35.2',
  'sdr-commands GET_SDR': '0x0a 0x23 §33.12',
  'sdr-commands GET_SDR_REPOSITORY_INFO': '0x0a 0x20 §33.9',
  'sdr-commands RESERVE_DEVICE_SDRS': '0x04 0x22 §35.4',
  'sdr-commands RESERVE_SDR_REPOSITORY': '0x0a 0x22 §33.11',
  'sel ADD_SEL_ENTRY': '0x0a 0x44 §31.6',
  'sel CLEAR_SEL': '0x0a 0x47 §31.9',
  'sel GET_SEL_ALLOCATION': '0x0a 0x41 §31.3',
  'sel GET_SEL_ENTRY': '0x0a 0x43 §31.5',
  'sel GET_SEL_INFO': '0x0a 0x40 §31.2',
  'sel GET_SEL_TIME': '0x0a 0x48 §31.10',
  'sel GET_SEL_UTC_OFFSET': '0x0a 0x5c §31.11a',
  'sel RESERVE_SEL': '0x0a 0x42 §31.4',
  'sel SET_SEL_TIME': '0x0a 0x49 §31.11',
  'sel SET_SEL_UTC_OFFSET': '0x0a 0x5d §31.11b',
  'self-test GET_SELF_TEST_RESULTS': '0x06 0x04 §20.4',
  'sensor-commands GET_SENSOR_HYSTERESIS': '0x04 0x25 §35.7',
  'sensor-commands GET_SENSOR_READING': '0x04 0x2d §35.14',
  'sensor-commands GET_SENSOR_READING_FACTORS': '0x04 0x23 §35.5',
  'sensor-commands GET_SENSOR_THRESHOLDS': '0x04 0x27 §35.9',
  'sol GET_SOL_CONFIGURATION': '0x0c 0x22 §26.3',
  'user GET_USER_ACCESS': '0x06 0x44 §22.27',
  'user GET_USER_NAME': '0x06 0x46 §22.29',
  'user SET_USER_ACCESS': '0x06 0x43 §22.26',
  'user SET_USER_NAME': '0x06 0x45 §22.28',
  'user SET_USER_PASSWORD': '0x06 0x47 §22.30',
  'watchdog GET_WATCHDOG_TIMER': '0x06 0x25 §27.7',
  'watchdog RESET_WATCHDOG_TIMER': '0x06 0x22 §27.5',
  'watchdog SET_WATCHDOG_TIMER': '0x06 0x24 §27.6',
};

/** Completion codes of the commands of parameters. */
const PARAMETER = {
  0x80: 'the BMC does not have this parameter',
  0x81: 'another party is setting parameters',
  0x82: 'the parameter is read-only',
  0x83: 'the parameter is write-only',
};
const SESSIONLESS = { 0x82: 'the channel has no sessions, and so no access settings' };
const ERASING = { 0x81: 'the SEL is being erased' };

/** The completion codes of all that have some of their own. */
const CODES: Readonly<Record<string, Readonly<Record<number, string>>>> = {
  'boot-options GET_BOOT_OPTIONS': PARAMETER,
  'boot-options SET_BOOT_OPTIONS': PARAMETER,
  'channel GET_CHANNEL_ACCESS': SESSIONLESS,
  'channel SET_CHANNEL_ACCESS': {
    ...SESSIONLESS,
    0x83: 'the channel does not support this access mode',
  },
  'dcmi GET_ASSET_TAG': {
    0x80: 'the tag in the FRU is binary or of an unspecified encoding',
    0x81: 'the tag in the FRU is BCD plus',
    0x82: 'the tag in the FRU is 6-bit ASCII',
    0x83: 'the tag in the FRU is in a language other than English',
  },
  'dcmi-power GET_POWER_LIMIT': { 0x80: 'no power limit is active' },
  'dcmi-power SET_POWER_LIMIT': {
    0x84: 'the power limit is out of range',
    0x85: 'the correction time is out of range',
    0x89: 'the sampling period is out of range',
  },
  'fru READ_FRU': { 0x81: 'the FRU device is busy' },
  'ipmb SEND_MESSAGE': {
    0x80: 'invalid session handle',
    0x81: 'lost arbitration on the bus',
    0x82: 'bus error',
    0x83: 'NAK on write: no controller answers at the address',
  },
  'lan GET_LAN_PARAMETERS': PARAMETER,
  'lan SET_LAN_PARAMETERS': PARAMETER,
  'sel ADD_SEL_ENTRY': { 0x80: 'records of this type cannot be added', ...ERASING },
  'sel GET_SEL_ENTRY': ERASING,
  'sel GET_SEL_INFO': ERASING,
  'sel RESERVE_SEL': ERASING,
  'sol GET_SOL_CONFIGURATION': PARAMETER,
  'user SET_USER_PASSWORD': {
    0x80: 'the password that is stored is another one',
    0x81: 'the password is stored in the other size',
  },
  'watchdog RESET_WATCHDOG_TIMER': { 0x80: 'the timer was never set, and cannot be started' },
};

/** Every export of a module of `src/ipmi` that is a command. */
const EXPORTED = Object.entries(
  import.meta.glob<object>('../../src/ipmi/*.ts', { eager: true }),
).flatMap(([path, exported]) =>
  Object.entries(exported).flatMap(([name, value]) =>
    isCommand(value) ? [[`${basename(path, '.ts')} ${name}`, value] as const] : [],
  ),
);

function isCommand(value: unknown): value is CommandTitle {
  return typeof value === 'object' && value !== null && 'netFn' in value && 'section' in value;
}

/** What is exported, by what `partOf` says of it. */
function exported<T>(partOf: (command: CommandTitle) => T): Record<string, T> {
  return Object.fromEntries(EXPORTED.map(([key, command]) => [key, partOf(command)]));
}

test('each command has the numbers and the section of the specification', () => {
  const lines = exported(({ netFn, cmd, section, name }) => {
    const numbers = `${hexByte(netFn)} ${hexByte(cmd)} ${section}`;
    return name === undefined ? numbers : `${numbers}, ${name}`;
  });

  expect(lines).toEqual(COMMANDS);
});

test('each command has its completion codes in words', () => {
  // Those without codes of their own are undefined on one side, and not there on the other.
  expect(exported(({ codes }) => codes)).toEqual(CODES);
});
