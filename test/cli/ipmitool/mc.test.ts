/** `ipmitool mc`. */

import type { RequestInput } from '../../../src/ipmi/requester.ts';
import { compareWithIpmitool } from '../../support/ipmitool-comparison.ts';
import type { Comparison } from '../../support/ipmitool-comparison.ts';

const APP = 0x06;

/** A BMC that answers one command of App so. */
function answering(cmd: number, ...reply: readonly number[]) {
  const answer = (input: RequestInput) =>
    input.netFn === APP && input.cmd === cmd ? reply : undefined;
  return () => ({ answer });
}

const GUIDS: Readonly<Record<string, readonly number[]>> = {
  smbios: [0x10, 0x11, 0x12, 0x13, 0x14, 0x15, 0x16, 0x47, 0x88, 25, 26, 27, 28, 29, 30, 31],
  'time of smbios': [16, 17, 18, 19, 20, 21, 0x46, 0x17, 0x88, 25, 26, 27, 28, 29, 30, 31],
  'early time': [16, 17, 18, 19, 20, 21, 22, 23, 24, 25, 26, 27, 28, 29, 30, 31],
  ipmi: [0x50, 0x65, 16, 32, 48, 64, 80, 0x60, 0x70, 17, 0x54, 50, 16, 0x98, 0x76, 0x65],
  rfc: [0x50, 0x65, 16, 32, 48, 64, 0x45, 1, 0x90, 1, 0x54, 50, 16, 0x98, 0x76, 0x65],
  'time of rfc': [0x50, 0x65, 16, 32, 48, 64, 0x15, 1, 0x90, 1, 0x54, 50, 16, 0x98, 0x76, 0x65],
  names: [0x50, 0x65, 16, 32, 48, 64, 80, 0x51, 0x90, 0x31, 84, 50, 16, 0x98, 0x76, 0x65],
  dce: [0x50, 0x65, 16, 32, 48, 64, 85, 0x21, 0x90, 0x31, 84, 50, 16, 0x98, 0x76, 0x65],
  zeros: Array<number>(16).fill(0),
};

const GUID_LINES = `
  mc guid
  mc guid auto
  mc guid smbios
  mc guid ipmi
  mc guid rfc
  mc guid rfc4122
  mc guid dump
  mc guid foo`;

/** Device ids: lengths, manufacturers, flags. */
const DEVICE_IDS: readonly (readonly number[])[] = [
  [0x20, 0x81, 0x82, 0x35, 0x51, 0xff, 0x57, 0x01, 0, 0x28, 0],
  [0x20, 0x01, 0x02, 0x05, 0x02, 0x00, 0x7c, 0x2a, 0, 0x01, 0, 1, 2, 3, 4],
  [0x20, 0x01, 0x02, 0x05, 0x02, 0x60, 0xff, 0xff, 0x0f, 0x34, 0x12, 1, 2, 3],
  [0x20, 0x01, 0x02, 0x05, 0x02, 0x60, 0xfe, 0xff, 0xff, 0x34, 0x12, 1, 2, 3, 4, 5],
  [0x20, 0x01, 0x02, 0x05, 0x02, 0x60, 0x30, 0xf2, 0x00, 0xa1, 0x0b],
  [0x20, 0x01, 0x02, 0x05, 0x02, 0x60, 0x98, 0x3a, 0x00, 0xa0, 0x0f],
  [0x20, 0x01, 0x02, 0x05, 0x02, 0x60, 0xa2, 0x02, 0x00, 0x00, 0x01],
];

const SELF_TESTS = [0x5500, 0x5509, 0x5600, 0x5700, 0x57ff, 0x570f, 0x5812, 0xff00, 0x60a1];

const TIMERS: readonly (readonly number[])[] = [
  [0x44, 0x31, 5, 0x10, 0x2c, 0x01, 0xc8, 0x00],
  [0x86, 0x77, 5, 0xff, 0x2c, 0x01, 0xc8, 0x00],
  [0xc5, 0x05, 5, 0x3e, 0x2b, 0x01, 0xff, 0xff],
  [1, 0x12, 0, 0, 0, 0, 0, 0],
];

/** Each command of `mc` where the BMC answers with an error. */
const REFUSED = `
  mc info
  mc guid
  mc reset cold
  mc reset warm
  mc selftest
  mc getenables
  mc setenables oem0 on
  mc watchdog get
  mc watchdog off
  mc watchdog reset
  mc watchdog set timeout=5
  mc getsysinfo os_name
  mc setsysinfo os_name x`;

const refusing =
  (code: number): NonNullable<Comparison['bmc']> =>
  () => ({ answer: ({ netFn }: RequestInput) => (netFn === APP ? [code] : undefined) });

const TEXT = 'a very long name of an operating system that needs more blocks than there are for it';

