/** All operations of the typed commands, each with arguments that are right. */

import type { Commands } from '../../src/commands/index.ts';
import { LAN_PARAMETERS } from '../../src/commands/index.ts';
import type { LanWanted, UsersWanted } from '../../src/commands/index.ts';

/** Runs an operation to its end; resolves to the items of an iterator. */
export type Operation = (bmc: Commands) => Promise<unknown>;

const LAN_WANTED: LanWanted = {
  channel: 1,
  mac: '02:00:00:00:00:09',
  ipv4: { source: 'static', address: '192.0.2.99', netmask: '255.255.254.0' },
  ipv6: {
    protocols: 'both',
    staticAddresses: [{ address: '2001:db8::9', prefixLength: 64 }, null],
    useStaticRouters: true,
    router1: { address: 'fe80::1', prefixLength: 64 },
    hopLimit: 9,
  },
  vlan: { id: 9, priority: 3 },
  arp: { sendResponses: true, intervalSeconds: 3 },
  authTypes: { administrator: ['md5'] },
  cipherSuites: { 3: 'administrator' },
  badPassword: { threshold: 3, log: true },
  snmpCommunity: 'community',
};

const USERS_WANTED: UsersWanted = {
  users: [
    { id: 2, name: 'one', password: 'secret-one', enabled: true, privilege: 'operator' },
    { id: 3, password: 'secret-two', setPassword: 'always', enabled: false, messaging: true },
  ],
};

const POWER_LIMIT = {
  limitWatts: 500,
  action: 'log',
  correctionMs: 1000,
  periodSeconds: 5,
} as const;
const PASSWORD = { user: 2, password: 'secret-one' } as const;
const ACCESS = {
  channel: 1,
  user: 2,
  access: {
    privilege: 'operator',
    hasMessaging: true,
    hasLinkAuthentication: true,
    isCallbackOnly: false,
  },
} as const;

async function all(items: AsyncGenerator<unknown, unknown>): Promise<unknown> {
  for (;;) {
    const step = await items.next();
    if (step.done === true) return step.value;
  }
}

/** By `family.operation`. */
export const OPERATIONS: Readonly<Record<string, Operation>> = {
  'bootOptions.device': ({ bootOptions }) => bootOptions.device(),
  'bootOptions.parameter': ({ bootOptions }) => bootOptions.parameter(5),
  'bootOptions.parameters': ({ bootOptions }) => bootOptions.parameters(),
  'bootOptions.setDevice': ({ bootOptions }) => bootOptions.setDevice({ device: 'pxe' }),
  'channel.access': ({ channel }) => channel.access(1),
  'channel.apply': ({ channel }) => channel.apply({ mode: 'always', privilege: 'operator' }),
  'channel.cipherSuites': ({ channel }) => channel.cipherSuites(1),
  'channel.info': ({ channel }) => channel.info(1),
  'channel.list': ({ channel }) => channel.list(),
  'chassis.capabilities': ({ chassis }) => chassis.capabilities(),
  'chassis.identify': ({ chassis }) => chassis.identify('force'),
  'chassis.poh': ({ chassis }) => chassis.poh(),
  'chassis.power': ({ chassis }) => chassis.power('cycle'),
  'chassis.restartCause': ({ chassis }) => chassis.restartCause(),
  'chassis.setRestorePolicy': ({ chassis }) => chassis.setRestorePolicy('previous'),
  'chassis.status': ({ chassis }) => chassis.status(),
  'dcmi.activatePowerLimit': ({ dcmi }) => dcmi.activatePowerLimit(true),
  'dcmi.assetTag': ({ dcmi }) => dcmi.assetTag(),
  'dcmi.capabilities': ({ dcmi }) => dcmi.capabilities(),
  'dcmi.power': ({ dcmi }) => dcmi.power(),
  'dcmi.powerLimit': ({ dcmi }) => dcmi.powerLimit(),
  'dcmi.setPowerLimit': ({ dcmi }) => dcmi.setPowerLimit(POWER_LIMIT),
  'dcmi.temperatures': ({ dcmi }) => dcmi.temperatures(),
  'fru.areas': ({ fru }) => fru.areas(),
  'fru.read': ({ fru }) => fru.read(),
  'lan.apply': ({ lan }) => lan.apply(LAN_WANTED),
  'lan.channel': ({ lan }) => lan.channel(),
  'lan.get': ({ lan }) => lan.get(undefined, { secrets: true }),
  'lan.parameter': ({ lan }) => lan.parameter(LAN_PARAMETERS.address, { channel: 1 }),
  'mc.acpiPowerState': ({ mc }) => mc.acpiPowerState(),
  'mc.deviceId': ({ mc }) => mc.deviceId(),
  'mc.enables': ({ mc }) => mc.enables(),
  'mc.guids': ({ mc }) => mc.guids(),
  'mc.reset': ({ mc }) => mc.reset('cold'),
  'mc.selfTest': ({ mc }) => mc.selfTest(),
  'mc.setEnables': ({ mc }) => mc.setEnables({ eventBuffer: true, oem0: true }),
  'sdr.deviceInfo': ({ sdr }) => sdr.deviceInfo(),
  'sdr.info': ({ sdr }) => sdr.info(),
  'sdr.records': ({ sdr }) => all(sdr.records()),
  sdrList: ({ sdrList }) => all(sdrList({ thresholds: true })),
  'sel.add': ({ sel }) => sel.add(new Uint8Array(16)),
  'sel.clear': ({ sel }) => sel.clear(),
  'sel.drain': ({ sel }) => all(sel.drain()),
  'sel.entries': ({ sel }) => all(sel.entries()),
  'sel.info': ({ sel }) => sel.info(),
  'sel.setTime': ({ sel }) => sel.setTime(1_700_000_000),
  'sel.setUtcOffset': ({ sel }) => sel.setUtcOffset(60),
  'sel.time': ({ sel }) => sel.time(),
  'sel.utcOffset': ({ sel }) => sel.utcOffset(),
  sensors: ({ sensors }) => all(sensors({ thresholds: true })),
  'sol.get': ({ sol }) => sol.get(1),
  'user.access': ({ user }) => user.access(1, 2),
  'user.apply': ({ user }) => user.apply(USERS_WANTED),
  'user.list': ({ user }) => user.list(),
  'user.name': ({ user }) => user.name(2),
  'user.setAccess': ({ user }) => user.setAccess(ACCESS),
  'user.setEnabled': ({ user }) => user.setEnabled(2, true),
  'user.setName': ({ user }) => user.setName(2, 'one'),
  'user.setPassword': ({ user }) => user.setPassword(PASSWORD),
  'user.testPassword': ({ user }) => user.testPassword(PASSWORD),
  'watchdog.get': ({ watchdog }) => watchdog.get(),
  'watchdog.off': ({ watchdog }) => watchdog.off(),
  'watchdog.reset': ({ watchdog }) => watchdog.reset(),
  'watchdog.set': ({ watchdog }) => watchdog.set({ countdownMs: 60_000, action: 'hard-reset' }),
};

/** The names of all operations that there are. */
export function operationNames(bmc: Commands): readonly string[] {
  return Object.entries(bmc).flatMap(([family, value]: [string, unknown]) => {
    if (typeof value === 'function') return [family];
    const methods = Object.getOwnPropertyNames(Object.getPrototypeOf(value));
    return methods.filter((one) => one !== 'constructor').map((one) => `${family}.${one}`);
  });
}
