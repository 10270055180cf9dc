/** `ipmitool lan set`. */

import type { RequestInput } from '../../../src/ipmi/requester.ts';
import { answering } from '../../support/ipmitool-answers.ts';
import { compareWithIpmitool } from '../../support/ipmitool-comparison.ts';

const TRANSPORT = 0x0c;
const SET = 0x01;
const GET = 0x02;

const SETTINGS = `
  lan set 1 ipaddr 10.1.2.3
  lan set 1 macaddr 01:02:03:04:05:06
  lan set 1 defgw ipaddr 10.1.2.1
  lan set 1 ipsrc dhcp
  lan set 1 snmp other
  lan set 1 vlan id 5
  lan set 1 vlan priority 5
  lan set 1 auth ADMIN MD5
  lan set 1 arp respond off
  lan set 1 arp generate on
  lan set 1 arp interval 5
  lan set 1 cipher_privs XXXaXXXXXXXXXXX
  lan set 1 bad_pass_thresh 5 1 100 200`;

/** Answers to each set of a parameter with a completion code; Set In Progress is left alone. */
function refusing(code: number) {
  const answer = ({ netFn, cmd, data }: RequestInput): readonly number[] | undefined =>
    netFn === TRANSPORT && cmd === SET && data?.[1] !== 0 ? [code] : undefined;
  return () => ({ answer });
}

