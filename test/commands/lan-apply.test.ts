/** Making the LAN configuration as it is wanted: what is sent, in which order, and what is told. */

import { describe, expect, test } from 'vitest';

import type { LanWanted } from '../../src/commands/index.ts';
import { commandsRig } from '../support/commands-rig.ts';
import { lanSets, networkRig } from '../support/network-rig.ts';

const IPV4 = { address: '192.0.2.20', netmask: '255.255.0.0', gateway: '192.0.2.254' } as const;

/** Settings of every kind. */
const EVERYTHING: LanWanted = {
  mac: '02-00-5E-10-00-02',
  ipv4: {
    ...IPV4,
    source: 'bios',
    gatewayMac: '02:00:5e:10:00:03',
    backupGateway: '192.0.2.253',
    backupGatewayMac: '02:00:5e:10:00:04',
  },
  vlan: { id: 5, priority: 3 },
  arp: { sendResponses: false, sendGratuitous: true, intervalSeconds: 1.5 },
  authTypes: { user: ['md5'], oem: [] },
  cipherSuites: { '17': 'operator', '3': 'unused' },
  badPassword: { log: true, threshold: 3, resetSeconds: 60, lockoutSeconds: 300 },
  snmpCommunity: 'secret-hunter',
  ipv6: {
    protocols: 'ipv6',
    trafficClass: 1,
    hopLimit: 32,
    staticAddresses: [null, { address: '2001:DB8:0::5', prefixLength: 64 }],
    router1: {
      address: '2001:db8::1',
      mac: '02:00:5e:10:00:05',
      prefixLength: 32,
      prefix: '2001:db8::',
    },
    useStaticRouters: true,
    useDynamicRouters: false,
  },
};

describe('a configuration with everything', () => {
  test('is set in an order that keeps the interface whole, and read back', async () => {
    const { bmc, sent } = networkRig();

    const { changes, unverified } = await bmc.lan.apply(EVERYTHING);

    expect(unverified).toEqual([]);
    expect(lanSets(sent)).toEqual([
      ...[0, 5, 4, 3, 6, 12, 13, 14, 15, 21, 20, 10, 11, 2, 24, 26, 16],
      ...[52, 53, 56, 65, 66, 67, 68, 64, 51, 0, 0],
    ]);
    expect(
      changes.map(({ path, from, to }) => `${path}: ${String(from)} -> ${String(to)}`),
    ).toEqual([
      'lan.mac: 02:00:5e:10:00:01 -> 02:00:5e:10:00:02',
      'lan.ipv4.source: static -> bios',
      'lan.ipv4.address: 192.0.2.10 -> 192.0.2.20',
      'lan.ipv4.netmask: 255.255.255.0 -> 255.255.0.0',
      'lan.ipv4.gateway: 192.0.2.1 -> 192.0.2.254',
      'lan.ipv4.gatewayMac: 00:00:00:00:00:00 -> 02:00:5e:10:00:03',
      'lan.ipv4.backupGateway: 0.0.0.0 -> 192.0.2.253',
      'lan.ipv4.backupGatewayMac: 00:00:00:00:00:00 -> 02:00:5e:10:00:04',
      'lan.vlan.priority: 0 -> 3',
      'lan.vlan.id: null -> 5',
      'lan.arp.sendResponses: true -> false',
      'lan.arp.sendGratuitous: false -> true',
      'lan.arp.intervalSeconds: 2 -> 1.5',
      'lan.authTypes.user: md2, md5, password -> md5',
      'lan.cipherSuites.3: administrator -> unused',
      'lan.cipherSuites.17: administrator -> operator',
      'lan.badPassword.log: false -> true',
      'lan.badPassword.threshold: 0 -> 3',
      'lan.badPassword.resetSeconds: 0 -> 60',
      'lan.badPassword.lockoutSeconds: 0 -> 300',
      'lan.snmpCommunity: null -> null',
      'lan.ipv6.trafficClass: 0 -> 1',
      'lan.ipv6.hopLimit: 64 -> 32',
      'lan.ipv6.staticAddresses[1]: null -> 2001:db8::5/64',
      'lan.ipv6.router1.address: :: -> 2001:db8::1',
      'lan.ipv6.router1.mac: 00:00:00:00:00:00 -> 02:00:5e:10:00:05',
      'lan.ipv6.router1.prefixLength: 0 -> 32',
      'lan.ipv6.router1.prefix: :: -> 2001:db8::',
      'lan.ipv6.useStaticRouters: false -> true',
      'lan.ipv6.useDynamicRouters: true -> false',
      'lan.ipv6.protocols: both -> ipv6',
    ]);
  });

  test('is so afterwards, and a second apply only reads', async () => {
    const { bmc, sent } = networkRig();
    await bmc.lan.apply(EVERYTHING);
    sent.length = 0;

    const second = await bmc.lan.apply(EVERYTHING);

    const nothing = { changes: [], warnings: [], unverified: [] };
    expect(second).toEqual({ channel: 1, isCheck: false, ...nothing });
    expect(lanSets(sent)).toEqual([]);
    const { ipv4, vlan, cipherSuites } = await bmc.lan.get(1);
    expect(ipv4).toMatchObject({ ...IPV4, source: 'bios' });
    expect(vlan).toEqual({ isEnabled: true, id: 5, priority: 3 });
    expect(cipherSuites).toEqual([
      { id: 3, privilege: 'unused' },
      { id: 17, privilege: 'operator' },
    ]);
  });

  test('with check is only compared, with the same changes', async () => {
    const { bmc, sent } = networkRig();

    const checked = await bmc.lan.apply(EVERYTHING, { check: true });

    expect(lanSets(sent)).toEqual([]);
    expect(checked.isCheck).toBe(true);
    expect(checked.changes).toEqual((await bmc.lan.apply(EVERYTHING)).changes);
  });

  test('tells the community string nowhere', async () => {
    const { bmc } = networkRig();

    expect(JSON.stringify(await bmc.lan.apply(EVERYTHING))).not.toContain('hunter');
  });
});

