/** `ipmitool lan set user|access|password|alert`. */

import { answering } from '../../support/ipmitool-answers.ts';
import { compareWithIpmitool } from '../../support/ipmitool-comparison.ts';

const APP = 0x06;

const ACCESSES = `
  lan set 1 access on
  lan set 1 access off
  lan set 1 alert on
  lan set 1 alert off
  lan set 1 user
  lan set 1 password secret
  lan set 1 password`;

compareWithIpmitool(
  { title: 'lan set', lines: ACCESSES },
  ...[0x41, 0x40, 0x43, 0x47, 0x42].map((cmd) => ({
    title: `command ${cmd} is refused`,
    lines: ACCESSES,
    bmc: answering(APP, cmd, [[[], [0xc1]]]),
  })),
  ...[0x41, 0x40].map((cmd) => ({
    title: `command ${cmd} is refused the second time`,
    lines: ACCESSES,
    bmc: answering(APP, cmd, [[cmd === 0x41 ? [1, 0x80] : [1, 0x82], [0xc1]]]),
  })),
  ...[0xff, 0x3a, 0x25].map((access) => ({
    title: `access was ${access}`,
    lines: ACCESSES,
    bmc: answering(APP, 0x41, [[[], [0, access, access]]]),
  })),
);
