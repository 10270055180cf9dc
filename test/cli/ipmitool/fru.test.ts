/** `ipmitool fru`. */

import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { ipmitoolBmc } from '../../support/ipmitool-bmc.ts';
import { compareWithIpmitool } from '../../support/ipmitool-comparison.ts';
import { IPMITOOL_FRU } from '../../support/ipmitool-entries.ts';

const FOLDER = mkdtempSync(join(tmpdir(), 'ipmi-bt-fru-'));

/** The FRU with some bytes changed. */
const changed = (changes: Readonly<Record<number, number>>): Uint8Array =>
  IPMITOOL_FRU.map((byte, at) => changes[at] ?? byte);

const PRINT = `
    fru
    fru print 0
    -v fru print 0
    fru internaluse 0 info
    fru internaluse 0 print
    `;

compareWithIpmitool(
  {
    title: 'fru',
    bmc: ipmitoolBmc,
    lines: `
    ${PRINT}
    -v fru
    -c fru
    fru help
    fru print
    fru list
    fru print help
    fru list 0
    fru print 1
    fru print 0x0
    fru print x
    fru print 256
    fru nothing
    fru read
    fru read help
    fru read 0
    fru read x ${FOLDER}/read
    fru read 0 ''
    fru read 0 ${FOLDER}/read
    -v fru read 0 ${FOLDER}/read
    fru read 1 ${FOLDER}/read1
    fru read 0 ${FOLDER}/no/file
    fru write
    fru write help
    fru write 0
    fru write x ${FOLDER}/read
    fru upgEkey
    fru upgEkey help
    fru upgEkey 0
    fru edit
    fru edit help
    fru edit x
    fru edit 0 nothing
    fru edit 0 field
    fru edit 0 field b 0
    fru get
    fru get help
    fru get x
    fru get 0 nothing
    fru internaluse
    fru internaluse help
    fru internaluse 0
    fru internaluse 0 nothing
    fru internaluse x info
    fru internaluse 1 info
    fru internaluse 1 print
    fru internaluse 0 read
    fru internaluse 0 read ${FOLDER}/internal
    fru internaluse 0 read ${FOLDER}/no/file
    fru internaluse 0 write
    `,
  },
  {
    title: 'fru by words',
    bmc: () => ({ ...ipmitoolBmc(), fru: { bytes: IPMITOOL_FRU, isByWords: true } }),
    lines: PRINT,
  },
  {
    title: 'fru in small parts',
    bmc: () => ({ ...ipmitoolBmc(), fru: { bytes: IPMITOOL_FRU, readBytesMax: 16 } }),
    lines: `
    fru
    fru print 0
    fru internaluse 0 print
    `,
  },
  {
    title: 'fru with another version',
    bmc: () => ({ ...ipmitoolBmc(), fru: { bytes: changed({ 0: 2 }) } }),
    lines: PRINT,
  },
  {
    title: 'fru without areas',
    bmc: () => ({ ...ipmitoolBmc(), fru: { bytes: changed({ 1: 0, 2: 0, 3: 0, 4: 0, 5: 0 }) } }),
    lines: PRINT,
  },
  {
    title: 'fru whose areas are beyond its end',
    bmc: () => ({ ...ipmitoolBmc(), fru: { bytes: changed({ 3: 200, 4: 60 }) } }),
    lines: `
    fru print 0
    `,
  },
  {
    title: 'fru that does not give all of its size',
    bmc: () => ({ ...ipmitoolBmc(), fru: { bytes: IPMITOOL_FRU, sizeBytes: 4096 } }),
    lines: `
    fru print 0
    fru internaluse 0 info
    `,
  },
);
