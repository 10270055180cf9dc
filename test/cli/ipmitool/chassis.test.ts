/** `ipmitool chassis`, and `power`. */

import type { RequestInput } from '../../../src/ipmi/requester.ts';
import { compareWithIpmitool } from '../../support/ipmitool-comparison.ts';

const CHASSIS = 0x00;
const APP = 0x06;

/** A BMC that answers one command so. */
function answering(netFn: number, cmd: number, reply: readonly number[]) {
  const answer = (input: RequestInput) =>
    input.netFn === netFn && input.cmd === cmd ? reply : undefined;
  return () => ({ answer });
}

/** Commands of the chassis, for a BMC that refuses them. */
const REFUSED = `
  chassis status
  chassis power status
  chassis power on
  chassis policy list
  chassis policy always-on
  chassis restart_cause
  chassis poh
  chassis identify
  chassis identify 5
  chassis identify force
  chassis selftest
  chassis bootdev pxe
  chassis bootparam get 5
  chassis bootparam set bootflag force_pxe options=PEF
  chassis bootmbox get
  chassis bootmbox get block 1
  chassis bootmbox set 1 2 3
  chassis bootmbox set text 1 hello`;

const STATES = [
  [0x6f, 0x1f, 0x7f],
  [0x00, 0x00, 0x00, 0x00],
  [0x31, 0x15, 0x05, 0xa5],
  [0x41, 0x0a, 0x0a, 0xff],
];

const COUNTERS = [
  [59, 0, 0, 1, 0],
  [60, 0, 0, 1, 0],
  [60, 0xff, 0xff, 0, 0],
  [1, 1, 0, 0, 0],
  [0, 5, 0, 0, 0],
  [120, 0x39, 0x30, 0, 0],
  [6, 0x39, 0x30, 0x12, 0],
  [13, 0xff, 0xff, 0x34, 0x12],
];

const codes = [0x80, 0x81, 0x82, 0xc1, 0xd5];

compareWithIpmitool(
  {
    title: 'chassis',
    lines: `
      chassis
      chassis help
      chassis foo
      chassis status
      chassis status x
      chassis power
      chassis power help
      chassis power status
      chassis power foo
      chassis power on
      chassis power off
      chassis power cycle
      chassis power reset
      chassis power diag
      chassis power soft
      chassis power up
      chassis power down
      chassis power on x
      power
      power help
      power foo
      power status
      power on
      power off
      power cycle
      power soft
      power diag
      power reset
      chassis policy
      chassis policy help
      chassis policy list
      chassis policy always-on
      chassis policy previous
      chassis policy always-off
      chassis policy foo
      chassis policy always-on x
      chassis restart_cause
      chassis restart_cause x
      chassis poh
      chassis identify
      chassis identify 0
      chassis identify 10
      chassis identify 300
      chassis identify force
      chassis identify foo
      chassis identify help
      chassis identify 10 x
      chassis identify -1
      chassis selftest
      chassis selftest x
      chassis power acpi
      power acpi
      chassis identify 0x10
      chassis identify 255
      chassis identify 256
    `,
  },
  ...codes.map((code) => ({
    title: code.toString(16),
    lines: REFUSED,
    bmc: () => ({ answer: () => [code] }),
  })),
  ...STATES.map((state, index) => ({
    title: `state ${index}`,
    lines: `
      chassis status
      power status`,
    bmc: answering(CHASSIS, 0x01, [0, ...state]),
  })),
  ...COUNTERS.map((counter, index) => ({
    title: `counter ${index}`,
    lines: 'chassis poh',
    bmc: answering(CHASSIS, 0x0f, [0, ...counter]),
  })),
  ...Array.from({ length: 16 }, (_, cause) => ({
    title: `cause ${cause}`,
    lines: 'chassis restart_cause',
    bmc: answering(CHASSIS, 0x07, [0, cause | 0xf0, 0]),
  })),
  ...[0x5500, 0x5600, 0x57ff, 0x5703, 0x5812, 0xff00, 0x60a1].map((both) => ({
    title: both.toString(16),
    lines: 'chassis selftest',
    bmc: answering(APP, 0x04, [0, both >> 8, both & 0xff]),
  })),
);
