/** The LAN configuration of a simulated BMC: reading, and one parameter at a time. */

import { describe, expect, test } from 'vitest';

import { LAN_IPV6_PARAMETERS, LAN_PARAMETERS } from '../../src/commands/index.ts';
import { commandsRig } from '../support/commands-rig.ts';
import { offenders } from '../support/lists.ts';
import { networkRig } from '../support/network-rig.ts';

/** Reads of a BMC with IPv6, two static places, one dynamic address, and one static router. */
const READS = 23 + 8 + 2 + 1 + 4;

describe('get', () => {
  test('reads all that the BMC has, a transaction for each parameter', async () => {
    const { bmc, count } = await commandsRig();

    const lan = await bmc.lan.get(1);

    expect(count()).toBe(READS);
    expect(lan).toMatchObject({
      channel: 1,
      setInProgress: 'complete',
      mac: '02:00:5e:10:00:01',
      ipv4: { source: 'static', address: '192.0.2.10', netmask: '255.255.255.0' },
      vlan: { isEnabled: false, id: 0, priority: 0 },
      arp: { sendsResponses: true, sendsGratuitous: false, intervalSeconds: 2 },
      authSupport: ['md2', 'md5', 'password'],
      cipherSuites: [
        { id: 3, privilege: 'administrator' },
        { id: 17, privilege: 'administrator' },
      ],
      primaryPort: 623,
      secondaryPort: 664,
      badPassword: { threshold: 0, resetSeconds: 0, lockoutSeconds: 0, isLogged: false },
      problems: [],
    });
    expect(lan.ipv6).toMatchObject({ protocols: 'both', hopLimit: 64, usesDynamicRouters: true });
    expect(lan.ipv6?.staticAddresses).toHaveLength(2);
    expect(lan.ipv6?.dynamicAddresses).toMatchObject([
      { address: 'fe80::5eff:fe10:1', prefixLength: 64, source: 'slaac', state: 'active' },
    ]);
    expect(lan.ipv6?.staticRouters).toEqual([
      { address: '::', mac: '00:00:00:00:00:00', prefixLength: 0, prefix: '::' },
    ]);
  });

  test('finds the channel where none is named', async () => {
    const { bmc, count } = await commandsRig();

    expect((await bmc.lan.get()).channel).toBe(1);
    expect(count()).toBe(1 + READS);
  });

  test('does not ask for the community string unless it is to', async () => {
    const { bmc, sent } = networkRig();

    expect((await bmc.lan.get(1)).snmpCommunity).toBeUndefined();
    expect(offenders(sent, ([, , , parameter]) => parameter === 16)).toEqual([]);
    expect((await bmc.lan.get(1, { secrets: true })).snmpCommunity).toBe('public');
  });

  test('has nothing of IPv6 where the BMC has none', async () => {
    const { bmc, sent } = networkRig({ hasIpv6: false });

    expect((await bmc.lan.get(1)).ipv6).toBeUndefined();
    expect(sent).toHaveLength(23);
  });

  test.each([0x80, 0x83, 0xc9, 0xcb, 0xcc])(
    'a parameter answered with 0x%s is not there',
    async (code) => {
      const { bmc } = networkRig({}, ([, , , parameter]) =>
        parameter === 12 ? [code] : undefined,
      );

      const { ipv4, problems } = await bmc.lan.get(1);

      expect([ipv4.gateway, problems]).toEqual([undefined, []]);
      expect(ipv4.address).toBe('192.0.2.10');
    },
  );

  test('a parameter that cannot be read is told, and the others are read', async () => {
    const { bmc } = networkRig({}, ([, , , parameter]) => {
      if (parameter === 5) return [0, 0x11, 1, 2];
      return parameter === 6 ? [0, 0x22, 255, 255, 255, 0] : undefined;
    });

    const lan = await bmc.lan.get(1);

    const where = 'Get LAN Configuration Parameters (netFn 0x0c cmd 0x02), §23.2: parameter';
    expect(lan.problems).toEqual([
      `${where} 5 (MAC Address): byte 3 is missing: there are 2, not 6`,
      `${where} 6 (Subnet Mask): its layout is of revision 2, which is not known`,
    ]);
    expect([lan.mac, lan.ipv4.netmask]).toEqual([undefined, undefined]);
    expect(lan.ipv4.address).toBe('192.0.2.10');
  });

  test('a channel without LAN is an error', async () => {
    const { bmc } = networkRig();

    await expect(bmc.lan.get(0)).rejects.toThrow(
      'the BMC has no parameter of channel 0, which is no LAN',
    );
  });

  test('a BMC without a LAN channel is an error that says so', async () => {
    const { bmc, sent } = networkRig({}, ([, cmd]) => (cmd === 0x42 ? [0xcc] : undefined));

    await expect(bmc.lan.get()).rejects.toThrow('the BMC has no LAN among its channels 1 to 11');
    expect(sent).toHaveLength(11);
  });
});

test('one parameter is one transaction, and one of a set is of that set', async () => {
  const { bmc, count } = await commandsRig();

  expect(await bmc.lan.parameter(LAN_PARAMETERS.destinations, { channel: 1 })).toMatchObject({
    count: 0,
  });
  expect(
    await bmc.lan.parameter(LAN_IPV6_PARAMETERS.staticAddress, { channel: 1, set: 1 }),
  ).toMatchObject({ set: 1, state: { state: 'disabled' } });
  expect(count()).toBe(2);
});