compareWithIpmitool(
  {
    title: 'mc',
    lines: `
    mc info
    mc info foo
    mc reset
    mc reset warm
    mc reset cold
    mc reset foo
    mc reset help
    mc reset warm cold
    mc guid
    mc guid auto
    mc guid smbios
    mc guid ipmi
    mc guid rfc4122
    mc guid dump
    mc guid foo
    mc guid help
    mc guid auto x
    mc watchdog
    mc watchdog foo
    mc watchdog help
    mc watchdog get
    mc watchdog get x
    mc watchdog reset
    mc watchdog off
    mc watchdog set
    mc watchdog set help
    mc watchdog set timeout=20
    mc watchdog set timeout=x
    mc watchdog set timeout=
    mc watchdog set foo=1
    mc watchdog set timeout=20 use=sms action=reset
    mc watchdog set timeout=7000
    mc watchdog set timeout=0
    mc watchdog set int=smi pretimeout=3 timeout=20 clear=frb2 nolog
    mc watchdog set int=msg pretimeout=30 timeout=20
    mc watchdog set pretimeout=300
    mc watchdog set timeout=1.5
    mc selftest
    mc selftest x
    mc getenables
    mc getenables x
    mc setenables
    mc setenables help
    mc setenables oem0=on
    mc setenables oem0=off
    mc setenables foo=on
    mc setenables oem0=on oem1=on
    mc setenables oem0=on foo=on
    mc setenables event_msg=off
    mc setenables recv_msg_intr=on system_event_log=off
    mc getsysinfo
    mc getsysinfo help
    mc getsysinfo foo
    mc getsysinfo system_name
    mc getsysinfo os_name
    mc getsysinfo os_name x
    mc getsysinfo system_fw_version
    mc getsysinfo primary_os_name
    mc getsysinfo delloem_os_version
    mc getsysinfo delloem_url
    mc setsysinfo
    mc setsysinfo help
    mc setsysinfo system_name
    mc setsysinfo foo x
    mc setsysinfo system_name alpha
    mc setsysinfo os_name 'a very long name of an operating system that needs blocks'
    mc setsysinfo delloem_url http://x
    mc help
    mc
    mc foo
    mc help x
    mc INFO
    mc infox
    mc setenables oem0 on
    mc setenables oem0 off
    mc setenables system_event_log off
    mc setenables recv_msg_intr on event_msg on oem2 on
    mc setenables oem1 on x
    mc watchdog set dontstop
    bmc
    bmc info
    bmc help
    mc setenables oem0=foo
    mc setenables foo=on
    `,
  },
  ...Object.entries(GUIDS).map(([title, bytes]) => ({
    title,
    lines: GUID_LINES,
    bmc: answering(0x37, 0, ...bytes),
  })),
  ...DEVICE_IDS.map((bytes, index) => ({
    title: `device ${index}`,
    lines: 'mc info',
    bmc: answering(0x01, 0, ...bytes),
  })),
  ...SELF_TESTS.map((both) => ({
    title: both.toString(16),
    lines: 'mc selftest',
    bmc: answering(0x04, 0, both >> 8, both & 0xff),
  })),
  ...TIMERS.map((bytes, index) => ({
    title: `timer ${index}`,
    lines: 'mc watchdog get',
    bmc: answering(0x25, 0, ...bytes),
  })),
  ...[0x80, 0xc1, 0xd5, 0x77].map((code) => ({
    title: code.toString(16),
    lines: REFUSED,
    bmc: refusing(code),
  })),
  {
    title: 'a timer that was set',
    lines: 'mc watchdog reset',
    bmc: answering(0x22, 0),
  },
  {
    title: 'system information',
    lines: `
      mc getsysinfo os_name
      mc getsysinfo system_name
      mc getsysinfo delloem_url`,
    bmc: answering(0x59, 0, 0x11, 0, 0, 20, ...Buffer.from('ABCDEFGHIJKLMN')),
  },
  {
    title: 'system information in another encoding',
    lines: 'mc getsysinfo os_name',
    bmc: answering(0x59, 0, 0x11, 0, 1, 20, 65, 66),
  },
  {
    title: 'system information is written',
    lines: `
      mc setsysinfo os_name x
      mc setsysinfo os_name ''
      mc setsysinfo os_name x y
      mc setsysinfo os_name '${TEXT.slice(0, 14)}'
      mc setsysinfo os_name '${TEXT.slice(0, 15)}'
      mc setsysinfo os_name '${TEXT.slice(0, 46)}'
      mc setsysinfo os_name '${TEXT.slice(0, 47)}'
      mc setsysinfo os_name '${TEXT}'
      mc setsysinfo delloem_url '${TEXT.slice(0, 14)}'
      mc setsysinfo delloem_url '${TEXT.slice(0, 15)}'
      mc setsysinfo delloem_url '${TEXT}'`,
    bmc: answering(0x58, 0),
  },
);
