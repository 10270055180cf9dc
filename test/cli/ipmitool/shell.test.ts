/** `ipmitool shell`. */

import { ipmitoolBmc } from '../../support/ipmitool-bmc.ts';
import { compareWithIpmitool } from '../../support/ipmitool-comparison.ts';

/** What standard input has, and what goes wrong in it. */
const INPUTS = [
  '',
  '\n \n\n',
  'raw 6 4',
  'raw 6 4\nexit\nraw 6 4\n',
  'raw 6 99\nquit\n',
  'raw 6 99\n\n',
  'raw 6 99\nraw 6 4\n',
  'exit now\nquit x\n  exit\nexit \nexitx\nbye\n!ls\n',
  'raw 6 4 # no comment\n# no comment\n',
  '  raw "6" \'4\'\nraw 6 4   \nraw "6 4\nraw 6 "5\n',
  'raw 6 x"5 6"y 7\nraw 6 \'a b\'c 2\nraw 6 "a\'b c"d e\nraw 6 a~b\nraw 6 "a~b"\n',
  'raw 6\t4\n\traw 6 4\nraw\t6 4\nraw 6 4\t\t\nraw 6 "4\t4"\n',
  'raw 6 4\r\nmc selftest\rraw 6 4',
  'help\nfoo\nmc bar\nset\n',
  'shell\nraw 6 4\nexit\nraw 6 99\nexit\nraw 6 4\n',
  'exec /nonexistent\n',
  `raw ${'6 99 '.repeat(50)}\nraw 6 ${'4'.repeat(65)}\n${'x'.repeat(69)}\n${'x'.repeat(71)}\n`,
  'raw 6 99\nhelp\n',
  'raw 6 99\nhelp x\nset csv\n',
  'sdr elist\nsensor\nsdr\n',
  'power cycle\nchassis identify 5\nuser set name 3 operator\nchassis power status\n',
];

compareWithIpmitool(
  ...INPUTS.map((input, index) => ({
    title: `input ${index}`,
    lines: index === 2 ? 'shell\nshell x\n-v shell\n-c shell\n-l 1 shell' : 'shell',
    bmc: ipmitoolBmc,
    input,
  })),
);
