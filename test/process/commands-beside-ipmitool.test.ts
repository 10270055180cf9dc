/**
 * The typed commands beside `ipmitool`, a program of other authors: both are given the same
 * answers, and must read the same values in them.
 */

import { beforeAll, describe, expect, test } from 'vitest';

import { commands } from '../../src/commands/index.ts';
import type { Sensor } from '../../src/commands/index.ts';
import type { RequestInput } from '../../src/ipmi/requester.ts';
import { Answering } from '../support/answering.ts';
import { describeWith } from '../support/describe-with.ts';
import { directBmc } from '../support/direct-bmc.ts';
import { printedByIpmitool, rowsIn } from '../support/ipmitool.ts';
import { nonEmpty } from '../support/lists.ts';
import { peerReply } from '../support/peer-replies.ts';

const WORDS = [
  'mc info',
  'mc getenables',
  'mc watchdog get',
  'chassis status',
  'chassis restart_cause',
  'chassis poh',
  'channel info 1',
  'lan print 1',
  'sol info 1',
  'sel info',
  'dcmi power reading',
  'dcmi power get_limit',
  'sensor',
];

/** Answers what is not among the replies: it has sensors. */
const simulated = directBmc();
const requester = new Answering((input) => peerReply(input) ?? simulatedReply(input));
const ours = commands(requester);

let printed: ReadonlyMap<string, string>;

function simulatedReply({ netFn, cmd, lun = 0, data = new Uint8Array() }: RequestInput) {
  const atMs = simulated.clock.now();
  return [...simulated.bmc.execute({ netFn, lun, seq: 1, cmd, data, atMs })];
}

function rowsOf(words: string): Record<string, string> {
  return rowsIn(printed.get(words) ?? '');
}

const onOff = (is: boolean): string => (is ? 'enabled' : 'disabled');

/** The thresholds in the order of the columns of `ipmitool sensor`. */
const COLUMNS = [
  'lowerNonRecoverable',
  'lowerCritical',
  'lowerNonCritical',
  'upperNonCritical',
  'upperCritical',
  'upperNonRecoverable',
] as const;