test('the transactions are those that are documented', async () => {
  const { bmc, count } = await commandsRig();

  await bmc.lan.apply({ channel: 1, ipv4: IPV4 });

  // Three reads and that of the source; Set In Progress three times; a set and a read for each.
  expect(count()).toBe(4 + 3 + 2 * 3);
  await bmc.lan.apply({ channel: 1, ipv4: IPV4 });
  expect(count()).toBe(3);
});

test('a VLAN is ended by null', async () => {
  const { bmc } = networkRig();
  await bmc.lan.apply({ vlan: { id: 7 } });

  const { changes } = await bmc.lan.apply({ vlan: null });

  expect(changes).toEqual([{ path: 'lan.vlan.id', from: 7, to: null, isSecret: false }]);
});

describe('an address under DHCP', () => {
  test('is refused before anything is set, and the error says what to do', async () => {
    const { bmc, sent } = networkRig();
    await bmc.lan.apply({ ipv4: { source: 'dhcp' } });
    sent.length = 0;

    await expect(bmc.lan.apply({ ipv4: { address: '192.0.2.20' } })).rejects.toThrow(
      'lan.ipv4.address: the BMC gets it by DHCP; set lan.ipv4.source, too, such as "static"; nothing was set',
    );
    expect(lanSets(sent)).toEqual([]);
  });

  test('is set behind the source that is static again', async () => {
    const { bmc, sent } = networkRig();
    await bmc.lan.apply({ ipv4: { source: 'dhcp' } });
    sent.length = 0;

    await bmc.lan.apply({ ipv4: { source: 'static', address: '192.0.2.20' } });

    expect(lanSets(sent)).toEqual([0, 4, 3, 0, 0]);
  });
});

test('what the BMC does not have is an error before anything is set', async () => {
  const { bmc, sent } = networkRig({ hasIpv6: false });

  await expect(bmc.lan.apply({ mac: '02:00:5e:10:00:09', ipv6: { hopLimit: 1 } })).rejects.toThrow(
    'lan.ipv6.hopLimit: the BMC does not have parameter 53 (IPv6 Header Static Hop Limit); nothing was set',
  );
  await expect(bmc.lan.apply({ cipherSuites: { '0': 'user' } })).rejects.toThrow(
    'lan.cipherSuites.0: the BMC does not have this suite; it has 3, 17; nothing was set',
  );
  expect(lanSets(sent)).toEqual([]);
});