compareWithIpmitool(
  {
    title: 'lan set',
    lines: `
      lan set
      lan set 1
      lan set foo
      lan set foo ipaddr 1.2.3.4
      lan set 7 ipaddr 1.2.3.4
      lan set 1 foo
      lan set 1 foo bar
      lan set help
      lan set 1 help
      lan set help ipaddr 1
      lan set 1 ipaddr
      lan set 1 ipaddr 10.1.2.3
      lan set 1 ipaddr help
      lan set 1 ipaddr 10.1.2
      lan set 1 ipaddr 10.1.2.300
      lan set 1 ipaddr 10.1.2.3 x
      lan set 1 ipaddr 10.1.2.3.4
      lan set 1 netmask
      lan set 1 netmask 255.255.255.0
      lan set 1 netmask foo
      lan set 1 macaddr
      lan set 1 macaddr 01:02:03:04:05:06
      lan set 1 macaddr foo
      lan set 1 macaddr 1:2:3:4:5:600
      lan set 1 defgw
      lan set 1 defgw ipaddr
      lan set 1 defgw ipaddr 10.1.2.1
      lan set 1 defgw macaddr 02:02:03:04:05:06
      lan set 1 defgw macaddr
      lan set 1 defgw foo 1
      lan set 1 defgw help
      lan set 1 bakgw
      lan set 1 bakgw ipaddr 10.1.2.1
      lan set 1 bakgw macaddr 02:02:03:04:05:06
      lan set 1 bakgw foo 1
      lan set 1 bakgw help
      lan set 1 ipsrc
      lan set 1 ipsrc static
      lan set 1 ipsrc dhcp
      lan set 1 ipsrc none
      lan set 1 ipsrc bios
      lan set 1 ipsrc foo
      lan set 1 ipsrc help
      lan set 1 snmp
      lan set 1 snmp public
      lan set 1 snmp averyveryverylongcommunity
      lan set 1 snmp help
      lan set 1 snmp ''
      lan set 1 vlan
      lan set 1 vlan help
      lan set 1 vlan id
      lan set 1 vlan id off
      lan set 1 vlan id 5
      lan set 1 vlan id 0
      lan set 1 vlan id 4095
      lan set 1 vlan id 4094
      lan set 1 vlan id foo
      lan set 1 vlan priority
      lan set 1 vlan priority 3
      lan set 1 vlan priority 8
      lan set 1 vlan priority foo
      lan set 1 vlan foo 3
      lan set 1 vlan foo
      lan set 1 access
      lan set 1 access on
      lan set 1 access off
      lan set 1 access foo
      lan set 1 access help
      lan set 1 user
      lan set 1 user x
      lan set 1 password
      lan set 1 password secret
      lan set 1 password averyverylongpassword
      lan set 1 password help
      lan set 1 auth
      lan set 1 auth help
      lan set 1 auth ADMIN
      lan set 1 auth ADMIN MD5
      lan set 1 auth ADMIN md5,md2,password,none,oem
      lan set 1 auth CALLBACK,USER MD5,PASSWORD
      lan set 1 auth foo MD5
      lan set 1 auth ADMIN foo
      lan set 1 auth ADMIN NONE
      lan set 1 auth OEM,OPERATOR MD2,OEM
      lan set 1 arp
      lan set 1 arp help
      lan set 1 arp respond
      lan set 1 arp respond on
      lan set 1 arp respond off
      lan set 1 arp respond foo
      lan set 1 arp generate
      lan set 1 arp generate on
      lan set 1 arp generate off
      lan set 1 arp generate foo
      lan set 1 arp interval
      lan set 1 arp interval 5
      lan set 1 arp interval 500
      lan set 1 arp interval foo
      lan set 1 arp foo 1
      lan set 1 bad_pass_thresh
      lan set 1 bad_pass_thresh help
      lan set 1 bad_pass_thresh 5
      lan set 1 bad_pass_thresh 5 1 100 200
      lan set 1 bad_pass_thresh 5 0 100 200
      lan set 1 bad_pass_thresh 5 2 100 200
      lan set 1 bad_pass_thresh 256 0 100 200
      lan set 1 bad_pass_thresh foo 0 100 200
      lan set 1 bad_pass_thresh 5 foo 100 200
      lan set 1 bad_pass_thresh 5 1 foo 200
      lan set 1 bad_pass_thresh 5 1 1 foo
      lan set 1 bad_pass_thresh 5 1 655360 200
      lan set 1 bad_pass_thresh 5 1 100 655360
      lan set 1 bad_pass_thresh 5 1 65536 200
      lan set 1 bad_pass_thresh 5 1 100 200 x
      lan set 1 cipher_privs
      lan set 1 cipher_privs help
      lan set 1 cipher_privs XXXaXXXXXXXXXXX
      lan set 1 cipher_privs cuoaOXXXXXXXXXX
      lan set 1 cipher_privs XXXaXXXXXXXXXX
      lan set 1 cipher_privs aaaaaaaaaaaaaaaaa
      lan set 1 cipher_privs XXXaXXXXXXXXXXz
      lan set 1 alert
      lan set 1 alert foo
      lan set 20 ipaddr 1.2.3.4
      lan set 15 ipaddr 1.2.3.4
      lan set 0 ipaddr 1.2.3.4
      lan set foo help
      lan set 1 ipaddrx 10.1.2.4
      lan set 1 ip 10.1.2.4
      lan set 1 ipaddr 10.1.2.-1
      lan set 1 ipaddr 10.1.2.3foo
      lan set 1 ipaddr ' 10.1.2.3'
      lan set 1 ipaddr 10.1.2.3 4
      lan set 1 defgw ipaddr 10.1
      lan set 1 defgw macaddr 10.1
      lan set 1 defgw ipaddr 10.1.2.1 x
      lan set 1 ipsrc statically
      lan set 1 snmp public x
      lan set 1 access only
      lan set 1 access offline
      lan set 1 access ON
      lan set 1 alert on
      lan set 1 alert off
      lan set 1 alert help
      lan set 1 auth ADMIN MD5,PASSWORD
      lan set 1 auth ADMIN KEY
      lan set 1 auth admin md5
      lan set 1 auth ADMIN ''
      lan set 1 auth ADMIN ,
      lan set 1 auth ADMIN, MD5
      lan set 1 auth ,ADMIN MD5
      lan set 1 auth OEM MD5
      lan set 1 auth ADMINISTRATOR MD5
      lan set 1 auth ADMIN MD5foo
      lan set 1 arp interval 0
      lan set 1 arp interval 1
      lan set 1 arp interval 127
      lan set 1 arp interval 128
      lan set 1 arp interval 129
      lan set 1 arp interval 255
      lan set 1 arp interval help
      lan set 1 arp foo
      lan set 1 arp respond help
      lan set 1 vlan id 0x10
      lan set 1 vlan id -1
      lan set 1 vlan id help
      lan set 1 vlan priority -1
      lan set 1 vlan priority 0
      lan set 1 vlan priority 5000000000
      lan set 1 vlan priority 7 x
      lan set 1 vlan id offf
      lan set 1 bad_pass_thresh 5 help 1 1
      lan set 1 bad_pass_thresh 5 1 0xffff 65535
      lan set 1 cipher_privs XXXAXXXXXXXXXXX
      lan set 1 cipher_privs XXXaXXXXXXXXXXX x
      lan set 1 cipher_privs OOOOOOOOOOOOOOO
      lan set 1 user help
      lan set 1 password ''
      -v lan set 1 ipaddr 10.1.2.3
    `,
  },
  ...[0x80, 0x81, 0x82, 0xc1, 0xd4].map((code) => ({
    title: `a set is refused, ${code}`,
    lines: SETTINGS,
    bmc: refusing(code),
  })),
  ...[0, 2, 3, 1].map((state) => ({
    title: `Set In Progress stays ${state}`,
    lines: 'lan set 1 ipaddr 10.1.2.3',
    bmc: answering(TRANSPORT, GET, [
      [
        [1, 0],
        [0, 0x11, state],
      ],
    ]),
  })),
  ...[0x80, 0xc1, 0xcc].flatMap((code) => [
    {
      title: `Set In Progress is not read, ${code}`,
      lines: 'lan set 1 ipaddr 10.1.2.3',
      bmc: answering(TRANSPORT, GET, [[[1, 0], [code]]]),
    },
    {
      title: `Set In Progress is not set, ${code}`,
      lines: 'lan set 1 ipaddr 10.1.2.3',
      bmc: answering(TRANSPORT, SET, [[[1, 0], [code]]]),
    },
    {
      title: `the old value is not read, ${code}`,
      lines: 'lan set 1 auth ADMIN MD5\nlan set 1 arp respond on\nlan set 1 arp interval 5',
      bmc: answering(TRANSPORT, GET, [
        [[1, 2], [code]],
        [[1, 10], [code]],
        [[1, 11], [code]],
      ]),
    },
  ]),
  ...[
    [0, 0x80],
    [0xff, 0x0f],
    [5, 0],
  ].map(([low = 0, high = 0]) => ({
    title: `VLAN ${low} ${high}`,
    lines: 'lan set 1 vlan id off',
    bmc: () => ({ answer: vlanReads(low, high) }),
  })),
);

/** Reads as a VLAN of old, and after it was set as that. */
function vlanReads(low: number, high: number) {
  let value = [low, high];
  return ({ netFn, cmd, data }: RequestInput): readonly number[] | undefined => {
    if (netFn !== TRANSPORT || data?.[1] !== 20) return undefined;
    if (cmd === GET) return [0, 0x11, ...value];
    value = [...data.slice(2)];
    return [0];
  };
}