describeWith('ipmitool', 'both read the same in an answer:', () => {
  beforeAll(async () => {
    printed = await printedByIpmitool(requester, WORDS);
  });

  test('the device', async () => {
    const id = await ours.mc.deviceId();

    expect(rowsOf('mc info')).toMatchObject({
      'Device ID': String(id.deviceId),
      'Device Revision': String(id.deviceRevision),
      'Firmware Revision': id.firmwareRevision,
      'IPMI Version': id.ipmiVersion,
      'Manufacturer ID': String(id.manufacturerId),
      'Product ID': expect.stringContaining(`${id.productId} (`) as string,
      'Device Available': id.available ? 'yes' : 'no',
      'Provides Device SDRs': id.providesSdrs ? 'yes' : 'no',
    });
  });

  test('the global enables', async () => {
    const enables = await ours.mc.enables();

    expect(rowsOf('mc getenables')).toEqual({
      'Receive Message Queue Interrupt': onOff(enables.receiveMessageInterrupt),
      'Event Message Buffer Full Interrupt': onOff(enables.eventBufferInterrupt),
      'Event Message Buffer': onOff(enables.eventBuffer),
      'System Event Logging': onOff(enables.systemEventLog),
      'OEM 0': onOff(enables.oem0),
      'OEM 1': onOff(enables.oem1),
      'OEM 2': onOff(enables.oem2),
    });
  });

  test('the watchdog', async () => {
    const timer = await ours.watchdog.get();

    expect(timer).toMatchObject({
      use: { use: 'sms-os', isRunning: true, isLogged: true },
      actions: { action: 'hard-reset', interrupt: 'message' },
      expired: { smsOs: true, osLoad: false, oem: false },
    });
    expect(rowsOf('mc watchdog get')).toMatchObject({
      'Watchdog Timer Use': 'SMS/OS (0x44)',
      'Watchdog Timer Is': 'Started/Running',
      'Watchdog Timer Logging': 'On',
      'Watchdog Timer Action': 'Hard Reset (0x31)',
      'Pre-timeout interrupt': 'Messaging',
      'Pre-timeout interval': `${timer.preTimeoutSeconds} seconds`,
      'Initial Countdown': `${(timer.countdownMs / 1000).toFixed(1)} sec`,
      'Present Countdown': `${(timer.presentMs / 1000).toFixed(1)} sec`,
    });
  });

  describe('the chassis:', () => {
    test('its state', async () => {
      const { power, lastEvent, state, frontPanel } = await ours.chassis.status();
      const events = [
        ...(lastEvent.overload ? ['overload'] : []),
        ...(lastEvent.interlock ? ['interlock'] : []),
        ...(lastEvent.fault ? ['fault'] : []),
        ...(lastEvent.command ? ['command'] : []),
      ];

      expect(rowsOf('chassis status')).toMatchObject({
        'System Power': power.isOn ? 'on' : 'off',
        'Power Overload': String(power.hasOverload),
        'Power Interlock': power.isInterlocked ? 'active' : 'inactive',
        'Main Power Fault': String(power.hasFault),
        'Power Control Fault': String(power.hasControlFault),
        'Power Restore Policy': power.restorePolicy,
        'Last Power Event': events.join(' '),
        'Chassis Intrusion': state.isOpen ? 'active' : 'inactive',
        'Front-Panel Lockout': state.isFrontPanelLocked ? 'active' : 'inactive',
        'Drive Fault': String(state.hasDriveFault),
        'Cooling/Fan Fault': String(state.hasCoolingFault),
        'Sleep Button Disabled': String(frontPanel?.isStandbyDisabled),
        'Diag Button Disabled': String(frontPanel?.isDiagnosticDisabled),
        'Reset Button Disabled': String(frontPanel?.isResetDisabled),
        'Power Button Disabled': String(frontPanel?.isPowerOffDisabled),
      });
    });

    test('the cause of its restart, and the time that its power was on', async () => {
      const { minutesPerCount, count } = await ours.chassis.poh();
      const hours = Math.floor((minutesPerCount * count) / 60);
      const rest = `${hours % 24} hours, ${(minutesPerCount * count) % 60} minutes`;

      expect((await ours.chassis.restartCause()).cause.name).toBe('watchdog');
      expect(rowsOf('chassis restart_cause')).toEqual({
        'System restart cause': 'watchdog expired',
      });
      expect(rowsOf('chassis poh')).toEqual({
        'POH Counter': `${Math.floor(hours / 24)} days, ${rest}`,
      });
    });
  });

  test('a channel, and access to it', async () => {
    const info = await ours.channel.info(1);
    const { volatile: inForce, nonVolatile } = await ours.channel.access(1);
    const text = printed.get('channel info 1') ?? '';

    expect(info).toMatchObject({ medium: 'lan-802.3', protocol: 'ipmb-1.0' });
    expect(rowsOf('channel info 1')).toMatchObject({
      'Channel Medium Type': '802.3 LAN',
      'Channel Protocol Type': 'IPMB-1.0',
      'Session Support': info.sessionSupport,
      'Active Session Count': String(info.activeSessions),
      'Protocol Vendor ID': String(info.vendorId),
    });
    expect([...text.matchAll(/(?:Alerting|Auth) +: (\w+)/g)].map(([, word]) => word)).toEqual(
      [inForce, nonVolatile].flatMap(({ settings }) => [
        onOff(settings.hasAlerting),
        onOff(settings.hasMessageAuthentication),
        onOff(settings.hasUserAuthentication),
      ]),
    );
  });

  test('the configuration of LAN', async () => {
    const { ipv4, vlan, arp, badPassword, ...lan } = await ours.lan.get(1, { secrets: true });
    const suites = lan.cipherSuites?.map(({ privilege }) => String(privilege)[0]).join('') ?? '';

    expect(lan.problems).toEqual([]);
    expect(lan.authTypes?.administrator).toEqual(['none', 'md5', 'password']);
    expect(lan.authTypes?.operator).toEqual(['md2']);
    expect(ipv4.source).toBe('dhcp');
    expect(rowsOf('lan print 1')).toMatchObject({
      User: 'MD5 PASSWORD',
      Operator: 'MD2',
      Admin: 'NONE MD5 PASSWORD',
      'IP Address Source': 'DHCP Address',
      'IP Address': ipv4.address,
      'Subnet Mask': ipv4.netmask,
      'MAC Address': lan.mac,
      'SNMP Community String': lan.snmpCommunity,
      'BMC ARP Control': 'ARP Responses Enabled, Gratuitous ARP Enabled',
      'Gratituous ARP Intrvl': `${arp?.intervalSeconds?.toFixed(1)} seconds`,
      'Default Gateway IP': ipv4.gateway,
      'Default Gateway MAC': ipv4.gatewayMac,
      'Backup Gateway IP': ipv4.backupGateway,
      'Backup Gateway MAC': ipv4.backupGatewayMac,
      '802.1q VLAN ID': String(vlan?.id),
      '802.1q VLAN Priority': String(vlan?.priority),
      'RMCP+ Cipher Suites': lan.cipherSuites?.map(({ id }) => id).join(','),
      'Cipher Suite Priv Max': expect.stringMatching(`^${suites}`) as string,
      'Bad Password Threshold': String(badPassword?.threshold),
      'Attempt Count Reset Int.': String(badPassword?.resetSeconds),
      'User Lockout Interval': String(badPassword?.lockoutSeconds),
    });
  });

  test('Serial over LAN', async () => {
    const sol = await ours.sol.get(1);
    const kbps = (rate: unknown): string => (Number(rate) / 1000).toFixed(1);

    expect(rowsOf('sol info 1')).toEqual({
      'Set in progress': `set-${sol.progress?.state}`,
      Enabled: String(sol.enable?.isEnabled),
      'Force Encryption': String(sol.authentication?.forcesEncryption),
      'Force Authentication': String(sol.authentication?.forcesAuthentication),
      'Privilege Level': String(sol.authentication?.privilege).toUpperCase(),
      'Character Accumulate Level (ms)': String(sol.accumulate?.intervalMs),
      'Character Send Threshold': String(sol.accumulate?.threshold),
      'Retry Count': String(sol.retry?.retries.count),
      'Retry Interval (ms)': String(sol.retry?.intervalMs),
      'Volatile Bit Rate (kbps)': kbps(sol.volatileBitRate?.rate),
      'Non-Volatile Bit Rate (kbps)': kbps(sol.bitRate?.rate),
      'Payload Channel': `${sol.payloadChannel?.number} (0x01)`,
      'Payload Port': String(sol.payloadPort),
    });
  });

  test('the event log', async () => {
    const { lastAdd, lastErase, allocation, ...info } = await ours.sel.info();

    expect(info.support).toMatchObject({
      canDelete: true,
      canReserve: true,
      canAddPartially: false,
    });
    expect([lastAdd, lastErase]).toEqual([
      { kind: 'date', seconds: Date.UTC(2024, 5, 17, 16, 10, 40) / 1000 },
      { kind: 'date', seconds: Date.UTC(2024, 5, 17, 16, 15, 12) / 1000 },
    ]);
    expect(rowsOf('sel info')).toMatchObject({
      Entries: String(info.entries),
      'Free Space': `${info.freeBytes} bytes`,
      'Last Add Time': '06/17/24 16:10:40 UTC',
      'Last Del Time': '06/17/24 16:15:12 UTC',
      Overflow: String(info.support.isOverflown),
      'Supported Cmds': "'Delete' 'Reserve' 'Get Alloc Info'",
      '# of Alloc Units': String(allocation?.units),
      'Alloc Unit Size': String(allocation?.unitBytes),
      '# Free Units': String(allocation?.freeUnits),
      'Largest Free Blk': String(allocation?.largestFreeUnits),
      'Max Record Size': String(allocation?.recordUnitsMax),
    });
  });

  test('power and its limit, of DCMI', async () => {
    const reading = await ours.dcmi.power();
    const limit = await ours.dcmi.powerLimit();
    if (!reading.isAvailable || !limit.isActive) throw new Error('DCMI is not read');

    expect(limit.action).toBe('log');
    expect(rowsOf('dcmi power reading')).toMatchObject({
      'Instantaneous power reading': `${reading.currentWatts} Watts`,
      'Minimum during sampling period': `${reading.minimumWatts} Watts`,
      'Maximum during sampling period': `${reading.maximumWatts} Watts`,
      'Average power reading over sample period': `${reading.averageWatts} Watts`,
      'Power reading state is': 'activated',
    });
    expect(rowsOf('dcmi power get_limit')).toMatchObject({
      'Exception actions': 'Log Event to SEL',
      'Power Limit': `${limit.limitWatts} Watts`,
      'Correction time': `${limit.correctionMs} milliseconds`,
      'Sampling period': `${limit.periodSeconds} seconds`,
    });
  });

  test('the sensors that are read: values, units and thresholds', async () => {
    const read: Sensor[] = [];
    for await (const item of ours.sensors({ thresholds: true })) {
      if (item.kind === 'sensor' && item.value !== undefined) read.push(item);
    }
    const lines = (printed.get('sensor') ?? '').split('\n').map((line) => line.split(/\s*\|\s*/));
    const decimals = (value: number | undefined): string => value?.toFixed(3) ?? 'na';

    for (const { name, value, unit, thresholds } of nonEmpty(read)) {
      const [, ...columns] = lines.find(([first]) => first === name.trim()) ?? [];
      expect([columns[0], columns[1], ...columns.slice(3).map((one) => one.trim())], name).toEqual([
        decimals(value),
        unit,
        ...COLUMNS.map((column) => decimals(thresholds?.[column])),
      ]);
    }
  });
});