describe('the wanted configuration is checked before anything is sent:', () => {
  test.each<[unknown, string]>([
    [{ ipv4: { address: '10.0.0' } }, 'lan.ipv4.address: "10.0.0" is not an IPv4 address'],
    [{ ipv4: { adress: '10.0.0.1' } }, 'lan.ipv4 has no setting "adress"; did you mean address?'],
    [{ ipv4: { netmask: '255.0.255.0' } }, 'lan.ipv4.netmask: "255.0.255.0" is not a netmask'],
    [{ ipv4: { source: 'auto' } }, 'lan.ipv4.source: "auto" is none of static, dhcp, bios, other'],
    [{ ipv4: { source: 'dhcp', gateway: '10.0.0.1' } }, 'lan.ipv4.gateway: the source is dhcp'],
    [{}, 'lan names no setting'],
    [{ channel: 1, ipv4: {} }, 'lan names no setting'],
    [{ ipv4: { address: '0.0.0.0' } }, 'lan.ipv4.address: 0.0.0.0 is of "this network"'],
    [{ ipv4: { address: '224.0.0.1' } }, 'lan.ipv4.address: 224.0.0.1 is a multicast address'],
    [{ ipv4: { gateway: '255.255.255.255' } }, 'gateway: 255.255.255.255 is reserved, or for'],
    [{ ipv4: { netmask: '0.0.0.0' } }, 'lan.ipv4.netmask: "0.0.0.0" is not a netmask'],
    [
      { ipv4: { address: '10.0.0.2', netmask: '255.255.255.0', gateway: '10.0.1.1' } },
      'lan.ipv4.gateway: 10.0.1.1 is not in 10.0.0.0 to 10.0.0.255, the subnet of',
    ],
    [
      { ipv4: { address: '10.0.0.255', netmask: '255.255.255.0' } },
      'lan.ipv4.address: 10.0.0.255 is at an end of 10.0.0.0 to 10.0.0.255',
    ],
    [{ mac: '02:00' }, 'lan.mac: "02:00" is not a MAC address'],
    [{ vlan: {} }, 'lan.vlan.id is missing'],
    [{ vlan: { id: 4095 } }, 'lan.vlan.id: 4095 is not an integer from 1 to 4094'],
    [{ arp: { intervalSeconds: 0.7 } }, 'lan.arp.intervalSeconds: 0.7 is not a multiple of 0.5'],
    [{ authTypes: { user: ['md6'] } }, 'lan.authTypes.user[0]: "md6" is none of none, md2, md5'],
    [{ cipherSuites: { aes: 'user' } }, 'lan.cipherSuites.aes: the name is no number of 0 to 255'],
    [{ ipv6: { staticAddresses: [{ address: '::1' }] } }, 'staticAddresses[0].prefixLength is mis'],
    [{ ipv6: { router1: { mac: 5 } } }, 'lan.ipv6.router1.mac: 5 is not a MAC address'],
    [{ channel: -1 }, 'lan.channel: -1 is not an integer from 0 to 11'],
    [null, 'lan: null is not an object'],
  ])('%j', async (wanted, message) => {
    const { bmc, sent } = networkRig();

    await expect(bmc.lan.apply(wanted as LanWanted)).rejects.toThrow(message);
    expect(sent).toEqual([]);
  });

  test('a community string that is too long is not shown', async () => {
    const { bmc } = networkRig();
    const wanted = { snmpCommunity: 'hunter2-hunter2-hunter2' };

    await expect(bmc.lan.apply(wanted)).rejects.toThrow(
      /^lan.snmpCommunity has 23 characters; there is room for 18$/,
    );
  });
});

describe('a gateway that is named without its subnet', () => {
  const subnet = { source: 'static', address: '192.0.2.20', netmask: '255.255.255.0' } as const;

  test('is held against the address and the netmask that the BMC has', async () => {
    const { bmc, sent } = networkRig();
    await bmc.lan.apply({ ipv4: subnet });
    sent.length = 0;

    const outside = { ipv4: { gateway: '192.0.3.1' } };
    const message =
      'lan.ipv4.gateway: 192.0.3.1 is not in 192.0.2.0 to 192.0.2.255, the subnet of ' +
      'address 192.0.2.20 and netmask 255.255.255.0 that the BMC would have';
    await expect(bmc.lan.apply(outside)).rejects.toThrow(message);
    await expect(bmc.lan.apply(outside, { check: true })).rejects.toThrow(message);
    expect(lanSets(sent)).toEqual([]);
  });

  test('is held against the wanted part, and the part that the BMC has', async () => {
    const { bmc } = networkRig();
    await bmc.lan.apply({ ipv4: subnet });

    const wide = { gateway: '192.0.3.1', netmask: '255.255.254.0' };
    const { unverified } = await bmc.lan.apply({ ipv4: wide });

    expect(unverified).toEqual([]);
  });
});
