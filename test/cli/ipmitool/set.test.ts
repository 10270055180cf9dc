/** `ipmitool set`. */

import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll } from 'vitest';

import { ipmitoolBmc } from '../../support/ipmitool-bmc.ts';
import { compareWithIpmitool } from '../../support/ipmitool-comparison.ts';

const FOLDER = mkdtempSync(join(tmpdir(), 'ipmi-bt-set-'));

afterAll(() => {
  rmSync(FOLDER, { recursive: true });
});

/** Levels, and what is printed with them. */
const LINES = [
  ...['set csv', 'sel list 2', 'set csv 0', 'sel list 2', 'set csv 3', 'sel list 2', 'set csv x'],
  ...['sel list 2', 'set csv 1 5', 'set csv 0', 'set verbose', 'sel list 2', 'raw 6 4'],
  ...[
    'sdr get "CPU Temp"',
    'fru print 0',
    'set verbose 2',
    'sdr list',
    'set verbose 0',
    'sdr list',
  ],
  ...['set verbose 99999999999', 'set verbose -1', 'sdr list', 'set csv', 'sdr list'],
].join('\n');

const FILE = join(FOLDER, 'lines');
writeFileSync(FILE, LINES);

compareWithIpmitool(
  {
    title: 'set',
    lines: `
      set
      set help
      set foo
      set foo bar
      set csv
      set csv 1
      set csv x
      set csv ''
      set verbose
      set verbose 3
      set verbose x
      set verbose 3 4
      set lun 1
      set localaddr
      set localaddr 0x22
      set localaddr 0
      set localaddr x
      set targetaddr
      set targetaddr 0x20
      set targetaddr 0
      set targetaddr 0x82
      set targetaddr 300
      set targetaddr foo
      set hostname
      set hostname foo
      set username
      set username foo
      set username 12345678901234567
      set password
      set password foo
      set privlvl
      set privlvl admin
      set privlvl administrator
      set privlvl USER
      set privlvl USER+
      set privlvl ''
      set authtype
      set authtype md5
      set authtype None
      set authtype foo
      set port
      set port 623
      set port 0
      set port 70000
      set port -1
      set port foo
      exec ${FILE}
    `,
    bmc: ipmitoolBmc,
  },
  { title: 'typed', lines: 'shell\n-c shell', input: LINES, bmc: ipmitoolBmc },
);
