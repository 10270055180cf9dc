/** `ipmitool sel`. */

import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { ipmitoolBmc } from '../../support/ipmitool-bmc.ts';
import { compareWithIpmitool } from '../../support/ipmitool-comparison.ts';

const FOLDER = mkdtempSync(join(tmpdir(), 'ipmi-bt-sel-'));

/** A file for a command to read; the path. */
function file(name: string, content: string | Uint8Array): string {
  const path = join(FOLDER, name);
  writeFileSync(path, content);
  return path;
}

const EVENTS = file(
  'events',
  `# Two events, and lines that are none
0x04 0x01 0x30 0x01 0x57 0x56 0x55 # hot

  0x04 8 0x50 0x6f 1 0xff 0xff
0x04 0x01 0x30 0x01 0x57 0x56
0x04 0x01 0x30 nothing 0x57 0x56 0x55
0x04 0x01 0x30 0x01 0x57 0x56 nothing
`,
);
const RAW = file('raw', Uint8Array.from([...Array(32).keys()]));
const SHORT = file('short', Uint8Array.from([...Array(20).keys()]));

compareWithIpmitool(
  {
    title: 'sel',
    bmc: ipmitoolBmc,
    lines: `
    sel
    sel help
    sel info
    sel infos
    sel nothing
    sel list
    sel elist
    sel list 3
    sel elist 3
    sel list 0
    sel list ' -2'
    sel list first 2
    sel list last 2
    sel elist last 5
    sel list last 100
    sel list last x
    sel list x
    sel list 0x3
    sel list next 2
    sel list first 2 3
    sel list ''
    -c sel list
    -c sel elist
    -v sel list
    -v sel elist
    -v -c sel list 2
    sel get
    sel get help
    sel get 1
    sel get 2
    sel get 4 5 6 7
    sel get 9 10 11
    sel get 12 13 14
    sel get 15 16 17 18
    sel get 19 20 21 22 23
    sel get 24 25 26
    sel get 0
    sel get 0xffff
    sel get 99
    sel get x 2
    sel get 0x2
    sel get 65536
    -v sel get 2
    -c sel get 2
    sel delete
    sel delete help
    sel delete 1
    sel delete 1 2 3
    sel delete x 2
    sel delete 99
    sel delete 70000
    sel clear
    sel clear now
    sel time
    sel time get
    sel time now
    sel time set
    sel time set '01/14/21 08:25:36'
    sel time set '1/4/21 8:5:6'
    sel time set ' 01/14/21   08:25:36 rest'
    sel time set '01/14/99 08:25:36'
    sel time set '01/14/68 08:25:36'
    sel time set '02/30/21 08:25:36'
    sel time set '13/01/21 08:25:36'
    sel time set '01/32/21 08:25:36'
    sel time set '01/14/21 24:25:36'
    sel time set '01/14/21 23:60:36'
    sel time set '01/14/2021 08:25:36'
    sel time set 01/14/21
    sel time set nowadays
    sel time set ''
    sel save
    sel writeraw
    sel readraw
    sel readraw ${RAW}
    sel readraw ${SHORT}
    -v sel readraw ${RAW}
    sel readraw ${FOLDER}/nothing
    sel ereadraw
    sel ereadraw ${RAW}
    sel add
    sel add ${EVENTS}
    -c sel add ${EVENTS}
    sel add ${FOLDER}/nothing
    sel save ${FOLDER}
    sel save ${FOLDER}/no/file
    sel save ${FOLDER}/saved
    sel writeraw ${FOLDER}/written
    sel interpret
    sel interpret x file pps
    sel interpret 1 file other
    `,
  },
  {
    title: 'sel that is empty',
    bmc: () => ({ ...ipmitoolBmc(), sel: { entries: [] } }),
    lines: `
    sel
    sel list
    sel elist
    sel list last 2
    sel get 1
    `,
  },
  {
    title: 'sel that tells its allocation, and gives parts',
    bmc: () => ({ ...ipmitoolBmc(), sel: { hasAllocation: true, unreadable: { 2: 0xc9 } } }),
    lines: `
    sel
    sel list
    `,
  },
  {
    title: 'sel of a BMC whose reservation is 0, which is none',
    bmc: () => ({
      ...ipmitoolBmc(),
      answer: ({ netFn, cmd }) => (netFn === 0x0a && cmd === 0x42 ? [0, 0, 0] : undefined),
    }),
    lines: `
    sel clear
    sel delete 1
    `,
  },
  {
    title: 'sel of a BMC without one',
    bmc: () => ({ answer: ({ netFn }) => (netFn === 0x0a ? [0xc1] : undefined) }),
    lines: `
    sel
    sel list
    sel elist
    sel get 1
    sel clear
    sel delete 1
    sel time get
    sel time set '01/14/21 08:25:36'
    `,
  },
);
