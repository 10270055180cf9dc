/** `ipmi-bt lan print`: the labels of ipmitool, and the fields of JSON. */

import { expect, test } from 'vitest';

import { lanFields, lanText } from '../../../src/cli/commands/lan-print.ts';
import type { LanConfiguration } from '../../../src/commands/index.ts';
import { SIM_LINE, runCli } from '../../support/cli-run.ts';
import { expectObjects } from '../../support/json-output.ts';
import { networkRig } from '../../support/network-rig.ts';

test('the configuration is a table in the labels of ipmitool', async () => {
  const { stdout, stderr, exit } = await runCli('--sim', 'lan', 'print');

  expect({ stderr, exit }).toEqual({ stderr: SIM_LINE, exit: 0 });
  expect(stdout).toBe(`Set in Progress         : Set Complete
Auth Type Support       : MD2 MD5 PASSWORD 
Auth Type Enable        : Callback : MD2 MD5 PASSWORD 
                        : User     : MD2 MD5 PASSWORD 
                        : Operator : MD2 MD5 PASSWORD 
                        : Admin    : MD2 MD5 PASSWORD 
                        : OEM      : 
IP Address Source       : Static Address
IP Address              : 192.0.2.10
Subnet Mask             : 255.255.255.0
MAC Address             : 02:00:5e:10:00:01
IP Header               : TTL=0x40 Flags=0x40 Precedence=0x00 TOS=0x10
BMC ARP Control         : ARP Responses Enabled, Gratuitous ARP Disabled
Gratituous ARP Intrvl   : 2.0 seconds
Default Gateway IP      : 192.0.2.1
Default Gateway MAC     : 00:00:00:00:00:00
Backup Gateway IP       : 0.0.0.0
Backup Gateway MAC      : 00:00:00:00:00:00
802.1q VLAN ID          : Disabled
802.1q VLAN Priority    : 0
RMCP+ Cipher Suites     : 3,17
Cipher Suite Priv Max   : aaXXXXXXXXXXXXX
                        :     X=Cipher Suite Unused
                        :     c=CALLBACK
                        :     u=USER
                        :     o=OPERATOR
                        :     a=ADMIN
                        :     O=OEM
Bad Password Threshold  : 0
Invalid password disable: no
Attempt Count Reset Int.: 0
User Lockout Interval   : 0
IPv6/IPv4 Enables       : both
IPv6 Traffic Class      : 0
IPv6 Hop Limit          : 64
IPv6 Flow Label         : 0x0
IPv6 Static Address 0   : ::/0 (disabled, disabled)
IPv6 Static Address 1   : ::/0 (disabled, disabled)
IPv6 Dynamic Address 0  : fe80::5eff:fe10:1/64 (slaac, active)
IPv6 Static Routers     : disabled
IPv6 Dynamic Routers    : enabled
IPv6 Static Router 1    : ::
`);
});

test('with --json it is one object of its schema, without the community string', async () => {
  const { stdout, exit } = await runCli('--sim', '--json', 'lan', 'print', '--channel', '1');

  expect(exit).toBe(0);
  expect(expectObjects(stdout, 'lan-print')).toMatchObject([
    {
      channel: 1,
      ipv4: { source: 'static', address: '192.0.2.10', ttl: 64 },
      snmp_community: null,
      cipher_suites: [{ id: 3, privilege: 'administrator' }, { id: 17 }],
    },
  ]);
  expect(stdout).not.toContain('public');
});

test('the community string is printed to one who asks for secrets', async () => {
  const { stdout } = await runCli('--sim', 'lan', 'print', '--show-secrets');

  expect(stdout).toContain('\nSNMP Community String   : public\n');
});

test('a source of the address that is unspecified has the word of ipmitool', async () => {
  const { bmc } = networkRig({ hasIpv6: false }, ([netFn, cmd, , parameter = 0]) => {
    if (netFn !== 0x0c || cmd !== 2) return undefined;
    return parameter === 4 ? [0x00, 0x11, 0x00] : [0x80];
  });

  expect(lanText(await bmc.lan.get(1))).toBe('IP Address Source       : Unspecified\n');
});

test('what the BMC does not have has no row, and is null', async () => {
  const { bmc } = networkRig({ hasIpv6: false }, ([netFn, cmd, , parameter = 0]) =>
    netFn === 0x0c && cmd === 2 && parameter !== 3 ? [0x80] : undefined,
  );
  const lan: LanConfiguration = await bmc.lan.get(1);

  expect(lanText(lan)).toBe('IP Address              : 192.0.2.10\n');
  const { channel, ipv4, problems, ...others } = lanFields(lan);
  expect([channel, ipv4.address, ipv4.netmask, problems]).toEqual([1, '192.0.2.10', null, []]);
  expect(new Set(Object.values(others))).toEqual(new Set([null]));
});

test('a VLAN is told by its number', async () => {
  const { bmc } = networkRig();
  await bmc.lan.apply({ vlan: { id: 12 } });

  expect(lanText(await bmc.lan.get(1))).toContain('802.1q VLAN ID          : 12\n');
});

test('a channel without LAN is refused by the BMC', async () => {
  const { stdout, stderr, exit } = await runCli('--sim', 'lan', 'print', '--channel', '0');

  expect({ stdout, exit }).toEqual({ stdout: '', exit: 1 });
  expect(stderr).toContain('Get LAN Configuration Parameters (netFn 0x0c cmd 0x02), §23.2: ');
});
