/** Schemas of files, held against the checks of the library: both take the same. */

import { Ajv2020 } from 'ajv/dist/2020.js';
import { describe, expect, test } from 'vitest';

import { INPUT_SCHEMAS } from '../../../src/cli/schemas/input.ts';
import { inputJsonSchema } from '../../../src/cli/schemas/schema.ts';
import { checkChannel } from '../../../src/commands/channel.ts';
import { checkLan } from '../../../src/commands/lan-wanted.ts';
import { checkUsers } from '../../../src/commands/user-wanted.ts';

const CHECKS: Readonly<Record<string, (wanted: unknown) => unknown>> = {
  'lan-apply': checkLan,
  'user-apply': checkUsers,
  'channel-apply': checkChannel,
};

const LAN = {
  channel: 1,
  mac: '02:00:5e:10:00:02',
  ipv4: {
    source: 'static',
    address: '192.0.2.20',
    netmask: '255.255.255.0',
    gateway: '192.0.2.1',
    gatewayMac: '02:00:5e:10:00:03',
    backupGateway: '192.0.2.2',
    backupGatewayMac: '02:00:5e:10:00:04',
  },
  ipv6: {
    protocols: 'both',
    staticAddresses: [null, { address: '2001:db8::5', prefixLength: 64 }],
    useStaticRouters: true,
    useDynamicRouters: false,
    router1: { address: '2001:db8::1', mac: '02:00:5e:10:00:05', prefixLength: 64, prefix: '::' },
    router2: { prefix: '::' },
    trafficClass: 0,
    hopLimit: 64,
  },
  vlan: { id: 5, priority: 7 },
  arp: { sendResponses: true, sendGratuitous: false, intervalSeconds: 1.5 },
  authTypes: { callback: [], user: ['md5'], operator: ['md2'], administrator: ['none'], oem: [] },
  cipherSuites: { '3': 'administrator', '17': 'unused' },
  badPassword: { log: true, threshold: 3, resetSeconds: 60, lockoutSeconds: 600 },
};

const USER = {
  id: 3,
  name: 'operator',
  enabled: true,
  privilege: 'no-access',
  messaging: true,
  linkAuthentication: false,
  callbackOnly: false,
};

const CHANNEL = {
  channel: 1,
  mode: 'always',
  userAuthentication: true,
  messageAuthentication: true,
  alerting: false,
  privilege: 'operator',
  memory: 'both',
};

/** True if the schema of that name takes the value. */
function takes(name: string, value: unknown): boolean {
  const found = INPUT_SCHEMAS.find((one) => one.name === name);
  if (found === undefined) throw new Error(`there is no schema ${name}`);
  return new Ajv2020({ allErrors: true }).compile(inputJsonSchema(found))(value);
}

function isTaken(name: string, value: unknown): boolean {
  try {
    CHECKS[name]?.(value);
    return true;
  } catch {
    return false;
  }
}

describe('both take', () => {
  test.each<[string, unknown]>([
    ['lan-apply', LAN],
    ['lan-apply', { vlan: null }],
    ['user-apply', { channel: 1, users: [USER] }],
    ['channel-apply', CHANNEL],
  ])('%s %j', (name, value) => {
    expect([takes(name, value), isTaken(name, value)]).toEqual([true, true]);
  });
});

describe('neither takes', () => {
  test.each<[string, unknown]>([
    ['lan-apply', {}],
    ['lan-apply', []],
    ['lan-apply', { ipv5: {} }],
    ['lan-apply', { channel: 12 }],
    ['lan-apply', { ipv4: { source: 'auto' } }],
    ['lan-apply', { ipv4: { adress: '10.0.0.1' } }],
    ['lan-apply', { ipv6: { staticAddresses: [{ address: '::1' }] } }],
    ['lan-apply', { ipv6: { staticAddresses: [{ address: '::1', prefixLength: 129 }] } }],
    ['lan-apply', { vlan: { id: 0 } }],
    ['lan-apply', { vlan: { priority: 1 } }],
    ['lan-apply', { arp: { intervalSeconds: 0.7 } }],
    ['lan-apply', { authTypes: { root: [] } }],
    ['lan-apply', { cipherSuites: { aes: 'user' } }],
    ['lan-apply', { badPassword: { resetSeconds: 5 } }],
    ['user-apply', {}],
    ['user-apply', { users: [] }],
    ['user-apply', { users: [{}] }],
    ['user-apply', { users: [{ id: 64 }] }],
    ['user-apply', { users: [{ id: 3, name: 'a'.repeat(17) }] }],
    ['user-apply', { users: [{ id: 3, privilege: 'root' }] }],
    ['channel-apply', { mode: 'open' }],
    ['channel-apply', { memory: 'none' }],
  ])('%s %j', (name, value) => {
    expect([takes(name, value), isTaken(name, value)]).toEqual([false, false]);
  });
});

test('a secret is a file for the schema, and a value for the library', () => {
  const users = { users: [{ id: 3, passwordFile: 'a', setPassword: 'always', passwordBytes: 20 }] };

  expect(takes('user-apply', users)).toBe(true);
  expect(takes('user-apply', { users: [{ id: 3, password: 'a' }] })).toBe(false);
  expect(takes('lan-apply', { snmpCommunityFile: 'a' })).toBe(true);
  expect(takes('lan-apply', { snmpCommunity: 'a' })).toBe(false);
});
